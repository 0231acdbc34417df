package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import landfall.base.Events;
import landfall.base.LandfallException;
import landfall.postgres.PostStatement.Phase;

/**
 * The first copy: schema, then all rows under one exported snapshot whose position in the log the follower starts from,
 * with indexes as soon as their table is there, then constraints and the rest. The snapshot lives as long as its
 * sessions; when it is lost before all rows are there, what was copied is discarded and the copy begins again.
 */
public final class SnapshotCopy {
    static final String STEP = "copy";
    /** How often a copy is begun in one run; the first included. */
    private static final int BEGINNINGS_MAX = 3;
    /** The target's means decide. */
    private static final long PART_BYTES_BY_MEANS = 0;
    /** What is smaller than this share of a part isn't worth two statements where one will do. */
    private static final int SMALL_SHARE = 16;

    /**
     * What was copied.
     *
     * @param consistentPoint the position following starts from
     * @param schemaBy which pg_dump, {@code built-in reader}, or {@code an earlier run}
     */
    public record Result(int tables, long rows, long bytes, Duration took, String consistentPoint, String schemaBy) {}

    private final Database source;
    private final Database target;
    private final Naming naming;
    private final SchemaTool schemaTool;
    private final Events events;
    private final BooleanSupplier stop;
    /** Whether a slot is made for what comes after the snapshot. */
    private final boolean followed;

    private final CopyTarget copyTarget;
    private final long partBytes;

    public SnapshotCopy(Database source, Database target, Naming naming, TargetRole role, Events events) {
        this(source, target, naming, role, SchemaTool.NONE, events, () -> false);
    }

    /**
     * @param schemaTool pg_dump beside the source's server, where there is one
     * @param stop asked now and then whether the user wants to stop
     */
    public SnapshotCopy(
            Database source,
            Database target,
            Naming naming,
            TargetRole role,
            SchemaTool schemaTool,
            Events events,
            BooleanSupplier stop) {
        this(source, target, naming, role, schemaTool, events, stop, PART_BYTES_BY_MEANS, true);
    }

    SnapshotCopy(
            Database source,
            Database target,
            Naming naming,
            TargetRole role,
            SchemaTool schemaTool,
            Events events,
            BooleanSupplier stop,
            long partBytes) {
        this(source, target, naming, role, schemaTool, events, stop, partBytes, true);
    }

    private SnapshotCopy(
            Database source,
            Database target,
            Naming naming,
            TargetRole role,
            SchemaTool schemaTool,
            Events events,
            BooleanSupplier stop,
            long partBytes,
            boolean followed) {
        this.partBytes = partBytes;
        this.followed = followed;
        this.source = source;
        this.target = target;
        this.naming = naming;
        this.schemaTool = schemaTool;
        this.events = events;
        this.stop = stop;
        this.copyTarget = new CopyTarget(source, target, naming, role, events);
    }

