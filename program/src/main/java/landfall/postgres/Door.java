package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * The door of the receiving side: locks that make the app's sessions wait, in the transaction that applies the last
 * changes. Opening is that transaction's commit; undoing is its rollback.
 */
final class Door {
    private static final Duration LOCK_TRY = Duration.ofMillis(250);
    /** A Landfall cut off from the server must not hold the door for ever. */
    private static final Duration IDLE_MAX = Duration.ofSeconds(30);

    private Door() {}

    /** Takes all locks or none; sessions waiting behind a try that fails go on at once. */
    static void lock(Connection connection, List<Table> tables, Duration max) throws SQLException {
        long end = System.nanoTime() + max.toNanos();
        while (true) {
            long left = Math.max(1, (end - System.nanoTime()) / 1_000_000);
            Sql.execute(
                    connection,
                    "set local lock_timeout = '" + Math.min(left, LOCK_TRY.toMillis()) + "ms';"
                            + " set local idle_in_transaction_session_timeout = '" + IDLE_MAX.toMillis() + "ms'");
            try {
                if (!tables.isEmpty()) {
                    Sql.execute(connection, "lock table " + Catalog.only(tables) + " in access exclusive mode");
                }
                return;
            } catch (SQLException e) {
                connection.rollback();
                boolean busy = "55P03".equals(e.getSQLState()) || "40P01".equals(e.getSQLState());
                if (!busy) {
                    throw e;
                }
                if (System.nanoTime() > end) {
                    throw Sql.refused(
                            "The door could not be closed within " + max.toMillis() + " ms",
                            "transactions of the receiving side hold its tables",
                            "Nothing was changed; run the command again when they have ended.");
                }
            }
            Fence.pause();
        }
    }

    /** Sets each sequence beyond every value the sending side gave out and every value in its column. */
    static int carrySequences(Connection from, Connection to) throws SQLException {
        record State(String sequence, long last, boolean called) {}
        List<State> states = Sql.list(
                from,
                Sql.file("sequences"),
                row -> new State(row.getString("sequence"), row.getLong("last_value"), row.getBoolean("is_called")));
        for (State state : states) {
            Sql.list(to, Sql.file("carry_sequence"), row -> true, state.sequence(), state.last(), state.called());
        }
        return states.size();
    }
}
