package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Decides for each table whether its rows can go in COPY's binary form; text is always right, and slower. */
final class CopyFormat {
    private CopyFormat() {}

    /**
     * A column stays binary if its type has the same binary form on both servers: a built-in one without object numbers
     * in it, an enum, or one of an extension that both sides have in the same version.
     */
    static List<Table> of(Database source, Database target, List<Table> tables) throws SQLException {
        Set<String> same;
        try (Connection from = source.connect("types");
                Connection to = target.connect("types")) {
            same = new HashSet<>(Sql.strings(from, Sql.file("extension_types")));
            same.retainAll(Sql.strings(to, Sql.file("extension_types")));
        }
        return tables.stream()
                .map(table -> table.withColumns(table.columns().stream()
                        .map(column -> new Table.Column(
                                column.name(),
                                column.type(),
                                column.generated(),
                                column.identityAlways(),
                                column.binary()
                                        && (column.extensionType().isEmpty() || same.contains(column.extensionType())),
                                column.extensionType()))
                        .toList()))
                .toList();
    }

    /** In SQL_ASCII texts are bytes of no known encoding: they must pass as they are, and only COPY's text form does that. */
    static String rawEncoding(Database source) throws SQLException {
        try (Connection connection = source.connect("encoding")) {
            return Sql.truth(connection, "select current_setting('server_encoding') = 'SQL_ASCII'") ? "SQL_ASCII" : "";
        }
    }
}
