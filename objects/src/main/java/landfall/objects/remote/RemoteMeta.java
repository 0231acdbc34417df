package landfall.objects.remote;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import landfall.objects.s3.Query;
import landfall.objects.store.Meta;
import landfall.objects.store.MetaJson;
import landfall.objects.store.ObjectVersion;

/**
 * Metadata as another store keeps it: standard headers, user metadata and tags as what they are; what S3 has no header for
 * or headers can't carry (owner, ACL, checksums, values that aren't ASCII) as one more entry of the user metadata.
 */
final class RemoteMeta {
    private static final String OURS = "landfall";

    private RemoteMeta() {}

    private static boolean plain(String value) {
        return !value.isEmpty()
                && value.chars().allMatch(letter -> letter >= 0x20 && letter < 0x7f)
                && value.equals(value.strip());
    }

    /** The headers of a request that makes an object with this metadata. */
    static Map<String, String> headers(Meta meta) {
        Map<String, String> headers = new TreeMap<>();
        SequencedMap<String, String> hiddenHeaders = new LinkedHashMap<>();
        SequencedMap<String, String> hiddenUser = new LinkedHashMap<>();
        meta.headers().forEach((name, value) -> {
            if (name.equals("x-amz-storage-class") || !plain(value)) {
                hiddenHeaders.put(name, value);
            } else {
                headers.put(name, value);
            }
        });
        meta.user().forEach((name, value) -> {
            if (plain(name) && plain(value) && !name.equals(OURS)) {
                headers.put("x-amz-meta-" + name, value);
            } else {
                hiddenUser.put(name, value);
            }
        });
        headers.putIfAbsent("content-type", "binary/octet-stream");
        if (!meta.tags().isEmpty()) {
            StringBuilder tags = new StringBuilder();
            meta.tags()
                    .forEach((name, value) -> tags.append(tags.isEmpty() ? "" : "&")
                            .append(Query.encode(name, true))
                            .append('=')
                            .append(Query.encode(value, true)));
            headers.put("x-amz-tagging", tags.toString());
        }
        Meta hidden = new Meta(
                meta.owner(),
                hiddenHeaders,
                hiddenUser,
                new LinkedHashMap<>(),
                meta.checksums(),
                meta.checksumType(),
                meta.parts(),
                meta.acl());
        headers.put(
                "x-amz-meta-" + OURS,
                Base64.getEncoder().encodeToString(MetaJson.write(hidden).getBytes(StandardCharsets.UTF_8)));
        return headers;
    }

    /** The version with the metadata that it was given here. What others wrote has none of it. */
    static ObjectVersion whole(ObjectVersion told, SequencedMap<String, String> tags) {
        Meta meta = told.meta();
        SequencedMap<String, String> user = new LinkedHashMap<>(meta.user());
        String ours = user.remove(OURS);
        Meta whole = meta.withTags(tags);
        if (ours != null) {
            Meta hidden = MetaJson.read(new String(Base64.getDecoder().decode(ours), StandardCharsets.UTF_8));
            SequencedMap<String, String> headers = new LinkedHashMap<>(meta.headers());
            headers.putAll(hidden.headers());
            user.putAll(hidden.user());
            whole = new Meta(
                    hidden.owner(),
                    headers,
                    user,
                    tags,
                    hidden.checksums(),
                    hidden.checksumType(),
                    hidden.parts(),
                    hidden.acl());
        }
        return new ObjectVersion(
                told.bucket(),
                told.key(),
                told.versionId(),
                // What was written in between is told by it.
                1L + Math.floorMod((told.etag() + told.modified()).hashCode(), Integer.MAX_VALUE),
                true,
                false,
                told.size(),
                told.etag(),
                told.modified(),
                whole);
    }
}
