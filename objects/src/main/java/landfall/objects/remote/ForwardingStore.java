package landfall.objects.remote;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import landfall.objects.store.Bucket;
import landfall.objects.store.Incoming;
import landfall.objects.store.Meta;
import landfall.objects.store.Part;
import landfall.objects.store.Store;
import landfall.objects.store.Upload;
import org.jspecify.annotations.Nullable;

/** A store over another that hands on what has nothing to do with whether an object is there. */
abstract sealed class ForwardingStore implements Store permits ReadThroughStore {
    private final Store here;

    ForwardingStore(Store here) {
        this.here = here;
    }

    /** The store below. */
    final Store here() {
        return here;
    }

    @Override
    public Bucket createBucket(String name, String owner, SequencedMap<String, String> settings) {
        return here.createBucket(name, owner, settings);
    }

    @Override
    public Optional<Bucket> bucket(String name) {
        return here.bucket(name);
    }

    @Override
    public List<Bucket> buckets() {
        return here.buckets();
    }

    @Override
    public Bucket updateBucket(String name, UnaryOperator<Bucket> change) {
        return here.updateBucket(name, change);
    }

    @Override
    public Incoming receive(long expected) throws IOException {
        return here.receive(expected);
    }

    @Override
    public Upload createUpload(
            String bucket, String key, Meta meta, @Nullable String checksumAlgorithm, @Nullable String checksumType) {
        return here.createUpload(bucket, key, meta, checksumAlgorithm, checksumType);
    }

    @Override
    public Upload upload(String bucket, String key, String uploadId) {
        return here.upload(bucket, key, uploadId);
    }

    @Override
    public Part putPart(Upload upload, int number, Incoming bytes, SequencedMap<String, String> checksums)
            throws IOException {
        return here.putPart(upload, number, bytes, checksums);
    }

    @Override
    public List<Part> parts(Upload upload, int after, int limit) {
        return here.parts(upload, after, limit);
    }

    @Override
    public List<Upload> uploads(String bucket, String prefix, String keyMarker, String idMarker, int limit) {
        return here.uploads(bucket, prefix, keyMarker, idMarker, limit);
    }

    @Override
    public void abortUpload(Upload upload) {
        here.abortUpload(upload);
    }
}
