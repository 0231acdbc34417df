package landfall.objects.store;

import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pages of keys from the index. A common prefix costs one seek, however many keys it stands for. */
final class Lists {
    /** Rows fetched at a time when a delimiter may let most of them be skipped. */
    private static final int STEP = 64;

    private final Index.Session session;
    private final Buckets.Known bucket;
    private final Listing.Request request;
    private final byte[] prefix;
    private final List<Listing.Item> items = new ArrayList<>();
    private @Nullable String lastMarker;
    private @Nullable String lastVersion;

    Lists(Index.Session session, Buckets.Known bucket, Listing.Request request) {
        this.session = session;
        this.bucket = bucket;
        this.request = request;
        this.prefix = bytes(request.prefix());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The least byte string greater than every one that begins with {@code bytes}; null if there is none. */
    static byte @Nullable [] beyond(byte[] bytes) {
        for (int i = bytes.length - 1; i >= 0; i--) {
            if (bytes[i] != (byte) 0xff) {
                byte[] next = Arrays.copyOf(bytes, i + 1);
                next[i]++;
                return next;
            }
        }
        return null;
    }

    private static byte[] justAfter(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }

    /** Where reading begins: at the prefix, after the marker, beyond the marker's own common prefix. */
    private byte @Nullable [] start(boolean withinKey) {
        byte[] from = prefix;
        String after = request.after();
        if (after != null && !after.isEmpty()) {
            byte[] marker = bytes(after);
            String common = common(after);
            byte @Nullable [] next = common != null ? beyond(bytes(common)) : withinKey ? marker : justAfter(marker);
            if (next == null) {
                return null;
            }
            if (Arrays.compareUnsigned(next, from) > 0) {
                from = next;
            }
        }
        return from;
    }

    private @Nullable String common(String key) {
        if (request.delimiter().isEmpty() || !key.startsWith(request.prefix())) {
            return null;
        }
        int at = key.indexOf(request.delimiter(), request.prefix().length());
        return at < 0 ? null : key.substring(0, at + request.delimiter().length());
    }

    /** Objects that are current and no delete markers. */
    Listing current() throws SQLException {
        byte @Nullable [] from = start(false);
        byte @Nullable [] end = prefix.length == 0 ? null : beyond(prefix);
        int step = request.delimiter().isEmpty() ? request.limit() + 1 : STEP;
        while (from != null) {
            List<Row> rows = rows(
                    "SELECT " + Row.COLUMNS
                            + " FROM object WHERE bucket = ? AND key >= ? AND marker = 0 ORDER BY key LIMIT ?",
                    from,
                    step);
            from = rows.size() < step ? null : justAfter(bytes(rows.getLast().key()));
            for (Row row : rows) {
                if (end != null && Arrays.compareUnsigned(bytes(row.key()), end) >= 0) {
                    return page(false);
                }
                String common = common(row.key());
                if (items.size() == request.limit()) {
                    return page(true);
                }
                if (common != null) {
                    items.add(new Listing.CommonPrefix(common));
                    lastMarker = common;
                    from = beyond(bytes(common));
                    break;
                }
                items.add(new Listing.Entry(row.shown(bucket.bucket().name(), true)));
                lastMarker = row.key();
            }
        }
        return page(false);
    }

    /** All versions and delete markers, newest first within a key. */
    Listing versions() throws SQLException {
        String after = request.after();
        String afterVersion = request.afterVersion();
        byte @Nullable [] from = start(afterVersion != null);
        byte @Nullable [] end = prefix.length == 0 ? null : beyond(prefix);
        while (from != null) {
            byte @Nullable [] key = nextKey(from);
            if (key == null || (end != null && Arrays.compareUnsigned(key, end) >= 0)) {
                return page(false);
            }
            String text = new String(key, StandardCharsets.UTF_8);
            String common = common(text);
            if (common != null) {
                if (items.size() == request.limit()) {
                    return page(true);
                }
                items.add(new Listing.CommonPrefix(common));
                lastMarker = common;
                lastVersion = null;
                from = beyond(bytes(common));
                continue;
            }
            boolean skipping = afterVersion != null && text.equals(after);
            for (Shown each : ofKey(key)) {
                if (skipping) {
                    skipping = !each.row().version().equals(afterVersion);
                    continue;
                }
                if (items.size() == request.limit()) {
                    return page(true);
                }
                items.add(new Listing.Entry(each.row().shown(bucket.bucket().name(), each.latest())));
                lastMarker = text;
                lastVersion = each.row().version();
            }
            from = justAfter(key);
        }
        return page(false);
    }

    private record Shown(Row row, boolean latest) {}

    private List<Shown> ofKey(byte[] key) throws SQLException {
        List<Shown> all = new ArrayList<>();
        for (Row row : rows("SELECT " + Row.COLUMNS + " FROM object WHERE bucket = ? AND key = ? LIMIT ?", key, 1)) {
            all.add(new Shown(row, true));
        }
        for (Row row : rows(
                "SELECT " + Row.COLUMNS + " FROM version WHERE bucket = ? AND key = ? ORDER BY sequence DESC LIMIT ?",
                key,
                Integer.MAX_VALUE)) {
            all.add(new Shown(row, false));
        }
        return all;
    }

    private byte @Nullable [] nextKey(byte[] from) throws SQLException {
        byte @Nullable [] one =
                firstKey("SELECT key FROM object WHERE bucket = ? AND key >= ? ORDER BY key LIMIT 1", from);
        byte @Nullable [] other =
                firstKey("SELECT key FROM version WHERE bucket = ? AND key >= ? ORDER BY key LIMIT 1", from);
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return Arrays.compareUnsigned(one, other) <= 0 ? one : other;
    }

    private byte @Nullable [] firstKey(String sql, byte[] from) throws SQLException {
        PreparedStatement select = session.prepare(sql);
        select.setInt(1, bucket.id());
        select.setBytes(2, from);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next() ? rows.getBytes(1) : null;
        }
    }

    private List<Row> rows(String sql, byte[] key, int limit) throws SQLException {
        PreparedStatement select = session.prepare(sql);
        select.setInt(1, bucket.id());
        select.setBytes(2, key);
        select.setInt(3, limit);
        List<Row> found = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                found.add(Row.read(rows));
            }
        }
        return found;
    }

    private Listing page(boolean truncated) {
        return new Listing(items, truncated, truncated ? lastMarker : null, truncated ? lastVersion : null);
    }
}
