package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import org.jspecify.annotations.Nullable;

/**
 * The one session that writes on the receiving side. Its progress is committed with the data: each commit carries the
 * sender's position through a replication origin. Used by one thread.
 */
final class Applier implements AutoCloseable {
    private static final int GROUP_CHANGES = 2000;
    private static final int GROUP_BYTES = 4 << 20;
    private static final long GROUP_NANOS = 20_000_000;

    private final Connection connection;
    private final Naming naming;
    private final Map<String, Table> tables;
    private final Map<Change.Relation, TableBatch> batches = new HashMap<>();
    private final List<Change> unwritten = new ArrayList<>();
    private final Touched touched = new Touched();

    private int unwrittenBytes;
    private boolean skipping;
    private long groupStarted;
    private long groupChanges;
    private long endLsn;
    private long endMicros;
    private boolean doorClosed;
    private final AtomicLong appliedChanges = new AtomicLong();

    Applier(Database to, String origin, Naming naming) throws SQLException {
        connection = to.connect(Follower.APPLY_PURPOSE);
        this.naming = naming;
        boolean ready = false;
        try {
            Catalog.useOperators(connection);
            Sessions.takeOver(
                    to,
                    "select pid from pg_stat_activity where application_name = "
                            + Sql.literal("landfall/" + Follower.APPLY_PURPOSE)
                            + " and datname = current_database() and pid <> "
                            + Sql.number(connection, "select pg_backend_pid()"),
                    () -> Sql.text(
                            connection, "select pg_replication_origin_session_setup(" + Sql.literal(origin) + ")"));
            Sql.execute(connection, "set session_replication_role = replica");
            tables = Catalog.tables(connection).stream()
                    .collect(Collectors.toMap(Table::toString, table -> table, (a, b) -> a, LinkedHashMap::new));
            connection.setAutoCommit(false);
            ready = true;
        } finally {
            if (!ready) {
                connection.close();
            }
        }
    }

    Connection connection() {
        return connection;
    }

    Touched touched() {
        return touched;
    }

    List<Table> tables() {
        return List.copyOf(tables.values());
    }

    boolean isDoorClosed() {
        return doorClosed;
    }

    long appliedChanges() {
        return appliedChanges.get();
    }

    long endLsn() {
        return endLsn;
    }

    /** Whether nothing received is waiting for a commit. */
    boolean isClean() {
        return unwritten.isEmpty() && groupChanges == 0;
    }

    long progress() throws SQLException {
        String lsn = Sql.text(connection, "select coalesce(pg_replication_origin_session_progress(true), '0/0')::text");
        connection.commit();
        return org.postgresql.replication.LogSequenceNumber.valueOf(lsn).asLong();
    }

    void begin() {
        skipping = false;
    }

    /** Changes that this move wrote on the sending side came from here: they are not sent back. */
    void origin(String name) {
        skipping = naming.isOurs(name);
    }

    void change(Change change) throws SQLException {
        if (skipping) {
            return;
        }
        if (groupChanges == 0) {
            groupStarted = System.nanoTime();
        }
        groupChanges++;
        appliedChanges.incrementAndGet();
        if (change instanceof Change.Truncate truncate) {
            write();
            truncate(truncate);
            return;
        }
        touched.add(batch(relation(change)), change);
        unwritten.add(change);
        unwrittenBytes += size(change);
        if (unwritten.size() >= GROUP_CHANGES || unwrittenBytes >= GROUP_BYTES) {
            write();
        }
    }

    void end(Change.Commit commit) {
        skipping = false;
        endLsn = commit.endLsn();
        endMicros = commit.timestampMicros();
    }

    /** At a transaction's end: whether what has gathered is worth a commit. */
    boolean isGroupFull() {
        return groupChanges >= GROUP_CHANGES || (groupChanges > 0 && System.nanoTime() - groupStarted > GROUP_NANOS);
    }

    /** Writes what has gathered; commits it with the position unless the door's transaction is open. */
    void finishGroup() throws SQLException {
        write();
        if (!doorClosed && groupChanges > 0) {
            commitWithPosition();
            groupChanges = 0;
        }
    }

    void commitWithPosition() throws SQLException {
        if (endLsn != 0) {
            Sql.list(
                    connection,
                    "select pg_replication_origin_xact_setup(?::text::pg_lsn, to_timestamp(?::float8 / 1000000))",
                    row -> true,
                    org.postgresql.replication.LogSequenceNumber.valueOf(endLsn).asString(),
                    (double) endMicros);
        }
        connection.commit();
    }

