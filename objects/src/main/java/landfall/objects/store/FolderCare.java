package landfall.objects.store;

import java.io.IOException;
import java.util.List;
import landfall.objects.admin.Care;

/** Care of a folder store's files. */
public final class FolderCare implements Care {
    /** A disk that others read too keeps most of its time for them. */
    private static final long SCRUB_BYTES_PER_SECOND = 128L << 20;

    private final FolderStore store;
    private final long bytesPerSecond;

    public FolderCare(FolderStore store) {
        this(store, SCRUB_BYTES_PER_SECOND);
    }

    /** {@code bytesPerSecond}: how fast scrub may read. */
    public FolderCare(FolderStore store, long bytesPerSecond) {
        this.store = store;
        this.bytesPerSecond = bytesPerSecond;
    }

    @Override
    public void scrub(String bucket, Progress progress) throws IOException {
        List<String> buckets =
                bucket.isEmpty() ? store.buckets().stream().map(Bucket::name).toList() : List.of(bucket);
        new Scrub(store, bytesPerSecond, progress).run(buckets);
    }

    @Override
    public void adopt(String bucket, Progress progress) throws IOException {
        new Adoption(store, progress).run(bucket);
    }

    @Override
    public void empty(String bucket) throws IOException {
        while (true) {
            Listing page = store.listVersions(bucket, new Listing.Request("", "", null, null, 1_000));
            if (page.items().isEmpty()) {
                return;
            }
            for (Listing.Item item : page.items()) {
                if (item instanceof Listing.Entry entry) {
                    ObjectVersion version = entry.version();
                    store.delete(bucket, version.key(), version.versionId(), Precondition.NONE);
                }
            }
        }
    }
}
