package landfall.postgres;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import landfall.base.Limits;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/**
 * Reads a slot's stream on a thread of its own into a bounded queue, and tells the server what is durable on the other
 * side, no more.
 */
final class ChangeReader implements AutoCloseable {
    private static final int BUNDLE_CHANGES = 500;
    private static final int BUNDLE_BYTES = 256 << 10;
    private static final long REPORT_MILLIS = 1000;

    private final Connection connection;
    private final PGReplicationStream stream;
    private final BlockingQueue<List<Change>> queue = new ArrayBlockingQueue<>(256);
    private final PgOutputDecoder decoder = new PgOutputDecoder();
    private final InFlight inFlight;
    private final Thread thread;
    private volatile boolean closed;
    /** Everything before this has been read and queued. */
    private volatile long readUpTo;
    /** What the applier made durable. */
    private volatile long durable;

    private volatile long bundlesDurable;
    private List<Change> bundle = new ArrayList<>(BUNDLE_CHANGES);
    private int bundleBytes;
    private long reported;
    private long reportedAt;

    ChangeReader(
            Database from,
            String slot,
            String publication,
            long start,
            InFlight inFlight,
            Consumer<Throwable> onFailure)
            throws SQLException {
        this.inFlight = inFlight;
        connection = from.replication("follow");
        PGReplicationStream opened = null;
        try {
            opened = open(connection, slot, publication, start);
        } finally {
            if (opened == null) {
                connection.close();
            }
        }
        stream = opened;
        readUpTo = start;
        durable = start;
        thread = Thread.ofVirtual().name("landfall follow " + slot).start(() -> {
            try {
                run();
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
        });
    }

    private static PGReplicationStream open(Connection connection, String slot, String publication, long start)
            throws SQLException {
        return connection
                .unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName(slot)
                .withStartPosition(LogSequenceNumber.valueOf(start))
                .withStatusInterval(1, TimeUnit.SECONDS)
                .withAutomaticFlush(false)
                .withSlotOption("proto_version", "1")
                .withSlotOption("publication_names", Sql.quoted(publication))
                .withSlotOption("messages", "true")
                .start();
    }

    private void run() throws SQLException, InterruptedException {
        long bundlesQueued = 0;
        while (!closed) {
            boolean more = take();
            if (more && bundle.size() < BUNDLE_CHANGES && bundleBytes < BUNDLE_BYTES) {
                continue;
            }
            if (!bundle.isEmpty()) {
                bundlesQueued++;
                while (!queue.offer(bundle, REPORT_MILLIS, TimeUnit.MILLISECONDS)) {
                    report(true);
                }
                bundle = new ArrayList<>(BUNDLE_CHANGES);
                bundleBytes = 0;
            }
            if (!more && stream.isClosed()) {
                throw new SQLException("the server ended the stream, as when it is shut down", "08006");
            }
            if (!more) {
                readUpTo = Math.max(readUpTo, stream.getLastReceiveLSN().asLong());
                if (bundlesDurable == bundlesQueued) {
                    durable = Math.max(durable, readUpTo);
                }
            }
            report(System.nanoTime() - reportedAt > Limits.FOLLOW_ASK.toNanos());
            if (!more) {
                Thread.sleep(1);
            }
            while (inFlight.isFull() && !closed) {
                // The server ends a receiver that it doesn't hear of.
                report(System.nanoTime() - reportedAt > REPORT_MILLIS * 1_000_000);
                Thread.sleep(1);
            }
        }
    }

    /**
     * Takes one message into the bundle; a method of its own, so that nothing holds on to a big one while the next comes in.
     */
    private boolean take() throws SQLException {
        ByteBuffer message = stream.readPending();
        if (message == null) {
            return false;
        }
        bundleBytes += message.remaining();
        Change change = decoder.decode(message);
        if (change != null) {
            inFlight.add(Applier.size(change));
            bundle.add(change);
        }
        return true;
    }

    private void report(boolean anyway) throws SQLException {
        if (durable != reported || anyway) {
            reported = durable;
            reportedAt = System.nanoTime();
            LogSequenceNumber position = LogSequenceNumber.valueOf(reported);
            stream.setFlushedLSN(position);
            stream.setAppliedLSN(position);
            stream.forceUpdateStatus();
        }
    }

    @Nullable
    List<Change> poll(long millis) throws InterruptedException {
        return queue.poll(millis, TimeUnit.MILLISECONDS);
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** Where the reader is when all it queued was taken and made durable. */
    long position() {
        return durable;
    }

    /** @param bundles how many bundles have been taken and are durable in full; -1 if one is only so in part */
    void durable(long lsn, long bundles) {
        if (lsn > durable) {
            durable = lsn;
        }
        if (bundles >= 0) {
            bundlesDurable = bundles;
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            connection.abort(Runnable::run);
            thread.join(2000);
        } catch (SQLException e) {
            System.getLogger(ChangeReader.class.getName())
                    .log(System.Logger.Level.DEBUG, "the replication connection had ended already", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
