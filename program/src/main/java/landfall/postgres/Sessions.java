package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** Slots and origins serve one session at a time; one that a crashed Landfall left is ended and taken over. */
final class Sessions {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration TAKE_OVER_MAX = Duration.ofSeconds(15);

    @FunctionalInterface
    interface Attempt<T> {
        T run() throws SQLException;
    }

    private Sessions() {}

    /** Runs until the object is no longer in use (55006); after a short patience its former session is ended. */
    static <T> T takeOver(Database on, String formerSession, Attempt<T> attempt) throws SQLException {
        long start = System.nanoTime();
        while (true) {
            try {
                return attempt.run();
            } catch (SQLException e) {
                long waited = System.nanoTime() - start;
                if (!"55006".equals(e.getSQLState()) || waited > TAKE_OVER_MAX.toNanos()) {
                    throw e;
                }
                if (waited > PATIENCE.toNanos()) {
                    try (Connection connection = on.connect("take over")) {
                        Sql.execute(connection, "select pg_terminate_backend(pid) from (" + formerSession + ") s");
                    }
                }
                Fence.pause();
            }
        }
    }
}
