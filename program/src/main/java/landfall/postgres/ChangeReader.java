package landfall.postgres;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import landfall.base.Limits;
import org.jspecify.annotations.Nullable;

/**
 * Reads a slot's stream on a thread of its own into a bounded queue; another tells the server what is durable on the
 * other side, no more.
 */
final class ChangeReader implements AutoCloseable, LogStream.Receiver {
    /**
     * Changes that travel from thread to thread together.
     *
     * @param bytes about what they take in memory
     */
    record Bundle(List<Change> changes, long bytes) {}

    private static final int BUNDLE_CHANGES = 2000;
    private static final int BUNDLE_BYTES = 256 << 10;
    /** What a change takes beside its bytes. */
    private static final int CHANGE_BYTES = 80;

    private static final long REPORT_MILLIS = 1000;
    private static final long TICK_MILLIS = 20;
    /**
     * A pause between two reads: the server sends row by row, and each would wake a reader that waits for it, which costs
     * both sides more than the row.
     */
    private static final long GATHER_NANOS = 1_000_000;
    /** While much comes in (so much in the shorter pause). */
    private static final long GATHER_MUCH_NANOS = 10_000_000;

    private static final int MUCH_BYTES = 16 << 10;
    private static final long POLL_MILLIS = 2;
    private static final long POLL_MUCH_MILLIS = 15;

    private final LogStream stream;
    private final BlockingQueue<Bundle> queue = new ArrayBlockingQueue<>(256);
    private final PgOutputDecoder decoder = new PgOutputDecoder();
    private final InFlight inFlight;
    private final Consumer<Throwable> onFailure;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;
    /** Everything before this has been read and queued. */
    private volatile long readUpTo;
    /** What the applier made durable. */
    private volatile long durable;

    private volatile long bundlesQueued;
    private volatile long bundlesDurable;
    private volatile boolean replyWanted;
    private volatile boolean muchComes;
    private List<Change> changes = new ArrayList<>();
    private long bytes;
    private long handed;

    ChangeReader(
            Database from,
            String slot,
            String publication,
            long start,
            InFlight inFlight,
            Consumer<Throwable> onFailure)
            throws SQLException {
        this.inFlight = inFlight;
        this.onFailure = onFailure;
        stream = LogStream.open(
                from,
                slot,
                start,
                "proto_version '1', messages 'true', publication_names " + Sql.literal(Sql.quoted(publication)));
        readUpTo = start;
        durable = start;
        start("landfall follow " + slot, this::read);
        start("landfall report " + slot, this::report);
    }

    @FunctionalInterface
    private interface Work {
        void run() throws SQLException, InterruptedException;
    }

    private void start(String name, Work work) {
        threads.add(Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                work.run();
            } catch (SQLException | RuntimeException e) {
                if (!closed) {
                    onFailure.accept(e);
                }
            } catch (OutOfMemoryError e) {
                onFailure.accept(new IllegalStateException(
                        "a changed row is larger than this process may take: give it more, e.g. JAVA_TOOL_OPTIONS=-Xmx2g",
                        e));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }

    private void read() throws SQLException, InterruptedException {
        while (!closed) {
            int came = stream.read(this);
            boolean changesCame = !changes.isEmpty();
            hand();
            while (inFlight.isFull() && !closed) {
                Thread.sleep(1);
            }
            // A full read means that more waits already.
            muchComes = changesCame && came >= MUCH_BYTES;
            if (changesCame && came < LogStream.READ_BYTES_MIN) {
                LockSupport.parkNanos(muchComes ? GATHER_MUCH_NANOS : GATHER_NANOS);
            }
        }
    }

    @Override
    public void message(byte[] data, int from, int to) throws InterruptedException {
        if (to - from > BUNDLE_BYTES) {
            // A big row travels alone, so that what is before it doesn't wait in memory with it.
            hand();
        }
        Change change = decoder.decode(data, from, to);
        if (change != null) {
            changes.add(change);
            bytes += to - from + CHANGE_BYTES;
            if (changes.size() >= BUNDLE_CHANGES || bytes >= BUNDLE_BYTES) {
                hand();
            }
        }
    }

    @Override
    public void sentUpTo(long lsn, boolean wantsReply) throws InterruptedException {
        hand();
        readUpTo = Math.max(readUpTo, lsn);
        if (wantsReply) {
            replyWanted = true;
        }
    }

    private void hand() throws InterruptedException {
        if (!changes.isEmpty()) {
            handed++;
            bundlesQueued = handed;
            inFlight.add(bytes);
            queue.put(new Bundle(changes, bytes));
            changes = new ArrayList<>();
            bytes = 0;
        }
    }

    private void report() throws SQLException, InterruptedException {
        long reported = 0;
        long reportedAt = 0;
        // A server that has nothing to send must be heard of nevertheless, or the line counts as dead.
        long askedAt = System.nanoTime();
        while (!closed) {
            // In this order: what is queued later than the position was read does no harm.
            long read = readUpTo;
            if (bundlesDurable == bundlesQueued) {
                advance(read);
            }
            long now = System.nanoTime();
            long position = durable;
            // The server ends a receiver that it doesn't hear of.
            if (position != reported || replyWanted || now - reportedAt > REPORT_MILLIS * 1_000_000) {
                replyWanted = false;
                boolean asks = now - askedAt > Limits.FOLLOW_ASK.toNanos();
                askedAt = asks ? now : askedAt;
                stream.report(position, asks);
                reported = position;
                reportedAt = now;
            }
            Thread.sleep(TICK_MILLIS);
        }
    }

    private synchronized void advance(long lsn) {
        durable = Math.max(durable, lsn);
    }

    /** Waits a moment for more, a longer one while much comes; null if nothing came. */
    @Nullable
    Bundle poll() throws InterruptedException {
        return queue.poll(muchComes ? POLL_MUCH_MILLIS : POLL_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Where the reader is when all it queued was taken and made durable. */
    long position() {
        return durable;
    }

    /** @param bundles how many bundles have been taken and are durable in full; -1 if one is only so in part */
    void durable(long lsn, long bundles) {
        advance(lsn);
        if (bundles >= 0) {
            bundlesDurable = bundles;
        }
    }

    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
        stream.close();
        try {
            for (Thread thread : threads) {
                if (thread != Thread.currentThread()) {
                    thread.join(2000);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
