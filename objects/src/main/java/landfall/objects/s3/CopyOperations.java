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

/** CopyObject. */
final class CopyOperations {
    private final Store store;
    private final Users users;
    private final Access access;

    CopyOperations(Store store, Users users, Access access) {
        this.store = store;
        this.users = users;
        this.access = access;
    }

    void register(Map<Operation, S3Handler.Action> actions) {
        actions.put(Operation.CopyObject, this::copy);
    }

    /** Opens a copy's source if it may be read. The caller closes it. */
    static Content open(Store store, Access access, Call call, CopySource source) throws IOException {
        access.require(call, Operation.GetObject, source.bucket(), source.key(), source.versionId());
        try {
            return store.open(source.bucket(), source.key(), source.versionId());
        } catch (StoreException refused) {
            throw refused.reason() == StoreException.Reason.DELETE_MARKER && source.versionId() != null
                    ? new S3Exception(
                            S3Error.InvalidRequest,
                            "The source of a copy request may not specifically refer to a delete marker by version id.")
                    : S3Handler.translated(refused);
        }
    }

    private void copy(Call call) throws IOException {
        CopySource source = CopySource.of(call);
        boolean replaceMeta = directive(call, "x-amz-metadata-directive");
        boolean replaceTags = directive(call, "x-amz-tagging-directive");
        try (Content from = open(store, access, call, source)) {
            ObjectVersion version = from.version();
            Headers.notModified(call, "x-amz-copy-source-", version);
            Meta given = Headers.meta(call);
            boolean itself = source.bucket().equals(call.bucket())
                    && source.key().equals(call.key())
                    && source.versionId() == null;
            if (itself
                    && !replaceMeta
                    && !replaceTags
                    && call.header("x-amz-storage-class") == null
                    && call.header("x-amz-website-redirect-location") == null
                    && call.header("x-amz-acl") == null) {
                throw new S3Exception(
                        S3Error.InvalidRequest,
                        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.");
            }
            if (version.size() > Receiving.PUT_MAX) {
                throw new S3Exception(
                        S3Error.InvalidRequest,
                        "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120");
            }
            Checksum checksum = checksum(call, version);
            try (Incoming incoming = Receiving.copy(store, from, 0, version.size(), checksum)) {
                Meta meta = replaceMeta ? given : version.meta().withParts(List.of());
                SequencedMap<String, String> tags =
                        replaceTags ? given.tags() : version.meta().tags();
                SequencedMap<String, String> checksums = new java.util.LinkedHashMap<>();
                if (checksum != null) {
                    checksums.put(checksum.algorithm().lower(), checksum.base64());
                }
                Meta whole = Ownership.apply(
                        call,
                        users,
                        Receiving.bucket(store, call),
                        new Meta(
                                call.userId(),
                                meta.headers(),
                                meta.user(),
                                tags,
                                checksums,
                                checksum == null ? null : "FULL_OBJECT",
                                List.of(),
                                null));
                ObjectVersion stored =
                        store.put(call.bucket(), call.key(), incoming, whole, null, Receiving.precondition(call));
                answer(call, source, version, stored);
            }
        }
    }

    private void answer(Call call, CopySource source, ObjectVersion from, ObjectVersion stored) throws IOException {
        if (Receiving.enabled(store, call.bucket())) {
            call.answer().put("x-amz-version-id", stored.versionId());
        }
        if (Receiving.versioned(store, source.bucket())) {
            call.answer().put("x-amz-copy-source-version-id", from.versionId());
        }
        Xml xml = Xml.document("CopyObjectResult")
                .add("LastModified", Headers.iso(stored.modified()))
                .add("ETag", Headers.quoted(stored.etag()));
        stored.meta().checksums().forEach((name, value) -> xml.add(MultipartOperations.element(name), value));
        if (!stored.meta().checksums().isEmpty()) {
            xml.addIf("ChecksumType", stored.meta().checksumType());
        }
        call.send(xml);
    }

    /** The checksum that the copy gets: the one asked for, else of the source's kind. */
    private static @Nullable Checksum checksum(Call call, ObjectVersion source) {
        String wanted = call.header("x-amz-checksum-algorithm");
        if (wanted == null && source.meta().checksums().isEmpty()) {
            return null;
        }
        String name = wanted == null ? source.meta().checksums().firstEntry().getKey() : wanted;
        return ChecksumAlgorithm.named(name)
                .orElseThrow(
                        () -> new S3Exception(S3Error.InvalidRequest, "Checksum algorithm " + name + " isn't known"))
                .start();
    }

    private static boolean directive(Call call, String header) {
        return switch (call.header(header, "COPY")) {
            case "COPY" -> false;
            case "REPLACE" -> true;
            default ->
                throw new S3Exception(S3Error.InvalidArgument, "Unknown metadata directive.")
                        .with("ArgumentName", header)
                        .with("ArgumentValue", call.header(header, ""));
        };
    }
}
