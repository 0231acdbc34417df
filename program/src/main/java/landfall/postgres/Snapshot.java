package landfall.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/**
 * The slot's snapshot and the sessions that keep it. Two sessions hold it, each under a name of its own, so that the loss
 * of one connection doesn't lose the copy.
 */
final class Snapshot implements AutoCloseable {
    private static final Duration SLOT_MAX = Duration.ofMinutes(2);

    /** Nobody can see what the snapshot saw any more: what was copied under it can't be completed. */
    static final class LostException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LostException(SQLException cause) {
            super("the snapshot is lost: " + cause.getMessage(), cause);
        }
    }

    private final Connection slot;
    private final Connection keeper;
    private final String name;
    private final String secondName;
    private final String consistentPoint;

    private Snapshot(Connection slot, Connection keeper, String name, String secondName, String consistentPoint) {
        this.slot = slot;
        this.keeper = keeper;
        this.name = name;
        this.secondName = secondName;
        this.consistentPoint = consistentPoint;
    }

    /** Publishes the tables, waits for older transactions and makes slot and snapshot. */
    static Snapshot take(Database source, Naming naming) throws SQLException {
        try (Connection connection = source.connect("publication")) {
            ReplicationSlots.drop(connection, Direction.FORWARD, naming);
            ReplicationSlots.publish(connection, Direction.FORWARD, naming);
            ReplicationSlots.awaitOlderTransactions(connection, source);
        }
        Connection slot = source.replication("snapshot");
        try (Statement statement = slot.createStatement()) {
            statement.setQueryTimeout((int) SLOT_MAX.toSeconds());
            try (ResultSet row = statement.executeQuery("CREATE_REPLICATION_SLOT "
                    + Sql.quoted(naming.slot(Direction.FORWARD)) + " LOGICAL pgoutput EXPORT_SNAPSHOT")) {
                row.next();
                String consistentPoint = String.valueOf(row.getString("consistent_point"));
                String name = String.valueOf(row.getString("snapshot_name"));
                Connection keeper = source.script("snapshot keeper");
                try {
                    Sql.execute(keeper, begin(name));
                    return new Snapshot(
                            slot, keeper, name, Sql.text(keeper, "select pg_export_snapshot()"), consistentPoint);
                } catch (SQLException e) {
                    keeper.close();
                    throw e;
                }
            }
        } catch (SQLException e) {
            slot.close();
            throw e;
        }
    }

    /** A snapshot that no slot goes with: of a source whose log isn't followed. */
    static Snapshot plain(Database source) throws SQLException {
        Connection holder = source.script("snapshot");
        try {
            Sql.execute(holder, "begin isolation level repeatable read, read only");
            String position = Sql.text(holder, "select pg_current_wal_insert_lsn()::text");
            String name = Sql.text(holder, "select pg_export_snapshot()");
            Connection keeper = source.script("snapshot keeper");
            try {
                Sql.execute(keeper, begin(name));
                return new Snapshot(holder, keeper, name, Sql.text(keeper, "select pg_export_snapshot()"), position);
            } catch (SQLException e) {
                keeper.close();
                throw e;
            }
        } catch (SQLException e) {
            holder.close();
            throw e;
        }
    }

    private static String begin(String name) {
        return "begin isolation level repeatable read, read only; set transaction snapshot " + Sql.literal(name);
    }

    String name() {
        return name;
    }

    String consistentPoint() {
        return consistentPoint;
    }

    /**
     * Lets a fresh session see what the snapshot saw.
     *
     * @throws LostException if no session holds it any more
     */
    void enter(Connection connection) throws SQLException {
        SQLException first = null;
        for (String each : List.of(name, secondName)) {
            try {
                Sql.execute(connection, begin(each));
                return;
            } catch (SQLException e) {
                if (!Failures.isSnapshotLost(e)) {
                    throw e;
                }
                Sql.execute(connection, "rollback");
                first = first == null ? e : first;
            }
        }
        throw new LostException(first == null ? new SQLException("no name") : first);
    }

    /** A session of the driver's that sees what the snapshot saw. */
    Connection session(Database source) throws SQLException {
        Connection connection = source.script("copy");
        try {
            enter(connection);
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Lets the source's dead rows be removed again, which a snapshot prevents; the copy needs it no more. */
    void release() {
        for (Connection each : List.of(keeper, slot)) {
            try {
                each.close();
            } catch (SQLException e) {
                System.getLogger(Snapshot.class.getName()).log(System.Logger.Level.DEBUG, "closing", e);
            }
        }
    }

    @Override
    public void close() {
        release();
    }
}
