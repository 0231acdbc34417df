package landfall.objects.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import landfall.objects.admin.Care;

/**
 * Makes objects of files that nobody put: rows for them, nothing else; no file is touched. What clients would have said is
 * made up ({@link FoundFiles}); checksums are learnt when a file is read to its end for the first time.
 */
final class Adoption {
    private static final int BATCH = 500;

    private final FolderStore store;
    private final Care.Progress progress;
    private final List<Row> batch = new ArrayList<>();
    private long adopted;
    private long bytes;
    private long present;
    private long left;

    Adoption(FolderStore store, Care.Progress progress) {
        this.store = store;
        this.progress = progress;
    }

    void run(String bucket) throws IOException {
        Path folder = store.layout().bucket(bucket);
        if (!Files.isDirectory(folder)) {
            throw new StoreException(
                    StoreException.Reason.NO_SUCH_BUCKET,
                    "there is no folder " + folder + ". Put or mount the files there, then adopt them");
        }
        if (!Files.getFileStore(folder).equals(Files.getFileStore(store.layout().own()))) {
            throw new StoreException(
                    StoreException.Reason.UNAVAILABLE,
                    folder + " is on another file system than " + store.layout().own()
                            + ", so files can't be moved between them; make both one");
        }
        if (store.bucket(bucket).isEmpty()) {
            store.createBucketOf(bucket, "", new LinkedHashMap<>());
        }
        int id = store.bucketId(bucket);
        String owner = store.bucket(bucket).orElseThrow().owner();
        FoundFiles.walk(folder, (file, key, attributes, why) -> {
            if (key == null) {
                left++;
                progress.tell(Map.of("left", file.toString(), "message", file + " is left alone: " + why));
                return;
            }
            Row known = store.currentRow(bucket, key);
            if (known == null) {
                batch.add(FoundFiles.row(id, file, key, attributes, 0, owner));
            } else {
                present++;
            }
            if (batch.size() == BATCH) {
                take(bucket);
            }
        });
        take(bucket);
        progress.tell(Map.of(
                "adopted",
                adopted,
                "bytes",
                bytes,
                "present",
                present,
                "left",
                left,
                "message",
                "the bucket " + bucket + " has " + adopted + " objects more, " + bytes + " bytes; " + present
                        + " were objects already, " + left + " files are left alone"));
    }

    private void take(String bucket) throws IOException {
        if (batch.isEmpty()) {
            return;
        }
        for (Row row : store.adopt(bucket, List.copyOf(batch))) {
            adopted++;
            bytes += row.size();
        }
        batch.clear();
        progress.tell(Map.of("adopted", adopted, "bytes", bytes, "message", adopted + " files adopted"));
    }
}
