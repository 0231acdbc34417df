package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads an ordinary schema from the catalogs, where there is no pg_dump; what it does not know it refuses by name. */
final class CatalogReader {
    private CatalogReader() {}

    static SchemaScript schema(Database source, String snapshot) throws SQLException {
        try (Connection connection = CopyStreams.under(source, snapshot)) {
            List<String> unknown = unknown(connection);
            if (!unknown.isEmpty()) {
                throw Sql.refused(
                        "The built-in reader can't carry: " + String.join(", ", unknown),
                        "it knows ordinary tables, sequences, indexes, constraints, views, functions, triggers, enums",
                        "Install pg_dump of the source's version or newer, then run the command again.");
            }
            String before = "set search_path = ''; set check_function_bodies = off;\n"
                    + String.join(";\n", Sql.strings(connection, Sql.file("read_pre_data")));
            List<String> parallel = new ArrayList<>(Sql.strings(connection, Sql.file("read_indexes")));
            List<String> ordered = new ArrayList<>(Sql.strings(connection, Sql.file("read_post_data")));
            return new SchemaScript(before, parallel, ordered, "built-in reader");
        }
    }

    /** Names of objects that the reader would lose. */
    static List<String> unknown(Connection connection) throws SQLException {
        return Sql.strings(connection, Sql.file("read_unknown"));
    }
}
