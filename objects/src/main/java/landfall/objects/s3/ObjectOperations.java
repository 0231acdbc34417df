package landfall.objects.s3;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import landfall.objects.store.Content;
import landfall.objects.store.Incoming;
import landfall.objects.store.Meta;
import landfall.objects.store.ObjectVersion;
import landfall.objects.store.Store;
import landfall.objects.store.StoreException;
import landfall.objects.user.Users;
import org.jspecify.annotations.Nullable;

/** PutObject, GetObject, HeadObject, GetObjectAttributes. */
final class ObjectOperations {
    private final Store store;
    private final Users users;

    ObjectOperations(Store store, Users users) {
        this.store = store;
        this.users = users;
    }

    void register(Map<Operation, S3Handler.Action> actions) {
        actions.put(Operation.PutObject, this::put);
        actions.put(Operation.GetObject, call -> get(call, true));
        actions.put(Operation.HeadObject, call -> get(call, false));
        actions.put(Operation.GetObjectAttributes, this::attributes);
    }

    private void put(Call call) throws IOException {
        Meta meta = Ownership.apply(call, users, Receiving.bucket(store, call), Headers.meta(call));
        Payload payload = call.payload();
        String wanted = call.header("x-amz-sdk-checksum-algorithm");
        if (wanted != null) {
            ChecksumAlgorithm.named(wanted).ifPresent(payload::compute);
        }
        try (Incoming incoming = Receiving.receive(store, call, payload)) {
            SequencedMap<String, String> checksums = payload.checksums();
            ObjectVersion stored = store.put(
                    call.bucket(),
                    call.key(),
                    incoming,
                    meta.withChecksums(checksums, checksums.isEmpty() ? null : "FULL_OBJECT"),
                    null,
                    Receiving.precondition(call));
            call.answer().put("ETag", Headers.quoted(stored.etag()));
            Lifecycle.tell(call, Receiving.bucket(store, call), stored);
            checksums.forEach((name, value) -> call.answer().put("x-amz-checksum-" + name, value));
            if (!checksums.isEmpty()) {
                call.answer().put("x-amz-checksum-type", "FULL_OBJECT");
            }
            if (Receiving.enabled(store, call.bucket())) {
                call.answer().put("x-amz-version-id", stored.versionId());
            }
        }
        call.sendEmpty(200);
    }

    private void get(Call call, boolean withBody) throws IOException {
        String versionId = call.query().get("versionId");
        ObjectVersion head = head(call, versionId);
        boolean versioned = Receiving.versioned(store, call.bucket());
        if (Headers.notModified(call, "", head)) {
            Headers.describe(call, head, versioned);
            call.answer().remove("Content-Type");
            call.sendEmpty(304);
            return;
        }
        Part part = part(call, head);
        if (!withBody) {
            Range range = part != null ? part.range() : range(call, head);
            describe(call, head, versioned, part, range);
            call.answer().put("Content-Length", range == null ? (part == null ? head.size() : 0) : range.length());
            call.sendEmpty(range == null ? 200 : 206);
            return;
        }
        try (Content content = open(call, versionId)) {
            ObjectVersion version = content.version();
            if (version.sequence() != head.sequence()) {
                // Overwritten in between: the conditions are asked of what is served.
                if (Headers.notModified(call, "", version)) {
                    Headers.describe(call, version, versioned);
                    call.answer().remove("Content-Type");
                    call.sendEmpty(304);
                    return;
                }
                part = part(call, version);
            }
            Range range = part != null ? part.range() : range(call, version);
            describe(call, version, versioned, part, range);
            long length = range == null ? (part == null ? version.size() : 0) : range.length();
            call.answer().put("Content-Length", length);
            call.status(range == null ? 200 : 206);
            Receiving.send(call, content, range == null ? 0 : range.first(), length);
        }
    }

    /** The range asked for; none if If-Range names another state of the object than this one. */
    private static @Nullable Range range(Call call, ObjectVersion version) {
        return Headers.rangeFits(call, version) ? Range.of(call.header("range"), version.size()) : null;
    }

    private void describe(
            Call call, ObjectVersion version, boolean versioned, @Nullable Part part, @Nullable Range range) {
        Headers.describe(call, version, versioned);
        Lifecycle.tell(call, Receiving.bucket(store, call), version);
        if (part != null) {
            call.answer().put("x-amz-mp-parts-count", part.count());
            Headers.checksums(call, part.checksums(), version.meta().checksumType());
        } else if (range == null) {
            Headers.checksums(call, version.meta().checksums(), version.meta().checksumType());
        }
        if (range != null) {
            call.answer().put("Content-Range", range.header(version.size()));
        }
    }

    /** One part of an object: where its bytes are (null for no bytes), how many parts there are, its checksums. */
    private record Part(@Nullable Range range, int count, Map<String, String> checksums) {}

