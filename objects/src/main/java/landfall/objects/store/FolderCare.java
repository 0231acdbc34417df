package landfall.objects.store;

import java.io.IOException;
import landfall.objects.admin.Care;

/** Care of a folder store's files. */
public final class FolderCare implements Care {
    private final FolderStore store;

    public FolderCare(FolderStore store) {
        this.store = store;
    }

    @Override
    public void scrub(String bucket, Progress progress) throws IOException {
        throw new UnsupportedOperationException("scrub of " + bucket + " " + store + progress);
    }

    @Override
    public void adopt(String bucket, Progress progress) throws IOException {
        throw new UnsupportedOperationException("adopt of " + bucket + progress);
    }

    @Override
    public void empty(String bucket) throws IOException {
        while (true) {
            Listing page = store.listVersions(bucket, new Listing.Request("", "", null, null, 1_000));
            if (page.items().isEmpty()) {
                return;
            }
            for (Listing.Item item : page.items()) {
                if (item instanceof Listing.Entry(ObjectVersion version)) {
                    store.delete(bucket, version.key(), version.versionId(), Precondition.NONE);
                }
            }
        }
    }
}
