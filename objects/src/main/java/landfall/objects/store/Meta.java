package landfall.objects.store;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * What the client says of an object and gets back with it; kept as one JSON value beside the object.
 *
 * @param owner the canonical id of the user who wrote it
 * @param headers the standard headers by lower-case name (content-type, cache-control, content-disposition,
 *     content-encoding, content-language, expires, x-amz-website-redirect-location, x-amz-storage-class)
 * @param user user metadata: names in lower case without {@code x-amz-meta-}
 * @param tags object tags, in the order given
 * @param checksums algorithm in lower case (crc32, crc32c, crc64nvme, sha1, sha256) to the Base64 value as S3 prints it
 *     (with {@code -N} if composite)
 * @param checksumType FULL_OBJECT or COMPOSITE, null where there is no checksum
 * @param parts the parts of a multipart upload in order, empty for an object put in one piece
 * @param acl the access control list as its S3 XML or a canned name, null for private
 */
public record Meta(
        String owner,
        SequencedMap<String, String> headers,
        SequencedMap<String, String> user,
        SequencedMap<String, String> tags,
        SequencedMap<String, String> checksums,
        @Nullable String checksumType,
        List<PartSize> parts,
        @Nullable String acl) {

    /** One part as GET ?partNumber and GetObjectAttributes need it. */
    public record PartSize(int number, long size, SequencedMap<String, String> checksums) {}

    public Meta {
        headers = new LinkedHashMap<>(headers);
        user = new LinkedHashMap<>(user);
        tags = new LinkedHashMap<>(tags);
        checksums = new LinkedHashMap<>(checksums);
        parts = List.copyOf(parts);
    }

    public static Meta of(String owner) {
        return new Meta(owner, empty(), empty(), empty(), empty(), null, List.of(), null);
    }

    public Meta withTags(SequencedMap<String, String> newTags) {
        return new Meta(owner, headers, user, newTags, checksums, checksumType, parts, acl);
    }

    public Meta withAcl(@Nullable String newAcl) {
        return new Meta(owner, headers, user, tags, checksums, checksumType, parts, newAcl);
    }

    public Meta withChecksums(SequencedMap<String, String> values, @Nullable String type) {
        return new Meta(owner, headers, user, tags, values, type, parts, acl);
    }

    public Meta withParts(List<PartSize> newParts) {
        return new Meta(owner, headers, user, tags, checksums, checksumType, newParts, acl);
    }

    public Meta withHeaders(Map<String, String> newHeaders, Map<String, String> newUser) {
        return new Meta(
                owner,
                new LinkedHashMap<>(newHeaders),
                new LinkedHashMap<>(newUser),
                tags,
                checksums,
                checksumType,
                parts,
                acl);
    }

    private static SequencedMap<String, String> empty() {
        return new LinkedHashMap<>();
    }
}
