package landfall.objects.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Makes the files of a key agree with its rows: after each commit, and at start for keys that are marked unsettled. It
 * needs no log of moves, as a file number is in one place only; objects/DESIGN.md tells the cases.
 */
final class FilesFollowRows {
    private static final int STRIPES = 4_096;
    private static final long WHILE_MOVING_NANOS = 20_000;

    private final Layout layout;
    private final Buckets buckets;
    private final Set<Committer.Touched> moving = ConcurrentHashMap.newKeySet();
    private final AtomicLongArray epochs = new AtomicLongArray(STRIPES);

    FilesFollowRows(Layout layout, Buckets buckets) {
        this.layout = layout;
        this.buckets = buckets;
    }

    /**
     * Changes whenever files of the key move; a reader for whom it changed looks the row up again. While they move it is odd,
     * and this waits.
     */
    long epoch(int bucket, String key) {
        int stripe = stripe(bucket, key);
        while (true) {
            long epoch = epochs.get(stripe);
            if ((epoch & 1) == 0) {
                return epoch;
            }
            LockSupport.parkNanos(WHILE_MOVING_NANOS);
        }
    }

    boolean unchanged(int bucket, String key, long epoch) {
        return epochs.get(stripe(bucket, key)) == epoch;
    }

    /** Whether files of the key may still be in the folder of incoming files. */
    boolean isMoving(int bucket, String key) {
        return moving.contains(new Committer.Touched(bucket, key));
    }

    /** Returns those that weren't moving already. */
    List<Committer.Touched> moving(Collection<Committer.Touched> keys) {
        return keys.stream().filter(moving::add).toList();
    }

    /** Keys whose files couldn't be moved yet. */
    List<Committer.Touched> moving() {
        return List.copyOf(moving);
    }

    void settled(Collection<Committer.Touched> keys) {
        moving.removeAll(keys);
    }

    private static int stripe(int bucket, String key) {
        return Math.floorMod(31 * key.hashCode() + bucket, STRIPES);
    }

    /** A file number without a row, and the key that it was of. {@code plain}: it was current, at the key's plain path. */
    record Gone(Committer.Touched key, long file, boolean plain) {}

    /**
     * Settles each key and removes the files of numbers that have no row any more. A key that can't be settled keeps its
     * mark and is still served from where its file is.
     *
     * @return the keys that couldn't be settled, each with why
     */
    Map<Committer.Touched, Exception> settle(
            Index.Session session, Collection<Committer.Touched> keys, List<Gone> gone) {
        Set<Integer> stripes = new HashSet<>();
        keys.forEach(each -> stripes.add(stripe(each.bucket(), each.key())));
        stripes.forEach(epochs::incrementAndGet);
        try {
            return settleNow(session, keys, gone);
        } finally {
            stripes.forEach(epochs::incrementAndGet);
        }
    }

    /**
     * Writes beside the bytes what the rows say of the key's files, those that moved lately; by the settler. A key that is
     * changed meanwhile has a mark of its own and is described again.
     */
    void describe(Index.Session session, Committer.Touched key, Descriptions descriptions)
            throws SQLException, IOException {
        String folder = buckets.folder(key.bucket());
        if (folder == null || isMoving(key.bucket(), key.key())) {
            return;
        }
        Key rows = new Key(session, key.bucket(), folder, key.key(), false);
        Row current = rows.current();
        if (current != null && !current.marker() && !current.inline()) {
            descriptions.write(layout.object(folder, key.key(), current.odd()), folder, current);
        }
        for (Row older : rows.unplaced()) {
            if (!older.marker() && !older.inline()) {
                descriptions.write(layout.version(folder, older.file()), folder, older);
            }
        }
    }

    private Map<Committer.Touched, Exception> settleNow(
            Index.Session session, Collection<Committer.Touched> keys, List<Gone> gone) {
        Map<Committer.Touched, Exception> failed = new LinkedHashMap<>();
        Set<Committer.Touched> vacated = new HashSet<>();
        for (Gone each : gone) {
            if (each.plain()) {
                vacated.add(each.key());
            }
            try {
                Files.deleteIfExists(layout.incoming(each.file()));
                String folder = buckets.folder(each.key().bucket());
                if (folder != null) {
                    Files.deleteIfExists(layout.version(folder, each.file()));
                }
            } catch (IOException | RuntimeException undeleted) {
                failed.put(each.key(), undeleted);
            }
        }
        for (Committer.Touched each : keys) {
            String folder = buckets.folder(each.bucket());
            try {
                if (folder != null) {
                    new Key(session, each.bucket(), folder, each.key(), vacated.contains(each)).settle();
                }
            } catch (IOException | SQLException | RuntimeException unsettled) {
                failed.put(each, unsettled);
            }
            if (!failed.containsKey(each)) {
                moving.remove(each);
            }
        }
        return failed;
    }

    /** One key's rows and files. */
    private final class Key {
        private final Index.Session session;
        private final int bucket;
        private final String bucketName;
        private final String key;
        private final boolean vacated;

        /** {@code vacated}: what lies at the plain path was ours, though the key may be among the odd ones now. */
        Key(Index.Session session, int bucket, String bucketName, String key, boolean vacated) {
            this.session = session;
            this.bucket = bucket;
            this.bucketName = bucketName;
            this.key = key;
            this.vacated = vacated;
        }

