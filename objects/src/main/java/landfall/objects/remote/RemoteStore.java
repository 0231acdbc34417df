package landfall.objects.remote;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import landfall.objects.s3.Headers;
import landfall.objects.store.Bucket;
import landfall.objects.store.Content;
import landfall.objects.store.Incoming;
import landfall.objects.store.Listing;
import landfall.objects.store.Meta;
import landfall.objects.store.ObjectVersion;
import landfall.objects.store.Part;
import landfall.objects.store.Precondition;
import landfall.objects.store.Store;
import landfall.objects.store.StoreException;
import landfall.objects.store.Upload;
import org.jspecify.annotations.Nullable;

/**
 * A store whose objects are in another S3 store, the backend: one bucket there for each here. Users, and the buckets' names
 * and settings, stay here. Versioning, quotas and changing an ACL in place are refused: docs/moving.md says why.
 */
public final class RemoteStore implements Store {
    private final Store local;
    private final RemoteS3 backend;
    private final String bucketPrefix;
    private final Path spool;
    private final RemoteUploads uploads;
    private final RemoteMultipart multipart;
    private final Clock clock;

    private RemoteStore(
            Store local, RemoteS3 backend, String bucketPrefix, Path spool, RemoteUploads uploads, Clock clock) {
        this.local = local;
        this.backend = backend;
        this.bucketPrefix = bucketPrefix;
        this.spool = spool;
        this.uploads = uploads;
        this.multipart = new RemoteMultipart(backend, bucketPrefix, uploads, clock);
        this.clock = clock;
    }

    /**
     * Opens it; the backend isn't asked yet.
     *
     * @param local keeps the buckets with their settings, and no objects
     * @param bucketPrefix what the buckets' names begin with in the backend
     * @param folder for what is on its way
     */
    public static RemoteStore open(Store local, RemoteS3 backend, String bucketPrefix, Path folder, Clock clock)
            throws IOException {
        Path spool = Files.createDirectories(folder.resolve("spool"));
        try (Stream<Path> left = Files.list(spool)) {
            for (Path each : left.toList()) {
                Files.delete(each); // of uploads that a crash cut off
            }
        }
        RemoteUploads uploads = RemoteUploads.open(folder.resolve("backend-uploads.db"));
        return new RemoteStore(local, backend, bucketPrefix, spool, uploads, clock);
    }

    private static StoreException unsupported(String what) {
        return new StoreException(
                StoreException.Reason.UNSUPPORTED, what + " isn't done where the objects are in another store");
    }

    private String there(String bucket) {
        return bucketPrefix + bucket;
    }

    private Bucket required(String name) {
        return local.bucket(name)
                .orElseThrow(
                        () -> new StoreException(StoreException.Reason.NO_SUCH_BUCKET, "there is no bucket " + name));
    }

    private RemoteBucket remote(String bucket) {
        return new RemoteBucket(backend, there(bucket), "", required(bucket).owner());
    }

    /** Asks for something of which only the success matters. */
    private void ask(RemoteS3.Ask ask, RemoteS3.Body body) throws IOException {
        backend.call(ask, body).close();
    }

    // Buckets
    // ----------------------------------------------------------------------------------------------------------

    /** A bucket that is in the backend already, and belongs to the keys used there, is taken over with its objects. */
    @Override
    public Bucket createBucket(String name, String owner, SequencedMap<String, String> settings) {
        if (local.bucket(name).isPresent()) {
            throw new StoreException(StoreException.Reason.BUCKET_EXISTS, "there is a bucket " + name + " already");
        }
        RemoteErrors.repeated(() -> {
            try {
                ask(RemoteS3.Ask.of("PUT", there(name), ""), RemoteS3.Body.none());
            } catch (RemoteException there) {
                if (!there.code().equals("BucketAlreadyOwnedByYou")) {
                    throw there;
                }
            }
            return name;
        });
        return local.createBucket(name, owner, settings);
    }

    @Override
    public Optional<Bucket> bucket(String name) {
        return local.bucket(name);
    }

    @Override
    public List<Bucket> buckets() {
        return local.buckets();
    }

    @Override
    public void deleteBucket(String name) {
        required(name);
        for (Upload upload : uploads.list(name, "", "", "", Integer.MAX_VALUE)) {
            abortUpload(upload);
        }
        RemoteErrors.repeated(() -> {
            try {
                ask(RemoteS3.Ask.of("DELETE", there(name), ""), RemoteS3.Body.none());
            } catch (RemoteException gone) {
                if (!gone.code().equals("NoSuchBucket")) {
                    throw gone;
                }
            }
            return name;
        });
        local.deleteBucket(name);
    }

