package landfall.objects.s3;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import landfall.objects.store.Listing;
import landfall.objects.store.ObjectVersion;
import landfall.objects.store.Store;
import landfall.objects.user.Users;
import org.jspecify.annotations.Nullable;

/** ListObjects, ListObjectsV2, ListObjectVersions. */
final class ListOperations {
    private static final int KEYS_MAX = 1_000;

    private final Store store;
    private final Users users;

    ListOperations(Store store, Users users) {
        this.store = store;
        this.users = users;
    }

    void register(Map<Operation, S3Handler.Action> actions) {
        actions.put(Operation.ListObjects, this::list);
        actions.put(Operation.ListObjectsV2, this::listV2);
        actions.put(Operation.ListObjectVersions, this::versions);
    }

    /** How names are written: as they are or percent-encoded. */
    private record Encoding(boolean url) {
        static Encoding of(Query query) {
            String wanted = query.get("encoding-type");
            if (wanted != null && !wanted.equals("url")) {
                throw new S3Exception(S3Error.InvalidArgument, "Invalid Encoding Method specified in Request")
                        .with("ArgumentName", "encoding-type")
                        .with("ArgumentValue", wanted);
            }
            return new Encoding(wanted != null);
        }

        String of(String name) {
            return url ? Query.encode(name, false) : name;
        }
    }

    private static int limit(Query query) {
        return Numbers.bounded(query.get("max-keys"), "max-keys", 0, KEYS_MAX, KEYS_MAX);
    }

    private static void refuseUnordered(Query query) {
        if ("true".equals(query.get("allow-unordered"))
                && !query.get("delimiter", "").isEmpty()) {
            throw new S3Exception(S3Error.InvalidArgument, "allow-unordered and delimiter don't go together");
        }
    }

    private void list(Call call) throws IOException {
        Query query = call.query();
        refuseUnordered(query);
        Encoding encoding = Encoding.of(query);
        String prefix = query.get("prefix", "");
        String delimiter = query.get("delimiter", "");
        String marker = query.get("marker", "");
        int limit = limit(query);
        Listing page = limit == 0
                ? new Listing(java.util.List.of(), false, null, null)
                : store.list(call.bucket(), new Listing.Request(prefix, delimiter, marker, null, limit));
        Xml xml = Xml.document("ListBucketResult")
                .add("Name", call.bucket())
                .add("Prefix", encoding.of(prefix))
                .add("Marker", encoding.of(marker));
        if (page.truncated() && !delimiter.isEmpty()) {
            xml.addIf("NextMarker", page.nextMarker() == null ? null : encoding.of(page.nextMarker()));
        }
        common(xml, encoding, delimiter, limit, page);
        contents(xml, page, encoding, true);
        call.send(xml);
    }

    private void listV2(Call call) throws IOException {
        Query query = call.query();
        refuseUnordered(query);
        Encoding encoding = Encoding.of(query);
        String prefix = query.get("prefix", "");
        String delimiter = query.get("delimiter", "");
        String token = query.get("continuation-token");
        String startAfter = query.get("start-after");
        int limit = limit(query);
        @Nullable String after = token != null && !token.isEmpty() ? decoded(token) : startAfter;
        Listing page = limit == 0
                ? new Listing(java.util.List.of(), false, null, null)
                : store.list(call.bucket(), new Listing.Request(prefix, delimiter, after, null, limit));
        Xml xml = Xml.document("ListBucketResult")
                .add("Name", call.bucket())
                .add("Prefix", encoding.of(prefix))
                .addIf("StartAfter", startAfter == null ? null : encoding.of(startAfter))
                .addIf("ContinuationToken", token)
                .add("KeyCount", page.items().size());
        if (page.truncated() && page.nextMarker() != null) {
            xml.add(
                    "NextContinuationToken",
                    Base64.getUrlEncoder().encodeToString(page.nextMarker().getBytes(StandardCharsets.UTF_8)));
        }
        common(xml, encoding, delimiter, limit, page);
        contents(xml, page, encoding, "true".equals(query.get("fetch-owner")));
        call.send(xml);
    }

