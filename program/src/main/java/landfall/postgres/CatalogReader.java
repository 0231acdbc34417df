package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads an ordinary schema from the catalogs, where there is no pg_dump; what it does not know it refuses by name. */
final class CatalogReader {
    private CatalogReader() {}

    static SchemaScript schema(Connection underSnapshot) throws SQLException {
        List<String> unknown = unknown(underSnapshot);
        if (!unknown.isEmpty()) {
            throw Sql.refused(
                    "The built-in reader can't carry: " + String.join(", ", unknown),
                    "it knows ordinary tables, sequences, indexes, constraints, views, functions, triggers, enums",
                    "Install pg_dump of the source's version or newer, then run the command again.");
        }
        List<SchemaEntry> before = new ArrayList<>();
        before.add(new SchemaEntry("", "", "set search_path = ''; set check_function_bodies = off;"));
        for (String statement : Sql.strings(underSnapshot, Sql.file("read_pre_data"))) {
            before.add(
                    new SchemaEntry("STATEMENT", statement.lines().findFirst().orElse(""), statement + ";"));
        }
        List<SchemaEntry> after = new ArrayList<>(entries(underSnapshot, "read_indexes"));
        after.addAll(entries(underSnapshot, "read_post_data"));
        return new SchemaScript(before, after, "built-in reader");
    }

    private static List<SchemaEntry> entries(Connection connection, String file) throws SQLException {
        return Sql.list(
                connection,
                Sql.file(file),
                row -> new SchemaEntry(
                        String.valueOf(row.getString("type")),
                        String.valueOf(row.getString("name")),
                        row.getString("text") + ";"));
    }

    /** Names of objects that the reader would lose. */
    static List<String> unknown(Connection connection) throws SQLException {
        return Sql.strings(connection, Sql.file("read_unknown"));
    }
}
