package landfall.objects.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** All buckets, in memory: looked up by every request, changed by the committer only. */
final class Buckets {
    /** Buckets that are gone, while files of theirs are still being removed: names by id. */
    private final Map<Integer, String> removed = new ConcurrentHashMap<>();

    private volatile Snapshot now = new Snapshot(Map.of(), Map.of());

    /** A bucket with its row id. */
    record Known(int id, Bucket bucket) {}

    /** All buckets at one moment. */
    record Snapshot(Map<String, Known> byName, Map<Integer, Known> byId) {}

    void load(Index.Session session) throws SQLException {
        String sql = "SELECT id, name, created, owner, versioning, settings, objects, bytes, quota FROM bucket";
        try (ResultSet rows = session.prepare(sql).executeQuery()) {
            while (rows.next()) {
                long quota = rows.getLong(9);
                Long bound = rows.wasNull() ? null : (Long) quota;
                put(new Known(
                        rows.getInt(1),
                        new Bucket(
                                rows.getString(2),
                                Instant.ofEpochMilli(rows.getLong(3)),
                                rows.getString(4),
                                Bucket.Versioning.valueOf(rows.getString(5)),
                                MetaJson.readMap(rows.getString(6)),
                                rows.getLong(7),
                                rows.getLong(8),
                                bound)));
            }
        }
    }

    @Nullable
    Known byName(String name) {
        return now.byName().get(name);
    }

    @Nullable
    Known byId(int id) {
        return now.byId().get(id);
    }

    /** The name of the bucket's folder, also while a bucket that was just deleted still has one. */
    @Nullable
    String folder(int id) {
        Known known = byId(id);
        return known == null ? removed.get(id) : known.bucket().name();
    }

    void forget(Known known) {
        removed.remove(known.id());
    }

    /** @throws StoreException NO_SUCH_BUCKET */
    Known required(String name) {
        Known known = byName(name);
        if (known == null) {
            throw new StoreException(StoreException.Reason.NO_SUCH_BUCKET, "there is no bucket " + name);
        }
        return known;
    }

    List<Bucket> all() {
        List<Bucket> all = new ArrayList<>();
        now.byName().values().forEach(known -> all.add(known.bucket()));
        return all;
    }

    void put(Known known) {
        Map<String, Known> names = new TreeMap<>(now.byName());
        Map<Integer, Known> ids = new TreeMap<>(now.byId());
        names.put(known.bucket().name(), known);
        ids.put(known.id(), known);
        now = new Snapshot(names, ids);
    }

    void remove(Known known) {
        Map<String, Known> names = new TreeMap<>(now.byName());
        Map<Integer, Known> ids = new TreeMap<>(now.byId());
        names.remove(known.bucket().name());
        ids.remove(known.id());
        removed.put(known.id(), known.bucket().name());
        now = new Snapshot(names, ids);
    }

    void count(int id, long objects, long bytes) {
        Known known = byId(id);
        if (known != null) {
            Bucket bucket = known.bucket();
            put(new Known(
                    id,
                    new Bucket(
                            bucket.name(),
                            bucket.created(),
                            bucket.owner(),
                            bucket.versioning(),
                            bucket.settings(),
                            bucket.objects() + objects,
                            bucket.bytes() + bytes,
                            bucket.quotaBytes())));
        }
    }

    Snapshot snapshot() {
        return now;
    }

    void restore(Snapshot before) {
        now = before;
    }
}
