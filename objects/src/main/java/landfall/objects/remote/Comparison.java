package landfall.objects.remote;

import java.io.IOException;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import landfall.objects.s3.Checksum;
import landfall.objects.s3.ChecksumAlgorithm;
import landfall.objects.s3.Signing;
import landfall.objects.store.ObjectVersion;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that come from another store, compared with what it says of them: the length, each checksum of the whole, and the
 * ETag where it is an MD5 of the bytes or of the parts' MD5s.
 */
final class Comparison {
    private static final Pattern MD5 = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern OF_PARTS = Pattern.compile("([0-9a-f]{32})-(\\d{1,5})");

    private final ObjectVersion told;
    private final Map<String, Checksum> checksums = new LinkedHashMap<>();
    private final @Nullable MessageDigest whole;
    private final @Nullable MessageDigest part;
    private final @Nullable MessageDigest parts;
    private final long partSize;
    private long size;
    private long inPart;

    private Comparison(ObjectVersion told, boolean plain, long partSize) {
        this.told = told;
        this.partSize = partSize;
        for (ChecksumAlgorithm each : ChecksumAlgorithm.values()) {
            if (told.meta().checksums().containsKey(each.lower())) {
                checksums.put(each.lower(), each.start());
            }
        }
        this.whole = plain ? Signing.digest("MD5") : null;
        this.part = partSize > 0 ? Signing.digest("MD5") : null;
        this.parts = partSize > 0 ? Signing.digest("MD5") : null;
    }

    /**
     * Finds out what can be compared. {@code md5}: whether a plain ETag is the MD5 (with keys of a key service it isn't:
     * "Object" in the S3 API reference).
     *
     * @throws IOException if the store can't be asked for the parts' sizes
     */
    static Comparison of(RemoteBucket bucket, ObjectVersion told, boolean md5) throws IOException {
        Matcher joined = OF_PARTS.matcher(told.etag());
        if (!md5 || !joined.matches()) {
            return new Comparison(told, md5 && MD5.matcher(told.etag()).matches(), 0);
        }
        int count = Integer.parseInt(joined.group(2));
        if (count < 2) {
            return new Comparison(told, false, 0); // "-1" is also what stores make up
        }
        // Clients make all parts but the last of one size; first and last tell whether this one did.
        long first = bucket.partSize(told.key(), 1);
        boolean even = first > 0
                && (told.size() + first - 1) / first == count
                && bucket.partSize(told.key(), count) == told.size() - first * (count - 1);
        return new Comparison(told, false, even ? first : 0);
    }

    void update(byte[] bytes, int length) {
        size += length;
        checksums.values().forEach(each -> each.update(bytes, 0, length));
        if (whole != null) {
            whole.update(bytes, 0, length);
        }
        MessageDigest one = part;
        MessageDigest all = parts;
        if (one != null && all != null) {
            for (int at = 0; at < length; ) {
                int count = (int) Math.min(length - at, partSize - inPart);
                one.update(bytes, at, count);
                at += count;
                inPart += count;
                if (inPart == partSize) {
                    all.update(one.digest());
                    inPart = 0;
                }
            }
        }
    }

    /** @throws IOException saying what differs */
    void finish() throws IOException {
        if (size != told.size()) {
            throw new IOException(size + " bytes of " + told.key() + " came, not " + told.size());
        }
        for (Map.Entry<String, Checksum> each : checksums.entrySet()) {
            String wanted = told.meta().checksums().get(each.getKey());
            String found = each.getValue().base64();
            if (!found.equals(wanted)) {
                throw new IOException(
                        "the bytes of " + told.key() + " have the " + each.getKey() + " " + found + ", not " + wanted);
            }
        }
        if (whole != null) {
            same(Signing.hex(whole.digest()), told.etag());
        }
        MessageDigest one = part;
        MessageDigest all = parts;
        if (one != null && all != null) {
            if (inPart > 0) {
                all.update(one.digest());
            }
            String digest = Signing.hex(all.digest());
            same(digest, told.etag().substring(0, digest.length()));
        }
    }

    private void same(String found, String wanted) throws IOException {
        if (!found.equals(wanted)) {
            throw new IOException(
                    "the bytes of " + told.key() + " have the MD5 " + found + ", not that of the ETag " + told.etag());
        }
    }
}