    @Override
    public Bucket updateBucket(String name, UnaryOperator<Bucket> change) {
        return local.updateBucket(name, old -> {
            Bucket changed = change.apply(old);
            if (changed.versioning() != Bucket.Versioning.OFF) {
                throw unsupported("versioning");
            }
            if (changed.quotaBytes() != null) {
                throw unsupported("a quota");
            }
            return changed;
        });
    }

    // Objects
    // ----------------------------------------------------------------------------------------------------------

    @Override
    public Incoming receive(long expected) throws IOException {
        local.receive(expected).close(); // whether the disk has room for it
        return new Spool(spool);
    }

    /** For backends that don't know conditions of writes; those that do are asked again with the write itself. */
    private void check(String bucket, String key, Precondition wanted) {
        if (wanted.equals(Precondition.NONE)) {
            return;
        }
        Optional<ObjectVersion> found = found(bucket, key);
        if (found.isEmpty()) {
            if (wanted.ifMatch() != null) {
                throw new StoreException(StoreException.Reason.NO_SUCH_KEY, "there is no object " + key);
            }
            return;
        }
        if (!RemoteConditions.hold(wanted, found.get())) {
            throw new StoreException(
                    StoreException.Reason.PRECONDITION_FAILED, "a condition doesn't hold for the object " + key);
        }
    }

    @Override
    public ObjectVersion put(
            String bucket, String key, Incoming bytes, Meta meta, @Nullable String etag, Precondition precondition)
            throws IOException {
        try (Spool sent = (Spool) bytes) {
            required(bucket);
            check(bucket, key, precondition);
            byte[] md5 = sent.md5();
            Map<String, String> headers = RemoteMeta.headers(meta);
            headers.putAll(RemoteConditions.headers(precondition));
            headers.put("content-md5", java.util.Base64.getEncoder().encodeToString(md5));
            RemoteS3.Body body = sent.body();
            // A conditional write that is made twice may refuse itself.
            int tries = precondition.equals(Precondition.NONE) ? RemoteErrors.TRIES : 1;
            String kept = RemoteErrors.repeated(tries, () -> {
                try (RemoteS3.Answer answer =
                        backend.call(new RemoteS3.Ask("PUT", there(bucket), key, Map.of(), headers), body)) {
                    String given = answer.header("etag");
                    return given == null ? HexFormat.of().formatHex(md5) : Headers.unquoted(given);
                }
            });
            return made(bucket, key, sent.size(), kept, meta);
        }
    }

    private ObjectVersion made(String bucket, String key, long size, String etag, Meta meta) {
        return new ObjectVersion(
                bucket, key, "null", 1, true, false, size, etag, clock.instant().truncatedTo(ChronoUnit.SECONDS), meta);
    }

    private Optional<ObjectVersion> found(String bucket, String key) {
        RemoteBucket remote = remote(bucket);
        return RemoteErrors.repeated(() -> {
            Optional<RemoteBucket.Told> told = remote.told(bucket, key);
            if (told.isEmpty()) {
                return Optional.<ObjectVersion>empty();
            }
            SequencedMap<String, String> tags = told.get().tagged() ? remote.tags(key) : new LinkedHashMap<>();
            return Optional.of(RemoteMeta.whole(told.get().version(), tags));
        });
    }

    @Override
    public ObjectVersion head(String bucket, String key, @Nullable String versionId) {
        if (versionId != null && !versionId.equals("null")) {
            required(bucket);
            throw new StoreException(
                    StoreException.Reason.NO_SUCH_VERSION, "there is no version " + versionId + " of " + key);
        }
        return found(bucket, key)
                .orElseThrow(() -> new StoreException(StoreException.Reason.NO_SUCH_KEY, "there is no object " + key));
    }

    @Override
    public Content open(String bucket, String key, @Nullable String versionId) {
        return new RemoteContent(head(bucket, key, versionId), this::bytes);
    }

    private InputStream bytes(ObjectVersion version, long offset, long end) throws IOException {
        boolean whole = offset == 0 && end == version.size();
        Map<String, String> headers = new TreeMap<>(Map.of("if-match", RemoteConditions.quoted(version.etag())));
        if (!whole) {
            headers.put("range", "bytes=" + offset + "-" + (end - 1));
        }
        RemoteS3.Ask ask = new RemoteS3.Ask("GET", there(version.bucket()), version.key(), Map.of(), headers);
        RemoteS3.Answer answer = RemoteErrors.repeated(() -> backend.call(ask));
        if (!whole && answer.status() != 206) {
            answer.close();
            throw new IOException("the backend sent no range of " + version.bucket() + "/" + version.key());
        }
        return answer.body();
    }

