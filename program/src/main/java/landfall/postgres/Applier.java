package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The one session that writes on the receiving side. Its progress is committed with the data: each commit carries the
 * sender's position through a replication origin. Used by one thread.
 */
final class Applier implements AutoCloseable {
    private static final int GROUP_CHANGES = 20_000;
    private static final int GROUP_BYTES = 8 << 20;
    /** Only while changes keep coming: at a pause a group ends at once. */
    private static final long GROUP_NANOS = 100_000_000;

    /**
     * Thousands of keys look to the planner like reason enough to read a whole table and hash it, group after group: what
     * a change costs must not grow with the table.
     */
    private static final String BY_KEY_ALONE = "set local enable_hashjoin = off; set local enable_mergejoin = off";

    /** The proof's questions, in the same transaction when the door is closed, are other ones. */
    private static final String BY_ANY_WAY =
            "set local enable_hashjoin to default; set local enable_mergejoin to default";

    private final Connection connection;
    private final Naming naming;
    private final Map<String, Table> tables;
    private final IdentityHashMap<Change.Relation, TableBatch> batches = new IdentityHashMap<>();
    private final Map<String, Keys> keys;
    private final InFlight inFlight;
    private final Map<String, Set<String>> sending;
    private final Touched touched = new Touched();
    private final TruncatedLater truncatedLater;

    private int unwritten;
    /** Of what was taken; some of it may not have been given yet. */
    private long unwrittenBytes;

    private boolean skipping;
    private long groupStarted;
    private long groupChanges;
    private long endLsn;
    private long endMicros;
    private boolean doorClosed;
    private final AtomicLong appliedChanges = new AtomicLong();

    /**
     * How a table's rows are found.
     *
     * @param exact whether two keys are equal to the server exactly when their texts are
     * @param indexed columns by which an index finds rows
     */
    private record Keys(boolean exact, Set<String> indexed) {}

    /** @param sending the sending side's tables as they are now */
    Applier(Database to, String origin, Naming naming, InFlight inFlight, List<Table> sending) throws SQLException {
        connection = to.connect(Follower.APPLY_PURPOSE);
        this.naming = naming;
        this.inFlight = inFlight;
        this.sending = sending.stream()
                .collect(Collectors.toMap(
                        Table::toString,
                        table -> table.copied().stream().map(Table.Column::name).collect(Collectors.toSet())));
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
            // Of two sessions of ours it is the proof that gives way.
            Sql.execute(connection, Database.GIVES_WAY_SECOND);
            // Thousands of keys in one statement look dear enough to compile, which takes longer than they do.
            Sql.execute(connection, "set jit = off");
            tables = Catalog.tables(connection).stream()
                    .collect(Collectors.toMap(Table::toString, table -> table, (a, b) -> a, LinkedHashMap::new));
            keys = keys();
            truncatedLater = TruncatedLater.of(connection, naming);
            connection.setAutoCommit(false);
            ready = true;
        } finally {
            if (!ready) {
                connection.close();
            }
        }
    }

    private Map<String, Keys> keys() throws SQLException {
        Map<String, Keys> all = new HashMap<>();
        Sql.list(
                connection,
                Sql.file("keys"),
                row -> all.put(
                        row.getString("schema_name") + "." + row.getString("table_name"),
                        new Keys(row.getBoolean("is_exact"), Set.of((String[])
                                row.getArray("indexed").getArray()))));
        return all;
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
        return unwritten == 0 && groupChanges == 0;
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
        TableBatch batch = batch(relation(change));
        touched.add(batch, change);
        batch.add(change);
        unwritten++;
        if (unwritten >= GROUP_CHANGES || unwrittenBytes >= GROUP_BYTES) {
            write();
        }
    }

    /** Changes of this size are at hand, and will be given here one by one. */
    void taken(long bytes) {
        unwrittenBytes += bytes;
    }

    /** All that was taken has been given. */
    void given() {
        if (unwritten == 0) {
            release();
        }
    }

    private void release() {
        inFlight.release(unwrittenBytes);
        unwrittenBytes = 0;
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
        truncatedLater.reached(endLsn);
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
        unwritten = 0;
        unwrittenBytes = 0;
        batches.clear();
        groupChanges = 0;
        skipping = false;
    }

    private void write() throws SQLException {
        if (unwritten == 0) {
            return;
        }
        Sql.execute(connection, BY_KEY_ALONE + "; savepoint landfall_group");
        // Tables are independent of each other: no foreign key and no trigger fires here, and no rule.
        for (TableBatch collided = writeBatches(); collided != null; collided = writeBatches()) {
            collided.collided();
            Sql.execute(connection, "rollback to savepoint landfall_group");
        }
        Sql.execute(connection, "release savepoint landfall_group; " + BY_ANY_WAY);
        batches.values().forEach(TableBatch::written);
        unwritten = 0;
        release();
    }

    /** @return the table whose net effect met a constraint, if one did: it is to be written in order */
    private @Nullable TableBatch writeBatches() throws SQLException {
        for (TableBatch batch : batches.values()) {
            try {
                batch.write(connection);
            } catch (SQLException e) {
                if (!String.valueOf(e.getSQLState()).startsWith("23") || !batch.isFolding()) {
                    throw e;
                }
                return batch;
            }
        }
        return null;
    }

    private void truncate(Change.Truncate truncate) throws SQLException {
        List<Table> truncated = new ArrayList<>();
        for (Change.Relation relation : truncate.relations()) {
            Table table = batch(relation).table();
            truncated.add(table);
            touched.all(table);
            truncatedLater.truncated(table);
        }
        Sql.execute(
                connection,
                "truncate " + Catalog.only(truncated) + (truncate.restartSequences() ? " restart identity" : ""));
    }

    private TableBatch batch(Change.Relation relation) throws SQLException {
        // The decoder gives the very same object until the sender describes the relation anew.
        TableBatch known = batches.get(relation);
        if (known == null) {
            known = describe(relation);
            Table table = known.table();
            if (batches.values().stream().anyMatch(batch -> batch.table().equals(table))) {
                // Described anew: what came under the former description comes first.
                write();
                batches.values().removeIf(batch -> batch.table().equals(table));
            }
            batches.put(relation, known);
        }
        return known;
    }

    private TableBatch describe(Change.Relation relation) {
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
            // A row from before an ADD COLUMN lacks it: the column's default stands for it on both sides.
            boolean later = sending.getOrDefault(relation.toString(), Set.of()).containsAll(byName.keySet());
            if (columns.size() == relation.columns().size()
                    && later
                    && !byName.keySet().removeAll(table.key())) {
                return batch(table, columns);
            }
        }
        throw StructureChange.refused(relation.toString(), "");
    }

    private TableBatch batch(Table table, List<Table.Column> columns) {
        List<String> names = columns.stream().map(Table.Column::name).toList();
        Keys found = keys.getOrDefault(table.toString(), new Keys(false, Set.of()));
        return new TableBatch(
                table,
                columns,
                table.key().stream().mapToInt(names::indexOf).toArray(),
                found.exact(),
                found.indexed(),
                truncatedLater);
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

    static IllegalStateException notARow() {
        return new IllegalStateException("this is a bug: not a change of a row");
    }

    @Override
    public void close() throws SQLException {
        connection.abort(Runnable::run);
    }
}
