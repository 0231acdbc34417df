package landfall.objects.remote;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import landfall.objects.store.StoreException;

/**
 * Keys that were deleted here while their bucket was read through from an old store: they must not come back from there.
 * A database of its own, so that it also holds in front of a store that has no index here. What is written is synced.
 */
final class DeletedKeys implements AutoCloseable {
    private final Connection connection;
    private final PreparedStatement insert;
    private final PreparedStatement look;
    private final PreparedStatement below;
    private final PreparedStatement forget;

    private DeletedKeys(Connection connection) throws SQLException {
        this.connection = connection;
        this.insert = connection.prepareStatement("INSERT OR IGNORE INTO deleted (bucket, key) VALUES (?, ?)");
        this.look = connection.prepareStatement("SELECT 1 FROM deleted WHERE bucket = ? AND key = ?");
        this.below = connection.prepareStatement(
                "SELECT key FROM deleted WHERE bucket = ? AND key >= ? ORDER BY key LIMIT 1");
        this.forget = connection.prepareStatement("DELETE FROM deleted WHERE bucket = ?");
    }

    static DeletedKeys open(Path file) throws IOException {
        try {
            Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA journal_mode=WAL");
                statement.execute("PRAGMA synchronous=FULL");
                statement.execute("CREATE TABLE IF NOT EXISTS deleted (bucket TEXT NOT NULL, key BLOB NOT NULL,"
                        + " PRIMARY KEY (bucket, key)) WITHOUT ROWID");
            }
            return new DeletedKeys(connection);
        } catch (SQLException unopened) {
            throw new IOException(
                    "the list of deleted keys " + file + " can't be opened: " + unopened.getMessage()
                            + ". Without it keys deleted here could come back from an old store: put back a copy",
                    unopened);
        }
    }

    /** Keeps that the key was deleted; it would survive a loss of power when this returns. */
    synchronized void add(String bucket, String key) {
        try {
            insert.setString(1, bucket);
            insert.setBytes(2, bytes(key));
            insert.executeUpdate();
        } catch (SQLException unwritten) {
            throw failed("written", unwritten);
        }
    }

    synchronized boolean contains(String bucket, String key) {
        try {
            look.setString(1, bucket);
            look.setBytes(2, bytes(key));
            try (ResultSet rows = look.executeQuery()) {
                return rows.next();
            }
        } catch (SQLException unread) {
            throw failed("read", unread);
        }
    }

    /** Whether any key that begins so was deleted. */
    synchronized boolean anyBelow(String bucket, String prefix) {
        try {
            byte[] bytes = bytes(prefix);
            below.setString(1, bucket);
            below.setBytes(2, bytes);
            try (ResultSet rows = below.executeQuery()) {
                // The least key not before the prefix begins with it if any does.
                return rows.next() && Arrays.mismatch(bytes, Arrays.copyOf(rows.getBytes(1), bytes.length)) < 0;
            }
        } catch (SQLException unread) {
            throw failed("read", unread);
        }
    }

    synchronized void forget(String bucket) {
        try {
            forget.setString(1, bucket);
            forget.executeUpdate();
        } catch (SQLException unwritten) {
            throw failed("written", unwritten);
        }
    }

    private static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }

    private static StoreException failed(String what, SQLException why) {
        return new StoreException(
                StoreException.Reason.UNAVAILABLE,
                "the list of deleted keys can't be " + what + ": " + why.getMessage(),
                why);
    }

    @Override
    public synchronized void close() {
        try {
            connection.close();
        } catch (SQLException unclosed) {
            System.getLogger(DeletedKeys.class.getName())
                    .log(System.Logger.Level.WARNING, "The list of deleted keys didn't close cleanly", unclosed);
        }
    }
}