    @Override
    public Deleted delete(String bucket, String key, @Nullable String versionId, Precondition precondition) {
        required(bucket);
        if (versionId != null && !versionId.equals("null")) {
            return new Deleted(versionId, false, false);
        }
        check(bucket, key, precondition);
        RemoteErrors.repeated(() -> {
            ask(RemoteS3.Ask.of("DELETE", there(bucket), key), RemoteS3.Body.none());
            return key;
        });
        return new Deleted(versionId, false, true);
    }

    /** Tags only: other metadata could be changed by a copy alone, which makes another object of it. */
    @Override
    public ObjectVersion updateMeta(String bucket, String key, @Nullable String versionId, UnaryOperator<Meta> change) {
        ObjectVersion old = head(bucket, key, versionId);
        Meta changed = change.apply(old.meta());
        if (!changed.withTags(old.meta().tags()).equals(old.meta())) {
            throw unsupported("changing an object's ACL in place");
        }
        RemoteErrors.repeated(() -> {
            Map<String, String> query = Map.of("tagging", "");
            if (changed.tags().isEmpty()) {
                ask(new RemoteS3.Ask("DELETE", there(bucket), key, query, Map.of()), RemoteS3.Body.none());
            } else {
                byte[] tags = RemoteDocuments.tagging(changed.tags());
                ask(
                        new RemoteS3.Ask("PUT", there(bucket), key, query, RemoteS3.Body.md5(tags)),
                        RemoteS3.Body.of(tags));
            }
            return key;
        });
        return RemoteMeta.whole(old, changed.tags());
    }

    @Override
    public Listing list(String bucket, Listing.Request request) {
        RemoteBucket remote = remote(bucket);
        return RemoteErrors.repeated(() -> {
            RemoteCursor cursor = new RemoteCursor(remote, bucket, request, item -> true);
            List<Listing.Item> items = new ArrayList<>();
            while (items.size() < request.limit()) {
                Listing.Item item = cursor.peek();
                if (item == null) {
                    return new Listing(items, false, null, null);
                }
                items.add(item);
                cursor.drop();
            }
            return items.isEmpty() || cursor.peek() == null
                    ? new Listing(items, false, null, null)
                    : new Listing(items, true, Names.of(items.getLast()), null);
        });
    }

    /** Each object is the only version that it has here. */
    @Override
    public Listing listVersions(String bucket, Listing.Request request) {
        return list(bucket, request);
    }

    // Multipart
    // --------------------------------------------------------------------------------------------------------

    @Override
    public Upload createUpload(
            String bucket, String key, Meta meta, @Nullable String checksumAlgorithm, @Nullable String checksumType) {
        required(bucket);
        return multipart.create(bucket, key, meta, checksumAlgorithm, checksumType);
    }

    @Override
    public Upload upload(String bucket, String key, String uploadId) {
        required(bucket);
        return uploads.find(bucket, key, uploadId);
    }

    @Override
    public Part putPart(Upload upload, int number, Incoming bytes, SequencedMap<String, String> checksums)
            throws IOException {
        try (Spool sent = (Spool) bytes) {
            return multipart.put(upload, number, sent, checksums);
        }
    }

    @Override
    public List<Part> parts(Upload upload, int after, int limit) {
        return uploads.parts(upload, after, limit).stream()
                .map(RemoteUploads.RemotePart::part)
                .toList();
    }

    @Override
    public List<Upload> uploads(String bucket, String prefix, String keyMarker, String idMarker, int limit) {
        required(bucket);
        return uploads.list(bucket, prefix, keyMarker, idMarker, limit);
    }

    @Override
    public ObjectVersion completeUpload(
            Upload upload, List<Integer> numbers, String etag, Meta meta, Precondition precondition) {
        check(upload.bucket(), upload.key(), precondition);
        RemoteMultipart.Joined joined =
                multipart.complete(upload, numbers, etag, RemoteConditions.headers(precondition));
        return made(upload.bucket(), upload.key(), joined.size(), joined.etag(), meta);
    }

    @Override
    public void abortUpload(Upload upload) {
        multipart.abort(upload);
    }

    @Override
    public void close() {
        uploads.close();
        backend.close();
        local.close();
    }
}
