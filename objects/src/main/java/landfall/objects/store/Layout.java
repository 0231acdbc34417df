package landfall.objects.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Where things lie in the data folder. */
record Layout(Path data) {
    /** The folder of ours, in the data folder and in each bucket; no key has a plain path below it. */
    static final String OWN = ".landfall";

    /** Longest name of a file in bytes: NAME_MAX of Linux's file systems, see pathconf(3). */
    private static final int NAME_MAX = 255;
    /** Longest key with a plain path, in bytes; with the data folder's path before it PATH_MAX (4,096) is never met. */
    private static final int PLAIN_KEY_MAX = 2_048;

    Path own() {
        return data.resolve(OWN);
    }

    Path index() {
        return own().resolve("index.db");
    }

    Path incomingFolder() {
        return own().resolve("incoming");
    }

    Path incoming(long file) {
        return incomingFolder().resolve(Long.toString(file));
    }

    /** Metadata of files whose attributes don't hold it. */
    Path sidecars() {
        return own().resolve("meta");
    }

    Path versions(String bucket) {
        return bucketOwn(bucket).resolve("versions");
    }

    Path odd(String bucket) {
        return bucketOwn(bucket).resolve("odd");
    }

    Path bucket(String bucket) {
        return data.resolve(bucket);
    }

    Path bucketOwn(String bucket) {
        return bucket(bucket).resolve(OWN);
    }

    Path version(String bucket, long file) {
        return versions(bucket).resolve(Long.toString(file));
    }

    /** The key's place: its plain path, or one named by its digest. */
    Path object(String bucket, String key, boolean odd) {
        return odd ? odd(bucket).resolve(digest(key)) : bucket(bucket).resolve(key);
    }

    /** Whether a path below the bucket's folder is just this key: no empty, dotted, too long or reserved segments. */
    static boolean plain(String key) {
        if (key.indexOf('\0') >= 0 || key.getBytes(StandardCharsets.UTF_8).length > PLAIN_KEY_MAX) {
            return false;
        }
        int from = 0;
        for (int slash = key.indexOf('/'); ; slash = key.indexOf('/', from)) {
            String segment = slash < 0 ? key.substring(from) : key.substring(from, slash);
            if (segment.isEmpty()
                    || segment.equals(".")
                    || segment.equals("..")
                    || (from == 0 && segment.equals(OWN))
                    || (segment.length() > NAME_MAX / 4
                            && segment.getBytes(StandardCharsets.UTF_8).length > NAME_MAX)) {
                return false;
            }
            if (slash < 0) {
                return nameable(key);
            }
            from = slash + 1;
        }
    }

    /** Without a UTF-8 locale the Java runtime can't name all files; such keys go among the odd ones. */
    private static boolean nameable(String key) {
        try {
            return Path.of(key).toString().equals(key);
        } catch (InvalidPathException unnameable) {
            return false;
        }
    }

    static String digest(String key) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("every JDK has SHA-256", absent);
        }
    }
}
