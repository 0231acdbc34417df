package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import landfall.base.Events;
import landfall.base.LandfallException;
import landfall.base.TaskGroup;
import landfall.postgres.PostStatement.Phase;

/**
 * The first copy: schema, then all rows under one exported snapshot whose position in the log the follower starts from,
 * with indexes as soon as their table is there, then constraints and the rest. The snapshot lives as long as its
 * sessions; when it is lost, what was copied is discarded and the copy begins again.
 */
public final class SnapshotCopy {
    static final String STEP = "copy";
    /** How often a copy is begun in one run; the first included. */
    private static final int BEGINNINGS_MAX = 3;
    /** What a lost connection costs at most: a part is one transaction. */
    private static final long PART_BYTES = 64L << 20;

    /**
     * What was copied.
     *
     * @param consistentPoint the position following starts from
     * @param schemaBy {@code pg_dump} or {@code built-in reader}
     */
    public record Result(int tables, long rows, long bytes, Duration took, String consistentPoint, String schemaBy) {}

    private final Database source;
    private final Database target;
    private final Naming naming;
    private final Events events;
    private final BooleanSupplier stop;
    private final CopyTarget copyTarget;

    public SnapshotCopy(Database source, Database target, Naming naming, TargetRole role, Events events) {
        this(source, target, naming, role, events, () -> false);
    }

    /** @param stop asked now and then whether the user wants to stop */
    public SnapshotCopy(
            Database source, Database target, Naming naming, TargetRole role, Events events, BooleanSupplier stop) {
        this.source = source;
        this.target = target;
        this.naming = naming;
        this.events = events;
        this.stop = stop;
        this.copyTarget = new CopyTarget(target, naming, role, events);
    }

    public static boolean isComplete(Database target, Naming naming) {
        try (Connection connection = target.connect("copy")) {
            return Sql.truth(connection, "select to_regclass('landfall.copy') is not null")
                    && Sql.truth(
                            connection,
                            "select exists (select from landfall.copy where move = ? and completed_at is not null)",
                            naming.moveId());
        } catch (SQLException e) {
            throw Sql.failed("The state of the copy in the " + target + " could not be read", e);
        }
    }

    /** Copies everything; what an interrupted copy left is removed first. Nothing stays on the source on failure. */
    public Result run() {
        long start = System.nanoTime();
        try {
            for (int beginning = 1; ; beginning++) {
                try {
                    copyTarget.prepare();
                    return copy(start);
                } catch (Snapshot.LostException e) {
                    if (beginning == BEGINNINGS_MAX) {
                        throw Sql.refused(
                                "The copy of the " + source + " did not finish",
                                "its snapshot was lost " + BEGINNINGS_MAX + " times: the source's server restarted, or"
                                        + " ended the sessions that held it",
                                "Find out what ends them (PostgreSQL's log says), then run the same command again.");
                    }
                    events.note("The snapshot is lost: the sessions that held it on the source have ended.");
                }
            }
        } catch (SQLException e) {
            throw Sql.failed("The copy of the " + source + " did not finish", e);
        }
    }

    private Result copy(long start) throws SQLException {
        CopySessions sessions = new CopySessions(stop);
        try {
            return copy(start, sessions);
        } catch (SQLException | RuntimeException e) {
            undoOnSource(e);
            if (sessions.stopped()) {
                LandfallException interrupted = CopySessions.interrupted();
                interrupted.addSuppressed(e);
                throw interrupted;
            }
            throw e;
        }
    }

    private void undoOnSource(Exception cause) {
        try {
            ReplicationSlots.drop(source, Direction.FORWARD, naming);
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
            events.note("Left on the source: slot and publication " + naming.slot(Direction.FORWARD)
                    + "; they keep its log from being removed until landfall abandon or the next landfall sync.");
        }
    }

    private Result copy(long start, CopySessions sessions) throws SQLException {
        List<Table> tables;
        List<PostStatement> after;
        SchemaScript script;
        CopyRun run;
        try (Snapshot snapshot = Snapshot.take(source, naming)) {
            events.step(STEP, "running", "snapshot at " + snapshot.consistentPoint());
            List<Table> all;
            try (Connection connection = snapshot.session(source)) {
                all = Catalog.tables(connection);
                script = SchemaReader.read(source, connection, snapshot.name(), events);
                after = PostPlan.of(connection, script.after(), all);
            }
            tables = Catalog.withRows(all);
            sessions.throwIfStopped();
            copyTarget.applySchema(script, after, snapshot);
            CopyProgress progress = new CopyProgress(tables, after.size(), events);
            run = new CopyRun(
                    source, target, naming, TargetMeans.read(target), rawEncoding(), sessions, progress, events);
            after = copyRows(run, snapshot, tables, after);
        }
        copyTarget.rowsComplete();
        applyRest(run, after);
        analyze(run);
        String consistentPoint = consistentPoint();
        copyTarget.finish(consistentPoint);
        return new Result(
                tables.size(),
                run.progress().rows(),
                tables.stream().mapToLong(Table::bytes).sum(),
                Duration.ofNanos(System.nanoTime() - start),
                consistentPoint,
                script.by());
    }

