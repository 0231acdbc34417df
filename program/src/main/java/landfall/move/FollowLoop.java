package landfall.move;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import landfall.base.Events;
import landfall.files.FolderSync;
import landfall.postgres.Direction;
import landfall.postgres.Follower;
import landfall.postgres.Lag;
import tools.jackson.databind.json.JsonMapper;

/** Follows, in whichever direction, until told to stop: database continuously, files in repeated passes. */
final class FollowLoop {
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final long LAG_NANOS = 1_000_000_000L;
    private static final Duration FILES_PAUSE = Duration.ofSeconds(3);
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

    /** @param untilLag ends once following is this close behind; null: goes on */
    End run(
            Follower follower,
            FilesLink files,
            Direction direction,
            @org.jspecify.annotations.Nullable Duration untilLag) {
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
        String message = String.format(
                Locale.ROOT,
                "following %s: %,d bytes behind (%.1f s), %,.0f changes/s, %,d bytes of log kept on the %s",
                direction == Direction.FORWARD ? "to Dokku" : "back to the cluster",
                lag.bytes(),
                lag.behind().toMillis() / 1000.0,
                lag.changesPerSecond(),
                lag.retainedBytes(),
                direction == Direction.FORWARD ? "source" : "target");
        Map<String, Object> fields = Events.fields(
                "direction", direction.name().toLowerCase(Locale.ROOT),
                "bytes", lag.bytes(),
                "seconds", lag.behind().toMillis() / 1000.0,
                "retainedBytes", lag.retainedBytes(),
                "changes", lag.appliedChanges(),
                "changesPerSecond", Math.round(lag.changesPerSecond()),
                "message", message);
        events.emit(new Events.Event("lag", fields));
        sides.move().write(StatusReport.liveFile(sides.move()), JSON.writeValueAsString(fields) + "\n", false);
    }
}
