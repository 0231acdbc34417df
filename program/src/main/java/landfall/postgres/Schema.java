package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;

/** The schema {@code landfall}, in which a database keeps what the move knows about it. */
final class Schema {
    private Schema() {}

    /** Makes it if it is not there; an advisory lock keeps two sessions from making it at once. */
    static void create(Database on) throws SQLException {
        try (Connection connection = on.script("schema")) {
            Sql.execute(
                    connection, "begin; select pg_advisory_xact_lock(7310583);\n" + Sql.file("schema") + "\n; commit");
        }
    }

    static boolean exists(Connection connection) throws SQLException {
        return Sql.truth(
                connection,
                "select to_regclass('landfall.switch') is not null and to_regclass('landfall.fence') is not null");
    }
}
