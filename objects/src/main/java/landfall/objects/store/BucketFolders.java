package landfall.objects.store;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Buckets: their rows and their folders. */
final class BucketFolders {
    private static final System.Logger LOG = System.getLogger(BucketFolders.class.getName());

    /** Wider than S3's rules, which the caller checks: a folder's name, and none of ours. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,254}");

    private final Layout layout;
    private final Clock clock;

    BucketFolders(Layout layout, Clock clock) {
        this.layout = layout;
        this.clock = clock;
    }

    /** @throws StoreException BUCKET_EXISTS if a folder with files of others is in the way: it is for adopting */
    void requireFree(String name) {
        Path folder = layout.bucket(name);
        try {
            if (Files.isDirectory(folder)
                    && FolderStore.entries(folder).stream()
                            .anyMatch(each -> !each.getFileName().toString().equals(Layout.OWN))) {
                throw new StoreException(
                        StoreException.Reason.BUCKET_EXISTS,
                        "there is a bucket " + name + ", or a folder of that name with files in it: `objects adopt "
                                + name + "` would serve it");
            }
        } catch (IOException unread) {
            throw new StoreException(
                    StoreException.Reason.UNAVAILABLE, "the folder " + folder + " can't be read", unread);
        }
    }

    Bucket create(Committer.Transaction transaction, String name, String owner, SequencedMap<String, String> settings)
            throws SQLException {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("no name of a bucket: " + name);
        }
        if (transaction.buckets().byName(name) != null) {
            throw new StoreException(StoreException.Reason.BUCKET_EXISTS, "there is a bucket " + name + " already");
        }
        Bucket bucket = new Bucket(
                name, Instant.ofEpochMilli(clock.millis()), owner, Bucket.Versioning.OFF, settings, 0, 0, null);
        PreparedStatement insert = transaction.prepare(
                "INSERT INTO bucket (name, created, owner, versioning, settings, objects, bytes) VALUES (?, ?, ?, ?, ?, 0, 0)");
        insert.setString(1, name);
        insert.setLong(2, bucket.created().toEpochMilli());
        insert.setString(3, owner);
        insert.setString(4, bucket.versioning().name());
        insert.setString(5, MetaJson.writeMap(settings));
        insert.executeUpdate();
        try (ResultSet rows = transaction.prepare("SELECT last_insert_rowid()").executeQuery()) {
            rows.next();
            transaction.buckets().put(new Buckets.Known(rows.getInt(1), bucket));
        }
        transaction.after(() -> make(layout.bucket(name)));
        transaction.afterFiles(() -> BucketNote.write(layout, bucket));
        return bucket;
    }

    private static void make(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException unmade) {
            // The first object makes it.
            LOG.log(System.Logger.Level.WARNING, "The bucket's folder couldn't be made: " + folder, unmade);
        }
    }

    Bucket update(Committer.Transaction transaction, String name, UnaryOperator<Bucket> change) throws SQLException {
        Buckets.Known known = transaction.buckets().required(name);
        Bucket old = known.bucket();
        Bucket wanted = change.apply(old);
        @Nullable Long quota = wanted.quotaBytes();
        Bucket bucket = new Bucket(
                old.name(),
                old.created(),
                wanted.owner(),
                wanted.versioning(),
                wanted.settings(),
                old.objects(),
                old.bytes(),
                quota);
        PreparedStatement update = transaction.prepare(
                "UPDATE bucket SET owner = ?, versioning = ?, settings = ?, quota = ? WHERE id = ?");
        update.setString(1, bucket.owner());
        update.setString(2, bucket.versioning().name());
        update.setString(3, MetaJson.writeMap(bucket.settings()));
        update.setObject(4, quota);
        update.setInt(5, known.id());
        update.executeUpdate();
        transaction.buckets().put(new Buckets.Known(known.id(), bucket));
        transaction.afterFiles(() -> BucketNote.write(layout, bucket));
        return bucket;
    }

    void requireEmpty(Committer.Transaction transaction, String name) throws SQLException {
        Buckets.Known known = transaction.buckets().required(name);
        for (String table : new String[] {"object", "version"}) {
            PreparedStatement select = transaction.prepare("SELECT 1 FROM " + table + " WHERE bucket = ? LIMIT 1");
            select.setInt(1, known.id());
            try (ResultSet rows = select.executeQuery()) {
                if (rows.next()) {
                    throw new StoreException(
                            StoreException.Reason.BUCKET_NOT_EMPTY, "the bucket " + name + " isn't empty");
                }
            }
        }
    }

    void delete(Committer.Transaction transaction, String name) throws SQLException {
        Buckets.Known known = transaction.buckets().required(name);
        PreparedStatement delete = transaction.prepare("DELETE FROM bucket WHERE id = ?");
        delete.setInt(1, known.id());
        delete.executeUpdate();
        transaction.buckets().remove(known);
        // Only now are files of keys that were deleted in the same group away.
        transaction.afterFiles(() -> {
            removeFolder(name);
            transaction.buckets().forget(known);
        });
    }

    /** Our own folder goes with all in it, other folders if they are empty: files that nobody gave us stay. */
    private void removeFolder(String name) {
        Path folder = layout.bucket(name);
        Path own = layout.bucketOwn(name);
        try {
            if (!Files.isDirectory(folder)) {
                return;
            }
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (file.startsWith(own)) {
                        Files.delete(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path each, @Nullable IOException failed) throws IOException {
                    try {
                        Files.delete(each);
                    } catch (DirectoryNotEmptyException kept) {
                        LOG.log(System.Logger.Level.DEBUG, "kept: {0}", kept.getMessage());
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException unremoved) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The folder of the bucket " + name + " couldn't be removed",
                    unremoved);
        }
    }
}
