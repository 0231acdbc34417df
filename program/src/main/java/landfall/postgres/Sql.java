package landfall.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;

/** Small helpers around JDBC, and the SQL files beside this class. */
final class Sql {
    @FunctionalInterface
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    private Sql() {}

    /** The text of {@code landfall/postgres/NAME.sql}. */
    static String file(String name) {
        try (InputStream input = Sql.class.getResourceAsStream(name + ".sql")) {
            if (input == null) {
                throw new IllegalStateException("this is a bug: no SQL file " + name);
            }
            return new String(input.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    static <T> List<T> list(Connection connection, String sql, Row<T> row, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                List<T> all = new ArrayList<>();
                while (rows.next()) {
                    all.add(row.read(rows));
                }
                return all;
            }
        }
    }

    static <T> Optional<T> first(Connection connection, String sql, Row<T> row, Object... parameters)
            throws SQLException {
        return list(connection, sql, row, parameters).stream().findFirst();
    }

    static List<String> strings(Connection connection, String sql, Object... parameters) throws SQLException {
        return list(connection, sql, row -> String.valueOf(row.getString(1)), parameters);
    }

    static String text(Connection connection, String sql, Object... parameters) throws SQLException {
        return first(connection, sql, row -> String.valueOf(row.getString(1)), parameters)
                .orElseThrow(() -> new SQLException("no row from: " + sql));
    }

    static long number(Connection connection, String sql, Object... parameters) throws SQLException {
        return first(connection, sql, row -> row.getLong(1), parameters)
                .orElseThrow(() -> new SQLException("no row from: " + sql));
    }

    static boolean truth(Connection connection, String sql, Object... parameters) throws SQLException {
        return first(connection, sql, row -> row.getBoolean(1), parameters)
                .orElseThrow(() -> new SQLException("no row from: " + sql));
    }

    static String quoted(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    static String literal(String value) {
        String doubled = value.replace("'", "''");
        return doubled.contains("\\") ? " E'" + doubled.replace("\\", "\\\\") + "'" : "'" + doubled + "'";
    }

    static LandfallException failed(String what, SQLException cause) {
        return new LandfallException(
                ExitCode.FAILED,
                Problem.error(
                        what,
                        Failures.reason(cause),
                        undecodable(cause) ? ANOTHER_COPY : nextStep(String.valueOf(cause.getSQLState()))),
                cause);
    }

    /** Met with PostgreSQL 15.18 where tables had been rewritten while the slot was made: each reading fails the same way. */
    private static boolean undecodable(SQLException cause) {
        return "XX000".equals(cause.getSQLState())
                && String.valueOf(cause.getMessage()).contains("could not map filenode");
    }

    private static final String ANOTHER_COPY =
            "The source's server can't decode what its log holds for this slot, and running"
                    + " this again won't change that. Nothing is lost: `landfall abandon` gives this copy up, and `landfall sync`"
                    + " then makes another with a new slot.";

    /** What to do about it, by the server's own sorting of its failures. */
    static String nextStep(String sqlState) {
        return switch (sqlState) {
            case "28P01" ->
                "The password is not the role's: mend it where move.yaml says that it is"
                        + " (databases.source.password-secret), then run the same command again.";
            case "28000" ->
                "Either the role may not log in, or pg_hba.conf has no entry for this role, database, address"
                        + " and encryption; where it demands TLS, write ?sslmode=require (better verify-full) into the URL.";
            case "3D000" -> "Mend the database's name in move.yaml, or create the database.";
            case "53300" ->
                "End sessions that aren't needed, or raise max_connections (Landfall takes up to ten);"
                        + " then run the same command again.";
            case "57P03" ->
                "The server has not come up for a minute: look at its log, then run the same command again.";
            case "42501" -> "`landfall survey` names the rights that are missing, with the GRANT of each.";
            case "08001", "08004", "08006" ->
                "See that the server can be reached: its pod or service runs, name and port in"
                        + " move.yaml are right, and its certificate fits the sslmode; then run the same command again.";
            default -> "Run the same command again once the cause is gone.";
        };
    }

    static LandfallException refused(String what, String why, String next) {
        return new LandfallException(ExitCode.REFUSED, Problem.error(what, why, next));
    }
}
