package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;

/** One side of a proof: a database as an exported snapshot has it, for as long as its exporter lives. */
record ProofSide(Database database, String snapshot) {
    private static final int LOCK_MILLIS = 400;

    Connection open() throws SQLException {
        Connection connection = database.connect("verify");
        Catalog.useOperators(connection);
        // Sessions of the proof are counted; the server shall not add workers of its own to them.
        Sql.execute(connection, "set max_parallel_workers_per_gather = 0");
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        Sql.execute(connection, look());
        return connection;
    }

    /**
     * Gives up the locks on all tables read so far and goes on under the same snapshot. A proof that keeps them until its
     * end has an app's TRUNCATE wait for all of it, and everybody behind that; and where following has truncated one
     * table and comes to another, they are a deadlock.
     */
    void letGo(Connection connection) throws SQLException {
        connection.commit();
        Sql.execute(connection, look());
    }

    /**
     * For definitions, which hold locks on many tables together: that of a view locks all it reads. Whoever truncates
     * could meet them in a deadlock, and a server looks for one only once per wait; so this side's waits end before
     * anybody else's deadlock_timeout.
     */
    void waitBriefly(Connection connection, boolean briefly) throws SQLException {
        connection.commit();
        Sql.execute(connection, "set lock_timeout = " + (briefly ? LOCK_MILLIS : 0));
        letGo(connection);
    }

    private String look() {
        return "set transaction snapshot " + Sql.literal(snapshot);
    }
}
