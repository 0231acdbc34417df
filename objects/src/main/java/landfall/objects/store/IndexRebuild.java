package landfall.objects.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a new index from the files: what lies at a key's path is current, what lies among the versions isn't. Metadata comes
 * from beside the bytes; without it is made up as for adopted files. Lost are delete markers (where only older versions of a
 * key are left, one is made), uploads that weren't complete, and small objects of the last second before the index was lost.
 */
public final class IndexRebuild {
    private static final int BATCH = 500;

    private final Layout layout;
    private final Clock clock;
    private final Consumer<String> tell;
    /** Descriptions that don't stand at their files, by bucket and key. */
    private final Map<String, List<Descriptions.Described>> sidecars = new HashMap<>();

    private IndexRebuild(Layout layout, Clock clock, Consumer<String> tell) {
        this.layout = layout;
        this.clock = clock;
        this.tell = tell;
    }

    /**
     * The old index is kept beside the new one under another name, files on their way in go to {@code .landfall/lost}.
     *
     * @param tell is told what was found, a line each
     * @throws IOException also if a server has the folder open
     */
    public static void run(Path folder, Clock clock, Consumer<String> tell) throws IOException {
        Layout layout = new Layout(folder.toAbsolutePath().normalize());
        if (!Files.isDirectory(layout.data())) {
            throw new IOException("there is no folder " + layout.data());
        }
        IndexRebuild rebuild = new IndexRebuild(layout, clock, tell);
        Files.createDirectories(layout.own());
        FolderLock lock = FolderLock.take(layout);
        try {
            rebuild.setAside();
            rebuild.begin();
        } finally {
            lock.close();
        }
        try (FolderStore store = FolderStore.open(folder, clock)) {
            for (Path each : FolderStore.entries(layout.data())) {
                String name = each.getFileName().toString();
                if (Files.isDirectory(each) && !name.startsWith(".")) {
                    rebuild.bucket(store, name);
                }
            }
        }
    }

    private void setAside() throws IOException {
        String suffix = ".old-" + clock.millis();
        for (String end : List.of("", "-wal", "-shm")) {
            Path file = layout.index().resolveSibling(layout.index().getFileName() + end);
            if (Files.exists(file)) {
                Files.move(
                        file,
                        layout.index().resolveSibling(layout.index().getFileName() + suffix + end),
                        StandardCopyOption.ATOMIC_MOVE);
            }
        }
        Files.createDirectories(layout.incomingFolder());
        List<Path> incoming = FolderStore.entries(layout.incomingFolder());
        Path lost = layout.own().resolve("lost");
        for (Path each : incoming) {
            Files.createDirectories(lost);
            Files.move(each, lost.resolve(each.getFileName() + suffix), StandardCopyOption.ATOMIC_MOVE);
        }
        if (!incoming.isEmpty()) {
            tell.accept(incoming.size() + " files that were on their way in are in " + lost + " now");
        }
    }

    /** An empty index whose numbers are greater than any in use. */
    private void begin() throws IOException {
        long last = readSidecars();
        for (Path bucket : FolderStore.entries(layout.data())) {
            Path versions = layout.versions(bucket.getFileName().toString());
            if (Files.isDirectory(versions)) {
                for (Path each : FolderStore.entries(versions)) {
                    last = Math.max(last, number(each));
                }
            }
        }
        try (Index index = Index.open(layout.index())) {
            PreparedStatement set = index.writer().prepare("INSERT OR REPLACE INTO state VALUES ('number', ?)");
            set.setLong(1, last + 1);
            set.executeUpdate();
        } catch (SQLException unwritten) {
            throw new IOException("the new index can't be written: " + unwritten.getMessage(), unwritten);
        }
    }

    private long readSidecars() throws IOException {
        long last = 0;
        if (!Files.isDirectory(layout.sidecars())) {
            return last;
        }
        for (Path each : FolderStore.entries(layout.sidecars())) {
            long number = number(each);
            Descriptions.Described described =
                    number == 0 ? null : Descriptions.parse(Files.readString(each, StandardCharsets.UTF_8));
            if (described != null) {
                last = Math.max(last, number);
                sidecars.computeIfAbsent(
                                described.bucket() + "\0" + described.row().key(), key -> new ArrayList<>())
                        .add(described);
            }
        }
        return last;
    }

    private static long number(Path file) {
        try {
            return Long.parseLong(file.getFileName().toString());
        } catch (NumberFormatException none) {
            return 0;
        }
    }

