package landfall.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes changes of one table one by one in the log's order, for where a net effect isn't safe: keys that change, keys
 * whose equality isn't that of their text, unique values that wander from row to row, tables without a key. Runs of
 * changes of one form travel together.
 */
final class OrderedWriter {
    private static final int BATCH_ROWS = 500;

    private enum Verb {
        INSERT,
        UPDATE,
        DELETE
    }

    /** What the changes of a run have in common. */
    private record Form(Verb verb, boolean byOldKey, BitSet unchanged, BitSet nulls) {}

    private final Table table;
    private final List<Table.Column> columns;
    private final int[] key;
    private final Set<String> indexed;
    private final TableWriter writer;
    private final boolean replacesUpdated;

    /**
     * @param key empty for a table whose rows are found by all their values
     * @param indexed columns by which an index finds rows
     */
    OrderedWriter(Table table, List<Table.Column> columns, int[] key, Set<String> indexed, TableWriter writer) {
        this.table = table;
        this.columns = columns;
        this.key = key;
        this.indexed = indexed;
        this.writer = writer;
        replacesUpdated = columns.stream().anyMatch(Table.Column::identityAlways);
    }

    void write(Connection connection, List<Change> changes) throws SQLException {
        int from = 0;
        while (from < changes.size()) {
            Form form = form(changes.get(from));
            int to = from + 1;
            while (to < changes.size()
                    && to - from < BATCH_ROWS
                    && form(changes.get(to)).equals(form)) {
                to++;
            }
            run(connection, form, changes.subList(from, to));
            from = to;
        }
    }

    private Form form(Change change) {
        return switch (change) {
            case Change.Insert insert -> new Form(Verb.INSERT, false, new BitSet(), new BitSet());
            case Change.Update update ->
                new Form(
                        Verb.UPDATE,
                        update.old() != null,
                        update.row().unchanged(),
                        nulls(update.old() == null ? update.row() : update.old()));
            case Change.Delete delete -> new Form(Verb.DELETE, true, new BitSet(), nulls(delete.old()));
            case Change.Truncate truncate -> throw Applier.notARow();
            case Change.Begin begin -> throw Applier.notARow();
            case Change.Commit commit -> throw Applier.notARow();
            case Change.Origin origin -> throw Applier.notARow();
            case Change.Message message -> throw Applier.notARow();
        };
    }

    /** NULL is found by another operator; a key has none. */
    private BitSet nulls(Row row) {
        BitSet nulls = new BitSet();
        if (key.length == 0) {
            for (int i = 0; i < row.columns(); i++) {
                nulls.set(i, row.length(i) < 0);
            }
        }
        return nulls;
    }

    private void run(Connection connection, Form form, List<Change> changes) throws SQLException {
        switch (form.verb()) {
            case INSERT ->
                writer.insert(
                        connection,
                        changes.stream()
                                .map(change -> ((Change.Insert) change).row())
                                .toList());
            case DELETE -> {
                List<Integer> places = new ArrayList<>();
                String sql = "delete from only " + table.sql() + " t where " + matches(form, places);
                batch(connection, "delete", sql, changes, List.of(), places);
            }
            case UPDATE -> update(connection, form, changes);
        }
    }

    private void update(Connection connection, Form form, List<Change> changes) throws SQLException {
        // A key that stayed needs no writing; one that changed, in whatever form, came with its old row.
        int[] changed = IntStream.range(0, columns.size())
                .filter(i -> !form.unchanged().get(i)
                        && (form.byOldKey() || Arrays.stream(key).noneMatch(k -> k == i)))
                .toArray();
        if (changed.length == 0) {
            return;
        }
        List<Integer> places = new ArrayList<>();
        String matches = matches(form, places);
        List<Integer> written = Arrays.stream(changed).boxed().toList();
        if (replacesUpdated) {
            replace(connection, changes, form, places, matches);
            return;
        }
        String sql = "update only " + table.sql() + " t set "
                + written.stream().map(i -> name(i) + " = " + parameter(i)).collect(Collectors.joining(", "))
                + " where " + matches;
        batch(connection, "update", sql, changes, written, places);
    }

