package landfall.objects.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import landfall.objects.admin.Care;

/** Reads every stored byte and compares it with its checksums; tells of damage, of rows without a file and the reverse. */
final class Scrub {
    private static final int PAGE = 1_000;
    private static final long TELL_EVERY_NANOS = 5_000_000_000L;

    private final FolderStore store;
    private final long bytesPerSecond;
    private final Care.Progress progress;
    private long objects;
    private long bytes;
    private long found;
    private long foreign;
    private long begun;
    private long told;

    Scrub(FolderStore store, long bytesPerSecond, Care.Progress progress) {
        this.store = store;
        this.bytesPerSecond = bytesPerSecond;
        this.progress = progress;
    }

    /** @throws StoreException NO_SUCH_BUCKET */
    void run(List<String> buckets) throws IOException {
        begun = System.nanoTime();
        told = begun;
        for (String bucket : buckets) {
            versions(bucket);
            foreign(bucket);
        }
        progress.tell(Map.of(
                "objects",
                objects,
                "bytes",
                bytes,
                "problems",
                found,
                "foreign",
                foreign,
                "message",
                "read " + objects + " objects and versions, " + bytes + " bytes: "
                        + (found == 0 ? "all are as they were stored" : found + " are damaged or missing")
                        + (foreign == 0 ? "" : "; " + foreign + " files are no objects")));
    }

    private void versions(String bucket) throws IOException {
        String after = null;
        String afterVersion = null;
        Listing page;
        do {
            page = store.listVersions(bucket, new Listing.Request("", "", after, afterVersion, PAGE));
            for (Listing.Item item : page.items()) {
                if (item instanceof Listing.Entry entry && !entry.version().deleteMarker()) {
                    read(entry.version());
                }
            }
            after = page.nextMarker();
            afterVersion = page.nextVersion();
        } while (page.truncated());
    }

    private void read(ObjectVersion version) throws IOException {
        try (Content content = store.open(version.bucket(), version.key(), version.versionId())) {
            long size = content.version().size();
            for (long at = 0; at < size; ) {
                int count = content.read(at, Blocks.SIZE).remaining();
                at += count;
                bytes += count;
                pace();
            }
        } catch (StoreException refused) {
            switch (refused.reason()) {
                case NO_SUCH_BUCKET, NO_SUCH_KEY, NO_SUCH_VERSION, DELETE_MARKER -> {
                    // Deleted since it was listed.
                    return;
                }
                case DAMAGED -> damaged(version, String.valueOf(refused.getMessage()));
                default -> throw refused;
            }
        } catch (IOException unread) {
            damaged(version, "its file can't be read: " + unread.getMessage());
        }
        objects++;
        tell();
    }

    private void damaged(ObjectVersion version, String why) throws IOException {
        found++;
        progress.tell(Map.of(
                "damaged",
                true,
                "bucket",
                version.bucket(),
                "key",
                version.key(),
                "version",
                version.versionId(),
                "message",
                version.bucket() + "/" + version.key() + " version " + version.versionId() + ": " + why));
    }

    private void pace() {
        long due = begun + (long) (bytes * 1e9 / bytesPerSecond);
        long wait = due - System.nanoTime();
        if (wait > 0) {
            LockSupport.parkNanos(wait);
        }
    }

    private void tell() throws IOException {
        if (System.nanoTime() - told > TELL_EVERY_NANOS) {
            told = System.nanoTime();
            progress.tell(Map.of(
                    "objects",
                    objects,
                    "bytes",
                    bytes,
                    "message",
                    objects + " objects and versions, " + bytes + " bytes read; " + found + " damaged or missing"));
        }
    }

    /** Files that no row tells of. Nothing is done to them. */
    private void foreign(String bucket) throws IOException {
        Path folder = store.layout().bucket(bucket);
        if (!Files.isDirectory(folder)) {
            return;
        }
        FoundFiles.walk(folder, (file, key, attributes, why) -> {
            if (key == null || !known(bucket, key, file)) {
                foreign(file, key == null ? why : "no object tells of it; `objects adopt " + bucket + "` takes it in");
            }
        });
        numbered(bucket, store.layout().versions(bucket), "SELECT file FROM version WHERE bucket = ? AND file = ?");
        odd(bucket);
    }

    private boolean known(String bucket, String key, Path file) {
        Row row = store.currentRow(bucket, key);
        // Asked twice: it may have been deleted between the listing of the folder and the look at the index.
        return (row != null && !row.marker()) || !Files.exists(file);
    }

    private void numbered(String bucket, Path folder, String sql) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        Map<Path, Long> numbers = new HashMap<>();
        for (Path each : FolderStore.entries(folder)) {
            try {
                numbers.put(each, Long.parseLong(each.getFileName().toString()));
            } catch (NumberFormatException notOurs) {
                foreign(each, "it isn't named by a number as versions are");
            }
        }
        int id = store.bucketId(bucket);
        List<Path> unknown = new ArrayList<>();
        numbers.forEach((path, number) -> {
            if (!store.read(session -> exists(session, sql, id, number))) {
                unknown.add(path);
            }
        });
        for (Path each : unknown) {
            // Asked twice: it may have become the current one, or one no longer current, just now.
            long number = numbers.getOrDefault(each, 0L);
            if (Files.exists(each) && !store.read(session -> exists(session, sql, id, number))) {
                foreign(each, "no version tells of it");
            }
        }
    }

    private static boolean exists(Index.Session session, String sql, int bucket, long number) throws SQLException {
        PreparedStatement select = session.prepare(sql);
        select.setInt(1, bucket);
        select.setLong(2, number);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next();
        }
    }

    private void odd(String bucket) throws IOException {
        Path folder = store.layout().odd(bucket);
        if (!Files.isDirectory(folder)) {
            return;
        }
        Map<String, Boolean> digests = new HashMap<>();
        int id = store.bucketId(bucket);
        store.read(session -> {
            PreparedStatement select =
                    session.prepare("SELECT key FROM object WHERE bucket = ? AND odd = 1 AND marker = 0");
            select.setInt(1, id);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    digests.put(
                            Layout.digest(new String(rows.getBytes(1), java.nio.charset.StandardCharsets.UTF_8)), true);
                }
            }
            return true;
        });
        for (Path each : FolderStore.entries(folder)) {
            if (!digests.containsKey(each.getFileName().toString()) && Files.exists(each)) {
                foreign(each, "no key tells of it");
            }
        }
    }

    private void foreign(Path file, String why) throws IOException {
        foreign++;
        progress.tell(Map.of("foreign", file.toString(), "message", file + ": " + why));
    }
}