    /** The part that {@code partNumber} names; an object put in one piece has one. */
    private static @Nullable Part part(Call call, ObjectVersion version) {
        String text = call.query().get("partNumber");
        if (text == null) {
            return null;
        }
        if (call.header("range") != null) {
            throw new S3Exception(
                    S3Error.InvalidRequest, "Cannot specify both Range header and partNumber query parameter.");
        }
        int number = Numbers.bounded(text, "partNumber", 1, 10_000, 1);
        List<Meta.PartSize> parts = version.meta().parts();
        if (parts.isEmpty() && number == 1) {
            return version.size() == 0
                    ? new Part(null, 1, version.meta().checksums())
                    : new Part(
                            new Range(0, version.size() - 1), 1, version.meta().checksums());
        }
        long first = 0;
        for (int i = 0; i < parts.size(); i++) {
            Meta.PartSize part = parts.get(i);
            if (i + 1 == number) {
                return new Part(
                        part.size() == 0 ? null : new Range(first, first + part.size() - 1),
                        parts.size(),
                        part.checksums());
            }
            first += part.size();
        }
        throw new S3Exception(S3Error.InvalidPart, "The requested partnumber is not satisfiable");
    }

    private ObjectVersion head(Call call, @Nullable String versionId) {
        ObjectVersion version;
        try {
            version = store.head(call.bucket(), call.key(), versionId);
        } catch (StoreException absent) {
            S3Exception translated = S3Handler.translated(absent);
            throw absent.reason() == StoreException.Reason.NO_SUCH_KEY
                    ? translated.header("x-amz-delete-marker", "false")
                    : translated.with("VersionId", String.valueOf(versionId));
        }
        if (version.deleteMarker()) {
            throw marker(version, versionId != null);
        }
        return version;
    }

    /** A delete marker is answered with 404 as the current version, with 405 if its id was given. */
    private static S3Exception marker(ObjectVersion version, boolean named) {
        S3Exception refused = named
                ? new S3Exception(S3Error.MethodNotAllowed)
                        .header("Last-Modified", Headers.httpDate(version.modified()))
                : new S3Exception(S3Error.NoSuchKey);
        return refused.header("x-amz-delete-marker", "true").header("x-amz-version-id", version.versionId());
    }

    private Content open(Call call, @Nullable String versionId) throws IOException {
        try {
            return store.open(call.bucket(), call.key(), versionId);
        } catch (StoreException deleted) {
            throw deleted.reason() == StoreException.Reason.DELETE_MARKER
                    ? new S3Exception(S3Error.NoSuchKey).header("x-amz-delete-marker", "true")
                    : S3Handler.translated(deleted);
        }
    }

    private void attributes(Call call) throws IOException {
        ObjectVersion version = head(call, call.query().get("versionId"));
        List<String> wanted = call.headers().getValuesList("x-amz-object-attributes").stream()
                .flatMap(value -> java.util.Arrays.stream(value.split(",")))
                .map(String::strip)
                .toList();
        if (wanted.isEmpty()) {
            throw new S3Exception(S3Error.InvalidArgument, "x-amz-object-attributes names no attribute");
        }
        call.answer().put("Last-Modified", Headers.httpDate(version.modified()));
        if (Receiving.versioned(store, call.bucket())) {
            call.answer().put("x-amz-version-id", version.versionId());
        }
        Xml xml = Xml.document("GetObjectAttributesResponse");
        for (String each : wanted) {
            switch (each) {
                case "ETag" -> xml.add("ETag", version.etag());
                case "Checksum" -> checksum(xml, version);
                case "ObjectParts" -> parts(xml, call, version);
                case "StorageClass" ->
                    xml.add("StorageClass", version.meta().headers().getOrDefault("x-amz-storage-class", "STANDARD"));
                case "ObjectSize" -> xml.add("ObjectSize", version.size());
                default ->
                    throw new S3Exception(S3Error.InvalidArgument, "Invalid attribute name specified.")
                            .with("ArgumentName", "x-amz-object-attributes")
                            .with("ArgumentValue", each);
            }
        }
        call.send(xml);
    }

    private static void checksum(Xml xml, ObjectVersion version) {
        if (!version.meta().checksums().isEmpty()) {
            xml.begin("Checksum");
            version.meta().checksums().forEach((name, value) -> xml.add(MultipartOperations.element(name), value));
            xml.addIf("ChecksumType", version.meta().checksumType()).end();
        }
    }

    private static void parts(Xml xml, Call call, ObjectVersion version) {
        List<Meta.PartSize> parts = version.meta().parts();
        if (parts.isEmpty()) {
            return;
        }
        int marker = Numbers.bounded(call.header("x-amz-part-number-marker"), "part-number-marker", 0, 10_000, 0);
        int limit = Numbers.bounded(call.header("x-amz-max-parts"), "max-parts", 0, 1_000, 1_000);
        List<Meta.PartSize> page = parts.stream()
                .filter(part -> part.number() > marker)
                .limit(limit)
                .toList();
        boolean more =
                !page.isEmpty() && page.getLast().number() < parts.getLast().number();
        xml.begin("ObjectParts").add("PartsCount", parts.size()).add("PartNumberMarker", marker);
        xml.add("NextPartNumberMarker", page.isEmpty() ? 0 : page.getLast().number());
        xml.add("MaxParts", limit).add("IsTruncated", more);
        for (Meta.PartSize part : page) {
            xml.begin("Part").add("PartNumber", part.number()).add("Size", part.size());
            part.checksums().forEach((name, value) -> xml.add(MultipartOperations.element(name), value));
            xml.end();
        }
        xml.end();
    }
}
