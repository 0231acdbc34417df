package landfall.objects.store;

import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What putting and deleting an object do to the rows, version by version, as "Using versioning" in S3's guide tells. */
final class Changes {
    private static final String NULL_VERSION = "null";

    private final Index.Session session;
    private final LongSupplier numbers;
    private final Clock clock;
    private final IndexRoom room;

    /** {@code session}: the committer's; all methods run in its turn. */
    Changes(Index.Session session, LongSupplier numbers, Clock clock, IndexRoom room) {
        this.room = room;
        this.session = session;
        this.numbers = numbers;
        this.clock = clock;
    }

    /**
     * Bytes that are to become an object. {@code body}: the bytes themselves where the index keeps them for now; {@code
     * modified}: the object's time, null for now.
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Arrived(
            long file,
            long size,
            byte[] blocks,
            String etag,
            String meta,
            byte @Nullable [] body,
            @Nullable Instant modified) {}

    /** Makes it the current version of the key. */
    Row put(Committer.Transaction transaction, String bucketName, String key, Arrived arrived, Precondition condition)
            throws SQLException {
        Buckets.Known known = transaction.buckets().required(bucketName);
        Bucket bucket = known.bucket();
        Row current = Rows.current(session, known.id(), key);
        check(current, condition, key, false);
        long freed = 0;
        if (bucket.versioning() != Bucket.Versioning.ENABLED
                && current != null
                && current.version().equals(NULL_VERSION)) {
            freed = current.size();
        }
        Long quota = bucket.quotaBytes();
        if (quota != null && bucket.bytes() + arrived.size() - freed > quota) {
            throw new StoreException(
                    StoreException.Reason.QUOTA_EXCEEDED,
                    "the bucket " + bucketName + " may hold " + quota + " bytes and holds " + bucket.bytes());
        }
        long sequence = numbers.getAsLong();
        Instant modified = arrived.modified();
        boolean odd = odd(known.id(), key, current);
        String version = makeRoom(transaction, known, key, current, sequence);
        Row row = new Row(
                known.id(),
                key,
                sequence,
                version,
                false,
                arrived.size(),
                arrived.etag(),
                modified == null ? clock.millis() : modified.toEpochMilli(),
                arrived.meta(),
                arrived.blocks(),
                arrived.file(),
                odd,
                arrived.body() != null);
        insert(row);
        byte[] body = arrived.body();
        if (body != null) {
            insertBody(row, body);
            transaction.after(() -> room.add(body.length));
        } else {
            transaction.touch(known.id(), key);
        }
        transaction.count(known.id(), 1, arrived.size());
        return row;
    }

    /** What becomes of the version that was current; answers the new one's version id. */
    private String makeRoom(
            Committer.Transaction transaction, Buckets.Known known, String key, @Nullable Row current, long sequence)
            throws SQLException {
        Bucket.Versioning versioning = known.bucket().versioning();
        if (versioning != Bucket.Versioning.ENABLED) {
            if (current != null && current.version().equals(NULL_VERSION)) {
                remove(transaction, current, true);
                return NULL_VERSION;
            }
            Row replaced = versioning == Bucket.Versioning.OFF
                    ? null
                    : Rows.noncurrent(session, known.id(), key, NULL_VERSION);
            if (replaced != null) {
                remove(transaction, replaced, false);
            }
            if (current != null) {
                setAside(transaction, current);
            }
            return NULL_VERSION;
        }
        if (current != null) {
            setAside(transaction, current);
        }
        return "%016x".formatted(sequence);
    }

    /** Deletes as S3 does; see {@link Store#delete}. */
    Store.Deleted delete(
            Committer.Transaction transaction,
            String bucketName,
            String key,
            @Nullable String version,
            Precondition condition)
            throws SQLException {
        Buckets.Known known = transaction.buckets().required(bucketName);
        Row current = Rows.current(session, known.id(), key);
        if (version != null) {
            return deleteVersion(transaction, known, key, current, version, condition);
        }
        check(current, condition, key, true);
        if (known.bucket().versioning() == Bucket.Versioning.OFF) {
            if (current != null) {
                remove(transaction, current, true);
            }
            return new Store.Deleted(null, false, current != null);
        }
        long sequence = numbers.getAsLong();
        boolean odd = odd(known.id(), key, current);
        String id = makeRoom(transaction, known, key, current, sequence);
        insertMarker(known, key, sequence, id, odd);
        transaction.touch(known.id(), key);
        return new Store.Deleted(id, true, current != null && !current.marker());
    }

