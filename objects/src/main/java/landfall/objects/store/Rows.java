package landfall.objects.store;

import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Finding rows of one key, on whichever session. */
final class Rows {
    private Rows() {}

    static @Nullable Row current(Index.Session session, int bucket, String key) throws SQLException {
        PreparedStatement select =
                session.prepare("SELECT " + Row.COLUMNS + " FROM object WHERE bucket = ? AND key = ?");
        select.setInt(1, bucket);
        select.setBytes(2, key.getBytes(StandardCharsets.UTF_8));
        return first(select);
    }

    /** The noncurrent version with that id. */
    static @Nullable Row noncurrent(Index.Session session, int bucket, String key, String version) throws SQLException {
        PreparedStatement select =
                session.prepare("SELECT " + Row.COLUMNS + " FROM version WHERE bucket = ? AND key = ? AND version = ?");
        select.setInt(1, bucket);
        select.setBytes(2, key.getBytes(StandardCharsets.UTF_8));
        select.setString(3, version);
        return first(select);
    }

    /** The noncurrent version that would become current. */
    static @Nullable Row newestNoncurrent(Index.Session session, int bucket, String key) throws SQLException {
        PreparedStatement select = session.prepare(
                "SELECT " + Row.COLUMNS + " FROM version WHERE bucket = ? AND key = ? ORDER BY sequence DESC LIMIT 1");
        select.setInt(1, bucket);
        select.setBytes(2, key.getBytes(StandardCharsets.UTF_8));
        return first(select);
    }

    /**
     * Whether a current object lies at a plain path below {@code folder} (which ends with a slash), as far as the first
     * thousand keys tell; if one lies there after all, that shows when the file is moved.
     */
    static boolean plainBelow(Index.Session session, int bucket, String folder) throws SQLException {
        byte[] from = folder.getBytes(StandardCharsets.UTF_8);
        byte @Nullable [] end = Lists.beyond(from);
        PreparedStatement select = session.prepare(
                "SELECT 1 FROM (SELECT odd, marker FROM object WHERE bucket = ? AND key >= ? AND key < ? LIMIT 1000)"
                        + " WHERE odd = 0 AND marker = 0 LIMIT 1");
        select.setInt(1, bucket);
        select.setBytes(2, from);
        select.setBytes(3, end);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next();
        }
    }

    private static @Nullable Row first(PreparedStatement select) throws SQLException {
        try (ResultSet rows = select.executeQuery()) {
            return rows.next() ? Row.read(rows) : null;
        }
    }
}
