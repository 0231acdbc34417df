package landfall.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads the user's tables from a server's catalogs; Landfall's own schema and those of extensions are left out. */
final class Catalog {
    private Catalog() {}

    /** All tables, in a stable order that both sides share. */
    static List<Table> tables(Connection connection) throws SQLException {
        Map<Long, List<Table.Column>> columns = new LinkedHashMap<>();
        Sql.list(connection, Sql.file("columns"), row -> {
            columns.computeIfAbsent(row.getLong("table_oid"), oid -> new ArrayList<>())
                    .add(new Table.Column(
                            row.getString("column_name"),
                            row.getString("column_type"),
                            row.getBoolean("is_generated"),
                            row.getBoolean("is_identity_always"),
                            row.getBoolean("is_binary"),
                            row.getString("extension_type") == null ? "" : row.getString("extension_type")));
            return true;
        });
        return Sql.list(
                connection,
                Sql.file("tables"),
                row -> new Table(
                        row.getString("schema_name"),
                        row.getString("table_name"),
                        row.getBoolean("is_partitioned"),
                        row.getLong("bytes"),
                        row.getLong("blocks"),
                        strings(row, "key_columns"),
                        columns.getOrDefault(row.getLong("table_oid"), List.of())));
    }

    /** Tables that hold rows. */
    static List<Table> withRows(List<Table> tables) {
        return tables.stream().filter(table -> !table.partitioned()).toList();
    }

    /** Each table without those that inherit from it: they are in the list themselves. */
    static String only(List<Table> tables) {
        return tables.stream().map(table -> "only " + table.sql()).collect(Collectors.joining(", "));
    }

    /** Operators of extensions' types (citext's =) live in schemas of their own, and a search finds them only there. */
    static void useOperators(Connection connection) throws SQLException {
        List<String> schemas = Sql.strings(
                connection,
                "select distinct quote_ident(n.nspname) from pg_operator o"
                        + " join pg_namespace n on n.oid = o.oprnamespace where n.nspname <> 'pg_catalog' order by 1");
        if (!schemas.isEmpty()) {
            Sql.execute(connection, "set search_path = pg_catalog, " + String.join(", ", schemas));
        }
    }

    /** Name and definition of everything in the user's schemas, to compare or to notice a change. */
    static Map<String, String> fingerprint(Connection connection) throws SQLException {
        return items(connection, Sql.file("fingerprint"));
    }

    static Map<String, String> items(Connection connection, String sql) throws SQLException {
        Map<String, String> definitions = new LinkedHashMap<>();
        Sql.list(connection, sql, row -> {
            definitions.put(row.getString("item"), String.valueOf(row.getString("definition")));
            return true;
        });
        return definitions;
    }

    private static List<String> strings(ResultSet row, String column) throws SQLException {
        return Arrays.asList((String[]) row.getArray(column).getArray());
    }
}
