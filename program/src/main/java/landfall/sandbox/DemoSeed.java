package landfall.sandbox;

import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import landfall.base.Events;

/** Fills the old service before it is moved: rows straight into its database, files through its own door. */
final class DemoSeed {
    private static final int BATCH_ROWS = 20_000;
    private static final int FILE_BYTES = 10_000;

    private DemoSeed() {}

    static void rows(Connection database, long bytes, Events events) throws SQLException {
        // One row is close to 1.1 KB on disk, index entries included.
        long rows = bytes / 1_100;
        try (PreparedStatement insert = database.prepareStatement("INSERT INTO events (name, payload)"
                + " SELECT 'seed', repeat(md5(n::text), 31) FROM generate_series(?::bigint, ?::bigint) n")) {
            for (long done = 0; done < rows; done += BATCH_ROWS) {
                insert.setLong(1, done + 1);
                insert.setLong(2, Math.min(rows, done + BATCH_ROWS));
                insert.executeUpdate();
                events.progress("seed", "rows", Math.min(rows, done + BATCH_ROWS), rows, "rows");
            }
        }
    }

    static void files(URI service, int files, Events events) throws IOException {
        try (DemoConnection connection = new DemoConnection(service)) {
            for (int i = 1; i <= files; i++) {
                DemoConnection.Answer answer = connection.send(
                        "POST",
                        "/storage",
                        "X-File-Name: seed-" + i + ".bin\r\n",
                        DemoTraffic.content("seed" + i, FILE_BYTES));
                if (answer.status() != 200) {
                    throw new IOException("the service refused a file: " + answer.status() + " " + answer.body());
                }
                events.progress("seed", "files", i, files, "files");
            }
        }
    }

    static long size(Connection database) throws SQLException {
        return number(database, "SELECT pg_database_size(current_database())");
    }

    static long number(Connection database, String sql) throws SQLException {
        try (Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