    /** GENERATED ALWAYS AS IDENTITY can be inserted but not updated, and `set id = default` does change it. */
    private void replace(Connection connection, List<Change> changes, Form form, List<Integer> places, String matches)
            throws SQLException {
        List<Integer> sent = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            if (form.unchanged().get(i)) {
                values.add("gone." + name(i));
            } else {
                sent.add(i);
                values.add(parameter(i));
            }
        }
        String sql = "with gone as (delete from only " + table.sql() + " t where " + matches + " returning t.*)"
                + " insert into " + table.sql() + " ("
                + columns.stream().map(column -> Sql.quoted(column.name())).collect(Collectors.joining(", "))
                + ") overriding system value select " + String.join(", ", values) + " from gone";
        batch(connection, "update", sql, changes, sent, places, true);
    }

    private String matches(Form form, List<Integer> places) {
        if (key.length > 0) {
            Arrays.stream(key).forEach(places::add);
            return Arrays.stream(key)
                    .mapToObj(i -> "t." + name(i) + " = " + parameter(i))
                    .collect(Collectors.joining(" and "));
        }
        // Rows may be there twice and equality may be looser than sameness: one row with the very same values.
        List<String> conditions = new ArrayList<>();
        IntStream.range(0, columns.size())
                .filter(i -> indexed.contains(columns.get(i).name()))
                .forEach(i -> {
                    if (form.nulls().get(i)) {
                        conditions.add("s." + name(i) + " is null");
                    } else {
                        conditions.add("s." + name(i) + " = " + parameter(i));
                        places.add(i);
                    }
                });
        if (!columns.isEmpty()) {
            conditions.add(row(i -> "s." + name(i)) + " operator(pg_catalog.*=) " + row(this::parameter));
            IntStream.range(0, columns.size()).forEach(places::add);
        }
        return "t.ctid = (select s.ctid from only " + table.sql() + " s"
                + (conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions)) + " limit 1)";
    }

    private String row(java.util.function.IntFunction<String> value) {
        return "row(" + IntStream.range(0, columns.size()).mapToObj(value).collect(Collectors.joining(", ")) + ")";
    }

    private String name(int column) {
        return Sql.quoted(columns.get(column).name());
    }

    private String parameter(int column) {
        return "?::text::" + columns.get(column).type();
    }

    private void batch(
            Connection connection,
            String verb,
            String sql,
            List<Change> changes,
            List<Integer> written,
            List<Integer> places)
            throws SQLException {
        batch(connection, verb, sql, changes, written, places, false);
    }

    private void batch(
            Connection connection,
            String verb,
            String sql,
            List<Change> changes,
            List<Integer> written,
            List<Integer> places,
            boolean matchFirst)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (Change change : changes) {
                int at = 1;
                if (matchFirst) {
                    at = set(statement, at, found(change), places);
                    set(statement, at, rowOf(change), written);
                } else {
                    at = set(statement, at, rowOf(change), written);
                    set(statement, at, found(change), places);
                }
                statement.addBatch();
            }
            for (int done : statement.executeBatch()) {
                if (done != 1) {
                    throw TableWriter.differ(table, verb, 1, done);
                }
            }
        }
    }

    private static int set(PreparedStatement statement, int at, @Nullable Row row, List<Integer> columns)
            throws SQLException {
        int place = at;
        if (row != null) {
            for (int column : columns) {
                statement.setString(place++, row.text(column));
            }
        }
        return place;
    }

    private static @Nullable Row rowOf(Change change) {
        return switch (change) {
            case Change.Update update -> update.row();
            case Change.Insert insert -> insert.row();
            default -> null;
        };
    }

    /** The row by which the change's row is found. */
    private static Row found(Change change) {
        if (change instanceof Change.Update update) {
            Row old = update.old();
            return old == null ? update.row() : old;
        }
        if (change instanceof Change.Delete delete) {
            return delete.old();
        }
        throw Applier.notARow();
    }
}
