package landfall.objects.remote;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import landfall.objects.store.Bucket;
import landfall.objects.store.Content;
import landfall.objects.store.Incoming;
import landfall.objects.store.Listing;
import landfall.objects.store.Meta;
import landfall.objects.store.ObjectVersion;
import landfall.objects.store.Precondition;
import landfall.objects.store.Store;
import landfall.objects.store.StoreException;
import landfall.objects.store.Upload;
import org.jspecify.annotations.Nullable;

/**
 * A store whose buckets may name an old store: what isn't here yet is brought from there when it is asked for. What was
 * deleted here stays deleted, which is written down before it is deleted; what was written here wins. For buckets without
 * an old store it only hands on.
 */
public final class ReadThroughStore extends ForwardingStore {
    private static final System.Logger LOG = System.getLogger(ReadThroughStore.class.getName());
    /** Smaller objects are served once they are here; larger ones while they come. */
    private static final long AT_ONCE = 1 << 20;

    private final Clock clock;
    private final OriginFile file;
    private final DeletedKeys deleted;
    private final Map<String, Source> sources = new ConcurrentHashMap<>();
    private final Fetches fetches;

    /** An old store in use. */
    private record Source(Origin origin, RemoteS3 client, RemoteBucket bucket) {}

    private ReadThroughStore(Store here, Clock clock, OriginFile file, DeletedKeys deleted) {
        super(here);
        this.clock = clock;
        this.file = file;
        this.deleted = deleted;
        this.fetches = new Fetches(here);
    }

    /**
     * Decorates a store.
     *
     * @param folder for what must be remembered: old stores with their keys, and deleted keys
     * @throws IOException if that can't be read
     */
    public static ReadThroughStore open(Store here, Path folder, Clock clock) throws IOException {
        OriginFile file = OriginFile.open(folder.resolve("origins.json"));
        ReadThroughStore store =
                new ReadThroughStore(here, clock, file, DeletedKeys.open(folder.resolve("deleted-keys.db")));
        for (Map.Entry<String, Origin> each : file.all().entrySet()) {
            if (here.bucket(each.getKey()).isPresent()) {
                store.use(each.getKey(), each.getValue());
            } else {
                // A crash came between the end of the bucket and that of its old store.
                store.forget(each.getKey());
            }
        }
        return store;
    }

    // Old stores
    // -------------------------------------------------------------------------------------------------------

    private void use(String bucket, Origin origin) {
        RemoteS3 client = new RemoteS3(origin.endpoint(), origin.region(), origin.keys(), clock);
        String owner = here().bucket(bucket).map(Bucket::owner).orElse("");
        Source before = sources.put(
                bucket, new Source(origin, client, new RemoteBucket(client, origin.bucket(), origin.prefix(), owner)));
        if (before != null) {
            before.client().close();
        }
    }

    private void forget(String bucket) throws IOException {
        file.remove(bucket);
        Source before = sources.remove(bucket);
        if (before != null) {
            before.client().close();
        }
        deleted.forget(bucket);
    }

    /** The old store of a bucket. */
    public Optional<Origin> origin(String bucket) {
        Source source = sources.get(bucket);
        return source == null ? Optional.empty() : Optional.of(source.origin());
    }

    /**
     * Begins to read the bucket through from an old store, or does so with other keys.
     *
     * @throws IllegalArgumentException if the old store doesn't let itself be listed with these keys
     * @throws StoreException NO_SUCH_BUCKET
     */
    public synchronized void readThrough(String bucket, Origin origin) throws IOException {
        required(bucket);
        try (RemoteS3 client = new RemoteS3(origin.endpoint(), origin.region(), origin.keys(), clock)) {
            new RemoteBucket(client, origin.bucket(), origin.prefix(), "").list(bucket, "", "", null, null, 1);
        } catch (IOException refused) {
            throw new IllegalArgumentException(
                    "nothing was changed: the old store can't be listed. " + refused.getMessage(), refused);
        }
        file.put(bucket, origin);
        use(bucket, origin);
    }

    /** Ends it; what hasn't been fetched isn't there any more. */
    public synchronized void endReadThrough(String bucket) throws IOException {
        required(bucket);
        forget(bucket);
    }

    private Bucket required(String bucket) {
        return here().bucket(bucket)
                .orElseThrow(
                        () -> new StoreException(StoreException.Reason.NO_SUCH_BUCKET, "there is no bucket " + bucket));
    }

    // Fetching
    // ---------------------------------------------------------------------------------------------------------

    /** The old store of a key that isn't here and wasn't deleted here; null if there is none or the key is here. */
    private @Nullable Source missing(String bucket, String key) {
        Source source = sources.get(bucket);
        if (source == null) {
            return null;
        }
        try {
            here().head(bucket, key, null);
            return null;
        } catch (StoreException absent) {
            if (absent.reason() != StoreException.Reason.NO_SUCH_KEY) {
                throw absent;
            }
            return deleted.contains(bucket, key) ? null : source;
        }
    }

    /** The fetch of a key that is under way, or a new one. */
    private Fetch fetch(Source source, String bucket, String key) {
        return fetches.fetch(
                bucket,
                key,
                source.bucket(),
                () -> missing(bucket, key) != null,
                () -> source.equals(sources.get(bucket)) && !deleted.contains(bucket, key));
    }

    /** What became of one key that bucket-fetch asked for. */
    enum Brought {
        FETCHED,
        HERE,
        ABSENT
    }

    /** Brings a key here if it isn't and wasn't deleted. @throws StoreException if it can't be had */
    Brought bring(String bucket, String key) {
        Source source = missing(bucket, key);
        if (source == null) {
            return Brought.HERE;
        }
        if (fetch(source, bucket, key).stored()) {
            return Brought.FETCHED;
        }
        return missing(bucket, key) == null ? Brought.HERE : Brought.ABSENT;
    }

