package landfall.postgres;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How far the follower is behind.
 *
 * @param bytes log of the sending side that is not applied yet
 * @param behind age of the oldest change not applied yet, as far as is known
 * @param retainedBytes log the slot keeps on the sending side's disk
 * @param appliedChanges rows changed since this follower started
 * @param caughtUpIn how long it takes at the pace of the last seconds; null where it doesn't come nearer or isn't known
 * @param appliedLsn everything before it is durable on the receiving side
 */
public record Lag(
        long bytes,
        Duration behind,
        long retainedBytes,
        long appliedChanges,
        double changesPerSecond,
        @Nullable Duration caughtUpIn,
        long appliedLsn) {}