    private Store.Deleted deleteVersion(
            Committer.Transaction transaction,
            Buckets.Known known,
            String key,
            @Nullable Row current,
            String version,
            Precondition condition)
            throws SQLException {
        if (current != null && current.version().equals(version)) {
            check(current, condition, key, true);
            remove(transaction, current, true);
            Row next = Rows.newestNoncurrent(session, known.id(), key);
            if (next != null) {
                deleteNoncurrent(next);
                insert(next);
            }
            return new Store.Deleted(version, current.marker(), true);
        }
        Row older = Rows.noncurrent(session, known.id(), key, version);
        if (older == null) {
            return new Store.Deleted(version, false, false);
        }
        check(older, condition, key, true);
        remove(transaction, older, false);
        return new Store.Deleted(version, older.marker(), true);
    }

    /** Makes the current object of a file that lies at the key's plain path; false if the key has a row. */
    boolean adopt(Committer.Transaction transaction, String bucketName, Row found) throws SQLException {
        Buckets.Known known = transaction.buckets().required(bucketName);
        if (Rows.current(session, known.id(), found.key()) != null) {
            return false;
        }
        // Whatever it was called elsewhere: here it was there before versioning.
        insert(found.at(known.id(), numbers.getAsLong(), numbers.getAsLong(), false)
                .withVersion(NULL_VERSION));
        transaction.count(known.id(), 1, found.size());
        return true;
    }

    /** A row as rebuild-index found it, newer than all before; noncurrent ones keep their file number. */
    void restore(Committer.Transaction transaction, String bucketName, Row found, boolean current) throws SQLException {
        Buckets.Known known = transaction.buckets().required(bucketName);
        if (current) {
            Row row = found.at(known.id(), numbers.getAsLong(), numbers.getAsLong(), found.odd());
            Row same = Rows.noncurrent(session, known.id(), row.key(), row.version());
            if (same != null) {
                // It was about to be moved: the file at the path is the one.
                deleteNoncurrent(same);
                transaction.count(known.id(), -1, -same.size());
            }
            insert(row);
        } else {
            insertNoncurrent(found.at(known.id(), numbers.getAsLong(), found.file(), false), true);
        }
        transaction.count(known.id(), 1, found.size());
        // So that it is described anew.
        transaction.touch(known.id(), found.key());
    }

    /** A delete marker on top of what there is. */
    void mark(Committer.Transaction transaction, Buckets.Known known, String key) throws SQLException {
        long sequence = numbers.getAsLong();
        String id = makeRoom(transaction, known, key, null, sequence);
        insertMarker(known, key, sequence, id, false);
        transaction.touch(known.id(), key);
    }

    private void insertMarker(Buckets.Known known, String key, long sequence, String id, boolean odd)
            throws SQLException {
        insert(new Row(
                known.id(),
                key,
                sequence,
                id,
                true,
                0,
                "",
                clock.millis(),
                MetaJson.write(Meta.of(known.bucket().owner())),
                new byte[0],
                0,
                odd,
                false));
    }

    /** Keeps checksums where there were none; whether the row was still there. */
    boolean learn(Committer.Transaction transaction, Row row, byte[] blocks) throws SQLException {
        for (String table : new String[] {"object", "version"}) {
            PreparedStatement update = transaction.prepare("UPDATE " + table
                    + " SET blocks = ? WHERE bucket = ? AND key = ? AND sequence = ? AND file = ? AND blocks IS NULL");
            update.setBytes(1, blocks);
            update.setInt(2, row.bucket());
            update.setBytes(3, row.key().getBytes(StandardCharsets.UTF_8));
            update.setLong(4, row.sequence());
            update.setLong(5, row.file());
            if (update.executeUpdate() == 1) {
                return true;
            }
        }
        return false;
    }

    /** Changes the metadata of a version in place. */
    Row updateMeta(Committer.Transaction transaction, Row row, boolean current, String meta) throws SQLException {
        PreparedStatement update = transaction.prepare(
                current
                        ? "UPDATE object SET meta = ? WHERE bucket = ? AND key = ? AND sequence = ?"
                        : "UPDATE version SET meta = ?, placed = 0 WHERE bucket = ? AND key = ? AND sequence = ?");
        update.setString(1, meta);
        update.setInt(2, row.bucket());
        update.setBytes(3, row.key().getBytes(StandardCharsets.UTF_8));
        update.setLong(4, row.sequence());
        update.executeUpdate();
        // The description beside the bytes is to follow.
        transaction.touch(row.bucket(), row.key());
        return row.withMeta(meta);
    }