    /** A copy that nothing follows: no slot is made, and the source needs no logical decoding. */
    static SnapshotCopy plain(
            Database source,
            Database target,
            Naming naming,
            TargetRole role,
            SchemaTool schemaTool,
            Events events,
            BooleanSupplier stop) {
        return new SnapshotCopy(source, target, naming, role, schemaTool, events, stop, PART_BYTES_BY_MEANS, false);
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

    /**
     * Copies everything. An earlier run that had all rows is gone on with; what one without them left is removed first.
     * Nothing stays on the source on failure, unless all rows are there: then slot and publication do, and it is said.
     */
    public Result run() {
        long start = System.nanoTime();
        try {
            if (copyTarget.isRowsComplete() && ReplicationSlots.exists(source, Direction.FORWARD, naming)) {
                return goOn(start);
            }
            for (int beginning = 1; ; beginning++) {
                try {
                    copyTarget.prepare();
                    return begin(start);
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

    private Result begin(long start) throws SQLException {
        CopySessions sessions = new CopySessions(stop);
        AtomicBoolean rowsComplete = new AtomicBoolean();
        try {
            return copy(start, sessions, rowsComplete);
        } catch (SQLException | RuntimeException e) {
            tidy(sessions, rowsComplete.get(), e);
            throw e;
        }
    }

    /** Leaves nothing on the source that serves nothing; says it where something must stay. */
    private void tidy(CopySessions sessions, boolean rowsComplete, Exception failure) throws SQLException {
        if (followed && rowsComplete && !isViolation(failure)) {
            events.note("All rows are copied. Slot and publication " + naming.slot(Direction.FORWARD)
                    + " stay on the source for that: landfall sync goes on with what is left, landfall abandon removes"
                    + " them.");
        } else {
            if (rowsComplete) {
                copyTarget.startOver();
            }
            undoOnSource(failure);
        }
        if (sessions.isStopAsked()) {
            LandfallException interrupted = CopySessions.interrupted();
            interrupted.addSuppressed(failure);
            throw interrupted;
        }
    }

    /** The rows themselves are at fault, so they have to be copied again once they are mended on the source. */
    private static boolean isViolation(Exception failure) {
        return failure.getCause() instanceof SQLException e
                && String.valueOf(e.getSQLState()).startsWith("23");
    }

    private void undoOnSource(Exception cause) {
        if (!followed) {
            return;
        }
        try {
            ReplicationSlots.drop(source, Direction.FORWARD, naming);
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
            events.note("Left on the source: slot and publication " + naming.slot(Direction.FORWARD)
                    + "; they keep its log from being removed until landfall abandon or the next landfall sync.");
        }
    }

    private Result copy(long start, CopySessions sessions, AtomicBoolean rowsComplete) throws SQLException {
        try (Snapshot snapshot = followed ? Snapshot.take(source, naming) : Snapshot.plain(source)) {
            events.step(STEP, "running", "snapshot at " + snapshot.consistentPoint());
            List<Table> all;
            List<PostStatement> after;
            SchemaScript script;
            Map<String, String> structure;
            try (Connection connection = snapshot.session(source)) {
                // Reading definitions locks tables. While pg_dump runs no lock may be kept: an app's TRUNCATE would
                // wait
                // for us, pg_dump for the app, and we for pg_dump, which no server would notice.
                Sql.execute(connection, "savepoint unlocked");
                all = Catalog.tables(connection);
                structure = Catalog.fingerprint(connection);
                Sql.execute(connection, "rollback to unlocked");
                script = SchemaReader.read(source, connection, snapshot.name(), schemaTool, events);
                after = PostPlan.of(connection, script.after(), all, smallBytes());
            }
            sessions.throwIfStopped();
            copyTarget.applySchema(script, after, snapshot);
            List<Table> tables = CopyFormat.of(source, target, Catalog.withRows(all));
            CopyRun run = run(sessions, tables, after.size());
            try (var _ = run.progress().ticking()) {
                List<PostStatement> left = new RowCopy(run, snapshot, tables, after).copy(partBytes(run), () -> {
                    copyTarget.rowsComplete(refuseChanged(structure));
                    rowsComplete.set(true);
                    snapshot.release();
                });
                return finish(run, start, left, script.by());
            }
        }
    }

    private long partBytes(CopyRun run) {
        return partBytes == PART_BYTES_BY_MEANS ? run.means().partBytes() : partBytes;
    }

    private long smallBytes() {
        return (partBytes == PART_BYTES_BY_MEANS ? TargetMeans.PART_BYTES : partBytes) / SMALL_SHARE;
    }

    private CopyRun run(CopySessions sessions, List<Table> tables, int statements) throws SQLException {
        return new CopyRun(
                source,
                target,
                naming,
                TargetMeans.read(target),
                CopyFormat.rawEncoding(source),
                sessions,
                new CopyProgress(tables, statements, events),
                events);
    }

    /**
     * TRUNCATE apart, which is followed, only DDL can make a table look empty to an older snapshot.
     *
     * @return the source's position when all rows had been read
     */
    private String refuseChanged(Map<String, String> before) throws SQLException {
        Map<String, String> now;
        String position;
        try (Connection connection = source.connect("structure")) {
            position = followed ? Sql.text(connection, "select pg_current_wal_insert_lsn()::text") : "0/0";
            now = Catalog.fingerprint(connection);
        }
        List<String> changed = Stream.concat(before.keySet().stream(), now.keySet().stream())
                .distinct()
                .filter(item -> !java.util.Objects.equals(before.get(item), now.get(item)))
                .toList();
        if (!changed.isEmpty()) {
            throw Sql.refused(
                    "The source's structure changed while its rows were copied",
                    String.join(", ", changed.subList(0, Math.min(5, changed.size())))
                            + ": rows may have been read after the change, or not at all",
                    "Run the same command again, and change nothing until the move is done.");
        }
        return position;
    }

    private Result goOn(long start) throws SQLException {
        List<PostStatement> left = copyTarget.left();
        events.note("An earlier run has copied all rows: it is gone on with, " + left.size() + " statements are left.");
        CopySessions sessions = new CopySessions(stop);
        try {
            List<Table> tables;
            try (Connection connection = target.connect("copy")) {
                tables = Catalog.withRows(Catalog.tables(connection));
            }
            CopyRun run = run(sessions, tables, left.size());
            try (var _ = run.progress().ticking()) {
                new CopyRest(run)
                        .build(left.stream()
                                .filter(statement -> statement.phase() == Phase.INDEX)
                                .toList());
                return finish(
                        run,
                        start,
                        left.stream()
                                .filter(statement -> statement.phase() != Phase.INDEX)
                                .toList(),
                        "an earlier run");
            }
        } catch (SQLException | RuntimeException e) {
            tidy(sessions, true, e);
            throw e;
        }
    }

    private Result finish(CopyRun run, long start, List<PostStatement> left, String schemaBy) throws SQLException {
        CopyRest rest = new CopyRest(run);
        rest.apply(left);
        rest.analyze();
        String consistentPoint = copyTarget.consistentPoint();
        long rows = copyTarget.rows();
        copyTarget.finish(consistentPoint);
        return new Result(
                run.progress().tables(),
                rows,
                run.progress().totalBytes(),
                Duration.ofNanos(System.nanoTime() - start),
                consistentPoint,
                schemaBy);
    }
}