    private void bucket(FolderStore store, String name) throws IOException {
        // Before the bucket is made, which notes it anew.
        Bucket noted = BucketNote.read(layout, name);
        store.createBucketOf(name, "", new LinkedHashMap<>());
        if (noted != null) {
            store.updateBucket(name, made -> noted);
        } else {
            tell.accept("the bucket " + name + " has lost its settings: it has no owner, policy or versioning now");
        }
        List<Row> rows = new ArrayList<>();
        List<Row> olders = versions(name);
        long count = olders.size();
        for (int from = 0; from < olders.size(); from += BATCH) {
            store.restore(name, olders.subList(from, Math.min(olders.size(), from + BATCH)), false);
        }
        String owner = store.bucket(name).orElseThrow().owner();
        long[] objects = {0};
        FoundFiles.walk(layout.bucket(name), (file, key, attributes, why) -> {
            if (key == null) {
                tell.accept(file + " is left alone: " + why);
                return;
            }
            Row row = sidecar(name, key, attributes.size());
            rows.add(row != null ? row : FoundFiles.row(0, file, key, attributes, 0, owner));
            objects[0]++;
            if (rows.size() == BATCH) {
                store.restore(name, rows, true);
                rows.clear();
            }
        });
        objects[0] += odd(name, rows);
        store.restore(name, rows, true);
        long markers = store.markLost(name);
        tell.accept("the bucket " + name + " has " + objects[0] + " objects, " + count + " older versions"
                + (markers == 0 ? "" : ", " + markers + " delete markers"));
    }

    private long odd(String bucket, List<Row> rows) throws IOException {
        long found = 0;
        if (!Files.isDirectory(layout.odd(bucket))) {
            return found;
        }
        for (Path each : FolderStore.entries(layout.odd(bucket))) {
            Row row = described(bucket, each, Files.size(each));
            if (row == null
                    || !Layout.digest(row.key()).equals(each.getFileName().toString())) {
                tell.accept(each + " has lost its key; it is left alone");
                continue;
            }
            rows.add(row.at(0, 0, 0, true));
            found++;
        }
        return found;
    }

    /** Noncurrent versions, the oldest first. */
    private List<Row> versions(String bucket) throws IOException {
        List<Row> rows = new ArrayList<>();
        if (!Files.isDirectory(layout.versions(bucket))) {
            return rows;
        }
        for (Path each : FolderStore.entries(layout.versions(bucket))) {
            long number = number(each);
            Row row = number == 0 ? null : described(bucket, each, Files.size(each));
            if (row == null) {
                tell.accept(each + " has lost its key; it is left alone");
                continue;
            }
            rows.add(row.at(0, 0, number, false));
        }
        rows.sort(Comparator.comparingLong(Row::modified).thenComparingLong(Row::file));
        Set<String> ids = new HashSet<>();
        for (int i = rows.size() - 1; i >= 0; i--) {
            if (!ids.add(rows.get(i).key() + "\0" + rows.get(i).version())) {
                tell.accept(layout.version(bucket, rows.get(i).file())
                        + " was replaced by a later version; it is left alone");
                rows.remove(i);
            }
        }
        return rows;
    }

    private @Nullable Row described(String bucket, Path file, long size) throws IOException {
        Descriptions.Described described = Descriptions.read(file);
        if (described != null && described.row().size() == size) {
            return described.row();
        }
        long number = number(file);
        for (List<Descriptions.Described> each : sidecars.values()) {
            for (Descriptions.Described side : each) {
                boolean same = number > 0
                        ? side.row().file() == number
                        : Layout.digest(side.row().key())
                                .equals(file.getFileName().toString());
                if (same && side.bucket().equals(bucket) && side.row().size() == size) {
                    return side.row();
                }
            }
        }
        return null;
    }

    /** The latest description of the key's current file kept apart from it. */
    private @Nullable Row sidecar(String bucket, String key, long size) {
        Row latest = null;
        for (Descriptions.Described each : sidecars.getOrDefault(bucket + "\0" + key, List.of())) {
            boolean older = Files.exists(layout.version(bucket, each.row().file()));
            if (!older
                    && each.row().size() == size
                    && (latest == null || latest.file() < each.row().file())) {
                latest = each.row();
            }
        }
        return latest == null ? null : latest;
    }

    /** Keys of which only noncurrent versions are left. */
    static List<String> headless(Index.Session session, int bucket) throws SQLException {
        PreparedStatement select = session.prepare("SELECT DISTINCT key FROM version v WHERE bucket = ? AND NOT EXISTS"
                + " (SELECT 1 FROM object o WHERE o.bucket = v.bucket AND o.key = v.key)");
        select.setInt(1, bucket);
        List<String> keys = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                keys.add(new String(rows.getBytes(1), StandardCharsets.UTF_8));
            }
        }
        return keys;
    }
}
