package landfall.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import landfall.base.Events;

/**
 * The first copy: schema, then all rows under one exported snapshot whose position in the log the follower starts from,
 * then indexes and constraints. The snapshot lives as long as its session; when that is lost, what was copied is
 * discarded and the copy begins again.
 */
public final class SnapshotCopy {
    static final String STEP = "copy";
    private static final Duration SLOT_MAX = Duration.ofMinutes(2);

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
    private final TargetRole role;
    private final Events events;

    public SnapshotCopy(Database source, Database target, Naming naming, TargetRole role, Events events) {
        this.source = source;
        this.target = target;
        this.naming = naming;
        this.role = role;
        this.events = events;
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
            prepareTarget();
            Result result;
            try (Connection slot = source.replication("snapshot")) {
                result = copyUnder(slot, start);
            } catch (SQLException | RuntimeException e) {
                undoOnSource(e);
                throw e;
            }
            return result;
        } catch (SQLException e) {
            throw Sql.failed("The copy of the " + source + " did not finish", e);
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

    private Result copyUnder(Connection slot, long start) throws SQLException {
        try (Connection connection = source.connect("publication")) {
            ReplicationSlots.drop(connection, Direction.FORWARD, naming);
            ReplicationSlots.publish(connection, Direction.FORWARD, naming);
            ReplicationSlots.awaitOlderTransactions(connection, source);
        }
        String consistentPoint;
        String snapshot;
        try (Statement statement = slot.createStatement()) {
            statement.setQueryTimeout((int) SLOT_MAX.toSeconds());
            try (ResultSet row = statement.executeQuery("CREATE_REPLICATION_SLOT "
                    + Sql.quoted(naming.slot(Direction.FORWARD)) + " LOGICAL pgoutput EXPORT_SNAPSHOT")) {
                row.next();
                consistentPoint = String.valueOf(row.getString("consistent_point"));
                snapshot = String.valueOf(row.getString("snapshot_name"));
            }
        }
        events.step(STEP, "running", "snapshot at " + consistentPoint);
        List<Table> tables;
        try (Connection connection = CopyStreams.under(source, snapshot)) {
            tables = Catalog.withRows(Catalog.tables(connection));
        }
        SchemaScript script = SchemaReader.read(source, snapshot, events);
        applySchema(script);
        CopyStreams streams = new CopyStreams(source, target, naming, snapshot, events);
        long rows = streams.copy(tables);
        PostData.apply(target, script, events);
        finish(consistentPoint);
        return new Result(
                tables.size(),
                rows,
                tables.stream().mapToLong(Table::bytes).sum(),
                Duration.ofNanos(System.nanoTime() - start),
                consistentPoint,
                script.by());
    }

    /** The target must be empty or hold what an earlier, unfinished copy of this very move left. */
    private void prepareTarget() throws SQLException {
        if (isComplete(target, naming)) {
            throw Sql.refused("The " + target + " already holds the complete copy", "copying again would lose it", "");
        }
        boolean begun;
        try (Connection connection = target.connect("copy")) {
            begun = Sql.truth(connection, "select to_regclass('landfall.copy') is not null")
                    && Sql.truth(
                            connection, "select exists (select from landfall.copy where move = ?)", naming.moveId());
            List<Table> there = Catalog.tables(connection);
            if (!begun && !there.isEmpty()) {
                throw Sql.refused(
                        "The " + target + " is not empty",
                        "it has " + there.size() + " tables, the first is " + there.getFirst(),
                        "Give the move an empty database.");
            }
        }
        if (begun) {
            events.note("An earlier copy did not finish and its snapshot is lost: what it copied is discarded, the"
                    + " copy begins again.");
            try (Connection connection = target.script("discard")) {
                Sql.execute(connection, Sql.file("discard"));
            }
        }
        Schema.create(target);
        new Roles(source, target, role).create();
        try (Connection connection = target.connect("copy")) {
            Sql.execute(
                    connection,
                    "delete from landfall.part where move = " + Sql.literal(naming.moveId())
                            + "; insert into landfall.copy (move, target_role, former_role) values ("
                            + Sql.literal(naming.moveId()) + ", " + Sql.literal(role.name())
                            + ", " + Sql.literal(role.formerName())
                            + ") on conflict (move) do update set target_role = excluded.target_role,"
                            + " former_role = excluded.former_role");
        }
    }

    private void applySchema(SchemaScript script) throws SQLException {
        events.step(STEP, "running", "schema by " + script.by());
        try (Connection connection = target.script("schema")) {
            Sql.execute(connection, script.preData());
        }
    }

    private void finish(String consistentPoint) throws SQLException {
        new Roles(source, target, role).give();
        Identities.carry(source, target);
        Guard.install(target, naming);
        String origin = Sql.literal(naming.origin(Direction.FORWARD));
        try (Connection connection = target.connect("copy")) {
            ReplicationSlots.createOrigin(connection, naming.origin(Direction.FORWARD));
            Sql.execute(connection, "analyze");
            Sql.execute(
                    connection,
                    "select pg_replication_origin_advance(" + origin + ", " + Sql.literal(consistentPoint) + ")");
            Sql.execute(
                    connection,
                    "update landfall.copy set completed_at = clock_timestamp(), consistent_point = "
                            + Sql.literal(consistentPoint) + " where move = " + Sql.literal(naming.moveId()));
        }
    }
}
