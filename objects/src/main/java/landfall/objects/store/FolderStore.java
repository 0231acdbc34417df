package landfall.objects.store;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
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
    /** Small objects waiting in the index for their files: a few seconds' worth. */
    private static final long INDEXED_BYTES_MAX = 128L << 20;

    private final Layout layout;
    private final Index index;
    private final Buckets buckets;
    private final FilesFollowRows files;
    private final Committer committer;
    private final Settler settler;
    private final Changes changes;
    private final Uploads uploads;
    private final BucketFolders folders;
    private final Reads reads;
    private final Writes writes;
    private final IndexRoom room = new IndexRoom(INDEXED_BYTES_MAX);
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
        this.lock = lock;
        AtomicLong numbers = new AtomicLong(firstNumber);
        long reserveBytes = Writes.reserveBytes(diskBytes);
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
        this.reads = new Reads(layout, index, buckets, files, committer, changes);
        this.writes =
                new Writes(layout, buckets, committer, settler, changes, uploads, room, numbers, disk, reserveBytes);
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
        return writes.receive(expected);
    }

    @Override
    public ObjectVersion put(
            String bucket, String key, Incoming bytes, Meta meta, @Nullable String etag, Precondition precondition)
            throws IOException {
        return writes.put(bucket, key, bytes, meta, etag, precondition);
    }

    @Override
    public ObjectVersion head(String bucket, String key, @Nullable String versionId) {
        return reads.head(bucket, key, versionId);
    }

    @Override
    public Content open(String bucket, String key, @Nullable String versionId) throws IOException {
        return reads.open(bucket, key, versionId);
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
            Reads.Found found =
                    Reads.required(Reads.find(transaction.session(), known.id(), key, versionId), key, versionId);
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
        return writes.putPart(upload, number, bytes, checksums);
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
        return writes.completeUpload(upload, numbers, etag, meta, precondition);
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
