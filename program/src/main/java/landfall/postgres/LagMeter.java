package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import landfall.base.Events;
import org.jspecify.annotations.Nullable;

/** Asks the sending side every half second where its log is, and now and then whether its structure is the same. */
final class LagMeter implements AutoCloseable {
    private static final long PERIOD_MILLIS = 500;
    private static final int STRUCTURE_EVERY = 6;
    /** Ten seconds of them tell the pace. */
    private static final int DISTANCES = 20;

    private record Sample(long lsn, long nanos) {}

    private final Database from;
    private final String slot;
    private final Direction direction;
    private final Map<String, String> structure;
    private final Events events;
    private final Consumer<Throwable> onFailure;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private final Deque<Sample> distances = new ArrayDeque<>();
    private volatile boolean closed;
    private volatile Lag lag = new Lag(0, Duration.ZERO, 0, 0, 0, null, 0);
    private @Nullable Thread thread;

    LagMeter(
            Database from,
            String slot,
            Direction direction,
            Map<String, String> structure,
            Events events,
            Consumer<Throwable> onFailure) {
        this.from = from;
        this.slot = slot;
        this.direction = direction;
        this.structure = structure;
        this.events = events;
        this.onFailure = onFailure;
    }

    void start(LongSupplier position, LongSupplier changes) {
        thread = Thread.ofVirtual().name("landfall lag").start(() -> {
            try (Connection connection = from.connect("lag")) {
                for (int round = 1; !closed; round++) {
                    measure(connection, position, changes);
                    if (round % STRUCTURE_EVERY == 0) {
                        compare(structure, Catalog.fingerprint(connection));
                    }
                    Thread.sleep(PERIOD_MILLIS);
                }
            } catch (SQLException | RuntimeException e) {
                if (!closed) {
                    onFailure.accept(e);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    Lag lag() {
        return lag;
    }

    private void measure(Connection connection, LongSupplier position, LongSupplier changes) throws SQLException {
        long flushed = Lsn.flushed(connection);
        long retained = ReplicationSlots.requireUsable(connection, from, slot);
        long now = System.nanoTime();
        long applied = position.getAsLong();
        samples.addLast(new Sample(flushed, now));
        while (!samples.isEmpty() && Long.compareUnsigned(samples.getFirst().lsn(), applied) <= 0) {
            samples.removeFirst();
        }
        if (samples.size() > 10_000) {
            samples.removeLast();
        }
        Sample oldest = samples.peekFirst();
        Duration behind = oldest == null ? Duration.ZERO : Duration.ofNanos(now - oldest.nanos());
        Lag before = lag;
        double rate = (changes.getAsLong() - before.appliedChanges()) * 1000.0 / PERIOD_MILLIS;
        long bytes = Math.max(0, flushed - applied);
        lag = new Lag(bytes, behind, retained, changes.getAsLong(), rate, caughtUpIn(new Sample(bytes, now)), applied);
        events.emit(new Events.Event(
                "lag",
                Events.fields(
                        "direction",
                        direction.word(),
                        "bytes",
                        lag.bytes(),
                        "milliseconds",
                        behind.toMillis(),
                        "retainedBytes",
                        retained,
                        "changes",
                        lag.appliedChanges(),
                        "changesPerSecond",
                        rate)));
    }

    /** By how much nearer the end came within the last seconds, what is written meanwhile included. */
    private @Nullable Duration caughtUpIn(Sample distance) {
        distances.addLast(distance);
        if (distances.size() > DISTANCES) {
            distances.removeFirst();
        }
        Sample before = distances.getFirst();
        double nearer = before.lsn() - distance.lsn();
        if (distance.lsn() == 0) {
            return Duration.ZERO;
        }
        return nearer <= 0
                ? null
                : Duration.ofNanos((long) (distance.lsn() / nearer * (distance.nanos() - before.nanos())));
    }

    /** @throws landfall.base.LandfallException naming what changed */
    static void compare(Map<String, String> before, Map<String, String> now) {
        StructureChange.refuse(before, now);
    }

    @Override
    public void close() {
        closed = true;
        if (thread != null) {
            thread.interrupt();
        }
    }
}
