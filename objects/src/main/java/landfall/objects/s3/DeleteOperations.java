package landfall.objects.s3;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import landfall.objects.store.Bucket;
import landfall.objects.store.Precondition;
import landfall.objects.store.Store;
import landfall.objects.store.StoreException;
import org.jspecify.annotations.Nullable;

/** DeleteObject and DeleteObjects. */
final class DeleteOperations {
    private static final int KEYS_MAX = 1_000;
    private static final int BODY_MAX = 2 << 20;

    private final Store store;
    private final Access access;

    DeleteOperations(Store store, Access access) {
        this.store = store;
        this.access = access;
    }

    void register(Map<Operation, S3Handler.Action> actions) {
        actions.put(Operation.DeleteObject, this::delete);
        actions.put(Operation.DeleteObjects, this::deleteMany);
    }

    private void delete(Call call) throws IOException {
        String match = call.header("if-match");
        Precondition condition = condition(
                match,
                call.header("x-amz-if-match-size"),
                Headers.date(call.header("x-amz-if-match-last-modified-time")));
        Store.@Nullable Deleted deleted =
                deleted(call.bucket(), call.key(), call.query().get("versionId"), condition);
        if (deleted != null && deleted.versionId() != null && Receiving.versioned(store, call.bucket())) {
            call.answer().put("x-amz-version-id", deleted.versionId());
            if (deleted.deleteMarker()) {
                call.answer().put("x-amz-delete-marker", "true");
            }
        }
        call.sendEmpty(204);
    }

    private static Precondition condition(@Nullable String match, @Nullable String size, @Nullable Instant modified) {
        try {
            return new Precondition(
                    match == null ? null : Headers.unquoted(match),
                    null,
                    size == null ? null : (Long) Long.parseLong(size.strip()),
                    modified == null ? null : (Long) modified.getEpochSecond());
        } catch (NumberFormatException notASize) {
            throw new S3Exception(S3Error.InvalidArgument, "not a size: " + size, notASize);
        }
    }

    /** Null where there was nothing that the condition could be asked of: S3 takes that for deleted. */
    private Store.@Nullable Deleted deleted(
            String bucket, String key, @Nullable String versionId, Precondition condition) {
        try {
            return store.delete(bucket, key, versionId, condition);
        } catch (StoreException absent) {
            if (absent.reason() == StoreException.Reason.NO_SUCH_KEY) {
                return null;
            }
            throw absent;
        }
    }

    private void deleteMany(Call call) throws IOException {
        Bucket bucket = store.bucket(call.bucket())
                .orElseThrow(() -> new S3Exception(S3Error.NoSuchBucket).with("BucketName", call.bucket()));
        if (call.header("content-md5") == null
                && call.headersWithPrefix("x-amz-checksum-").isEmpty()
                && call.header("x-amz-trailer") == null) {
            throw new S3Exception(
                    S3Error.InvalidRequest,
                    "Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
        }
        Xml.Element wanted = Xml.read(call.body(BODY_MAX), "Delete");
        List<Xml.Element> objects = wanted.children("Object");
        if (objects.isEmpty() || objects.size() > KEYS_MAX) {
            throw new S3Exception(S3Error.MalformedXML);
        }
        boolean quiet = "true".equalsIgnoreCase(wanted.childText("Quiet"));
        Xml xml = Xml.document("DeleteResult");
        for (Xml.Element object : objects) {
            String key = object.childText("Key");
            if (key == null || key.isEmpty()) {
                throw new S3Exception(S3Error.MalformedXML);
            }
            one(call, bucket, object, key, quiet, xml);
        }
        call.send(xml);
    }

    private void one(Call call, Bucket bucket, Xml.Element object, String key, boolean quiet, Xml xml) {
        String versionId = object.childText("VersionId");
        if (versionId != null && versionId.isEmpty()) {
            versionId = null;
        }
        try {
            if (!access.allowed(call, Operation.DeleteObject, bucket, key, versionId)) {
                throw new S3Exception(S3Error.AccessDenied);
            }
            Precondition condition = condition(
                    object.childText("ETag"),
                    object.childText("Size"),
                    Headers.date(object.childText("LastModifiedTime")));
            Store.@Nullable Deleted deleted = deleted(bucket.name(), key, versionId, condition);
            if (!quiet) {
                xml.begin("Deleted").add("Key", key).addIf("VersionId", versionId);
                if (deleted != null && deleted.deleteMarker() && deleted.versionId() != null) {
                    xml.add("DeleteMarker", true).add("DeleteMarkerVersionId", deleted.versionId());
                }
                xml.end();
            }
        } catch (S3Exception refused) {
            error(xml, key, versionId, refused);
        } catch (StoreException refused) {
            error(xml, key, versionId, S3Handler.translated(refused));
        }
    }

    private static void error(Xml xml, String key, @Nullable String versionId, S3Exception refused) {
        xml.begin("Error")
                .add("Key", key)
                .addIf("VersionId", versionId)
                .add("Code", refused.error().name())
                .add("Message", String.valueOf(refused.getMessage()))
                .end();
    }
}
