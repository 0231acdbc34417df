package landfall.objects.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The SQLite database: one connection that writes, used by the committer only, and a few that read. In WAL mode readers
 * and the writer don't wait for each other; with synchronous=FULL a commit has been synced when it returns
 * (sqlite.org/pragma.html#pragma_synchronous).
 */
final class Index implements AutoCloseable {
    private static final int READERS = 8;
    private static final long READER_WAIT_SECONDS = 30;
    /** How many numbers one run of the server may use up; each start begins beyond the last one's. */
    private static final long NUMBERS_OF_A_RUN = 1L << 40;

    private final Path file;
    private final Session writer;
    private final BlockingQueue<Session> readers = new ArrayBlockingQueue<>(READERS);

    private Index(Path file, Session writer) {
        this.file = file;
        this.writer = writer;
    }

    static Index open(Path file) throws IOException {
        Index index = null;
        try {
            Session writer = connect(file, false);
            index = new Index(file, writer);
            try (Statement statement = writer.connection.createStatement();
                    InputStream in = Index.class.getResourceAsStream("/landfall/objects/store/schema.sql")) {
                if (in == null) {
                    throw new IllegalStateException("schema.sql is missing from the jar");
                }
                statement.executeUpdate(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
            for (int i = 0; i < READERS; i++) {
                index.readers.add(connect(file, true));
            }
            return index;
        } catch (SQLException unopened) {
            closeQuietly(index, unopened);
            throw new IOException(
                    "the index " + file + " can't be opened: " + unopened.getMessage()
                            + ". If it is damaged, `objects rebuild-index` makes a new one from the files",
                    unopened);
        }
    }

    private static void closeQuietly(@Nullable Index index, SQLException cause) {
        if (index != null) {
            try {
                index.close();
            } catch (SQLException unclosed) {
                cause.addSuppressed(unclosed);
            }
        }
    }

    /** One connection with its prepared statements. */
    static final class Session implements AutoCloseable {
        private final Connection connection;
        private final Map<String, PreparedStatement> statements = new HashMap<>();

        Session(Connection connection) {
            this.connection = connection;
        }

        /** The statement, prepared once; its parameters are set by position. */
        PreparedStatement prepare(String sql) throws SQLException {
            PreparedStatement known = statements.get(sql);
            if (known == null) {
                known = connection.prepareStatement(sql);
                statements.put(sql, known);
            }
            return known;
        }

        /** After a failure: a statement that failed half-way isn't used again. */
        void forgetStatements() throws SQLException {
            for (PreparedStatement statement : statements.values()) {
                statement.close();
            }
            statements.clear();
        }

        void execute(String sql) throws SQLException {
            prepare(sql).execute();
        }

        @Override
        public void close() throws SQLException {
            for (PreparedStatement statement : statements.values()) {
                statement.close();
            }
            connection.close();
        }
    }

    /** A connection of its own, for the settler's checkpoints. */
    Session another() throws SQLException {
        return connect(file, false);
    }

    private static Session connect(Path file, boolean reads) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode=WAL");
            statement.execute("PRAGMA synchronous=FULL");
            statement.execute("PRAGMA busy_timeout=10000");
            statement.execute("PRAGMA cache_size=" + (reads ? -4_000 : -32_000));
            statement.execute("PRAGMA wal_autocheckpoint=0");
            if (reads) {
                statement.execute("PRAGMA query_only=1");
            }
        }
        return new Session(connection);
    }

    /** The committer's session; nobody else may use it. */
    Session writer() {
        return writer;
    }

    /** Something read from the index. */
    interface Reading<T extends @Nullable Object> {
        T read(Session session) throws SQLException;
    }

    /** Runs a reading on one of the connections that read; waits its turn for a bounded time. */
    <T extends @Nullable Object> T read(Reading<T> reading) {
        Session session = null;
        try {
            session = readers.poll(READER_WAIT_SECONDS, TimeUnit.SECONDS);
            if (session == null) {
                throw new StoreException(
                        StoreException.Reason.UNAVAILABLE,
                        "all " + READERS + " readers of the index were busy for " + READER_WAIT_SECONDS + " s");
            }
            return reading.read(session);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StoreException(StoreException.Reason.UNAVAILABLE, "interrupted", interrupted);
        } catch (SQLException unread) {
            throw new StoreException(
                    StoreException.Reason.UNAVAILABLE, "the index can't be read: " + unread.getMessage(), unread);
        } finally {
            if (session != null) {
                readers.add(session);
            }
        }
    }

    /** As {@link #read}, but all of its statements see the index of one moment. */
    <T extends @Nullable Object> T snapshot(Reading<T> reading) {
        return read(session -> {
            session.execute("BEGIN");
            try {
                return reading.read(session);
            } finally {
                session.execute("ROLLBACK");
            }
        });
    }

    /** Bytes of small objects that have no file yet. */
    long bodyBytes() throws SQLException {
        try (ResultSet rows = writer.prepare("SELECT coalesce(sum(length(bytes)), 0) FROM body")
                .executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    /** The first number of this run: greater than any that was ever given out. */
    long firstNumber() throws SQLException {
        long next = 1;
        try (ResultSet rows =
                writer.prepare("SELECT value FROM state WHERE name = 'number'").executeQuery()) {
            if (rows.next()) {
                next = rows.getLong(1);
            }
        }
        PreparedStatement reserve = writer.prepare("INSERT OR REPLACE INTO state VALUES ('number', ?)");
        reserve.setLong(1, next + NUMBERS_OF_A_RUN);
        reserve.executeUpdate();
        return next;
    }

    @Override
    public void close() throws SQLException {
        for (Session session : readers) {
            session.close();
        }
        writer.close();
    }
}
