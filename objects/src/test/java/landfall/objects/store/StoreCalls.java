package landfall.objects.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whole puts, gets and listings for the tests. */
final class StoreCalls {
    private StoreCalls() {}

    static Incoming incoming(Store store, byte[] bytes) throws IOException {
        Incoming incoming = store.receive(bytes.length);
        for (int at = 0; at < bytes.length; at += 70_001) {
            incoming.write(ByteBuffer.wrap(bytes, at, Math.min(70_001, bytes.length - at)));
        }
        return incoming;
    }

    static ObjectVersion put(Store store, String bucket, String key, byte[] bytes) throws IOException {
        return store.put(bucket, key, incoming(store, bytes), Meta.of("me"), null, Precondition.NONE);
    }

    static byte[] get(Store store, String bucket, String key, @Nullable String version) throws IOException {
        try (Content content = store.open(bucket, key, version)) {
            return all(content);
        }
    }

    static byte[] all(Content content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        while (out.size() < content.version().size()) {
            ByteBuffer bytes = content.read(out.size(), Long.MAX_VALUE);
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            out.writeBytes(copy);
        }
        return out.toByteArray();
    }

    /** All pages, as {@link StoreModel#list} prints them. */
    static List<String> list(Store store, String bucket, String prefix, String delimiter, int limit) {
        List<String> lines = new ArrayList<>();
        String after = null;
        Listing page;
        do {
            page = store.list(bucket, new Listing.Request(prefix, delimiter, after, null, limit));
            for (Listing.Item item : page.items()) {
                lines.add(
                        switch (item) {
                            case Listing.Entry entry -> entry.version().key();
                            case Listing.CommonPrefix common -> ">" + common.prefix();
                        });
            }
            after = page.nextMarker();
        } while (page.truncated());
        return lines;
    }

    static List<String> listVersions(Store store, String bucket, String prefix, String delimiter, int limit) {
        List<String> lines = new ArrayList<>();
        String after = null;
        String afterVersion = null;
        Listing page;
        do {
            page = store.listVersions(bucket, new Listing.Request(prefix, delimiter, after, afterVersion, limit));
            for (Listing.Item item : page.items()) {
                lines.add(
                        switch (item) {
                            case Listing.Entry entry -> line(entry.version());
                            case Listing.CommonPrefix common -> ">" + common.prefix();
                        });
            }
            after = page.nextMarker();
            afterVersion = page.nextVersion();
        } while (page.truncated());
        return lines;
    }

    private static String line(ObjectVersion version) {
        return version.key() + " " + version.versionId() + (version.deleteMarker() ? " marker" : "")
                + (version.latest() ? " latest" : "");
    }

    static byte[] random(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static String md5(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("every JDK has MD5", absent);
        }
    }

    /** Digests of all regular files below the folder, sorted. */
    static List<String> digests(Path folder) throws IOException {
        List<String> digests = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                digests.add(md5(Files.readAllBytes(file)));
            }
        }
        digests.sort(null);
        return digests;
    }

    /** Digests of all objects' and versions' files in a bucket's folder, sorted. */
    static List<String> objectDigests(Path bucket) throws IOException {
        List<String> digests = new ArrayList<>();
        Path own = bucket.resolve(".landfall");
        try (Stream<Path> files = Files.walk(bucket)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!own.equals(file.getParent())) {
                    digests.add(md5(Files.readAllBytes(file)));
                }
            }
        }
        digests.sort(null);
        return digests;
    }

    static Bucket with(Bucket bucket, Bucket.Versioning versioning) {
        return new Bucket(
                bucket.name(),
                bucket.created(),
                bucket.owner(),
                versioning,
                bucket.settings(),
                bucket.objects(),
                bucket.bytes(),
                bucket.quotaBytes());
    }
}
