package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** Random transactions on a {@link HostileSchema}; what the server refuses is rolled back and counts as nothing. */
final class HostileWorkload {
    private final HostileSchema schema;
    private final Random random;
    private final AtomicInteger committed = new AtomicInteger();

    HostileWorkload(HostileSchema schema, long seed) {
        this.schema = schema;
        this.random = new Random(seed);
    }

    int committed() {
        return committed.get();
    }

    void fill(Database on) throws SQLException {
        run(on, 40, new AtomicBoolean());
    }

    /** @param stop ends it early */
    void run(Database on, int transactions, AtomicBoolean stop) throws SQLException {
        try (Connection connection = on.connect("workload")) {
            Sql.execute(connection, "set search_path = public");
            connection.setAutoCommit(false);
            for (int i = 0; i < transactions && !stop.get(); i++) {
                transaction(connection);
            }
        }
    }

    private void transaction(Connection connection) throws SQLException {
        int statements = random.nextInt(8) == 0 ? 40 : 1 + random.nextInt(4);
        for (int i = 0; i < statements; i++) {
            Sql.execute(connection, "savepoint before_it");
            try {
                Sql.execute(connection, statement());
                if (random.nextInt(10) == 0) {
                    Sql.execute(connection, "rollback to before_it");
                }
            } catch (SQLException refused) {
                Sql.execute(connection, "rollback to before_it");
                throwUnlessOwn(refused);
            }
        }
        try {
            if (random.nextInt(10) == 0) {
                connection.rollback();
            } else {
                connection.commit();
                committed.incrementAndGet();
            }
        } catch (SQLException refused) {
            connection.rollback();
            throwUnlessOwn(refused);
        }
    }

    /** Values and constraints are this workload's own fault, as are rows too long for an index; all else is the move's. */
    private static void throwUnlessOwn(SQLException refused) throws SQLException {
        String state = String.valueOf(refused.getSQLState());
        // ON CONFLICT in a table with a deferrable constraint; TRUNCATE while one waits for the transaction's end.
        boolean own = state.equals("55000") || state.equals("55006");
        if (!own && !state.startsWith("22") && !state.startsWith("23") && !state.startsWith("54")) {
            throw refused;
        }
    }

    private String statement() {
        HostileSchema.Made table =
                schema.tables().get(random.nextInt(schema.tables().size()));
        return switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5, 6 -> insert(table, 1 + random.nextInt(4), "");
            case 7, 8 -> insert(table, 1, " on conflict do nothing");
            case 9, 10, 11, 12, 13 -> update(table);
            case 14, 15 -> updateKey(table);
            case 16 -> swap(table);
            case 17, 18 -> "delete from " + table.sql() + " where " + some(table);
            default ->
                random.nextInt(4) == 0 && table.truncatable()
                        ? "truncate " + table.sql() + (random.nextBoolean() ? " restart identity" : "")
                        : "select nextval('\"loose one\"'), pg_notify('channel', 'word')";
        };
    }

    private String insert(HostileSchema.Made table, int rows, String suffix) {
        List<HostileSchema.Col> columns = table.writable().stream()
                .filter(column -> random.nextInt(5) > 0)
                .toList();
        List<String> names = new ArrayList<>(keyColumns(table));
        columns.forEach(column -> names.add(column.sql()));
        String target = table.sql().replaceFirst("^only ", "");
        if (names.isEmpty()) {
            return "insert into " + target + " default values";
        }
        List<String> tuples = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            List<String> values = new ArrayList<>(keyValues(table));
            columns.forEach(column -> values.add(value(column)));
            tuples.add("(" + String.join(", ", values) + ")");
        }
        return "insert into " + target + " (" + String.join(", ", names) + ") values " + String.join(", ", tuples)
                + suffix;
    }

    private String value(HostileSchema.Col column) {
        if (random.nextInt(6) == 0) {
            return "null";
        }
        if (column.sql().equals("place")) {
            return Integer.toString(random.nextInt(60));
        }
        if (column.sql().equals("note") && random.nextInt(3) > 0) {
            return "'n" + random.nextInt(1000) + "'";
        }
        return HostileValues.of(column.type(), random);
    }

    private List<String> keyColumns(HostileSchema.Made table) {
        return switch (table.key()) {
            case IDENTITY -> List.of();
            case PAIR, INDEX -> List.of("id", "\"The Key\"");
            default -> List.of("id");
        };
    }

    private List<String> keyValues(HostileSchema.Made table) {
        int number = random.nextInt(800) - 50;
        return switch (table.key()) {
            case IDENTITY -> List.of();
            case INTEGER, FULL -> List.of(Integer.toString(number));
            case PAIR, INDEX -> List.of(Integer.toString(number % 20), text());
            case TEXT -> List.of(text());
            case UUID -> List.of("md5('" + number + "')::uuid");
            case NUMERIC -> List.of(number % 60 + (random.nextBoolean() ? ".0" : ".00"));
            case CITEXT -> List.of(random.nextBoolean() ? "'Key" + number % 60 + "'" : "'kEY" + number % 60 + "'");
            case BYTEA -> List.of("decode(md5('" + number + "'), 'hex')");
        };
    }

    private String text() {
        int number = random.nextInt(60);
        return switch (random.nextInt(4)) {
            case 0 -> "'Key " + number + "'";
            case 1 -> "'key " + number + "'";
            case 2 -> "'ü€''\\" + number + "'";
            default -> "'" + number + " '";
        };
    }

    private String update(HostileSchema.Made table) {
        List<HostileSchema.Col> columns = table.writable();
        String sets = columns.stream()
                .filter(column -> columns.size() == 1 || random.nextInt(3) == 0)
                .map(column -> column.sql() + " = " + value(column))
                .collect(Collectors.joining(", "));
        return "update " + table.sql() + " set "
                + (sets.isEmpty() ? columns.getFirst().sql() + " = null" : sets) + " where " + some(table);
    }

    private String updateKey(HostileSchema.Made table) {
        List<String> columns = keyColumns(table);
        if (columns.isEmpty()) {
            return update(table);
        }
        List<String> values = keyValues(table);
        List<String> sets = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            sets.add(columns.get(i) + " = " + values.get(i));
        }
        return "update " + table.sql() + " set " + String.join(", ", sets) + " where " + some(table);
    }

    /** Two rows change places; with a constraint that is checked at once a third place is needed. */
    private String swap(HostileSchema.Made table) {
        if (table.columns().stream().noneMatch(column -> column.sql().equals("place"))) {
            return update(table);
        }
        int one = random.nextInt(60);
        int other = random.nextInt(60);
        return "update " + table.sql() + " set place = -1 where place = " + one + "; update " + table.sql()
                + " set place = " + one + " where place = " + other + "; update " + table.sql() + " set place = "
                + other
                + " where place = -1";
    }

    /** One row, or sometimes a few. */
    private String some(HostileSchema.Made table) {
        String sql = table.sql();
        return "(tableoid, ctid) in (select tableoid, ctid from " + sql + " order by random() limit "
                + (random.nextInt(5) == 0 ? 6 : 1) + ")";
    }
}
