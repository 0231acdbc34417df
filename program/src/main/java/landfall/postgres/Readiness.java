package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import landfall.base.Problem;

/**
 * Makes a database ready for users before they come: a database switched to without statistics has been ten times slower
 * for them. What it can mend by itself it does, within a bound; what it can't is a problem by name.
 */
public final class Readiness {
    private static final Duration MAX = Duration.ofMinutes(3);

    /** @param problems what keeps users from being let in */
    public record Result(int analyzed, int vacuumed, List<Problem> problems) {
        public Result {
            problems = List.copyOf(problems);
        }
    }

    private record Lacking(String table, boolean analyze, boolean vacuum) {}

    private Readiness() {}

    public static Result prepare(Database on) {
        try (Connection connection = on.connect("ready")) {
            long end = System.nanoTime() + MAX.toNanos();
            int analyzed = 0;
            int vacuumed = 0;
            for (Lacking lacking : lacking(connection)) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    break;
                }
                try {
                    Sql.execute(connection, "set statement_timeout = " + left);
                    Sql.execute(
                            connection,
                            lacking.vacuum()
                                    ? "vacuum (analyze, skip_locked, index_cleanup off, truncate off) " + lacking.table()
                                    : "analyze " + lacking.table());
                } catch (SQLException e) {
                    if (!"57014".equals(e.getSQLState())) {
                        throw e;
                    }
                    // The bound is met; what is still lacking is looked at below.
                    break;
                }
                analyzed++;
                vacuumed += lacking.vacuum() ? 1 : 0;
            }
            Sql.execute(connection, "set statement_timeout = 0");
            return new Result(analyzed, vacuumed, problems(connection));
        } catch (SQLException e) {
            throw Sql.failed("The " + on + " could not be made ready", e);
        }
    }

    private static List<Lacking> lacking(Connection connection) throws SQLException {
        return Sql.list(
                        connection,
                        Sql.file("readiness"),
                        row -> new Lacking(
                                Sql.quoted(row.getString("schema_name")) + "." + Sql.quoted(row.getString("table_name")),
                                row.getBoolean("needs_analyze"),
                                row.getBoolean("needs_vacuum")))
                .stream()
                .filter(lacking -> lacking.analyze() || lacking.vacuum())
                .toList();
    }

    /** A cold visibility map makes queries slower and is no reason to refuse; plans without statistics are. */
    private static List<Problem> problems(Connection connection) throws SQLException {
        List<Problem> problems = new ArrayList<>();
        for (Lacking lacking : lacking(connection)) {
            if (lacking.analyze()) {
                problems.add(Problem.error(
                        "Table " + lacking.table() + " has no statistics",
                        "ANALYZE did not come to its end within " + MAX.toMinutes() + " minutes",
                        "ANALYZE " + lacking.table() + "; then run the command again."));
            }
        }
        for (String index : Sql.strings(
                connection,
                "select i.indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indexrelid"
                        + " where not (i.indisvalid and i.indisready) and c.relkind = 'i'"
                        + " and c.relnamespace::regnamespace::text not like 'pg\\_%'")) {
            problems.add(Problem.error(
                    "Index " + index + " is not valid",
                    "it was not built to its end, so queries don't use it",
                    "REINDEX INDEX " + index + "; or drop it on both sides; then run the command again."));
        }
        for (String view : Sql.strings(
                connection, "select oid::regclass::text from pg_class where relkind = 'm' and not relispopulated")) {
            problems.add(Problem.error(
                    "Materialized view " + view + " is not filled",
                    "every query of it would fail",
                    "REFRESH MATERIALIZED VIEW " + view + "; then run the command again."));
        }
        return problems;
    }
}
