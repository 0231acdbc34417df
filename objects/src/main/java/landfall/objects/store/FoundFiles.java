package landfall.objects.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Files of a bucket's folder, and what can be said of one that no row tells of. */
final class FoundFiles {
    private static final int KEY_BYTES_MAX = 1_024;
    private static final Properties TYPES = types();

    private FoundFiles() {}

    /** Takes the plain files of a bucket one by one. */
    interface Visitor {
        /** @param key null with the reason in {@code why} if the file can't be an object */
        void found(Path file, @Nullable String key, BasicFileAttributes attributes, String why) throws IOException;
    }

    /** All files below the bucket's folder except ours. */
    static void walk(Path folder, Visitor visitor) throws IOException {
        Path ours = folder.resolve(Layout.OWN);
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes) {
                return each.equals(ours) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String key = folder.relativize(file).toString();
                if (!attributes.isRegularFile()) {
                    visitor.found(file, null, attributes, "it is no regular file");
                } else if (key.getBytes(StandardCharsets.UTF_8).length > KEY_BYTES_MAX) {
                    visitor.found(file, null, attributes, "its path is longer than a key's 1,024 bytes");
                } else if (key.indexOf('\ufffd') >= 0) {
                    visitor.found(file, null, attributes, "its name isn't UTF-8");
                } else {
                    visitor.found(file, key, attributes, "");
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failed) throws IOException {
                if (Files.notExists(file)) {
                    // It went between the listing and the look.
                    return FileVisitResult.CONTINUE;
                }
                throw failed;
            }
        });
    }

    /**
     * A row for a file: as described beside its bytes if that fits, else made up. The ETag is of a form that no client takes
     * for an MD5 of the bytes, as S3's of multipart uploads.
     *
     * @param number for a file without a number
     */
    static Row row(int bucket, Path file, String key, BasicFileAttributes attributes, long number, String owner)
            throws IOException {
        Descriptions.Described described = Descriptions.read(file);
        if (described != null
                && described.row().key().equals(key)
                && described.row().size() == attributes.size()) {
            return described.row().at(bucket, 0, number, false);
        }
        long modified = attributes.lastModifiedTime().toMillis();
        return new Row(
                bucket,
                key,
                0,
                "null",
                false,
                attributes.size(),
                etag(key, attributes.size(), modified),
                modified,
                MetaJson.write(meta(key, owner)),
                null,
                number,
                false,
                false);
    }

    static String etag(String key, long size, long modified) {
        try {
            byte[] digest = MessageDigest.getInstance("MD5")
                    .digest((key + "\0" + size + "\0" + modified).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest) + "-1";
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("every JDK has MD5", absent);
        }
    }

    private static Meta meta(String key, String owner) {
        LinkedHashMap<String, String> headers = new LinkedHashMap<>();
        String name = key.substring(key.lastIndexOf('/') + 1);
        int dot = name.lastIndexOf('.');
        String type = dot < 0 ? null : TYPES.getProperty(name.substring(dot + 1).toLowerCase(Locale.ROOT));
        headers.put("content-type", type == null ? "application/octet-stream" : type);
        return Meta.of(owner).withHeaders(headers, new LinkedHashMap<>());
    }

    private static Properties types() {
        Properties types = new Properties();
        try (InputStream in =
                FoundFiles.class.getResourceAsStream("/landfall/objects/store/content-types.properties")) {
            if (in == null) {
                throw new IllegalStateException("content-types.properties is missing from the jar");
            }
            types.load(in);
        } catch (IOException unread) {
            throw new IllegalStateException("content-types.properties can't be read", unread);
        }
        return types;
    }
}