        void settle() throws IOException, SQLException {
            Row current = current();
            List<Row> unplaced = unplaced();
            boolean kept = current != null && !current.marker();
            Path from = current != null && kept && !current.inline() ? elsewhere(current) : null;
            for (boolean odd : places(current, unplaced)) {
                Path place = layout.object(bucketName, key, odd);
                boolean holds = current != null && kept && current.odd() == odd;
                if (!holds || from != null || (current != null && current.inline())) {
                    clear(place, unplaced, holds);
                }
            }
            for (Row older : unplaced) {
                if (!older.inline() && !older.marker()) {
                    Path arrived = layout.incoming(older.file());
                    if (Files.exists(arrived)) {
                        move(arrived, layout.version(bucketName, older.file()));
                    }
                }
            }
            if (from != null && current != null) {
                place(from, current);
            }
        }

        /** Moves the current object's file to its path, or to the odd keys if something that isn't ours is in the way. */
        private void place(Path from, Row current) throws IOException, SQLException {
            Path place = layout.object(bucketName, key, current.odd());
            try {
                move(from, place);
            } catch (NoSuchFileException missing) {
                throw missing;
            } catch (FileSystemException blocked) {
                if (removeEmpty(place)) {
                    move(from, place);
                    return;
                }
                if (current.odd() || !inTheWay(place)) {
                    throw blocked;
                }
                // First the row, then the file: in between it is served from where it is.
                PreparedStatement update =
                        session.prepare("UPDATE object SET odd = 1 WHERE bucket = ? AND key = ? AND file = ?");
                update.setInt(1, bucket);
                update.setBytes(2, key.getBytes(StandardCharsets.UTF_8));
                update.setLong(3, current.file());
                update.executeUpdate();
                move(from, layout.object(bucketName, key, true));
            }
        }

        /** Whether a folder lies at the path, or something that is no folder on the way to it. */
        private boolean inTheWay(Path place) {
            if (Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
                return true;
            }
            Path top = layout.bucket(bucketName);
            for (Path each = place.getParent(); each != null && !each.equals(top); each = each.getParent()) {
                if (Files.exists(each, LinkOption.NOFOLLOW_LINKS)
                        && !Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
                    return true;
                }
            }
            return false;
        }

        /** Removes the folder at the path if all below it are empty folders too. */
        private boolean removeEmpty(Path folder) throws IOException {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                return false;
            }
            for (Path each : FolderStore.entries(folder)) {
                if (!removeEmpty(each)) {
                    return false;
                }
            }
            Files.delete(folder);
            return true;
        }

        /** Where files of the key may lie: at its plain path, at the one named by its digest. */
        private List<Boolean> places(@Nullable Row current, List<Row> unplaced) {
            // What lies at the plain path is only ours if a row says so, or said so before this change.
            boolean plain = Layout.plain(key)
                    && (vacated
                            || (current != null && !current.marker() && !current.odd())
                            || unplaced.stream().anyMatch(row -> !row.odd() && !row.marker()));
            return plain ? List.of(false, true) : List.of(true);
        }

        /** Where the current row's file is, if not at its place. */
        private @Nullable Path elsewhere(Row current) {
            Path incoming = layout.incoming(current.file());
            if (Files.exists(incoming)) {
                return incoming;
            }
            Path version = layout.version(bucketName, current.file());
            return Files.exists(version) ? version : null;
        }

        /** Takes what lies at the place away: it is an older version's, or nobody's. */
        private void clear(Path place, List<Row> unplaced, boolean holdsCurrent) throws IOException {
            if (!Files.isRegularFile(place, LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            for (Row older : unplaced) {
                if (!older.inline()
                        && !older.marker()
                        && place.equals(layout.object(bucketName, key, older.odd()))
                        && !Files.exists(layout.version(bucketName, older.file()))
                        && !Files.exists(layout.incoming(older.file()))) {
                    move(place, layout.version(bucketName, older.file()));
                    prune(place.getParent());
                    return;
                }
            }
            if (!holdsCurrent) {
                Files.delete(place);
                prune(place.getParent());
            }
        }

        private void move(Path from, Path to) throws IOException {
            try {
                Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (NoSuchFileException folderAbsent) {
                Files.createDirectories(to.getParent());
                Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        }

        /** Removes folders that keys left empty, up to the bucket's. */
        private void prune(@Nullable Path folder) throws IOException {
            Path top = layout.bucket(bucketName);
            for (Path each = folder;
                    each != null && each.startsWith(top) && !each.equals(top);
                    each = each.getParent()) {
                try {
                    Files.delete(each);
                } catch (DirectoryNotEmptyException | NoSuchFileException kept) {
                    return;
                }
            }
        }

        private @Nullable Row current() throws SQLException {
            PreparedStatement select =
                    session.prepare("SELECT " + Row.COLUMNS + " FROM object WHERE bucket = ? AND key = ?");
            select.setInt(1, bucket);
            select.setBytes(2, key.getBytes(StandardCharsets.UTF_8));
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? Row.read(rows) : null;
            }
        }

        private List<Row> unplaced() throws SQLException {
            PreparedStatement select = session.prepare("SELECT " + Row.COLUMNS
                    + " FROM version INDEXED BY version_unplaced WHERE bucket = ? AND key = ? AND placed = 0");
            select.setInt(1, bucket);
            select.setBytes(2, key.getBytes(StandardCharsets.UTF_8));
            List<Row> found = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    found.add(Row.read(rows));
                }
            }
            return found;
        }
    }
}
