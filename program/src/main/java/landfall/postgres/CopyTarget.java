package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import landfall.base.Events;

/** The target's side of a copy: made ready before it, and what is recorded there of it. */
final class CopyTarget {
    private final Database source;
    private final Database target;
    private final Roles roles;
    private final Naming naming;
    private final TargetRole role;
    private final Events events;

    CopyTarget(Database source, Database target, Naming naming, TargetRole role, Events events) {
        this.source = source;
        this.roles = new Roles(source, target, role);
        this.target = target;
        this.naming = naming;
        this.role = role;
        this.events = events;
    }

    private String move() {
        return Sql.literal(naming.moveId());
    }

    /** The target must be empty or hold what an earlier, unfinished copy of this very move left. */
    void prepare() throws SQLException {
        if (SnapshotCopy.isComplete(target, naming)) {
            throw Sql.refused("The " + target + " already holds the complete copy", "copying again would lose it", "");
        }
        boolean begun;
        try (Connection connection = target.connect("copy")) {
            begun = isBegun(connection);
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
        roles.create();
        try (Connection connection = target.script("copy")) {
            Sql.execute(
                    connection,
                    "begin; delete from landfall.part where move = " + move()
                            + "; delete from landfall.post_data where move = " + move()
                            + "; insert into landfall.copy (move, target_role, former_role) values (" + move() + ", "
                            + Sql.literal(role.name()) + ", " + Sql.literal(role.formerName())
                            + ") on conflict (move) do update set target_role = excluded.target_role,"
                            + " former_role = excluded.former_role,"
                            + " rows_complete_at = null, consistent_point = null, snapshot = null; commit");
        }
    }

    private boolean isBegun(Connection connection) throws SQLException {
        return Sql.truth(connection, "select to_regclass('landfall.copy') is not null")
                && Sql.truth(connection, "select exists (select from landfall.copy where move = ?)", naming.moveId());
    }

    /** Makes what must be there before rows, and records what will come after them, in one transaction. */
    void applySchema(SchemaScript read, List<PostStatement> after, Snapshot snapshot) throws SQLException {
        SchemaScript script;
        try (Connection connection = target.connect("schema")) {
            script = read.forServer(Set.copyOf(Sql.strings(connection, "select lower(name) from pg_settings")));
        }
        events.step(SnapshotCopy.STEP, "running", "schema by " + script.by());
        StringBuilder record = new StringBuilder();
        for (PostStatement statement : after) {
            record.append("insert into landfall.post_data values (")
                    .append(move() + ", " + statement.place() + ", "
                            + Sql.literal(statement.phase().name()) + ", ")
                    .append(Sql.literal(statement.table()) + ", " + statement.bytes() + ", "
                            + Sql.literal(statement.what()) + ", ")
                    .append(Sql.literal(statement.sql()) + ");\n");
        }
        try (Connection connection = target.script("schema")) {
            Sql.execute(connection, "begin");
            try {
                Sql.execute(connection, script.preData());
            } catch (SQLException e) {
                throw failed(script, e);
            }
            // With the tables: at no moment can anybody but us write to them.
            Guard.create(connection, Catalog.tables(connection));
            Sql.execute(
                    connection,
                    record + "update landfall.copy set snapshot = " + Sql.literal(snapshot.name())
                            + ", consistent_point = " + Sql.literal(snapshot.consistentPoint()) + " where move = "
                            + move() + "; commit");
        }
    }

    /** Finds the one entry that fails: sent together, the server doesn't say which it was. */
    private RuntimeException failed(SchemaScript script, SQLException all) throws SQLException {
        try (Connection connection = target.script("schema")) {
            Sql.execute(connection, "begin");
            for (SchemaEntry entry : script.before()) {
                try {
                    Sql.execute(connection, entry.sql());
                } catch (SQLException e) {
                    String statement = SqlText.withoutComments(entry.sql());
                    return new landfall.base.LandfallException(
                            landfall.base.ExitCode.FAILED,
                            landfall.base.Problem.error(
                                    "The " + entry + " could not be made on the target",
                                    statement.lines().findFirst().orElse("") + " failed: " + Failures.reason(e),
                                    Failures.advice(e)),
                            e);
                }
            }
        }
        return Sql.failed("The schema could not be made in the " + target, all);
    }

    /**
     * From here on the copy needs the source no more, but for its slot: it can be gone on with after a crash.
     *
     * @param sourceLsn the source's position now, when every row has been read
     */
    void rowsComplete(String sourceLsn) throws SQLException {
        mark("rows_complete_at = clock_timestamp(), rows_end = " + Sql.literal(sourceLsn));
    }

    /** The rows that were copied can't be kept: the next run begins anew. */
    void startOver() throws SQLException {
        mark("rows_complete_at = null");
    }

    private void mark(String change) throws SQLException {
        try (Connection connection = target.connect("copy")) {
            Sql.execute(connection, "update landfall.copy set " + change + " where move = " + move());
        }
    }

    /** Whether an earlier run has copied all rows and was stopped in what comes after them. */
    boolean isRowsComplete() throws SQLException {
        try (Connection connection = target.connect("copy")) {
            return isBegun(connection)
                    && Sql.truth(
                            connection,
                            "select rows_complete_at is not null and completed_at is null from landfall.copy"
                                    + " where move = ?",
                            naming.moveId());
        }
    }

    /** Statements that are not done yet, in their order. */
    List<PostStatement> left() throws SQLException {
        try (Connection connection = target.connect("copy")) {
            return Sql.list(
                    connection,
                    "select place, phase, table_name, bytes, what, statement from landfall.post_data"
                            + " where move = ? and done_at is null order by place",
                    row -> new PostStatement(
                            row.getInt("place"),
                            PostStatement.Phase.valueOf(row.getString("phase")),
                            String.valueOf(row.getString("table_name")),
                            row.getLong("bytes"),
                            String.valueOf(row.getString("what")),
                            String.valueOf(row.getString("statement"))),
                    naming.moveId());
        }
    }

    /** Rows of all parts under the snapshot that the copy was made of. */
    long rows() throws SQLException {
        try (Connection connection = target.connect("copy")) {
            return Sql.number(
                    connection,
                    "select coalesce(sum(p.row_count), 0) from landfall.part p join landfall.copy c using (move, snapshot)"
                            + " where move = ?",
                    naming.moveId());
        }
    }

    String consistentPoint() throws SQLException {
        try (Connection connection = target.connect("copy")) {
            return Sql.text(connection, "select consistent_point from landfall.copy where move = ?", naming.moveId());
        }
    }

    /** Owners, guards, the position from which changes are followed, and last the mark that the copy is complete. */
    void finish(String consistentPoint) throws SQLException {
        roles.give();
        Identities.carry(source, target);
        Guard.install(target, naming);
        String origin = naming.origin(Direction.FORWARD);
        try (Connection connection = target.connect("copy")) {
            ReplicationSlots.createOrigin(connection, origin);
            Sql.execute(
                    connection,
                    "select pg_replication_origin_advance(" + Sql.literal(origin) + ", " + Sql.literal(consistentPoint)
                            + ")");
            Sql.execute(
                    connection,
                    "update landfall.copy set completed_at = clock_timestamp(), consistent_point = "
                            + Sql.literal(consistentPoint) + " where move = " + move());
            Sql.execute(connection, "delete from landfall.post_data where move = " + move());
        }
    }
}
