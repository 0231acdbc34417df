package landfall.objects.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The store over a folder of plain files and an index beside them; objects/DESIGN.md tells how it keeps its promises. */
public final class FolderStore implements Store {
    private static final System.Logger LOG = System.getLogger(FolderStore.class.getName());
    /** How often a reader looks again when the key changes under it, before it asks in the committer's turn. */
    private static final int LOOKS_MAX = 16;

    /** Small objects waiting in the index for their files: a few seconds' worth. */
    private static final long INDEXED_BYTES_MAX = 128L << 20;
    /** Kept free so that deleting still works on a full disk; of a small disk a twentieth. */
    private static final long RESERVE_BYTES = 64L << 20;

    private final Layout layout;
    private final Index index;
    private final Buckets buckets;
    private final FilesFollowRows files;
    private final Committer committer;
    private final Settler settler;
    private final Changes changes;
    private final Uploads uploads;
    private final BucketFolders folders;
    private final FolderSync incomingFolder;
    private final AtomicLong numbers;
    private final IndexRoom room = new IndexRoom(INDEXED_BYTES_MAX);
    private final FileStore disk;
    private final long reserveBytes;
    private final FolderLock lock;

    private FolderStore(
            Layout layout,
            Index index,
            Descriptions descriptions,
            FileStore disk,
            long diskBytes,
            Reserve reserve,
            FolderLock lock,
            long firstNumber,
            Clock clock) {
        this.layout = layout;
        this.index = index;
        this.disk = disk;
        this.reserveBytes = Math.min(RESERVE_BYTES, diskBytes / 20);
        this.lock = lock;
        this.numbers = new AtomicLong(firstNumber);
        this.buckets = new Buckets();
        this.files = new FilesFollowRows(layout, buckets);
        this.committer = new Committer(index, buckets, files, reserve, this::changed);
        this.settler = new Settler(
                layout,
                index,
                committer,
                files,
                descriptions,
                room,
                reserve,
                () -> disk.getUsableSpace() > reserveBytes);
        this.changes = new Changes(index.writer(), numbers::getAndIncrement, clock, room);
        this.uploads = new Uploads(layout, index, buckets, clock);
        this.folders = new BucketFolders(layout, clock);
        this.incomingFolder = new FolderSync(layout.incomingFolder());
    }

    /**
     * Opens the folder, which is created if it isn't there, and brings files and rows into agreement where a crash or a
     * loss of power left them apart.
     *
     * @throws IOException if it can't be read or written, or another server has it open
     */
    public static FolderStore open(Path folder, Clock clock) throws IOException {
        Layout layout = new Layout(folder.toAbsolutePath().normalize());
        Files.createDirectories(layout.incomingFolder());
        FolderLock lock = FolderLock.take(layout);
        boolean opened = false;
        try {
            FileStore disk = Files.getFileStore(layout.data());
            Reserve reserve = new Reserve(layout.own().resolve("reserve"), disk);
            FolderStore store;
            try {
                store = started(layout, disk, reserve, lock, clock);
            } catch (IOException | SQLException unopened) {
                // On a full disk what is kept for it may be just enough.
                if (!reserve.release()) {
                    throw unopened;
                }
                store = started(layout, disk, reserve, lock, clock);
            }
            opened = true;
            return store;
        } catch (SQLException unread) {
            throw new IOException("the index " + layout.index() + " can't be read: " + unread.getMessage(), unread);
        } finally {
            if (!opened) {
                lock.close();
            }
        }
    }

    private static FolderStore started(Layout layout, FileStore disk, Reserve reserve, FolderLock lock, Clock clock)
            throws IOException, SQLException {
        Index index = Index.open(layout.index());
        // The folders may be new: without their entries what is synced inside them would be lost all the same.
        for (Path each = layout.incomingFolder();
                each != null && each.startsWith(layout.data());
                each = each.getParent()) {
            new FolderSync(each).sync();
        }
        boolean opened = false;
        try {
            FolderStore store = new FolderStore(
                    layout,
                    index,
                    new Descriptions(layout),
                    disk,
                    disk.getTotalSpace(),
                    reserve,
                    lock,
                    index.firstNumber(),
                    clock);
            store.start();
            reserve.make();
            opened = true;
            return store;
        } finally {
            if (!opened) {
                index.close();
            }
        }
    }

