package landfall.objects.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Makes plain files of the small bodies that the index holds, and clears the marks of keys whose files have been moved,
 * both behind one sync of the file system. Also brings the index's log back into the database.
 */
final class Settler implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Settler.class.getName());
    /** Bodies made into files at a time. */
    private static final int BODIES_MAX = 2_000;

    /** And their bytes. */
    private static final long BYTES_MAX = 16L << 20;

    private static final long PAUSE_MILLIS = 500;
    private static final long TROUBLE_PAUSE_MILLIS = 5_000;
    private static final long LOG_BYTES_MAX = 256L << 20;

    private final Layout layout;
    private final Index index;
    private final Committer committer;
    private final FilesFollowRows files;
    private final Descriptions descriptions;
    private final IndexRoom room;
    private final Reserve reserve;
    private final Space space;
    private final FileSystemSync disk;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    private boolean work;
    private volatile boolean stopping;

    Settler(
            Layout layout,
            Index index,
            Committer committer,
            FilesFollowRows files,
            Descriptions descriptions,
            IndexRoom room,
            Reserve reserve,
            Space space) {
        this.space = space;
        this.reserve = reserve;
        this.room = room;
        this.descriptions = descriptions;
        this.layout = layout;
        this.index = index;
        this.committer = committer;
        this.files = files;
        this.disk = new FileSystemSync(layout.data());
        this.thread = Thread.ofPlatform().name("settler").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** There is something to settle. */
    void changed() {
        lock.lock();
        try {
            work = true;
            wake.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try (Index.Session session = index.another()) {
            while (!stopping) {
                if (await()) {
                    long pause = PAUSE_MILLIS;
                    try {
                        boolean more = cycle();
                        checkpoint(session);
                        pause = more ? 0 : PAUSE_MILLIS;
                    } catch (IOException | SQLException | RuntimeException trouble) {
                        LOG.log(System.Logger.Level.ERROR, "Small objects stay in the index for now", trouble);
                        changed();
                        pause = TROUBLE_PAUSE_MILLIS;
                    }
                    pause(pause);
                }
            }
        } catch (SQLException unclosed) {
            LOG.log(System.Logger.Level.WARNING, "The settler's connection to the index failed", unclosed);
        }
    }

    private boolean await() {
        lock.lock();
        try {
            while (!work && !stopping) {
                wake.await();
            }
            work = false;
            return !stopping;
        } catch (InterruptedException interrupted) {
            stopping = true;
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void pause(long millis) {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (left > 0 && !stopping) {
                left = wake.awaitNanos(left);
            }
        } catch (InterruptedException interrupted) {
            stopping = true;
        } finally {
            lock.unlock();
        }
    }

    private record Body(long file, int bucket, String key, long sequence, int size) {}

    /** Whether the disk has more room than is kept free. */
    interface Space {
        boolean enough() throws IOException;
    }

    /** One round: files written, one sync, one commit. Whether more is waiting. */
    boolean cycle() throws IOException {
        // In the committer's turn all earlier groups have moved their files.
        long moved = committer.commit(transaction -> {
            try (ResultSet rows =
                    transaction.prepare("SELECT max(id) FROM unsettled").executeQuery()) {
                return rows.next() ? rows.getLong(1) : 0L;
            }
        });
        // On a nearly full disk small objects stay in the index: a file would take their room twice for a while.
        List<Body> written = space.enough() ? write() : List.of();
        if (moved == 0 && written.isEmpty()) {
            return false;
        }
        describe(moved);
        reserve.make();
        disk.sync();
        committer.commitFreeing(transaction -> {
            for (Body body : written) {
                inFile(transaction, body);
            }
            clear(transaction, moved);
            return true;
        });
        return !written.isEmpty();
    }

    private void describe(long moved) throws IOException {
        List<Committer.Touched> keys = new ArrayList<>();
        List<Long> gone = new ArrayList<>();
        index.read(session -> {
            PreparedStatement select =
                    session.prepare("SELECT bucket, key, gone FROM unsettled WHERE id <= ? ORDER BY id");
            select.setLong(1, moved);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    keys.add(new Committer.Touched(
                            rows.getInt(1), new String(rows.getBytes(2), StandardCharsets.UTF_8)));
                    long file = rows.getLong(3);
                    if (!rows.wasNull()) {
                        gone.add(file);
                    }
                }
            }
            return true;
        });
        for (long file : gone) {
            descriptions.forget(file);
        }
        for (Committer.Touched key : new LinkedHashSet<>(keys)) {
            IOException failed = index.read(session -> {
                try {
                    files.describe(session, key, descriptions);
                    return null;
                } catch (IOException undescribed) {
                    return undescribed;
                }
            });
            if (failed != null) {
                throw failed;
            }
        }
    }

    private List<Body> write() throws IOException {
        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Full(Body body, byte[] bytes) {}
        List<Full> found = index.read(session -> {
            List<Full> list = new ArrayList<>();
            PreparedStatement select = session.prepare(
                    "SELECT file, bucket, key, sequence, bytes, length(bytes) FROM body ORDER BY file LIMIT ?");
            select.setInt(1, BODIES_MAX);
            long held = 0;
            try (ResultSet rows = select.executeQuery()) {
                while (held < BYTES_MAX && rows.next()) {
                    list.add(new Full(
                            new Body(
                                    rows.getLong(1),
                                    rows.getInt(2),
                                    new String(rows.getBytes(3), StandardCharsets.UTF_8),
                                    rows.getLong(4),
                                    rows.getInt(6)),
                            rows.getBytes(5)));
                    held += list.getLast().bytes().length;
                }
            }
            return list;
        });
        List<Body> written = new ArrayList<>();
        for (Full each : found) {
            Path path = layout.incoming(each.body().file());
            try (FileChannel channel = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(each.bytes());
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
            written.add(each.body());
        }
        return written;
    }

    private void inFile(Committer.Transaction transaction, Body body) throws SQLException {
        byte[] key = body.key().getBytes(StandardCharsets.UTF_8);
        PreparedStatement delete = transaction.prepare("DELETE FROM body WHERE file = ?");
        delete.setLong(1, body.file());
        if (delete.executeUpdate() == 0) {
            // Overwritten or deleted meanwhile.
            transaction.gone(body.bucket(), body.key(), body.file(), false);
            return;
        }
        transaction.after(() -> room.add(-body.size()));
        PreparedStatement current =
                transaction.prepare("UPDATE object SET inline = 0 WHERE bucket = ? AND key = ? AND file = ?");
        current.setInt(1, body.bucket());
        current.setBytes(2, key);
        current.setLong(3, body.file());
        if (current.executeUpdate() == 0) {
            PreparedStatement older =
                    transaction.prepare("UPDATE version SET inline = 0 WHERE bucket = ? AND key = ? AND sequence = ?");
            older.setInt(1, body.bucket());
            older.setBytes(2, key);
            older.setLong(3, body.sequence());
            older.executeUpdate();
        }
        transaction.touch(body.bucket(), body.key());
    }

    /** Clears the marks up to {@code moved}, whose moves the sync has made durable; those of keys in trouble stay. */
    private void clear(Committer.Transaction transaction, long moved) throws SQLException {
        PreparedStatement select = transaction.prepare("SELECT DISTINCT bucket, key FROM unsettled WHERE id <= ?");
        select.setLong(1, moved);
        List<Committer.Touched> keys = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                keys.add(new Committer.Touched(rows.getInt(1), new String(rows.getBytes(2), StandardCharsets.UTF_8)));
            }
        }
        PreparedStatement placed = transaction.prepare(
                "UPDATE version SET placed = 1 WHERE bucket = ? AND key = ? AND placed = 0 AND inline = 0 AND sequence <= ?");
        PreparedStatement later =
                transaction.prepare("SELECT 1 FROM unsettled WHERE bucket = ? AND key = ? AND id > ? LIMIT 1");
        PreparedStatement delete =
                transaction.prepare("DELETE FROM unsettled WHERE bucket = ? AND key = ? AND id <= ?");
        for (Committer.Touched each : keys) {
            if (files.isMoving(each.bucket(), each.key())) {
                continue;
            }
            byte[] key = each.key().getBytes(StandardCharsets.UTF_8);
            later.setInt(1, each.bucket());
            later.setBytes(2, key);
            later.setLong(3, moved);
            try (ResultSet rows = later.executeQuery()) {
                if (!rows.next()) {
                    placed.setInt(1, each.bucket());
                    placed.setBytes(2, key);
                    placed.setLong(3, Long.MAX_VALUE);
                    placed.executeUpdate();
                }
            }
            delete.setInt(1, each.bucket());
            delete.setBytes(2, key);
            delete.setLong(3, moved);
            delete.executeUpdate();
        }
    }

    private void checkpoint(Index.Session session) throws SQLException, IOException {
        Path log = layout.index().resolveSibling(layout.index().getFileName() + "-wal");
        boolean large = Files.exists(log) && Files.size(log) > LOG_BYTES_MAX;
        session.execute(large ? "PRAGMA wal_checkpoint(TRUNCATE)" : "PRAGMA wal_checkpoint(PASSIVE)");
    }

    @Override
    public void close() {
        stopping = true;
        changed();
        try {
            thread.join(TimeUnit.MINUTES.toMillis(5));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
