package landfall.objects.store;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where the objects are. A call that changes something returns when the change would survive a loss of power. Keys are
 * Unicode text of 1 … 1,024 bytes of UTF-8 without unpaired surrogates, which the caller has checked. Refusals are
 * {@link StoreException}s; IOException means trouble with the disk or the line.
 */
public interface Store extends AutoCloseable {
    // Buckets
    // ----------------------------------------------------------------------------------------------------------

    /** @throws StoreException BUCKET_EXISTS */
    Bucket createBucket(String name, String owner, SequencedMap<String, String> settings);

    Optional<Bucket> bucket(String name);

    /** All, by name. */
    List<Bucket> buckets();

    /** @throws StoreException NO_SUCH_BUCKET, BUCKET_NOT_EMPTY (objects, versions or delete markers; uploads are aborted) */
    void deleteBucket(String name);

    /** Changes versioning, settings, owner or quota: {@code change} gets the bucket as it is; counts are ignored. */
    Bucket updateBucket(String name, UnaryOperator<Bucket> change);

    // Objects
    // ----------------------------------------------------------------------------------------------------------

    /** Room for bytes that arrive. {@code expected}: bytes announced, -1 if not. @throws StoreException DISK_FULL */
    Incoming receive(long expected) throws IOException;

    /**
     * Makes the bytes the current version of the key; {@code etag} without quotes, null for the MD5. Consumes the incoming.
     *
     * @throws StoreException NO_SUCH_BUCKET, PRECONDITION_FAILED, NO_SUCH_KEY (ifMatch without an object), QUOTA_EXCEEDED
     */
    ObjectVersion put(
            String bucket, String key, Incoming bytes, Meta meta, @Nullable String etag, Precondition precondition)
            throws IOException;

    /**
     * The current version, or the one named.
     *
     * @throws StoreException NO_SUCH_BUCKET, NO_SUCH_KEY, NO_SUCH_VERSION. A delete marker is returned if named by its
     *     id; as the current version it is returned too: ask {@link ObjectVersion#deleteMarker()}.
     */
    ObjectVersion head(String bucket, String key, @Nullable String versionId);

    /** Opens it for reading; as head, and DELETE_MARKER. Small objects are compared with their checksum here already. */
    Content open(String bucket, String key, @Nullable String versionId) throws IOException;

    /** What a delete did. {@code deleteMarker}: whether one was added, or the version removed was one. */
    record Deleted(@Nullable String versionId, boolean deleteMarker, boolean existed) {}

    /** Deletes as S3 does: without id a marker where versioning is on or suspended. A key that isn't there is no error. */
    Deleted delete(String bucket, String key, @Nullable String versionId, Precondition precondition);

    /** Changes tags, ACL or other metadata of a version in place; its bytes, ETag and time stay. */
    ObjectVersion updateMeta(String bucket, String key, @Nullable String versionId, UnaryOperator<Meta> change);

    /** Current objects that aren't delete markers. */
    Listing list(String bucket, Listing.Request request);

    Listing listVersions(String bucket, Listing.Request request);

    // Multipart
    // --------------------------------------------------------------------------------------------------------

    Upload createUpload(
            String bucket, String key, Meta meta, @Nullable String checksumAlgorithm, @Nullable String checksumType);

    /** @throws StoreException NO_SUCH_UPLOAD */
    Upload upload(String bucket, String key, String uploadId);

    Part putPart(Upload upload, int number, Incoming bytes, SequencedMap<String, String> checksums) throws IOException;

    /** Parts with numbers greater than {@code after}, at most {@code limit}. */
    List<Part> parts(Upload upload, int after, int limit);

    /** One page of the bucket's uploads by key, then id; items are at most {@code limit} after the marker pair. */
    List<Upload> uploads(String bucket, String prefix, String keyMarker, String idMarker, int limit);

    /**
     * Joins the parts in the order given into the object (parts not named are dropped). The caller has checked numbers, ETags
     * and sizes against {@link #parts} and has computed ETag and checksums. Repeating it after it succeeded is NO_SUCH_UPLOAD.
     *
     * @param numbers ascending
     */
    ObjectVersion completeUpload(
            Upload upload, List<Integer> numbers, String etag, Meta meta, Precondition precondition) throws IOException;

    /** @throws StoreException NO_SUCH_UPLOAD */
    void abortUpload(Upload upload);

    /** Stops taking changes, ends what is under way and closes. */
    @Override
    void close();
}
