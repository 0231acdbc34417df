package landfall.move;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import landfall.base.Events;
import landfall.base.LandfallException;
import landfall.base.Quantities;
import landfall.files.FolderSync;
import landfall.postgres.Direction;
import landfall.postgres.Follower;
import landfall.postgres.Lag;
import landfall.postgres.Passing;
import landfall.postgres.WalGuard;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Follows, in whichever direction, until told to stop: database continuously, files in repeated passes. */
final class FollowLoop {
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final long LAG_NANOS = 1_000_000_000L;
    /** Below this nobody asks when it will be caught up. */
    private static final Duration TELL_CATCH_UP = Duration.ofSeconds(5);

    private static final Duration FILES_PAUSE = Duration.ofSeconds(3);
    private static final Duration[] BACK_OFF = {
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30)
    };
    /** Having followed for so long, the next loss is the first again. */
    private static final long STEADY_NANOS = 60_000_000_000L;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Sides sides;
    private final Events events;
    private final MoveLock lock;
    private final BooleanSupplier stop;

    FollowLoop(Sides sides, Events events, MoveLock lock, BooleanSupplier stop) {
        this.sides = sides;
        this.events = events;
        this.lock = lock;
        this.stop = stop;
    }

    /** Why following ended. */
    enum End {
        STOPPED,
        HANDED_OVER,
        CAUGHT_UP
    }

    /**
     * Goes on through every loss of a connection, from the committed position, for as long as it is let.
     *
     * @param first the follower to begin with; it is closed here
     * @param again starts another after a loss
     * @param guard drops the slot before it does harm, which ends this
     * @param untilLag ends once following is this close behind; null: goes on
     */
    End run(
            Follower first,
            Supplier<Follower> again,
            WalGuard guard,
            FilesLink files,
            Direction direction,
            @Nullable Duration untilLag) {
        @Nullable Follower ready = first;
        int losses = 0;
        while (true) {
            long since = System.nanoTime();
            try (Follower follower = ready == null ? again.get() : ready) {
                ready = null;
                if (losses > 0) {
                    events.note("following goes on behind the last change that is durable on the other side");
                }
                return follow(follower, guard, files, direction, untilLag);
            } catch (LandfallException e) {
                guard.throwIfTripped();
                if (!Passing.is(e)) {
                    throw e;
                }
                losses = System.nanoTime() - since > STEADY_NANOS ? 1 : losses + 1;
                tellLoss(e, losses);
            }
            End asked = pause(losses);
            if (asked != null) {
                return asked;
            }
        }
    }

    private void tellLoss(LandfallException e, int losses) {
        events.note("a connection was lost: " + e.problems().getFirst().sentence() + "; trying again in "
                + backOff(losses).toSeconds() + " s");
    }

    private static Duration backOff(int losses) {
        return BACK_OFF[Math.min(losses, BACK_OFF.length) - 1];
    }

    /** @return why to end instead of going on, if somebody asked for it meanwhile */
    private @Nullable End pause(int losses) {
        long end = System.nanoTime() + backOff(losses).toNanos();
        while (System.nanoTime() < end) {
            if (stop.getAsBoolean()) {
                return End.STOPPED;
            }
            if (lock.handOverAsked()) {
                return End.HANDED_OVER;
            }
            Pause.of(LOOK);
        }
        return null;
    }

    private End follow(
            Follower follower, WalGuard guard, FilesLink files, Direction direction, @Nullable Duration untilLag) {
        long nextLag = System.nanoTime();
        long nextFiles = System.nanoTime();
        VerifyRequest verifyRequest = new VerifyRequest(sides.move());
        while (true) {
            if (stop.getAsBoolean()) {
                return End.STOPPED;
            }
            if (lock.handOverAsked()) {
                return End.HANDED_OVER;
            }
            guard.throwIfTripped();
            follower.throwIfFailed();
            if (System.nanoTime() >= nextLag) {
                tell(follower.lag(), direction);
                nextLag += LAG_NANOS;
            }
            verifyRequest.answer(() -> new Verification(sides, follower, files, direction, events).run());
            if (!files.isEmpty() && System.nanoTime() >= nextFiles) {
                FolderSync.Pass pass = files.pass(direction);
                if (pass.copied() + pass.deleted() > 0) {
                    events.emit(new Events.Event(
                            "files",
                            Events.fields(
                                    "copied", pass.copied(),
                                    "bytes", pass.bytes(),
                                    "deleted", pass.deleted(),
                                    "pending", pass.pending(),
                                    "files", pass.files())));
                }
                nextFiles = System.nanoTime() + FILES_PAUSE.toNanos();
            }
            if (untilLag != null && follower.awaitLag(untilLag, Duration.ofSeconds(1))) {
                return End.CAUGHT_UP;
            }
            Pause.of(LOOK);
        }
    }

    private void tell(Lag lag, Direction direction) {
        Duration caughtUpIn = lag.caughtUpIn();
        String message = String.format(
                Locale.ROOT,
                "following %s: %s behind (%.1f s), %,.0f changes/s%s, %s of log kept on the %s",
                direction == Direction.FORWARD ? "to Dokku" : "back to the cluster",
                Quantities.bytes(lag.bytes()),
                lag.behind().toMillis() / 1000.0,
                lag.changesPerSecond(),
                lag.behind().compareTo(TELL_CATCH_UP) < 0
                        ? ""
                        : caughtUpIn == null
                                ? ", not coming nearer"
                                : ", caught up in " + Quantities.duration(caughtUpIn),
                Quantities.bytes(lag.retainedBytes()),
                direction == Direction.FORWARD ? "source" : "target");
        Map<String, Object> fields = Events.fields(
                "direction", direction.name().toLowerCase(Locale.ROOT),
                "bytes", lag.bytes(),
                "seconds", lag.behind().toMillis() / 1000.0,
                "retainedBytes", lag.retainedBytes(),
                "changes", lag.appliedChanges(),
                "changesPerSecond", Math.round(lag.changesPerSecond()),
                "message", message);
        if (caughtUpIn != null) {
            fields.put("caughtUpInSeconds", caughtUpIn.toMillis() / 1000.0);
        }
        events.emit(new Events.Event("lag", fields));
        fields.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        sides.move().write(StatusReport.liveFile(sides.move()), JSON.writeValueAsString(fields) + "\n", false);
    }
}
