package landfall.move;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.postgres.Database;

/** Waits until no session of the app is at work in a database, for a little while in a row. */
final class QuietDatabase {
    private static final Duration LOOK = Duration.ofMillis(20);

    private QuietDatabase() {}

    static void await(Database database, Duration quiet, Duration max) {
        long end = System.nanoTime() + max.toNanos();
        long quietSince = System.nanoTime();
        try (Connection connection = database.connect("quiet");
                Statement statement = connection.createStatement()) {
            while (System.nanoTime() - quietSince < quiet.toNanos()) {
                if (System.nanoTime() > end) {
                    // The fence ends what is still at work: an unacknowledged write, as in any crash of the app.
                    return;
                }
                try (ResultSet row = statement.executeQuery(
                        "select count(*) from pg_stat_activity where datname = current_database()"
                                + " and backend_type = 'client backend' and state <> 'idle' and pid <> pg_backend_pid()"
                                + " and application_name not like 'landfall/%'")) {
                    row.next();
                    if (row.getInt(1) > 0) {
                        quietSince = System.nanoTime();
                    }
                }
                Pause.of(LOOK);
            }
        } catch (SQLException e) {
            throw new LandfallException(
                    ExitCode.FAILED,
                    Problem.error(
                            "the " + database.label() + " database could not be watched",
                            String.valueOf(e.getMessage()),
                            "Run the same command again."),
                    e);
        }
    }
}
