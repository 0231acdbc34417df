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
import java.util.concurrent.CompletionException;
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
    private static final long RETRY_NANOS = 5_000_000_000L;
    /** SQLite's result code for a full disk: sqlite.org/rescode.html#full. */
    private static final int SQLITE_FULL = 13;
    /** READONLY, IOERR, CORRUPT, CANTOPEN, NOTADB: sqlite.org/rescode.html. */
    private static final Set<Integer> BROKEN = Set.of(8, 10, 11, 14, 26);

    private final Index.Session session;
    private final Buckets buckets;
    private final FilesFollowRows files;
    private final BlockingQueue<Waiting<?>> queue = new ArrayBlockingQueue<>(WAITING_MAX);
    private final Thread thread;
    private final Runnable changed;
    private final Reserve reserve;
    private volatile boolean stopping;
    private volatile boolean ended;
    private long retried;
    private volatile @Nullable StoreException broken;

    /** {@code changed} runs after each group that changed objects: the settler has something to do. */
    Committer(Index index, Buckets buckets, FilesFollowRows files, Reserve reserve, Runnable changed) {
        this.reserve = reserve;
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
    interface Change<T extends @Nullable Object> {
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
        private final List<Runnable> afterFiles = new ArrayList<>();

        /** How far the transaction was before a change that may refuse. */
        private record Mark(int touched, int gone, int after, int afterFiles, Buckets.Snapshot buckets) {}

        private Mark here() {
            return new Mark(touched.size(), gone.size(), after.size(), afterFiles.size(), buckets.snapshot());
        }

        /** Forgets what a refused change wanted: its rows are rolled back, so its files must stay too. */
        private void backTo(Mark mark) {
            List.copyOf(touched).stream().skip(mark.touched()).forEach(touched::remove);
            gone.subList(mark.gone(), gone.size()).clear();
            after.subList(mark.after(), after.size()).clear();
            afterFiles.subList(mark.afterFiles(), afterFiles.size()).clear();
            buckets.restore(mark.buckets());
        }

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
                mark(bucket, key, null, false);
            }
        }

        /**
         * The file number has no row any more: its file is removed after the commit. {@code plain}: it may lie at the key's
         * plain path.
         */
        void gone(int bucket, String key, long file, boolean plain) throws SQLException {
            Touched owner = new Touched(bucket, key);
            touched.add(owner);
            gone.add(new FilesFollowRows.Gone(owner, file, plain));
            mark(bucket, key, file, plain);
        }

        private void mark(int bucket, String key, @Nullable Long file, boolean plain) throws SQLException {
            PreparedStatement insert = prepare("INSERT INTO unsettled (bucket, key, gone, plain) VALUES (?, ?, ?, ?)");
            insert.setInt(1, bucket);
            insert.setBytes(2, key.getBytes(StandardCharsets.UTF_8));
            insert.setObject(3, file);
            insert.setInt(4, plain ? 1 : 0);
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

        /** Runs after the files were moved, before the change is answered. */
        void afterFiles(Runnable action) {
            afterFiles.add(action);
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

    private record Waiting<T extends @Nullable Object>(Change<T> change, CompletableFuture<T> answer, boolean frees) {}

    /** Hands in a change and waits until it is on the disk. */
    <T extends @Nullable Object> T commit(Change<T> change) {
        return commit(change, false);
    }

    /** As {@link #commit}, for a change that frees room: on a full disk it may use what is kept for it. */
    <T extends @Nullable Object> T commitFreeing(Change<T> change) {
        return commit(change, true);
    }

    private <T extends @Nullable Object> T commit(Change<T> change, boolean frees) {
        Waiting<T> waiting = new Waiting<>(change, new CompletableFuture<>(), frees);
        StoreException refusal = broken;
        if (refusal != null) {
            throw new StoreException(refusal.reason(), String.valueOf(refusal.getMessage()), refusal);
        }
        try {
            if (stopping || !queue.offer(waiting, STOP_SECONDS, TimeUnit.SECONDS)) {
                throw new StoreException(
                        StoreException.Reason.UNAVAILABLE, stopping ? "the store is stopping" : "the disk is too slow");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StoreException(
                    StoreException.Reason.UNAVAILABLE, "interrupted before anything was stored", interrupted);
        }
        if (ended) {
            refuseLate();
        }
        try {
            // Not interruptibly: whoever gave up here would remove bytes that the commit is about to name.
            return waiting.answer().join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof StoreException refused) {
                throw refused;
            }
            throw new StoreException(
                    StoreException.Reason.UNAVAILABLE, "the change couldn't be made: " + failed.getMessage(), failed);
        }
    }

    private void work() {
        List<Waiting<?>> group = new ArrayList<>();
        while (!stopping || !queue.isEmpty()) {
            group.clear();
            try {
                Waiting<?> first = queue.poll(200, TimeUnit.MILLISECONDS);
                if (first == null) {
                    retryMoves();
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
        ended = true;
        refuseLate();
    }

    private void refuseLate() {
        for (Waiting<?> late = queue.poll(); late != null; late = queue.poll()) {
            late.answer()
                    .completeExceptionally(
                            new StoreException(StoreException.Reason.UNAVAILABLE, "the store is stopping"));
        }
    }

    /** Files that couldn't be moved, as a folder was not writable say: in a quiet moment once more. */
    private void retryMoves() {
        List<Touched> stuck = files.moving();
        if (stuck.isEmpty() || broken != null || System.nanoTime() - retried < RETRY_NANOS) {
            return;
        }
        retried = System.nanoTime();
        files.settle(session, stuck, List.of())
                .forEach((key, why) -> LOG.log(
                        System.Logger.Level.WARNING, "The file of key " + key.key() + " still can't be moved", why));
    }

    /** A change's answer, kept until the commit is on the disk. */
    private record Made(
            CompletableFuture<Object> answer, @Nullable Object value) {}

    private void commitGroup(List<Waiting<?>> group) {
        Transaction transaction = new Transaction();
        List<Made> made = new ArrayList<>();
        Buckets.Snapshot before = buckets.snapshot();
        List<Touched> newlyMoving = List.of();
        try {
            session.execute("BEGIN IMMEDIATE");
            for (Waiting<?> waiting : group) {
                make(waiting, transaction, made);
            }
            transaction.writeCounts();
            newlyMoving = files.moving(transaction.touched);
            session.execute("COMMIT");
        } catch (SQLException | RuntimeException failed) {
            rollback(before);
            files.settled(newlyMoving);
            List<Waiting<?>> open =
                    group.stream().filter(each -> !each.answer().isDone()).toList();
            if (failed instanceof SQLException sql && BROKEN.contains(sql.getErrorCode() & 0xff)) {
                stopTakingChanges(open, sql);
            } else if (open.size() > 1
                    || (full(failed) && open.stream().anyMatch(Waiting::frees) && reserve.release())) {
                // One of them is at fault, or they are too large together: each alone, so that the others aren't
                // refused.
                open.forEach(each -> commitGroup(List.of(each)));
            } else {
                StoreException refusal = full(failed)
                        ? new StoreException(StoreException.Reason.DISK_FULL, "the disk with the index is full", failed)
                        : new StoreException(
                                StoreException.Reason.UNAVAILABLE, "the index refused: " + failed.getMessage(), failed);
                LOG.log(System.Logger.Level.ERROR, "A group of changes was rolled back", failed);
                open.forEach(each -> each.answer().completeExceptionally(refusal));
            }
            return;
        }
        transaction.after.forEach(Runnable::run);
        files.settle(session, transaction.touched, transaction.gone)
                .forEach((key, why) -> LOG.log(
                        System.Logger.Level.ERROR,
                        "The file of key " + key.key()
                                + " couldn't be moved to its place; it is served from where it is",
                        why));
        transaction.afterFiles.forEach(Runnable::run);
        if (!transaction.touched.isEmpty()) {
            changed.run();
        }
        made.forEach(each -> each.answer().complete(each.value()));
    }

    /**
     * After a failed write or sync nobody knows what the log holds until it is read again: SQLite may find the changes of this
     * group in it at the next start. So none of them is undone in the files, and no other is taken.
     */
    private void stopTakingChanges(List<Waiting<?>> open, SQLException failed) {
        LOG.log(
                System.Logger.Level.ERROR,
                "The index can't be written; no change is taken until the next start",
                failed);
        StoreException refusal = new StoreException(
                StoreException.Reason.UNAVAILABLE,
                "the disk refused a write to the index, so no change is taken until the server is started again: "
                        + failed.getMessage(),
                failed);
        broken = refusal;
        open.forEach(each -> each.answer().completeExceptionally(refusal));
        for (Waiting<?> next = queue.poll(); next != null; next = queue.poll()) {
            next.answer().completeExceptionally(refusal);
        }
    }

    /** Why no change is taken until the store is opened again; null while all is well. */
    @Nullable
    StoreException broken() {
        return broken;
    }

    @SuppressWarnings("unchecked")
    private void make(Waiting<?> waiting, Transaction transaction, List<Made> made) throws SQLException {
        session.execute("SAVEPOINT change");
        Transaction.Mark mark = transaction.here();
        try {
            Object value = waiting.change().make(transaction);
            made.add(new Made((CompletableFuture<Object>) waiting.answer(), value));
        } catch (StoreException refused) {
            session.execute("ROLLBACK TO change");
            transaction.backTo(mark);
            waiting.answer().completeExceptionally(refused);
        }
        session.execute("RELEASE change");
    }

    private void rollback(Buckets.Snapshot before) {
        buckets.restore(before);
        try {
            session.forgetStatements();
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
