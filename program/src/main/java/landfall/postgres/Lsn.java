package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.replication.LogSequenceNumber;

/** Positions in a server's log. */
final class Lsn {
    private Lsn() {}

    static long parse(String text) {
        return LogSequenceNumber.valueOf(text).asLong();
    }

    static String text(long lsn) {
        return LogSequenceNumber.valueOf(lsn).asString();
    }

    static long flushed(Connection connection) throws SQLException {
        return parse(Sql.text(connection, "select pg_current_wal_flush_lsn()::text"));
    }
}