    private void start() throws SQLException, IOException {
        buckets.load(index.writer());
        room.add(index.bodyBytes());
        new Recovery(layout, index.writer(), files).run();
        committer.start();
        settler.start();
        settler.changed();
    }

    private void changed() {
        settler.changed();
    }

    // Buckets
    // ----------------------------------------------------------------------------------------------------------

    @Override
    public Bucket createBucket(String name, String owner, SequencedMap<String, String> settings) {
        folders.requireFree(name);
        return committer.commit(transaction -> folders.create(transaction, name, owner, settings));
    }

    @Override
    public Optional<Bucket> bucket(String name) {
        Buckets.Known known = buckets.byName(name);
        return known == null ? Optional.empty() : Optional.of(known.bucket());
    }

    @Override
    public List<Bucket> buckets() {
        return buckets.all();
    }

    @Override
    public void deleteBucket(String name) {
        committer.commitFreeing(transaction -> {
            folders.requireEmpty(transaction, name);
            for (Upload upload : uploads.list(transaction.session(), name, "", "", "", Integer.MAX_VALUE)) {
                uploads.remove(transaction, upload, 0);
            }
            folders.delete(transaction, name);
            return true;
        });
    }

    @Override
    public Bucket updateBucket(String name, UnaryOperator<Bucket> change) {
        return committer.commit(transaction -> folders.update(transaction, name, change));
    }

    // Objects
    // ----------------------------------------------------------------------------------------------------------

    @Override
    public Incoming receive(long expected) throws IOException {
        long free = disk.getUsableSpace();
        if (free - Math.max(0, expected) < reserveBytes) {
            throw new StoreException(
                    StoreException.Reason.DISK_FULL,
                    "the disk of the data folder has " + free + " bytes left, of which " + reserveBytes
                            + " are kept so that deleting works; free some space");
        }
        return incoming();
    }

    private IncomingBytes incoming() {
        long file = numbers.getAndIncrement();
        return new IncomingBytes(file, layout.incoming(file));
    }

    @Override
    public ObjectVersion put(
            String bucket, String key, Incoming bytes, Meta meta, @Nullable String etag, Precondition precondition)
            throws IOException {
        try (IncomingBytes arrived = (IncomingBytes) bytes) {
            buckets.required(bucket);
            String tag = etag == null ? HexFormat.of().formatHex(arrived.md5()) : etag;
            return commit(bucket, key, arrived, meta, tag, precondition, null, List.of());
        }
    }

    /** Commits rows that name the file of these bytes. */
    private <T> T commitFile(IncomingBytes arrived, Committer.Change<T> change) {
        try {
            return committer.commit(change);
        } catch (StoreException refused) {
            if (committer.broken() != null) {
                // The next start may find the rows in the log, and removes the file if not.
                arrived.handedOver();
            }
            throw refused;
        }
    }

    private ObjectVersion commit(
            String bucket,
            String key,
            IncomingBytes arrived,
            Meta meta,
            String etag,
            Precondition precondition,
            @Nullable Upload completed,
            List<Uploads.PartRow> joined)
            throws IOException {
        byte[] memory = arrived.inMemory();
        if (memory != null) {
            room.await();
        } else {
            arrived.sync();
            incomingFolder.sync();
        }
        Changes.Arrived row = new Changes.Arrived(
                arrived.file(),
                arrived.size(),
                arrived.blocks(),
                etag,
                MetaJson.write(meta),
                memory,
                arrived.modified());
        Row stored = commitFile(arrived, transaction -> {
            if (completed != null) {
                uploads.requireUpload(transaction, completed);
                uploads.requireUnchanged(transaction, completed, joined);
            }
            Row put = changes.put(transaction, bucket, key, row, precondition);
            if (completed != null) {
                uploads.remove(transaction, completed, 0);
            }
            transaction.after(() -> {
                arrived.handedOver();
                settler.changed();
            });
            return put;
        });
        return stored.shown(bucket, true);
    }

    /** A row and whether it is the current one. */
    private record Found(Row row, boolean current) {}

