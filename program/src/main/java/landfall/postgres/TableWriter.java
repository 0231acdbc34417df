package landfall.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.postgresql.core.BaseConnection;

/**
 * Writes sets of rows of one table: inserts by COPY or over arrays, updates and deletes over arrays, joined by the key.
 * Values travel as text and are cast by the server.
 */
final class TableWriter {
    /** From here on COPY's round trip and its own parsing cost less than arrays do. */
    private static final int COPY_ROWS = 32;
    /** Rows of this size are staged by COPY, so that they need not be in memory twice. */
    private static final int BIG_ROW_BYTES = 2 << 20;

    private final Table table;
    private final List<Table.Column> columns;
    private final int[] key;
    private final int[] all;
    private final TruncatedLater truncatedLater;

    /** @param columns the table's columns in the order of the rows that will come */
    TableWriter(Table table, List<Table.Column> columns, int[] key, TruncatedLater truncatedLater) {
        this.table = table;
        this.columns = columns;
        this.key = key;
        this.truncatedLater = truncatedLater;
        all = IntStream.range(0, columns.size()).toArray();
    }

    void delete(Connection connection, List<Row> rows) throws SQLException {
        if (!rows.isEmpty()) {
            run(
                    connection,
                    "delete from only " + table.sql() + " t using " + arrays(key) + " where " + keyMatches(),
                    key,
                    rows,
                    "delete");
        }
    }

    /** @param unchanged columns that none of the rows brings */
    void update(Connection connection, BitSet unchanged, List<Row> rows) throws SQLException {
        int[] changed = Arrays.stream(all)
                .filter(i -> !unchanged.get(i) && !isKey(i) && !columns.get(i).identityAlways())
                .toArray();
        if (changed.length == 0 || rows.isEmpty()) {
            return;
        }
        int[] used =
                IntStream.concat(Arrays.stream(changed), Arrays.stream(key)).toArray();
        if (rows.stream().anyMatch(row -> row.size() > BIG_ROW_BYTES)) {
            updateStaged(connection, changed, used, rows);
            return;
        }
        run(
                connection,
                "update only " + table.sql() + " t set "
                        + Arrays.stream(changed)
                                .mapToObj(i -> name(i) + " = " + value(i))
                                .collect(Collectors.joining(", "))
                        + " from " + arrays(used) + " where " + keyMatches(),
                used,
                rows,
                "update");
    }

    private void updateStaged(Connection connection, int[] changed, int[] used, List<Row> rows) throws SQLException {
        // Not a temporary one: the first of a session leaves a schema behind in the catalog.
        Sql.execute(
                connection,
                "create unlogged table landfall.staged as select "
                        + Arrays.stream(used)
                                .mapToObj(i -> name(i) + " as c" + i)
                                .collect(Collectors.joining(", "))
                        + " from only " + table.sql() + " with no data");
        CopyRows.send(connection.unwrap(BaseConnection.class), "copy landfall.staged from stdin", rows, used);
        String sql = "update only " + table.sql() + " t set "
                + Arrays.stream(changed).mapToObj(i -> name(i) + " = a.c" + i).collect(Collectors.joining(", "))
                + " from landfall.staged a where "
                + Arrays.stream(key)
                        .mapToObj(i -> "t." + name(i) + " = a.c" + i)
                        .collect(Collectors.joining(" and "));
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            check("update", rows.size(), statement.executeUpdate());
        }
        Sql.execute(connection, "drop table landfall.staged");
    }

    void insert(Connection connection, List<Row> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        String names = Arrays.stream(all).mapToObj(this::name).collect(Collectors.joining(", "));
        if (rows.size() >= COPY_ROWS || all.length == 0 || rows.getFirst().size() > BIG_ROW_BYTES) {
            // COPY takes no empty list of columns, but a table without columns has lines without values.
            String sql = "copy " + table.sql() + (all.length == 0 ? "" : " (" + names + ")") + " from stdin";
            check("insert", rows.size(), CopyRows.send(connection.unwrap(BaseConnection.class), sql, rows, null));
            return;
        }
        String values = Arrays.stream(all).mapToObj(this::value).collect(Collectors.joining(", "));
        run(
                connection,
                "insert into " + table.sql() + " (" + names + ") overriding system value select " + values + " from "
                        + arrays(all),
                all,
                rows,
                "insert");
    }

    private boolean isKey(int column) {
        return Arrays.stream(key).anyMatch(i -> i == column);
    }

    private String name(int column) {
        return Sql.quoted(columns.get(column).name());
    }

    private static String arrays(int[] used) {
        return "unnest(" + Arrays.stream(used).mapToObj(i -> "?::text[]").collect(Collectors.joining(", ")) + ") as a ("
                + Arrays.stream(used).mapToObj(i -> "c" + i).collect(Collectors.joining(", ")) + ")";
    }

    private String value(int i) {
        return "a.c" + i + "::" + columns.get(i).type();
    }

    private String keyMatches() {
        return Arrays.stream(key)
                .mapToObj(i -> "t." + name(i) + " = " + value(i))
                .collect(Collectors.joining(" and "));
    }

    private void run(Connection connection, String sql, int[] used, List<Row> rows, String verb) throws SQLException {
        BaseConnection base = connection.unwrap(BaseConnection.class);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int place = 0; place < used.length; place++) {
                statement.setArray(place + 1, TextArray.of(base, rows, used[place]));
            }
            check(verb, rows.size(), statement.executeUpdate());
        }
    }

    private void check(String verb, long expected, long done) {
        truncatedLater.check(table, verb, expected, done);
    }
}