    /** What is in the old store, for bucket-fetch. */
    RemoteBucket.Page oldPage(String bucket, @Nullable String token) throws IOException {
        Source source = sources.get(bucket);
        if (source == null) {
            throw new StoreException(
                    StoreException.Reason.UNAVAILABLE, "the bucket " + bucket + " isn't read through from anywhere");
        }
        return source.bucket().list(bucket, "", "", null, token, 1_000);
    }

    boolean deletedHere(String bucket, String key) {
        return deleted.contains(bucket, key);
    }

    private StoreException unavailable(String what, IOException why) {
        LOG.log(System.Logger.Level.WARNING, "{0}: {1}", what, why.getMessage());
        return new StoreException(StoreException.Reason.UNAVAILABLE, what + ": " + why.getMessage(), why);
    }

    // Buckets
    // ----------------------------------------------------------------------------------------------------------

    @Override
    public void deleteBucket(String name) {
        if (sources.containsKey(name)
                && !list(name, new Listing.Request("", "", null, null, 1))
                        .items()
                        .isEmpty()) {
            throw new StoreException(
                    StoreException.Reason.BUCKET_NOT_EMPTY,
                    "the old store of " + name + " has objects yet: end reading through first");
        }
        here().deleteBucket(name);
        try {
            forget(name);
        } catch (IOException unwritten) {
            throw unavailable("the bucket " + name + " is gone, its old store couldn't be forgotten", unwritten);
        }
    }

    // Objects
    // ----------------------------------------------------------------------------------------------------------

    private boolean versioned(String bucket) {
        return here().bucket(bucket).map(Bucket::versioning).orElse(Bucket.Versioning.OFF) != Bucket.Versioning.OFF;
    }

    /** Brings what the change would ask about or keep as an older version. */
    private void prepare(String bucket, String key, Precondition precondition) {
        if (!sources.containsKey(bucket)) {
            return;
        }
        if (versioned(bucket) || !precondition.equals(Precondition.NONE)) {
            bring(bucket, key);
        }
    }

    @Override
    public ObjectVersion put(
            String bucket, String key, Incoming bytes, Meta meta, @Nullable String etag, Precondition precondition)
            throws IOException {
        try (bytes) {
            prepare(bucket, key, precondition);
            return here().put(bucket, key, bytes, meta, etag, precondition);
        }
    }

    /** Which version of a key only an old store can have: the current one, also by the id it would get here. */
    private static boolean old(@Nullable String versionId) {
        return versionId == null || versionId.equals("null");
    }

    @Override
    public ObjectVersion head(String bucket, String key, @Nullable String versionId) {
        Source source = old(versionId) ? missing(bucket, key) : null;
        if (source != null && versioned(bucket)) {
            // Only once it is here it has the version id that it keeps.
            bring(bucket, key);
        } else if (source != null) {
            try {
                Optional<ObjectVersion> there = source.bucket().head(bucket, key);
                if (there.isPresent()) {
                    return there.get();
                }
            } catch (IOException refused) {
                throw unavailable(
                        "the object " + key + " isn't here yet and the old store doesn't tell of it", refused);
            }
        }
        return here().head(bucket, key, versionId);
    }

    @Override
    public Content open(String bucket, String key, @Nullable String versionId) throws IOException {
        Source source = old(versionId) ? missing(bucket, key) : null;
        if (source != null) {
            Fetch fetch = fetch(source, bucket, key);
            ObjectVersion version = fetch.known();
            if (version != null && version.size() > AT_ONCE && !versioned(bucket) && fetch.hold()) {
                return new FetchedContent(fetch, version);
            }
            if (version != null) {
                fetch.stored();
            }
        }
        return here().open(bucket, key, versionId);
    }

    @Override
    public Deleted delete(String bucket, String key, @Nullable String versionId, Precondition precondition) {
        if (!sources.containsKey(bucket)) {
            return here().delete(bucket, key, versionId, precondition);
        }
        if (versionId == null) {
            prepare(bucket, key, precondition);
        } else {
            bring(bucket, key);
        }
        return fetches.inTurn(bucket, key, () -> {
            deleted.add(bucket, key);
            return here().delete(bucket, key, versionId, precondition);
        });
    }

    @Override
    public ObjectVersion updateMeta(String bucket, String key, @Nullable String versionId, UnaryOperator<Meta> change) {
        if (old(versionId)) {
            bring(bucket, key);
        }
        return here().updateMeta(bucket, key, versionId, change);
    }

    @Override
    public Listing list(String bucket, Listing.Request request) {
        return merged(bucket, request, false);
    }

    @Override
    public Listing listVersions(String bucket, Listing.Request request) {
        return merged(bucket, request, true);
    }

    private Listing merged(String bucket, Listing.Request request, boolean versions) {
        Source source = sources.get(bucket);
        if (source == null) {
            return versions ? here().listVersions(bucket, request) : here().list(bucket, request);
        }
        try {
            return new MergedListing(here(), source.bucket(), deleted, bucket, request, versions).page();
        } catch (IOException refused) {
            throw unavailable("the old store of " + bucket + " can't be listed", refused);
        }
    }

    // Multipart
    // --------------------------------------------------------------------------------------------------------

    @Override
    public ObjectVersion completeUpload(
            Upload upload, List<Integer> numbers, String etag, Meta meta, Precondition precondition)
            throws IOException {
        prepare(upload.bucket(), upload.key(), precondition);
        return here().completeUpload(upload, numbers, etag, meta, precondition);
    }

    @Override
    public void close() {
        sources.values().forEach(source -> source.client().close());
        here().close();
        deleted.close();
    }
}
