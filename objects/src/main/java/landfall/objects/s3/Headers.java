package landfall.objects.s3;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import landfall.objects.store.Meta;
import landfall.objects.store.ObjectVersion;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/** Headers that objects have: read from requests, written to answers. */
public final class Headers {
    private static final List<String> KEPT = List.of(
            "content-type",
            "cache-control",
            "content-disposition",
            "content-encoding",
            "content-language",
            "expires",
            "x-amz-website-redirect-location",
            "x-amz-storage-class");
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter ISO_MILLIS = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private Headers() {}

    static String httpDate(Instant instant) {
        return HTTP_DATE.format(instant);
    }

    static String iso(Instant instant) {
        return ISO_MILLIS.format(instant);
    }

    /** The date of a header, null if it isn't one (such conditions are ignored: RFC 9110, 13.1.3). */
    static @Nullable Instant date(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
        } catch (DateTimeException notADate) {
            return null;
        }
    }

    static String quoted(String etag) {
        return '"' + etag + '"';
    }

    public static String unquoted(String etag) {
        String text = etag.strip();
        return text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")
                ? text.substring(1, text.length() - 1)
                : text;
    }

    /** Jetty hands a header's bytes over as Latin-1; clients send UTF-8. */
    public static String utf8(String value) {
        if (value.chars().allMatch(letter -> letter < 0x80)) {
            return value;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException latin1) {
            return value;
        }
    }

    /** What can't be said in Latin-1 is encoded as S3 does: RFC 2047. */
    private static String outgoing(String value) {
        return value.chars().allMatch(letter -> letter < 0x100)
                ? value
                : "=?UTF-8?B?" + Signing.base64(value.getBytes(StandardCharsets.UTF_8)) + "?=";
    }

    /** What a request's headers say of the object that it sends. */
    static Meta meta(Call call) {
        SequencedMap<String, String> headers = new LinkedHashMap<>();
        for (String name : KEPT) {
            String value = call.header(name);
            if (value != null && !value.isEmpty()) {
                headers.put(name, utf8(value));
            }
        }
        keep(headers, "content-encoding", withoutChunks(headers.get("content-encoding")));
        if ("STANDARD".equals(headers.get("x-amz-storage-class"))) {
            headers.remove("x-amz-storage-class");
        }
        SequencedMap<String, String> user = new LinkedHashMap<>();
        call.headersWithPrefix("x-amz-meta-").forEach((name, value) -> user.put(name, utf8(value)));
        String tagging = call.header("x-amz-tagging");
        return new Meta(
                call.userId(),
                headers,
                user,
                tagging == null ? new LinkedHashMap<>() : Tags.fromHeader(tagging),
                new LinkedHashMap<>(),
                null,
                List.of(),
                null);
    }

    private static void keep(SequencedMap<String, String> headers, String name, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            headers.remove(name);
        } else {
            headers.put(name, value);
        }
    }

    /** The framing of uploads isn't an encoding of the object. */
    private static @Nullable String withoutChunks(@Nullable String encoding) {
        if (encoding == null || !encoding.contains("aws-chunked")) {
            return encoding;
        }
        List<String> kept = new ArrayList<>();
        Arrays.stream(encoding.split(",")).map(String::strip).forEach(each -> {
            if (!each.equalsIgnoreCase("aws-chunked") && !each.isEmpty()) {
                kept.add(each);
            }
        });
        return String.join(", ", kept);
    }

    /** The headers of GET and HEAD, but for length and range. */
    static void describe(Call call, ObjectVersion version, boolean versioned) {
        HttpFields.Mutable answer = call.answer();
        answer.put("ETag", quoted(version.etag()));
        answer.put("Last-Modified", httpDate(version.modified()));
        answer.put("Accept-Ranges", "bytes");
        Map<String, String> headers = version.meta().headers();
        answer.put("Content-Type", headers.getOrDefault("content-type", "binary/octet-stream"));
        headers.forEach((name, value) -> {
            if (!name.equals("content-type")) {
                answer.put(name, outgoing(value));
            }
        });
        version.meta().user().forEach((name, value) -> answer.put("x-amz-meta-" + name, outgoing(value)));
        if (!version.meta().tags().isEmpty()) {
            answer.put("x-amz-tagging-count", version.meta().tags().size());
        }
        if (versioned) {
            answer.put("x-amz-version-id", version.versionId());
        }
        Query query = call.query();
        for (String name : List.of(
                "content-type",
                "cache-control",
                "content-disposition",
                "content-encoding",
                "content-language",
                "expires")) {
            String override = query.get("response-" + name);
            if (override != null) {
                if (call.user() == null) {
                    throw new S3Exception(
                            S3Error.InvalidRequest,
                            "Request specific response headers cannot be used for anonymous GET requests.");
                }
                answer.put(name, override.replaceAll("[\\r\\n]", " "));
            }
        }
    }

    static void checksums(Call call, Map<String, String> values, @Nullable String type) {
        if (values.isEmpty() || !"ENABLED".equalsIgnoreCase(call.header("x-amz-checksum-mode"))) {
            return;
        }
        values.forEach((name, value) -> call.answer().put("x-amz-checksum-" + name, value));
        if (type != null) {
            call.answer().put("x-amz-checksum-type", type);
        }
    }

    /** Whether one of a header's comma-separated ETags, or {@code *}, is this one. */
    static boolean matches(String header, String etag) {
        return header.strip().equals("*")
                || Arrays.stream(header.split(",")).anyMatch(each -> {
                    String one = each.strip();
                    return unquoted(one.startsWith("W/") ? one.substring(2) : one)
                            .equals(etag);
                });
    }

    /**
     * The conditions of GET and HEAD in the order of RFC 9110, 13.2.2. {@code prefix}: {@code x-amz-copy-source-} for those
     * of a copy's source, where what would be "not modified" is a failure too.
     *
     * @return whether the answer is 304
     * @throws S3Exception PreconditionFailed
     */
    static boolean notModified(Call call, String prefix, ObjectVersion version) {
        Instant modified = version.modified().truncatedTo(ChronoUnit.SECONDS);
        String match = call.header(prefix + "if-match");
        if (match != null && !matches(match, version.etag())) {
            throw new S3Exception(S3Error.PreconditionFailed).with("Condition", "If-Match");
        }
        Instant unmodifiedSince = date(call.header(prefix + "if-unmodified-since"));
        if (match == null && unmodifiedSince != null && modified.isAfter(unmodifiedSince)) {
            throw new S3Exception(S3Error.PreconditionFailed).with("Condition", "If-Unmodified-Since");
        }
        String noneMatch = call.header(prefix + "if-none-match");
        Instant modifiedSince = date(call.header(prefix + "if-modified-since"));
        boolean same = noneMatch != null
                ? matches(noneMatch, version.etag())
                : modifiedSince != null && !modified.isAfter(modifiedSince);
        if (same && !prefix.isEmpty()) {
            throw new S3Exception(S3Error.PreconditionFailed).with("Condition", "If-None-Match");
        }
        return same;
    }

    /**
     * Whether If-Range, if there is one, names this state of the object: its ETag, strongly compared, or exactly its date.
     * If not, a download that is resumed starts anew instead of joining two states (RFC 9110, 13.1.5).
     */
    static boolean rangeFits(Call call, ObjectVersion version) {
        String state = call.header("if-range");
        if (state == null) {
            return true;
        }
        String one = state.strip();
        return one.startsWith("\"")
                ? one.equals(quoted(version.etag()))
                : version.modified().truncatedTo(ChronoUnit.SECONDS).equals(date(one));
    }
}
