package landfall.objects.archive;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What writer and reader of archives share. An archive is a POSIX tar (pax Interchange Format, IEEE Std 1003.1): one
 * file {@code BUCKET/KEY} an object, with two records of our own: {@code LANDFALL.meta}, the metadata as JSON, and
 * {@code LANDFALL.etag}; and {@code LANDFALL.key} (percent-encoded) where the key can't be a path. The first entry
 * names the buckets, the last one count, bytes and a SHA-256 over all objects' bytes in order: without it the archive was
 * cut off.
 */
final class Archive {
    static final String FIRST = ".landfall/archive.json";
    static final String LAST = ".landfall/end.json";
    static final String META = "LANDFALL.meta";
    static final String ETAG = "LANDFALL.etag";
    static final String KEY = "LANDFALL.key";

    private Archive() {}

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("every JDK has SHA-256", absent);
        }
    }

    static String encoded(String key) {
        return URLEncoder.encode(key, StandardCharsets.UTF_8);
    }

    /** Whether unpacking the key as a path makes a file of that name inside the folder, and nothing else. */
    static boolean isPath(String key) {
        if (key.startsWith("/") || key.endsWith("/") || key.chars().anyMatch(c -> c < 0x20 || c == 0x7f || c == '\\')) {
            return false;
        }
        for (String segment : key.split("/", -1)) {
            if (segment.isEmpty()
                    || segment.equals(".")
                    || segment.equals("..")
                    || segment.getBytes(StandardCharsets.UTF_8).length > 255) {
                return false;
            }
        }
        return true;
    }
}