    void doorClosed(boolean closed) {
        doorClosed = closed;
        groupChanges = 0;
    }

    /** Forgets what was received and not committed, before the stream starts again from the committed position. */
    void discard() {
        unwritten.clear();
        unwrittenBytes = 0;
        batches.clear();
        groupChanges = 0;
        skipping = false;
    }

    private void write() throws SQLException {
        if (unwritten.isEmpty()) {
            return;
        }
        Sql.execute(connection, "savepoint landfall_group");
        try {
            writeFolded();
        } catch (SQLException e) {
            if (!String.valueOf(e.getSQLState()).startsWith("23")) {
                throw e;
            }
            // Two rows exchanged a unique value: the net effect meets itself half way, the true order does not.
            Sql.execute(connection, "rollback to savepoint landfall_group");
            writeInOrder();
        }
        Sql.execute(connection, "release savepoint landfall_group");
        unwritten.clear();
        unwrittenBytes = 0;
    }

    private void writeFolded() throws SQLException {
        batches.values().forEach(TableBatch::clear);
        for (Change change : unwritten) {
            fold(change);
        }
        for (TableBatch batch : batches.values()) {
            batch.write(connection);
        }
    }

    private void writeInOrder() throws SQLException {
        batches.values().forEach(TableBatch::clear);
        for (Change change : unwritten) {
            fold(change);
            batch(relation(change)).write(connection);
        }
    }

    private void fold(Change change) throws SQLException {
        TableBatch batch = batch(relation(change));
        if (batch.add(change)) {
            return;
        }
        batch.write(connection);
        if (!batch.add(change)) {
            batch.writeKeyChange(connection, (Change.Update) change);
        }
    }

    private void truncate(Change.Truncate truncate) throws SQLException {
        List<Table> truncated = new ArrayList<>();
        for (Change.Relation relation : truncate.relations()) {
            Table table = batch(relation).table();
            truncated.add(table);
            touched.all(table);
        }
        Sql.execute(
                connection,
                "truncate " + Catalog.only(truncated) + (truncate.restartSequences() ? " restart identity" : ""));
    }

    private TableBatch batch(Change.Relation relation) {
        TableBatch known = batches.get(relation);
        if (known != null) {
            return known;
        }
        Table table = tables.get(relation.toString());
        List<Table.Column> columns = new ArrayList<>();
        if (table != null) {
            Map<String, Table.Column> byName =
                    table.copied().stream().collect(Collectors.toMap(Table.Column::name, column -> column));
            for (String name : relation.columns()) {
                Table.@Nullable Column column = byName.remove(name);
                if (column != null) {
                    columns.add(column);
                }
            }
            if (columns.size() == relation.columns().size() && byName.isEmpty()) {
                TableBatch batch = new TableBatch(table, columns);
                batches.put(relation, batch);
                return batch;
            }
        }
        throw structureChanged(relation.toString());
    }

    static LandfallException structureChanged(String what) {
        return new LandfallException(
                ExitCode.REFUSED,
                Problem.error(
                        "The structure of " + what + " changed during the move",
                        "logical replication carries rows, not DDL",
                        "Undo the DDL, or run the same statement on the other side as well, then run the command"
                                + " again; or begin anew with landfall abandon."));
    }

    private static Change.Relation relation(Change change) {
        return switch (change) {
            case Change.Insert insert -> insert.relation();
            case Change.Update update -> update.relation();
            case Change.Delete delete -> delete.relation();
            case Change.Truncate truncate -> truncate.relations().getFirst();
            case Change.Begin begin -> throw notARow();
            case Change.Commit commit -> throw notARow();
            case Change.Origin origin -> throw notARow();
            case Change.Message message -> throw notARow();
        };
    }

    private static IllegalStateException notARow() {
        return new IllegalStateException("this is a bug: not a change of a row");
    }

    private static int size(Change change) {
        return switch (change) {
            case Change.Insert insert -> insert.row().size();
            case Change.Update update -> update.row().size();
            case Change.Delete delete -> delete.old().size();
            case Change.Begin begin -> 0;
            case Change.Commit commit -> 0;
            case Change.Origin origin -> 0;
            case Change.Truncate truncate -> 0;
            case Change.Message message -> 0;
        };
    }

    @Override
    public void close() throws SQLException {
        connection.abort(Runnable::run);
    }
}