    private @Nullable Found find(Index.Session session, int bucket, String key, @Nullable String version)
            throws SQLException {
        Row current = Rows.current(session, bucket, key);
        if (version == null || (current != null && current.version().equals(version))) {
            return current == null ? null : new Found(current, true);
        }
        Row older = Rows.noncurrent(session, bucket, key, version);
        return older == null ? null : new Found(older, false);
    }

    private static Found required(@Nullable Found found, String key, @Nullable String version) {
        if (found == null) {
            throw version == null
                    ? new StoreException(StoreException.Reason.NO_SUCH_KEY, "there is no object " + key)
                    : new StoreException(
                            StoreException.Reason.NO_SUCH_VERSION, "there is no version " + version + " of " + key);
        }
        return found;
    }

    @Override
    public ObjectVersion head(String bucket, String key, @Nullable String versionId) {
        Buckets.Known known = buckets.required(bucket);
        Index.Reading<@Nullable Found> look = session -> find(session, known.id(), key, versionId);
        Found found = required(versionId == null ? index.read(look) : index.snapshot(look), key, versionId);
        return found.row().shown(bucket, found.current());
    }

    @Override
    public Content open(String bucket, String key, @Nullable String versionId) throws IOException {
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

    @Override
    public Deleted delete(String bucket, String key, @Nullable String versionId, Precondition precondition) {
        return committer.commitFreeing(
                transaction -> changes.delete(transaction, bucket, key, versionId, precondition));
    }

    @Override
    public ObjectVersion updateMeta(String bucket, String key, @Nullable String versionId, UnaryOperator<Meta> change) {
        return committer.commit(transaction -> {
            Buckets.Known known = buckets.required(bucket);
            Found found = required(find(transaction.session(), known.id(), key, versionId), key, versionId);
            if (found.row().marker()) {
                throw new StoreException(
                        StoreException.Reason.DELETE_MARKER, "the version of " + key + " is a delete marker");
            }
            String meta = MetaJson.write(change.apply(MetaJson.read(found.row().meta())));
            return changes.updateMeta(transaction, found.row(), found.current(), meta)
                    .shown(bucket, found.current());
        });
    }

    @Override
    public Listing list(String bucket, Listing.Request request) {
        Buckets.Known known = buckets.required(bucket);
        return index.read(session -> new Lists(session, known, request).current());
    }

    @Override
    public Listing listVersions(String bucket, Listing.Request request) {
        Buckets.Known known = buckets.required(bucket);
        return index.snapshot(session -> new Lists(session, known, request).versions());
    }

    // Multipart
    // --------------------------------------------------------------------------------------------------------

    @Override
    public Upload createUpload(
            String bucket, String key, Meta meta, @Nullable String checksumAlgorithm, @Nullable String checksumType) {
        return committer.commit(
                transaction -> uploads.create(transaction, bucket, key, meta, checksumAlgorithm, checksumType));
    }

    @Override
    public Upload upload(String bucket, String key, String uploadId) {
        return uploads.find(bucket, key, uploadId);
    }

    @Override
    public Part putPart(Upload upload, int number, Incoming bytes, SequencedMap<String, String> checksums)
            throws IOException {
        try (IncomingBytes arrived = (IncomingBytes) bytes) {
            String etag = HexFormat.of().formatHex(arrived.md5());
            arrived.toFile();
            arrived.sync();
            incomingFolder.sync();
            return commitFile(arrived, transaction -> {
                Part part = uploads.put(transaction, upload, number, arrived, etag, checksums);
                transaction.after(arrived::handedOver);
                return part;
            });
        }
    }

    @Override
    public List<Part> parts(Upload upload, int after, int limit) {
        return index.read(session -> uploads.rows(session, upload, after, limit)).stream()
                .map(Uploads.PartRow::part)
                .toList();
    }

    @Override
    public List<Upload> uploads(String bucket, String prefix, String keyMarker, String idMarker, int limit) {
        return uploads.list(bucket, prefix, keyMarker, idMarker, limit);
    }

    @Override
    public ObjectVersion completeUpload(
            Upload upload, List<Integer> numbers, String etag, Meta meta, Precondition precondition)
            throws IOException {
        List<Uploads.PartRow> parts = uploads.chosen(upload, numbers);
        if (parts.size() == 1) {
            return completeSingle(upload, parts.getFirst(), etag, meta, precondition);
        }
        try (IncomingBytes joined = incoming()) {
            try {
                uploads.join(upload, parts, joined);
            } catch (NoSuchFileException raced) {
                throw partGone(upload, raced);
            }
            return commit(upload.bucket(), upload.key(), joined, meta, etag, precondition, upload, parts);
        }
    }

    /** The part's file, which was synced when the part was acknowledged, becomes the object's. */
    private ObjectVersion completeSingle(
            Upload upload, Uploads.PartRow part, String etag, Meta meta, Precondition precondition) {
        Path file = layout.incoming(part.file());
        if (!Files.exists(file)) {
            throw partGone(upload, new NoSuchFileException(file.toString()));
        }
        Changes.Arrived row = new Changes.Arrived(
                part.file(), part.part().size(), part.blocks(), etag, MetaJson.write(meta), null, null);
        Row stored = committer.commit(transaction -> {
            uploads.requireUpload(transaction, upload);
            uploads.requireUnchanged(transaction, upload, List.of(part));
            Row put = changes.put(transaction, upload.bucket(), upload.key(), row, precondition);
            uploads.remove(transaction, upload, part.file());
            return put;
        });
        return stored.shown(upload.bucket(), true);
    }

    /** A part's file went while the upload was being completed. @throws StoreException NO_SUCH_UPLOAD */
    private StoreException partGone(Upload upload, NoSuchFileException raced) {
        uploads.find(upload.bucket(), upload.key(), upload.id());
        return new StoreException(
                StoreException.Reason.INVALID_PART,
                "a part of upload " + upload.id() + " was replaced while it was completed, or its file is lost: "
                        + raced.getMessage(),
                raced);
    }

    @Override
    public void abortUpload(Upload upload) {
        committer.commitFreeing(transaction -> {
            uploads.requireUpload(transaction, upload);
            uploads.remove(transaction, upload, 0);
            return true;
        });
    }

    // For those that care for the files
    // --------------------------------------------------------------------------------

    Layout layout() {
        return layout;
    }

    int bucketId(String bucket) {
        return buckets.required(bucket).id();
    }

    <T> T read(Index.Reading<T> reading) {
        return index.read(reading);
    }

    @Nullable
    Row currentRow(String bucket, String key) {
        int id = bucketId(bucket);
        Index.Reading<@Nullable Row> look = session -> Rows.current(session, id, key);
        return index.read(look);
    }

    /** A bucket over a folder that may have files already. */
    Bucket createBucketOf(String name, String owner, SequencedMap<String, String> settings) {
        return committer.commit(transaction -> folders.create(transaction, name, owner, settings));
    }

    /** Makes current objects of files at their plain paths, except where there is a row; answers those made. */
    List<Row> adopt(String bucket, List<Row> found) {
        return committer.commit(transaction -> {
            List<Row> made = new ArrayList<>();
            for (Row row : found) {
                if (changes.adopt(transaction, bucket, row)) {
                    made.add(row);
                }
            }
            return made;
        });
    }

    /** Rows for files as rebuild-index found them, the oldest first; noncurrent ones before those that are current. */
    void restore(String bucket, List<Row> found, boolean current) {
        List<Row> rows = List.copyOf(found);
        committer.commit(transaction -> {
            for (Row row : rows) {
                changes.restore(transaction, bucket, row, current);
            }
            return rows;
        });
    }

    /** Delete markers for keys of which only noncurrent versions were found; how many. */
    long markLost(String bucket) {
        int id = bucketId(bucket);
        List<String> keys = index.read(session -> IndexRebuild.headless(session, id));
        for (String key : keys) {
            committer.commit(transaction -> {
                changes.mark(transaction, transaction.buckets().required(bucket), key);
                return key;
            });
        }
        return keys.size();
    }

    /** When the server was last known to hold this folder; for those that care for the files. */
    Instant opened() {
        return lock.taken();
    }

    @Override
    public void close() {
        settler.close();
        committer.close();
        try {
            index.close();
        } catch (SQLException unclosed) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The index didn't close cleanly; it recovers at the next start",
                    unclosed);
        }
        lock.close();
    }

    /** Names in a folder, closed after use. */
    static List<Path> entries(Path folder) throws IOException {
        try (Stream<Path> stream = Files.list(folder)) {
            return stream.toList();
        }
    }
}
