package landfall.objects.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds rows and opens their bytes while files move; objects/DESIGN.md, "A read". */
final class Reads {
    private static final System.Logger LOG = System.getLogger(Reads.class.getName());
    /** How often a reader looks again when the key changes under it, before it asks in the committer's turn. */
    private static final int LOOKS_MAX = 16;

    private final Layout layout;
    private final Index index;
    private final Buckets buckets;
    private final FilesFollowRows files;
    private final Committer committer;
    private final Changes changes;

    Reads(Layout layout, Index index, Buckets buckets, FilesFollowRows files, Committer committer, Changes changes) {
        this.layout = layout;
        this.index = index;
        this.buckets = buckets;
        this.files = files;
        this.committer = committer;
        this.changes = changes;
    }

    /** A row and whether it is the current one. */
    record Found(Row row, boolean current) {}

    /** The version named, or the current one. */
    static @Nullable Found find(Index.Session session, int bucket, String key, @Nullable String version)
            throws SQLException {
        Row current = Rows.current(session, bucket, key);
        if (version == null || (current != null && current.version().equals(version))) {
            return current == null ? null : new Found(current, true);
        }
        Row older = Rows.noncurrent(session, bucket, key, version);
        return older == null ? null : new Found(older, false);
    }

    /** @throws StoreException NO_SUCH_KEY, NO_SUCH_VERSION */
    static Found required(@Nullable Found found, String key, @Nullable String version) {
        if (found == null) {
            throw version == null
                    ? new StoreException(StoreException.Reason.NO_SUCH_KEY, "there is no object " + key)
                    : new StoreException(
                            StoreException.Reason.NO_SUCH_VERSION, "there is no version " + version + " of " + key);
        }
        return found;
    }

    /** @see Store#head */
    ObjectVersion head(String bucket, String key, @Nullable String versionId) {
        Buckets.Known known = buckets.required(bucket);
        Index.Reading<@Nullable Found> look = session -> find(session, known.id(), key, versionId);
        Found found = required(versionId == null ? index.read(look) : index.snapshot(look), key, versionId);
        return found.row().shown(bucket, found.current());
    }

    /** @see Store#open */
    Content open(String bucket, String key, @Nullable String versionId) throws IOException {
        Buckets.Known known = buckets.required(bucket);
        for (int look = 0; look < LOOKS_MAX; look++) {
            Content content = look(known, key, versionId, versionId == null ? index::read : index::snapshot);
            if (content != null) {
                return content;
            }
        }
        // The key changes all the time: in the committer's turn nothing does.
        IOException[] failed = new IOException[1];
        Optional<Content> content = committer.commit(transaction -> {
            try {
                return Optional.ofNullable(look(known, key, versionId, reading(transaction.session())));
            } catch (IOException unread) {
                failed[0] = unread;
                return Optional.empty();
            }
        });
        if (failed[0] != null) {
            throw failed[0];
        }
        return content.orElseThrow(() -> missing(bucket, key));
    }

    /** How {@link #look} reads rows. */
    private interface Reader {
        <T> T read(Index.Reading<T> reading);
    }

    private static Reader reading(Index.Session session) {
        return new Reader() {
            @Override
            public <T> T read(Index.Reading<T> reading) {
                try {
                    return reading.read(session);
                } catch (SQLException unread) {
                    throw new StoreException(
                            StoreException.Reason.UNAVAILABLE,
                            "the index can't be read: " + unread.getMessage(),
                            unread);
                }
            }
        };
    }

    /** A row with its bytes where the index has them. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Opened(Found found, byte @Nullable [] body) {}

    /** One look: null if the key's files moved meanwhile. */
    private @Nullable Content look(Buckets.Known bucket, String key, @Nullable String versionId, Reader reader)
            throws IOException {
        long epoch = files.epoch(bucket.id(), key);
        Opened opened = reader.read(session -> {
            Found found = required(find(session, bucket.id(), key, versionId), key, versionId);
            return new Opened(
                    found, found.row().inline() ? body(session, found.row().file()) : null);
        });
        Row row = opened.found().row();
        ObjectVersion shown = row.shown(bucket.bucket().name(), opened.found().current());
        if (row.marker()) {
            throw new StoreException(
                    StoreException.Reason.DELETE_MARKER, "the current version of " + key + " is a delete marker");
        }
        byte[] body = opened.body();
        if (row.inline()) {
            byte[] blocks = row.blocks();
            return body == null || blocks == null ? null : StoredContent.of(shown, blocks, body);
        }
        FileChannel file = openFile(bucket, row, opened.found().current());
        if (!files.unchanged(bucket.id(), key, epoch)) {
            if (file != null) {
                file.close();
            }
            return null;
        }
        if (file == null) {
            throw missing(bucket.bucket().name(), key);
        }
        boolean good = false;
        try {
            Content content = StoredContent.of(shown, row.blocks(), file, learnt -> learn(bucket, row, learnt));
            good = true;
            return content;
        } finally {
            if (!good) {
                file.close();
            }
        }
    }

    /** Keeps the checksums of a file that had none when it has been read to its end. */
    private void learn(Buckets.Known bucket, Row row, byte[] blocks) {
        try {
            committer.commit(transaction -> changes.learn(transaction, row, blocks));
        } catch (StoreException unkept) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The checksums of " + bucket.bucket().name() + "/" + row.key() + " couldn't be kept",
                    unkept);
        }
    }

    private static byte @Nullable [] body(Index.Session session, long file) throws SQLException {
        PreparedStatement select = session.prepare("SELECT bytes FROM body WHERE file = ?");
        select.setLong(1, file);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next() ? rows.getBytes(1) : null;
        }
    }

    private @Nullable FileChannel openFile(Buckets.Known bucket, Row row, boolean current) throws IOException {
        Path place = layout.object(bucket.bucket().name(), row.key(), row.odd());
        Path version = layout.version(bucket.bucket().name(), row.file());
        List<Path> candidates = files.isMoving(bucket.id(), row.key())
                ? List.of(layout.incoming(row.file()), version, place)
                : List.of(current ? place : version);
        for (Path candidate : candidates) {
            try {
                return FileChannel.open(candidate);
            } catch (NoSuchFileException elsewhere) {
                LOG.log(System.Logger.Level.TRACE, "not there: {0}", elsewhere.getMessage());
            }
        }
        return null;
    }

    private static StoreException missing(String bucket, String key) {
        return new StoreException(
                StoreException.Reason.DAMAGED,
                "the file of " + bucket + "/" + key + " is missing from the data folder");
    }
}
