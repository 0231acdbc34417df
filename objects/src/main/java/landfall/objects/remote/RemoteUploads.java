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
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import landfall.objects.store.Meta;
import landfall.objects.store.MetaJson;
import landfall.objects.store.Part;
import landfall.objects.store.StoreException;
import landfall.objects.store.Upload;

/**
 * What is known of multipart uploads to another store: their metadata and the parts' checksums, which that store wouldn't
 * tell as they were given. The parts themselves are there already.
 */
final class RemoteUploads implements AutoCloseable {
    private static final String TABLES = """
            CREATE TABLE IF NOT EXISTS upload (id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key BLOB NOT NULL,
              initiated INTEGER NOT NULL, meta TEXT NOT NULL, algorithm TEXT, type TEXT, remote TEXT NOT NULL) WITHOUT ROWID;
            CREATE INDEX IF NOT EXISTS upload_key ON upload (bucket, key, id);
            CREATE TABLE IF NOT EXISTS part (upload TEXT NOT NULL, number INTEGER NOT NULL, size INTEGER NOT NULL,
              etag TEXT NOT NULL, modified INTEGER NOT NULL, meta TEXT NOT NULL, remote TEXT NOT NULL,
              PRIMARY KEY (upload, number)) WITHOUT ROWID;
            """;

    private final Connection connection;

    private RemoteUploads(Connection connection) {
        this.connection = connection;
    }

    /** A part with the ETag that the other store gave it. */
    record RemotePart(Part part, String remoteEtag) {}

    static RemoteUploads open(Path file) throws IOException {
        try {
            Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA journal_mode=WAL");
                statement.execute("PRAGMA synchronous=FULL");
                statement.executeUpdate(TABLES);
            }
            return new RemoteUploads(connection);
        } catch (SQLException unopened) {
            throw new IOException(
                    "the list of uploads " + file + " can't be opened: " + unopened.getMessage(), unopened);
        }
    }

    /** Something done with the database. */
    private interface Work<T> {
        T run() throws SQLException;
    }

    private synchronized <T> T with(Work<T> work) {
        try {
            return work.run();
        } catch (SQLException failed) {
            throw new StoreException(
                    StoreException.Reason.UNAVAILABLE, "the list of uploads failed: " + failed.getMessage(), failed);
        }
    }

    private PreparedStatement prepare(String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }

    private static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }

    void add(Upload upload, String remoteId) {
        with(() -> {
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO upload VALUES (?,?,?,?,?,?,?,?)")) {
                insert.setString(1, upload.id());
                insert.setString(2, upload.bucket());
                insert.setBytes(3, bytes(upload.key()));
                insert.setLong(4, upload.initiated().toEpochMilli());
                insert.setString(5, MetaJson.write(upload.meta()));
                insert.setString(6, upload.checksumAlgorithm());
                insert.setString(7, upload.checksumType());
                insert.setString(8, remoteId);
                return insert.executeUpdate();
            }
        });
    }

    private static StoreException none(String id) {
        return new StoreException(StoreException.Reason.NO_SUCH_UPLOAD, "there is no upload " + id);
    }

    /** @throws StoreException NO_SUCH_UPLOAD */
    Upload find(String bucket, String key, String id) {
        return with(() -> {
            try (PreparedStatement select = prepare(
                            "SELECT * FROM upload WHERE id = ? AND bucket = ? AND key = ?", id, bucket, bytes(key));
                    ResultSet rows = select.executeQuery()) {
                if (!rows.next()) {
                    throw none(id);
                }
                return read(rows);
            }
        });
    }

    /** The other store's id. @throws StoreException NO_SUCH_UPLOAD */
    String remoteId(Upload upload) {
        return with(() -> {
            try (PreparedStatement select = prepare("SELECT remote FROM upload WHERE id = ?", upload.id());
                    ResultSet rows = select.executeQuery()) {
                if (!rows.next()) {
                    throw none(upload.id());
                }
                return rows.getString(1);
            }
        });
    }

    /** As {@link landfall.objects.store.Store#uploads}. */
    List<Upload> list(String bucket, String prefix, String keyMarker, String idMarker, int limit) {
        return with(() -> {
            String id = keyMarker.isEmpty() || !idMarker.isEmpty() ? idMarker : "\uffff";
            List<Upload> found = new ArrayList<>();
            try (PreparedStatement select = prepare(
                            "SELECT * FROM upload WHERE bucket = ? AND (key, id) > (?, ?) AND key >= ?"
                                    + " ORDER BY key, id LIMIT ?",
                            bucket,
                            bytes(keyMarker),
                            id,
                            bytes(prefix),
                            limit);
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    Upload upload = read(rows);
                    if (!upload.key().startsWith(prefix)) {
                        break;
                    }
                    found.add(upload);
                }
            }
            return found;
        });
    }

    private static Upload read(ResultSet rows) throws SQLException {
        return new Upload(
                rows.getString("bucket"),
                new String(rows.getBytes("key"), StandardCharsets.UTF_8),
                rows.getString("id"),
                Instant.ofEpochMilli(rows.getLong("initiated")),
                MetaJson.read(rows.getString("meta")),
                rows.getString("algorithm"),
                rows.getString("type"));
    }

    void addPart(Upload upload, Part part, String remoteEtag) {
        with(() -> {
            String sums = MetaJson.write(Meta.of("").withChecksums(part.checksums(), null));
            try (PreparedStatement insert = prepare(
                    "INSERT OR REPLACE INTO part VALUES (?,?,?,?,?,?,?)",
                    upload.id(),
                    part.number(),
                    part.size(),
                    part.etag(),
                    part.modified().toEpochMilli(),
                    sums,
                    remoteEtag)) {
                return insert.executeUpdate();
            }
        });
    }

    List<RemotePart> parts(Upload upload, int after, int limit) {
        return with(() -> {
            List<RemotePart> found = new ArrayList<>();
            try (PreparedStatement select = prepare(
                            "SELECT * FROM part WHERE upload = ? AND number > ? ORDER BY number LIMIT ?",
                            upload.id(),
                            after,
                            limit);
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    SequencedMap<String, String> sums = new LinkedHashMap<>(
                            MetaJson.read(rows.getString("meta")).checksums());
                    found.add(new RemotePart(
                            new Part(
                                    rows.getInt("number"),
                                    rows.getLong("size"),
                                    rows.getString("etag"),
                                    Instant.ofEpochMilli(rows.getLong("modified")),
                                    sums),
                            rows.getString("remote")));
                }
            }
            return found;
        });
    }

    void remove(Upload upload) {
        with(() -> {
            for (String sql : new String[] {"DELETE FROM part WHERE upload = ?", "DELETE FROM upload WHERE id = ?"}) {
                try (PreparedStatement delete = prepare(sql, upload.id())) {
                    delete.executeUpdate();
                }
            }
            return upload;
        });
    }

    @Override
    public synchronized void close() {
        try {
            connection.close();
        } catch (SQLException unclosed) {
            System.getLogger(RemoteUploads.class.getName())
                    .log(System.Logger.Level.WARNING, "The list of uploads didn't close cleanly", unclosed);
        }
    }
}
