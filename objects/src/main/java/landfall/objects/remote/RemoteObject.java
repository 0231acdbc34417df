package landfall.objects.remote;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import landfall.objects.s3.ChecksumAlgorithm;
import landfall.objects.s3.Headers;
import landfall.objects.store.Meta;
import landfall.objects.store.ObjectVersion;

/** What the headers of GET and HEAD say of an object in another store. */
final class RemoteObject {
    private static final List<String> KEPT = List.of(
            "content-type",
            "cache-control",
            "content-disposition",
            "content-encoding",
            "content-language",
            "expires",
            "x-amz-website-redirect-location");

    private RemoteObject() {}

    /**
     * Makes a version of them.
     *
     * @param size of the whole object, -1 to take Content-Length
     * @throws IOException if length or ETag are missing
     */
    static ObjectVersion version(String bucket, String key, String owner, HttpHeaders headers, long size)
            throws IOException {
        SequencedMap<String, String> kept = new LinkedHashMap<>();
        for (String name : KEPT) {
            headers.firstValue(name)
                    .filter(value -> !value.isEmpty())
                    .ifPresent(value -> kept.put(name, Headers.utf8(value)));
        }
        SequencedMap<String, String> user = new LinkedHashMap<>();
        headers.map().forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.startsWith("x-amz-meta-")) {
                user.put(lower.substring("x-amz-meta-".length()), Headers.utf8(String.join(",", values)));
            }
        });
        SequencedMap<String, String> checksums = new LinkedHashMap<>();
        for (ChecksumAlgorithm each : ChecksumAlgorithm.values()) {
            // One over the parts' checksums can't be compared once the parts are joined.
            headers.firstValue(each.header())
                    .filter(value -> !value.contains("-"))
                    .ifPresent(value -> checksums.put(each.lower(), value));
        }
        if (headers.firstValue("x-amz-checksum-type").orElse("").equalsIgnoreCase("COMPOSITE")) {
            checksums.clear();
        }
        long length =
                size >= 0 ? size : headers.firstValueAsLong("content-length").orElse(-1);
        if (length < 0) {
            throw new IOException("the other store told no length of " + bucket + "/" + key);
        }
        String etag = Headers.unquoted(headers.firstValue("etag").orElse("").replaceFirst("^W/", ""));
        return new ObjectVersion(
                bucket,
                key,
                "null",
                0,
                true,
                false,
                length,
                etag,
                modified(headers.firstValue("last-modified").orElse("")),
                new Meta(
                        owner,
                        kept,
                        user,
                        new LinkedHashMap<>(),
                        checksums,
                        checksums.isEmpty() ? null : "FULL_OBJECT",
                        List.of(),
                        null));
    }

    /** The epoch where the store told none. */
    private static Instant modified(String text) {
        try {
            return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
        } catch (DateTimeException notADate) {
            return Instant.EPOCH;
        }
    }
}
