package landfall.objects.store;

import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row of table object or version.
 *
 * @param modified milliseconds since 1970
 * @param blocks checksums of its blocks, null where the file was adopted and nobody has read it yet
 * @param file its file number; 0 for a delete marker
 * @param odd whether its place is named by the key's digest
 * @param inline whether its bytes are in table body
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Row(
        int bucket,
        String key,
        long sequence,
        String version,
        boolean marker,
        long size,
        String etag,
        long modified,
        String meta,
        byte @Nullable [] blocks,
        long file,
        boolean odd,
        boolean inline) {
    static final String COLUMNS =
            "bucket, key, sequence, version, marker, size, etag, modified, meta, blocks, file, odd, inline";

    static Row read(ResultSet rows) throws SQLException {
        return new Row(
                rows.getInt(1),
                new String(rows.getBytes(2), StandardCharsets.UTF_8),
                rows.getLong(3),
                rows.getString(4),
                rows.getInt(5) == 1,
                rows.getLong(6),
                rows.getString(7),
                rows.getLong(8),
                rows.getString(9),
                rows.getBytes(10),
                rows.getLong(11),
                rows.getInt(12) == 1,
                rows.getInt(13) == 1);
    }

    /** Sets the thirteen parameters in the order of {@link #COLUMNS}. */
    void bind(PreparedStatement statement) throws SQLException {
        statement.setInt(1, bucket);
        statement.setBytes(2, key.getBytes(StandardCharsets.UTF_8));
        statement.setLong(3, sequence);
        statement.setString(4, version);
        statement.setInt(5, marker ? 1 : 0);
        statement.setLong(6, size);
        statement.setString(7, etag);
        statement.setLong(8, modified);
        statement.setString(9, meta);
        statement.setBytes(10, blocks);
        statement.setLong(11, file);
        statement.setInt(12, odd ? 1 : 0);
        statement.setInt(13, inline ? 1 : 0);
    }

    ObjectVersion shown(String bucketName, boolean latest) {
        return new ObjectVersion(
                bucketName,
                key,
                version,
                sequence,
                latest,
                marker,
                size,
                etag,
                Instant.ofEpochMilli(modified),
                MetaJson.read(meta));
    }

    Row at(int bucketId, long newSequence, long newFile, boolean isOdd) {
        return new Row(
                bucketId,
                key,
                newSequence,
                version,
                marker,
                size,
                etag,
                modified,
                meta,
                blocks,
                newFile,
                isOdd,
                inline);
    }

    Row withVersion(String id) {
        return new Row(bucket, key, sequence, id, marker, size, etag, modified, meta, blocks, file, odd, inline);
    }

    Row withMeta(String newMeta) {
        return new Row(
                bucket, key, sequence, version, marker, size, etag, modified, newMeta, blocks, file, odd, inline);
    }
}
