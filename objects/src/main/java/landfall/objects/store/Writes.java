package landfall.objects.store;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Takes bytes in and commits the rows that name them: objects, parts, and objects joined of parts. */
final class Writes {
    /** Kept free so that deleting still works on a full disk; of a small disk a twentieth. */
    private static final long RESERVE_BYTES = 64L << 20;

    private final Layout layout;
    private final Buckets buckets;
    private final Committer committer;
    private final Settler settler;
    private final Changes changes;
    private final Uploads uploads;
    private final IndexRoom room;
    private final AtomicLong numbers;
    private final FileStore disk;
    private final long reserveBytes;
    private final FolderSync incomingFolder;

    Writes(
            Layout layout,
            Buckets buckets,
            Committer committer,
            Settler settler,
            Changes changes,
            Uploads uploads,
            IndexRoom room,
            AtomicLong numbers,
            FileStore disk,
            long reserveBytes) {
        this.layout = layout;
        this.buckets = buckets;
        this.committer = committer;
        this.settler = settler;
        this.changes = changes;
        this.uploads = uploads;
        this.room = room;
        this.numbers = numbers;
        this.disk = disk;
        this.reserveBytes = reserveBytes;
        this.incomingFolder = new FolderSync(layout.incomingFolder());
    }

    /** Bytes of a disk of this size that are kept free. */
    static long reserveBytes(long diskBytes) {
        return Math.min(RESERVE_BYTES, diskBytes / 20);
    }

    /** @see Store#receive */
    Incoming receive(long expected) throws IOException {
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

    /** @see Store#put */
    ObjectVersion put(
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

    /** @see Store#putPart */
    Part putPart(Upload upload, int number, Incoming bytes, SequencedMap<String, String> checksums) throws IOException {
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

    /** @see Store#completeUpload */
    ObjectVersion completeUpload(
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
}
