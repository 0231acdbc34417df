package landfall.objects.store;

import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that changes the index. All changes that wait are made in one transaction and synced together; then
 * files are moved; then those who wait are answered. As nobody else writes, what a change reads holds until it is
 * committed.
 */
final class Committer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Committer.class.getName());
    private static final int GROUP_MAX = 512;
    private static final int WAITING_MAX = 8_192;
    private static final long STOP_SECONDS = 60;
    /** SQLite's result code for a full disk: sqlite.org/rescode.html#full. */
    private static final int SQLITE_FULL = 13;

    private final Index.Session session;
    private final Buckets buckets;
    private final FilesFollowRows files;
    private final BlockingQueue<Waiting<?>> queue = new ArrayBlockingQueue<>(WAITING_MAX);
    private final Thread thread;
    private final Runnable changed;
    private volatile boolean stopping;

    /** {@code changed} runs after each group that changed objects: the settler has something to do. */
    Committer(Index index, Buckets buckets, FilesFollowRows files, Runnable changed) {
        this.changed = changed;
        this.session = index.writer();
        this.buckets = buckets;
        this.files = files;
        this.thread = Thread.ofPlatform().name("committer").unstarted(this::work);
    }

    void start() {
        thread.start();
    }

    /** A change: refuses by StoreException before it writes anything, else writes through the transaction. */
    interface Change<T> {
        T make(Transaction transaction) throws SQLException;
    }

    /** A key and the bucket's row id. */
    record Touched(int bucket, String key) {}

    /** What a change sees of the transaction that it is part of. */
    final class Transaction {
        private final Set<Touched> touched = new LinkedHashSet<>();
        private final Set<Integer> counted = new HashSet<>();
        private final List<FilesFollowRows.Gone> gone = new ArrayList<>();
        private final List<Runnable> after = new ArrayList<>();

        PreparedStatement prepare(String sql) throws SQLException {
            return session.prepare(sql);
        }

        Index.Session session() {
            return session;
        }

        Buckets buckets() {
            return buckets;
        }

        /** The key's files must be looked at after the commit, or at the next start. */
        void touch(int bucket, String key) throws SQLException {
            if (touched.add(new Touched(bucket, key))) {
                mark(bucket, key, null);
            }
        }

        /** The file number has no row any more: its file is removed after the commit. */
        void gone(int bucket, String key, long file) throws SQLException {
            Touched owner = new Touched(bucket, key);
            touched.add(owner);
            gone.add(new FilesFollowRows.Gone(owner, file));
            mark(bucket, key, file);
        }

        private void mark(int bucket, String key, @Nullable Long file) throws SQLException {
            PreparedStatement insert = prepare("INSERT INTO unsettled (bucket, key, gone) VALUES (?, ?, ?)");
            insert.setInt(1, bucket);
            insert.setBytes(2, key.getBytes(StandardCharsets.UTF_8));
            insert.setObject(3, file);
            insert.executeUpdate();
        }

        /** The bucket's counts change; written with the commit. */
        void count(int bucket, long objects, long bytes) {
            buckets.count(bucket, objects, bytes);
            counted.add(bucket);
        }

        /** Runs after the commit, before files are moved and the change is answered. */
        void after(Runnable action) {
            after.add(action);
        }

        private void writeCounts() throws SQLException {
            PreparedStatement update = prepare("UPDATE bucket SET objects = ?, bytes = ? WHERE id = ?");
            for (int bucket : counted) {
                Buckets.Known known = buckets.byId(bucket);
                if (known != null) {
                    update.setLong(1, known.bucket().objects());
                    update.setLong(2, known.bucket().bytes());
                    update.setInt(3, bucket);
                    update.executeUpdate();
                }
            }
        }
    }

    private record Waiting<T>(Change<T> change, CompletableFuture<T> answer) {}

    /** Hands in a change and waits until it is on the disk. */
    <T> T commit(Change<T> change) {
        Waiting<T> waiting = new Waiting<>(change, new CompletableFuture<>());
        try {
            if (stopping || !queue.offer(waiting, STOP_SECONDS, TimeUnit.SECONDS)) {
                throw new StoreException(
                        StoreException.Reason.UNAVAILABLE, stopping ? "the store is stopping" : "the disk is too slow");
            }
            return waiting.answer().get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StoreException(
                    StoreException.Reason.UNAVAILABLE, "interrupted: whether it was stored isn't known", interrupted);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof StoreException refused) {
                throw refused;
            }
            throw new StoreException(
                    StoreException.Reason.UNAVAILABLE,
                    "the change couldn't be made: " + failed.getCause().getMessage(),
                    failed.getCause());
        }
    }

    private void work() {
        List<Waiting<?>> group = new ArrayList<>();
        while (!stopping || !queue.isEmpty()) {
            group.clear();
            try {
                Waiting<?> first = queue.poll(200, TimeUnit.MILLISECONDS);
                if (first == null) {
                    continue;
                }
                group.add(first);
                queue.drainTo(group, GROUP_MAX - 1);
            } catch (InterruptedException interrupted) {
                stopping = true; // nobody but close() would: finish what waits
                continue;
            }
            commitGroup(List.copyOf(group));
        }
        for (Waiting<?> late : queue) {
            late.answer()
                    .completeExceptionally(
                            new StoreException(StoreException.Reason.UNAVAILABLE, "the store is stopping"));
        }
    }

    /** A change's answer, kept until the commit is on the disk. */
    private record Made(CompletableFuture<Object> answer, @Nullable Object value) {}

    private void commitGroup(List<Waiting<?>> group) {
        Transaction transaction = new Transaction();
        List<Made> made = new ArrayList<>();
        Buckets.Snapshot before = buckets.snapshot();
        try {
            session.execute("BEGIN IMMEDIATE");
            for (Waiting<?> waiting : group) {
                make(waiting, transaction, made);
            }
            transaction.writeCounts();
            files.moving(transaction.touched);
            session.execute("COMMIT");
        } catch (SQLException | RuntimeException failed) {
            rollback(before);
            files.settled(transaction.touched);
            if (group.size() > 1 && !full(failed)) {
                // One of them is at fault: each alone, so that the others aren't refused with it.
                group.forEach(each -> commitGroup(List.of(each)));
            } else {
                StoreException refusal = full(failed)
                        ? new StoreException(
                                StoreException.Reason.DISK_FULL, "the disk with the index is full", failed)
                        : new StoreException(
                                StoreException.Reason.UNAVAILABLE, "the index refused: " + failed.getMessage(), failed);
                LOG.log(System.Logger.Level.ERROR, "A group of changes was rolled back", failed);
                group.forEach(each -> each.answer().completeExceptionally(refusal));
            }
            return;
        }
        transaction.after.forEach(Runnable::run);
        files.settle(session, transaction.touched, transaction.gone)
                .forEach((key, why) -> LOG.log(
                        System.Logger.Level.ERROR,
                        "The file of key " + key.key() + " couldn't be moved to its place; it is served from where it is",
                        why));
        if (!transaction.touched.isEmpty()) {
            changed.run();
        }
        made.forEach(each -> each.answer().complete(each.value()));
    }

    @SuppressWarnings("unchecked")
    private void make(Waiting<?> waiting, Transaction transaction, List<Made> made) throws SQLException {
        session.execute("SAVEPOINT change");
        try {
            Object value = waiting.change().make(transaction);
            made.add(new Made((CompletableFuture<Object>) waiting.answer(), value));
        } catch (StoreException refused) {
            session.execute("ROLLBACK TO change");
            waiting.answer().completeExceptionally(refused);
        }
        session.execute("RELEASE change");
    }

    private void rollback(Buckets.Snapshot before) {
        buckets.restore(before);
        try {
            session.execute("ROLLBACK");
        } catch (SQLException none) {
            LOG.log(System.Logger.Level.DEBUG, "no transaction to roll back", none);
        }
    }

    private static boolean full(Exception failed) {
        return failed instanceof SQLException sql && (sql.getErrorCode() & 0xff) == SQLITE_FULL;
    }

    /** Finishes what waits, then ends. */
    @Override
    public void close() {
        stopping = true;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
