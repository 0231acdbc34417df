package landfall.objects.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Multipart uploads: parts are files among the incoming, each synced before it is acknowledged; completing joins them. */
final class Uploads {
    private final Layout layout;
    private final Index index;
    private final Buckets buckets;
    private final Clock clock;

    Uploads(Layout layout, Index index, Buckets buckets, Clock clock) {
        this.layout = layout;
        this.index = index;
        this.buckets = buckets;
        this.clock = clock;
    }

    /** A part as the index knows it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record PartRow(Part part, byte[] blocks, long file) {}

    Upload create(
            Committer.Transaction transaction,
            String bucket,
            String key,
            Meta meta,
            @Nullable String algorithm,
            @Nullable String type)
            throws SQLException {
        Upload upload = new Upload(
                bucket,
                key,
                UUID.randomUUID().toString().replace("-", ""),
                Instant.ofEpochMilli(clock.millis()),
                meta,
                algorithm,
                type);
        PreparedStatement insert = transaction.prepare("INSERT INTO upload VALUES (?, ?, ?, ?, ?, ?, ?)");
        insert.setString(1, upload.id());
        insert.setInt(2, transaction.buckets().required(bucket).id());
        insert.setBytes(3, key.getBytes(StandardCharsets.UTF_8));
        insert.setLong(4, upload.initiated().toEpochMilli());
        insert.setString(5, MetaJson.write(meta));
        insert.setString(6, algorithm);
        insert.setString(7, type);
        insert.executeUpdate();
        return upload;
    }

    Upload find(String bucketName, String key, String id) {
        Buckets.Known bucket = buckets.required(bucketName);
        return index.read(session -> {
            PreparedStatement select = session.prepare(
                    "SELECT id, key, initiated, meta, algorithm, type FROM upload WHERE id = ? AND bucket = ? AND key = ?");
            select.setString(1, id);
            select.setInt(2, bucket.id());
            select.setBytes(3, key.getBytes(StandardCharsets.UTF_8));
            try (ResultSet rows = select.executeQuery()) {
                if (!rows.next()) {
                    throw none(id);
                }
                return read(rows, bucketName);
            }
        });
    }

    List<Upload> list(String bucketName, String prefix, String keyMarker, String idMarker, int limit) {
        return index.read(session -> list(session, bucketName, prefix, keyMarker, idMarker, limit));
    }

    List<Upload> list(
            Index.Session session, String bucketName, String prefix, String keyMarker, String idMarker, int limit)
            throws SQLException {
        Buckets.Known bucket = buckets.required(bucketName);
        byte[] start = prefix.getBytes(StandardCharsets.UTF_8);
        PreparedStatement select = session.prepare("SELECT id, key, initiated, meta, algorithm, type FROM upload"
                + " WHERE bucket = ? AND (key, id) > (?, ?) AND key >= ? ORDER BY key, id LIMIT ?");
        select.setInt(1, bucket.id());
        select.setBytes(2, keyMarker.getBytes(StandardCharsets.UTF_8));
        // Without an id the marker's own uploads are left out: no id is greater than this.
        select.setString(3, keyMarker.isEmpty() || !idMarker.isEmpty() ? idMarker : "\uffff");
        select.setBytes(4, start);
        select.setInt(5, limit);
        List<Upload> found = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                Upload upload = read(rows, bucketName);
                if (!upload.key().startsWith(prefix)) {
                    break;
                }
                found.add(upload);
            }
        }
        return found;
    }

    private static Upload read(ResultSet rows, String bucketName) throws SQLException {
        return new Upload(
                bucketName,
                new String(rows.getBytes(2), StandardCharsets.UTF_8),
                rows.getString(1),
                Instant.ofEpochMilli(rows.getLong(3)),
                MetaJson.read(rows.getString(4)),
                rows.getString(5),
                rows.getString(6));
    }

    private static StoreException none(String id) {
        return new StoreException(StoreException.Reason.NO_SUCH_UPLOAD, "there is no upload " + id);
    }

    /** The part's row, in place of an earlier one with its number. */
    Part put(
            Committer.Transaction transaction,
            Upload upload,
            int number,
            IncomingBytes bytes,
            String etag,
            SequencedMap<String, String> checksums)
            throws SQLException {
        requireUpload(transaction, upload);
        Map<Integer, PartRow> old = byNumber(rows(transaction.session(), upload, number - 1, 1));
        PartRow replaced = old.get(number);
        Bucket known = transaction.buckets().required(upload.bucket()).bucket();
        Long quota = known.quotaBytes();
        long held = quota == null ? 0 : held(transaction, upload);
        if (quota != null
                && known.bytes()
                                + held
                                - (replaced == null ? 0 : replaced.part().size())
                                + bytes.size()
                        > quota) {
            throw new StoreException(
                    StoreException.Reason.QUOTA_EXCEEDED,
                    "the bucket " + upload.bucket() + " may hold " + quota + " bytes and holds " + known.bytes()
                            + ", this upload " + held);
        }
        int bucket = transaction.buckets().required(upload.bucket()).id();
        if (replaced != null) {
            transaction.gone(bucket, upload.key(), replaced.file(), false);
        }
        Part part = new Part(number, bytes.size(), etag, Instant.ofEpochMilli(clock.millis()), checksums);
        PreparedStatement insert = transaction.prepare("INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        insert.setString(1, upload.id());
        insert.setInt(2, number);
        insert.setLong(3, part.size());
        insert.setString(4, part.etag());
        insert.setLong(5, part.modified().toEpochMilli());
        insert.setString(6, MetaJson.writeMap(checksums));
        insert.setBytes(7, bytes.blocks());
        insert.setLong(8, bytes.file());
        insert.executeUpdate();
        return part;
    }

    private static long held(Committer.Transaction transaction, Upload upload) throws SQLException {
        PreparedStatement select = transaction.prepare("SELECT coalesce(sum(size), 0) FROM part WHERE upload = ?");
        select.setString(1, upload.id());
        try (ResultSet rows = select.executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    void requireUpload(Committer.Transaction transaction, Upload upload) throws SQLException {
        PreparedStatement select = transaction.prepare("SELECT 1 FROM upload WHERE id = ?");
        select.setString(1, upload.id());
        try (ResultSet rows = select.executeQuery()) {
            if (!rows.next()) {
                throw none(upload.id());
            }
        }
    }

    /** The parts that were joined must still be the upload's. @throws StoreException INVALID_PART */
    void requireUnchanged(Committer.Transaction transaction, Upload upload, List<PartRow> joined) throws SQLException {
        Map<Integer, PartRow> now = byNumber(rows(transaction.session(), upload, 0, Integer.MAX_VALUE));
        for (PartRow part : joined) {
            PartRow same = now.get(part.part().number());
            if (same == null || same.file() != part.file()) {
                throw new StoreException(
                        StoreException.Reason.INVALID_PART,
                        "part " + part.part().number() + " was replaced while upload " + upload.id()
                                + " was completed");
            }
        }
    }

    List<PartRow> rows(Index.Session session, Upload upload, int after, int limit) throws SQLException {
        PreparedStatement select =
                session.prepare("SELECT number, size, etag, modified, checksums, blocks, file FROM part"
                        + " WHERE upload = ? AND number > ? ORDER BY number LIMIT ?");
        select.setString(1, upload.id());
        select.setInt(2, after);
        select.setInt(3, limit);
        List<PartRow> found = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                found.add(new PartRow(
                        new Part(
                                rows.getInt(1),
                                rows.getLong(2),
                                rows.getString(3),
                                Instant.ofEpochMilli(rows.getLong(4)),
                                MetaJson.readMap(rows.getString(5))),
                        rows.getBytes(6),
                        rows.getLong(7)));
            }
        }
        return found;
    }

    private static Map<Integer, PartRow> byNumber(List<PartRow> rows) {
        Map<Integer, PartRow> map = new TreeMap<>();
        rows.forEach(row -> map.put(row.part().number(), row));
        return map;
    }

    /** The parts with these numbers, in this order. @throws StoreException INVALID_PART */
    List<PartRow> chosen(Upload upload, List<Integer> numbers) {
        Map<Integer, PartRow> all = byNumber(index.read(session -> rows(session, upload, 0, Integer.MAX_VALUE)));
        List<PartRow> chosen = new ArrayList<>();
        for (int number : numbers) {
            PartRow row = all.get(number);
            if (row == null) {
                throw new StoreException(
                        StoreException.Reason.INVALID_PART,
                        "part " + number + " of upload " + upload.id() + " isn't here");
            }
            chosen.add(row);
        }
        return chosen;
    }

    /** Copies the parts one after the other, comparing each block with its checksum. */
    void join(Upload upload, List<PartRow> parts, IncomingBytes into) throws IOException {
        for (PartRow row : parts) {
            ObjectVersion shown = new ObjectVersion(
                    upload.bucket(),
                    upload.key(),
                    "part " + row.part().number(),
                    0,
                    false,
                    false,
                    row.part().size(),
                    row.part().etag(),
                    row.part().modified(),
                    upload.meta());
            try (Content content = StoredContent.of(
                    shown, row.blocks(), FileChannel.open(layout.incoming(row.file())), learnt -> {})) {
                for (long at = 0; at < row.part().size(); ) {
                    var bytes = content.read(at, row.part().size() - at);
                    at += bytes.remaining();
                    into.write(bytes);
                }
            }
        }
    }

    /** Removes the upload; its parts' files go too, except {@code kept}. */
    void remove(Committer.Transaction transaction, Upload upload, long kept) throws SQLException {
        int bucket = transaction.buckets().required(upload.bucket()).id();
        for (PartRow row : rows(transaction.session(), upload, 0, Integer.MAX_VALUE)) {
            if (row.file() != kept) {
                transaction.gone(bucket, upload.key(), row.file(), false);
            }
        }
        PreparedStatement parts = transaction.prepare("DELETE FROM part WHERE upload = ?");
        parts.setString(1, upload.id());
        parts.executeUpdate();
        PreparedStatement delete = transaction.prepare("DELETE FROM upload WHERE id = ?");
        delete.setString(1, upload.id());
        delete.executeUpdate();
    }
}
