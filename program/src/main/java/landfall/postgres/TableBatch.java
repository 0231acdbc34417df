package landfall.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The net effect of changes on one table, key by key, written as at most a few statements over arrays: deletes first,
 * then updates, then inserts. Values travel as text and are cast by the server.
 */
final class TableBatch {
    private enum Kind {
        INSERT,
        UPDATE,
        DELETE
    }

    /** @param replaces an insert of a key whose former row is deleted by the same batch */
    private record Operation(Kind kind, Change.Row row, boolean replaces) {}

    private final Table table;
    private final List<Table.Column> columns;
    private final int[] key;
    private final Map<List<@Nullable String>, Operation> operations = new LinkedHashMap<>();

    /** @param columns the table's columns in the order of the rows that will come */
    TableBatch(Table table, List<Table.Column> columns) {
        this.table = table;
        this.columns = columns;
        List<String> names = columns.stream().map(Table.Column::name).toList();
        key = table.key().stream().mapToInt(names::indexOf).toArray();
    }

    Table table() {
        return table;
    }

    boolean isEmpty() {
        return operations.isEmpty();
    }

    void clear() {
        operations.clear();
    }

    List<@Nullable String> keyOf(Change.Row row) {
        List<@Nullable String> values = new ArrayList<>(key.length);
        for (int i : key) {
            values.add(row.values()[i]);
        }
        return values;
    }

    /** @return false if the change can't be folded into what is here; nothing was taken then */
    boolean add(Change change) {
        return switch (change) {
            case Change.Insert insert -> insert(insert.row());
            case Change.Update update -> update(update);
            case Change.Delete delete -> delete(delete.old());
            case Change.Begin begin -> false;
            case Change.Commit commit -> false;
            case Change.Origin origin -> false;
            case Change.Truncate truncate -> false;
            case Change.Message message -> false;
        };
    }

    private boolean insert(Change.Row row) {
        List<@Nullable String> at = keyOf(row);
        Operation before = operations.get(at);
        if (before != null && before.kind() != Kind.DELETE) {
            return false;
        }
        operations.remove(at);
        operations.put(at, new Operation(Kind.INSERT, row, before != null));
        return true;
    }

    private boolean update(Change.Update update) {
        List<@Nullable String> at = keyOf(update.row());
        Change.Row old = update.old();
        if (old != null && !keyOf(old).equals(at)) {
            return false;
        }
        Operation before = operations.get(at);
        if (before == null) {
            operations.put(at, new Operation(Kind.UPDATE, update.row(), false));
            return true;
        }
        if (before.kind() == Kind.DELETE) {
            return false;
        }
        operations.put(at, new Operation(before.kind(), merged(before.row(), update.row()), before.replaces()));
        return true;
    }

    private static Change.Row merged(Change.Row before, Change.Row after) {
        @Nullable String[] values = after.values().clone();
        BitSet unchanged = new BitSet();
        for (int i = after.unchanged().nextSetBit(0);
                i >= 0;
                i = after.unchanged().nextSetBit(i + 1)) {
            values[i] = before.values()[i];
            unchanged.set(i, before.unchanged().get(i));
        }
        return new Change.Row(values, unchanged);
    }

    private boolean delete(Change.Row old) {
        List<@Nullable String> at = keyOf(old);
        Operation before = operations.get(at);
        if (before != null && before.kind() == Kind.DELETE) {
            return false;
        }
        operations.remove(at);
        if (before == null || before.kind() == Kind.UPDATE || before.replaces()) {
            operations.put(at, new Operation(Kind.DELETE, old, false));
        }
        return true;
    }

    void write(Connection connection) throws SQLException {
        List<Change.Row> deletes = new ArrayList<>();
        Map<BitSet, List<Change.Row>> updates = new LinkedHashMap<>();
        List<Change.Row> inserts = new ArrayList<>();
        for (Operation operation : operations.values()) {
            switch (operation.kind()) {
                case DELETE -> deletes.add(operation.row());
                case UPDATE ->
                    updates.computeIfAbsent(operation.row().unchanged(), none -> new ArrayList<>())
                            .add(operation.row());
                case INSERT -> {
                    if (operation.replaces()) {
                        deletes.add(operation.row());
                    }
                    inserts.add(operation.row());
                }
            }
        }
        writeDeletes(connection, deletes);
        for (Map.Entry<BitSet, List<Change.Row>> group : updates.entrySet()) {
            writeUpdates(connection, group.getKey(), group.getValue());
        }
        writeInserts(connection, inserts);
        operations.clear();
    }