    private static void check(@Nullable Row current, Precondition condition, String key, boolean deletes) {
        boolean there = current != null && (deletes || !current.marker());
        String match = condition.ifMatch();
        if (match != null && (current == null || !there)) {
            throw new StoreException(StoreException.Reason.NO_SUCH_KEY, "there is no object " + key);
        }
        if (match != null && current != null && !match.equals("*") && !match.equals(current.etag())) {
            throw failed("If-Match", key);
        }
        String noneMatch = condition.ifNoneMatch();
        if (noneMatch != null
                && current != null
                && there
                && (noneMatch.equals("*") || noneMatch.equals(current.etag()))) {
            throw failed("If-None-Match", key);
        }
        Long size = condition.ifSize();
        Long modified = condition.ifModified();
        if (current != null && size != null && size != current.size()) {
            throw failed("x-amz-if-match-size", key);
        }
        if (current != null && modified != null && modified != current.modified() / 1000) {
            throw failed("x-amz-if-match-last-modified-time", key);
        }
    }

    private static StoreException failed(String condition, String key) {
        return new StoreException(
                StoreException.Reason.PRECONDITION_FAILED, condition + " doesn't hold for the object " + key);
    }

    /** Whether the key needs a place named by its digest: no path can be it, or files stand in the way (x beside x/y). */
    private boolean odd(int bucket, String key, @Nullable Row current) throws SQLException {
        if (current != null && !current.marker()) {
            return current.odd();
        }
        if (!Layout.plain(key) || Rows.plainBelow(session, bucket, key + "/")) {
            return true;
        }
        for (int slash = key.indexOf('/'); slash > 0; slash = key.indexOf('/', slash + 1)) {
            Row above = Rows.current(session, bucket, key.substring(0, slash));
            if (above != null && !above.marker() && !above.odd()) {
                return true;
            }
        }
        return false;
    }

    private void remove(Committer.Transaction transaction, Row row, boolean current) throws SQLException {
        if (current) {
            PreparedStatement delete = session.prepare("DELETE FROM object WHERE bucket = ? AND key = ?");
            delete.setInt(1, row.bucket());
            delete.setBytes(2, row.key().getBytes(StandardCharsets.UTF_8));
            delete.executeUpdate();
        } else {
            deleteNoncurrent(row);
        }
        if (row.marker()) {
            transaction.touch(row.bucket(), row.key());
            return;
        }
        if (row.inline()) {
            PreparedStatement delete = session.prepare("DELETE FROM body WHERE file = ?");
            delete.setLong(1, row.file());
            delete.executeUpdate();
            transaction.after(() -> room.add(-row.size()));
        }
        transaction.gone(row.bucket(), row.key(), row.file(), current && !row.odd());
        transaction.count(row.bucket(), -1, -row.size());
    }

    private void deleteNoncurrent(Row row) throws SQLException {
        PreparedStatement delete = session.prepare("DELETE FROM version WHERE bucket = ? AND key = ? AND sequence = ?");
        delete.setInt(1, row.bucket());
        delete.setBytes(2, row.key().getBytes(StandardCharsets.UTF_8));
        delete.setLong(3, row.sequence());
        delete.executeUpdate();
    }

    private void setAside(Committer.Transaction transaction, Row row) throws SQLException {
        insertNoncurrent(row, row.marker());
        PreparedStatement delete = session.prepare("DELETE FROM object WHERE bucket = ? AND key = ?");
        delete.setInt(1, row.bucket());
        delete.setBytes(2, row.key().getBytes(StandardCharsets.UTF_8));
        delete.executeUpdate();
        transaction.touch(row.bucket(), row.key());
    }

    private void insertNoncurrent(Row row, boolean placed) throws SQLException {
        PreparedStatement insert = session.prepare(
                "INSERT INTO version (" + Row.COLUMNS + ", placed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        row.bind(insert);
        insert.setInt(14, placed ? 1 : 0);
        insert.executeUpdate();
    }

    private void insert(Row row) throws SQLException {
        PreparedStatement insert = session.prepare(
                "INSERT INTO object (" + Row.COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        row.bind(insert);
        insert.executeUpdate();
    }

    private void insertBody(Row row, byte[] body) throws SQLException {
        PreparedStatement insert = session.prepare("INSERT INTO body VALUES (?, ?, ?, ?, ?)");
        insert.setLong(1, row.file());
        insert.setInt(2, row.bucket());
        insert.setBytes(3, row.key().getBytes(StandardCharsets.UTF_8));
        insert.setLong(4, row.sequence());
        insert.setBytes(5, body);
        insert.executeUpdate();
    }
}