    private String consistentPoint() throws SQLException {
        try (Connection connection = target.connect("copy")) {
            return Sql.text(
                    connection, "select consistent_point from landfall.copy where move = ?", naming.moveId());
        }
    }

    /** In SQL_ASCII texts are bytes of no known encoding: they must pass as they are, and only COPY's text form does that. */
    private String rawEncoding() throws SQLException {
        try (Connection connection = source.connect("encoding")) {
            return Sql.truth(connection, "select current_setting('server_encoding') = 'SQL_ASCII'") ? "SQL_ASCII" : "";
        }
    }

    /** @return the statements that are left */
    private List<PostStatement> copyRows(
            CopyRun run, Snapshot snapshot, List<Table> tables, List<PostStatement> after) throws SQLException {
        List<CopyPart> parts = tables.stream()
                .flatMap(table -> CopyPart.of(table, PART_BYTES).stream())
                .toList();
        List<PostStatement> indexes =
                after.stream().filter(statement -> statement.phase() == Phase.INDEX).toList();
        CopyQueue queue = new CopyQueue(parts, indexes);
        ConcurrentLinkedQueue<PostStatement> deferred = new ConcurrentLinkedQueue<>();
        together(run, run.means().streams(), () -> {
            try (CopyStream stream = new CopyStream(run, snapshot, queue, deferred)) {
                stream.work();
            } finally {
                // After a failure the others are not to begin anything; after the end there is nothing to begin.
                queue.stop();
            }
            return true;
        });
        run.progress().tell();
        List<PostStatement> left = new ArrayList<>(deferred);
        after.stream().filter(statement -> statement.phase() != Phase.INDEX).forEach(left::add);
        return left;
    }

    private void applyRest(CopyRun run, List<PostStatement> left) throws SQLException {
        try (PostRunner runner = new PostRunner(run)) {
            for (PostStatement statement : left) {
                if (statement.phase().compareTo(Phase.VALIDATE) < 0) {
                    runner.run(statement, run.means().workersPerIndex(1));
                }
            }
        }
        List<PostStatement> checks = left.stream()
                .filter(statement -> statement.phase() == Phase.VALIDATE)
                .toList();
        inParallel(run, checks);
        try (PostRunner runner = new PostRunner(run)) {
            for (PostStatement statement : left) {
                if (statement.phase() == Phase.REST) {
                    runner.run(statement, run.means().workersPerIndex(1));
                }
            }
        }
    }

    /** Those of one table follow each other: they would wait for its lock. */
    private static void inParallel(CopyRun run, List<PostStatement> checks) throws SQLException {
        ConcurrentLinkedQueue<List<PostStatement>> chains = new ConcurrentLinkedQueue<>(checks.stream()
                .collect(java.util.stream.Collectors.groupingBy(
                        PostStatement::table, java.util.LinkedHashMap::new, java.util.stream.Collectors.toList()))
                .values());
        together(run, Math.min(chains.size(), run.means().streams()), () -> {
            try (PostRunner runner = new PostRunner(run)) {
                for (List<PostStatement> chain = chains.poll(); chain != null; chain = chains.poll()) {
                    chain.forEach(statement -> runner.run(statement, 0));
                }
            }
            return true;
        });
    }

    /** The planner of the target must know the tables before users come; partitions are analyzed with their root. */
    private void analyze(CopyRun run) throws SQLException {
        ConcurrentLinkedQueue<String> left;
        try (Connection connection = target.connect("analyze")) {
            left = new ConcurrentLinkedQueue<>(Sql.strings(connection, Sql.file("analyzed")));
        }
        events.step(STEP, "running", "statistics of " + left.size() + " tables");
        together(run, Math.min(left.size(), run.means().streams()), () -> {
            try (Connection connection = target.connect("analyze")) {
                for (String table = left.poll(); table != null; table = left.poll()) {
                    run.sessions().throwIfStopped();
                    Sql.execute(connection, "analyze " + table);
                }
            }
            return true;
        });
    }

    /** Runs the same work on several threads; the first failure ends all, and so does the user's wish. */
    private static void together(CopyRun run, int threads, Callable<Boolean> work) throws SQLException {
        try (TaskGroup group = TaskGroup.open(Math.max(1, threads))) {
            Thread watch = Thread.ofVirtual().name("landfall copy watch").start(() -> watch(run, group));
            try {
                for (int i = 0; i < threads; i++) {
                    var _ = group.fork(() -> {
                        try {
                            return work.call();
                        } catch (Exception | Error e) {
                            // The others may wait in a read that an interrupt doesn't end.
                            run.sessions().end(run.target());
                            throw e;
                        }
                    });
                }
                group.join();
            } finally {
                watch.interrupt();
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case SQLException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                case null, default -> throw new IllegalStateException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CopySessions.interrupted();
        }
    }

    private static void watch(CopyRun run, TaskGroup group) {
        try {
            while (!run.sessions().stopped()) {
                Thread.sleep(100);
            }
            run.sessions().end(run.target());
            group.cancel();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