    private void writeDeletes(Connection connection, List<Change.Row> rows) throws SQLException {
        if (!rows.isEmpty()) {
            String sql = "delete from only " + table.sql() + " t using " + arrays(key) + " where " + keyMatches();
            run(connection, sql, key, rows, "delete");
        }
    }

    private void writeUpdates(Connection connection, BitSet unchanged, List<Change.Row> rows) throws SQLException {
        List<Integer> keys = Arrays.stream(key).boxed().toList();
        int[] changed = IntStream.range(0, columns.size())
                .filter(i -> !unchanged.get(i)
                        && !keys.contains(i)
                        && !columns.get(i).identityAlways())
                .toArray();
        if (changed.length == 0) {
            return;
        }
        int[] used =
                IntStream.concat(Arrays.stream(changed), Arrays.stream(key)).toArray();
        String assignments = Arrays.stream(changed)
                .mapToObj(i -> Sql.quoted(columns.get(i).name()) + " = " + value(i))
                .collect(Collectors.joining(", "));
        String sql = "update only " + table.sql() + " t set " + assignments + " from " + arrays(used) + " where "
                + keyMatches();
        run(connection, sql, used, rows, "update");
    }

    private void writeInserts(Connection connection, List<Change.Row> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        int[] all = IntStream.range(0, columns.size()).toArray();
        String names = Arrays.stream(all)
                .mapToObj(i -> Sql.quoted(columns.get(i).name()))
                .collect(Collectors.joining(", "));
        String values = Arrays.stream(all).mapToObj(this::value).collect(Collectors.joining(", "));
        String sql = "insert into " + table.sql() + " (" + names + ") overriding system value select " + values
                + " from " + arrays(all);
        run(connection, sql, all, rows, "insert");
    }

    /** A change of the key itself: one row, by its old key. */
    void writeKeyChange(Connection connection, Change.Update update) throws SQLException {
        Change.Row old = update.old();
        if (old == null) {
            throw new IllegalStateException("this is a bug: a key change of " + table + " without its old key");
        }
        int[] changed = IntStream.range(0, columns.size())
                .filter(i -> !update.row().unchanged().get(i) && !columns.get(i).identityAlways())
                .toArray();
        String assignments = Arrays.stream(changed)
                .mapToObj(i -> Sql.quoted(columns.get(i).name()) + " = ?::text::"
                        + columns.get(i).type())
                .collect(Collectors.joining(", "));
        String matches = Arrays.stream(key)
                .mapToObj(i -> Sql.quoted(columns.get(i).name()) + " = ?::text::"
                        + columns.get(i).type())
                .collect(Collectors.joining(" and "));
        String sql = "update only " + table.sql() + " set " + assignments + " where " + matches;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int place = 1;
            for (int i : changed) {
                statement.setString(place++, update.row().values()[i]);
            }
            for (int i : key) {
                statement.setString(place++, old.values()[i]);
            }
            check("update", 1, statement.executeUpdate());
        }
    }

    private String arrays(int[] used) {
        return "unnest(" + Arrays.stream(used).mapToObj(i -> "?::text[]").collect(Collectors.joining(", ")) + ") as a ("
                + Arrays.stream(used).mapToObj(i -> "c" + i).collect(Collectors.joining(", ")) + ")";
    }

    private String value(int i) {
        return "a.c" + i + "::" + columns.get(i).type();
    }

    private String keyMatches() {
        return Arrays.stream(key)
                .mapToObj(i -> "t." + Sql.quoted(columns.get(i).name()) + " = " + value(i))
                .collect(Collectors.joining(" and "));
    }

    private void run(Connection connection, String sql, int[] used, List<Change.Row> rows, String verb)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int place = 0; place < used.length; place++) {
                @Nullable String[] values = new @Nullable String[rows.size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = rows.get(i).values()[used[place]];
                }
                statement.setArray(place + 1, connection.createArrayOf("text", values));
            }
            check(verb, rows.size(), statement.executeUpdate());
        }
    }

    private void check(String verb, int expected, int done) {
        if (done != expected) {
            throw Sql.refused(
                    "The two sides differ: " + verb + " of " + expected + " rows of " + table + " found " + done,
                    "somebody wrote on the receiving side, or a row is missing there",
                    "Find who wrote there, then copy again: landfall abandon, then landfall sync.");
        }
    }
}
