package landfall.sandbox.program;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Uro's connections to PostgreSQL: ten, each checked before use, because a server may have ended them. A request that
 * finds none free waits; a request that waits for a lock keeps waiting, as Ecto's do.
 */
final class UroDatabase {
    private static final int CONNECTIONS = 10;
    private static final long WAIT_SECONDS = 60;

    private final String url;
    private final Properties login = new Properties();
    private final Semaphore slots = new Semaphore(CONNECTIONS, true);
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();

    UroDatabase(String databaseUrl) {
        URI address = URI.create(databaseUrl);
        if (!List.of("postgres", "postgresql").contains(String.valueOf(address.getScheme()))
                || address.getHost() == null) {
            throw new IllegalArgumentException("DATABASE_URL must be postgres://USER:PASSWORD@HOST:PORT/DATABASE");
        }
        int port = address.getPort() < 0 ? 5432 : address.getPort();
        url = "jdbc:postgresql://" + address.getHost() + ":" + port + address.getPath();
        String[] user = String.valueOf(address.getRawUserInfo()).split(":", 2);
        login.setProperty("user", URLDecoder.decode(user[0], StandardCharsets.UTF_8));
        if (user.length == 2) {
            login.setProperty("password", URLDecoder.decode(user[1], StandardCharsets.UTF_8));
        }
        login.setProperty("connectTimeout", "5");
        login.setProperty("ApplicationName", "uro");
    }

    /** Work on one connection, in one transaction. */
    @FunctionalInterface
    interface Work<T extends @Nullable Object> {
        T on(Connection connection) throws SQLException;
    }

    /** What the work returns is returned only after the commit: an answer is an acknowledgement. */
    <T extends @Nullable Object> T transaction(Work<T> work) throws SQLException, InterruptedException {
        if (!slots.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
            throw new SQLException(
                    "connection not available and request was dropped from queue after " + WAIT_SECONDS * 1000 + "ms");
        }
        Connection connection = null;
        boolean sound = false;
        try {
            connection = checked();
            T result = work.on(connection);
            connection.commit();
            sound = true;
            return result;
        } catch (SQLException e) {
            sound = connection != null && rolledBack(connection);
            throw e;
        } finally {
            if (connection != null && sound) {
                idle.push(connection);
            } else if (connection != null) {
                closed(connection);
            }
            slots.release();
        }
    }

    /** Opens all connections in the background, as Uro's pool does at start. */
    void fill() {
        for (int i = idle.size(); i < CONNECTIONS; i++) {
            try {
                idle.addLast(open());
            } catch (SQLException e) {
                Log.line("connection not opened yet: " + e.getMessage());
                return;
            }
        }
    }

    private Connection checked() throws SQLException {
        for (Connection kept = idle.poll(); kept != null; kept = idle.poll()) {
            try (Statement statement = kept.createStatement()) {
                statement.execute("");
                return kept;
            } catch (SQLException e) {
                Log.line("connection ended by the server: " + e.getMessage());
                closed(kept);
            }
        }
        return open();
    }

    private Connection open() throws SQLException {
        Connection connection = DriverManager.getConnection(url, login);
        connection.setAutoCommit(false);
        return connection;
    }

    private static boolean rolledBack(Connection connection) {
        try {
            connection.rollback();
            return !connection.isClosed();
        } catch (SQLException e) {
            Log.line("rollback failed: " + e.getMessage());
            return false;
        }
    }

    private static void closed(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            Log.line("close failed: " + e.getMessage());
        }
    }

    /**
     * Brings the schema up to date. Like Ecto, it only reads schema_migrations when all are there, so that a new
     * container starts although every table refuses writes.
     */
    void migrate() throws SQLException, InterruptedException {
        Set<Long> done = transaction(UroDatabase::versions);
        if (done.containsAll(UroMigrations.ALL.keySet())) {
            return;
        }
        transaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_advisory_xact_lock(7165716)");
                statement.execute("CREATE TABLE IF NOT EXISTS schema_migrations"
                        + " (version bigint PRIMARY KEY, inserted_at timestamp(0))");
                Set<Long> before = versions(connection);
                for (var migration : UroMigrations.ALL.entrySet()) {
                    if (!before.contains(migration.getKey())) {
                        statement.execute(migration.getValue());
                        statement.execute("INSERT INTO schema_migrations VALUES (" + migration.getKey() + ", now())");
                        Log.line("== Migrated " + migration.getKey());
                    }
                }
            }
            return null;
        });
    }

    private static Set<Long> versions(Connection connection) throws SQLException {
        Set<Long> versions = new HashSet<>();
        try (Statement statement = connection.createStatement()) {
            boolean there;
            try (ResultSet found =
                    statement.executeQuery("SELECT to_regclass('public.schema_migrations') IS NOT NULL")) {
                there = found.next() && found.getBoolean(1);
            }
            if (there) {
                try (ResultSet rows = statement.executeQuery("SELECT version FROM schema_migrations")) {
                    while (rows.next()) {
                        versions.add(rows.getLong(1));
                    }
                }
            }
        }
        return versions;
    }

    /** Binds the values in order. */
    static PreparedStatement statement(Connection connection, String sql, @Nullable Object... values)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }
}