    private static String decoded(String token) {
        try {
            return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notOurs) {
            throw new S3Exception(S3Error.InvalidArgument, "The continuation token provided is incorrect", notOurs);
        }
    }

    private static void common(Xml xml, Encoding encoding, String delimiter, int limit, Listing page) {
        xml.add("MaxKeys", limit);
        if (!delimiter.isEmpty()) {
            xml.add("Delimiter", encoding.of(delimiter));
        }
        xml.add("IsTruncated", page.truncated());
        if (encoding.url()) {
            xml.add("EncodingType", "url");
        }
    }

    private void contents(Xml xml, Listing page, Encoding encoding, boolean owners) {
        for (Listing.Item item : page.items()) {
            switch (item) {
                case Listing.Entry(ObjectVersion version) -> {
                    xml.begin("Contents").add("Key", encoding.of(version.key()));
                    facts(xml, version);
                    if (owners) {
                        owner(xml, version);
                    }
                    xml.end();
                }
                case Listing.CommonPrefix(String prefix) ->
                    xml.begin("CommonPrefixes")
                            .add("Prefix", encoding.of(prefix))
                            .end();
            }
        }
    }

    private static void facts(Xml xml, ObjectVersion version) {
        xml.add("LastModified", Headers.iso(version.modified())).add("ETag", Headers.quoted(version.etag()));
        version.meta()
                .checksums()
                .forEach((name, value) -> xml.add("ChecksumAlgorithm", name.toUpperCase(java.util.Locale.ROOT)));
        if (!version.meta().checksums().isEmpty()) {
            xml.addIf("ChecksumType", version.meta().checksumType());
        }
        xml.add("Size", version.size())
                .add("StorageClass", version.meta().headers().getOrDefault("x-amz-storage-class", "STANDARD"));
    }

    private void owner(Xml xml, ObjectVersion version) {
        String id = version.meta().owner();
        BucketOperations.owner(xml, "Owner", id, BucketOperations.displayName(users, id));
    }

    private void versions(Call call) throws IOException {
        Query query = call.query();
        Encoding encoding = Encoding.of(query);
        String prefix = query.get("prefix", "");
        String delimiter = query.get("delimiter", "");
        String keyMarker = query.get("key-marker", "");
        String versionMarker = query.get("version-id-marker", "");
        if (keyMarker.isEmpty() && !versionMarker.isEmpty()) {
            throw new S3Exception(
                    S3Error.InvalidArgument, "A version-id marker cannot be specified without a key marker.");
        }
        int limit = limit(query);
        Listing page = limit == 0
                ? new Listing(java.util.List.of(), false, null, null)
                : store.listVersions(
                        call.bucket(),
                        new Listing.Request(
                                prefix, delimiter, keyMarker, versionMarker.isEmpty() ? null : versionMarker, limit));
        Xml xml = Xml.document("ListVersionsResult")
                .add("Name", call.bucket())
                .add("Prefix", encoding.of(prefix))
                .add("KeyMarker", encoding.of(keyMarker))
                .add("VersionIdMarker", versionMarker);
        if (page.truncated() && page.nextMarker() != null) {
            xml.add("NextKeyMarker", encoding.of(page.nextMarker())).addIf("NextVersionIdMarker", page.nextVersion());
        }
        common(xml, encoding, delimiter, limit, page);
        for (Listing.Item item : page.items()) {
            switch (item) {
                case Listing.Entry(ObjectVersion version) -> {
                    xml.begin(version.deleteMarker() ? "DeleteMarker" : "Version")
                            .add("Key", encoding.of(version.key()))
                            .add("VersionId", version.versionId())
                            .add("IsLatest", version.latest());
                    if (version.deleteMarker()) {
                        xml.add("LastModified", Headers.iso(version.modified()));
                    } else {
                        facts(xml, version);
                    }
                    owner(xml, version);
                    xml.end();
                }
                case Listing.CommonPrefix(String common) ->
                    xml.begin("CommonPrefixes")
                            .add("Prefix", encoding.of(common))
                            .end();
            }
        }
        call.send(xml);
    }
}
