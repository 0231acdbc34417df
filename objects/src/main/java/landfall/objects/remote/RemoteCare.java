package landfall.objects.remote;

import landfall.objects.admin.Care;
import landfall.objects.store.Listing;
import landfall.objects.store.ObjectVersion;
import landfall.objects.store.Precondition;
import landfall.objects.store.Store;
import landfall.objects.store.StoreException;

/** Care where the files are another store's: it looks after them itself. */
public final class RemoteCare implements Care {
    private final Store store;

    public RemoteCare(Store store) {
        this.store = store;
    }

    @Override
    public void scrub(String bucket, Progress progress) {
        throw new StoreException(
                StoreException.Reason.UNSUPPORTED, "the objects are in another store: let it look through its disks");
    }

    @Override
    public void adopt(String bucket, Progress progress) {
        throw new StoreException(
                StoreException.Reason.UNSUPPORTED,
                "the objects are in another store: create a bucket that is there already to take it over");
    }

    @Override
    public void empty(String bucket) {
        while (true) {
            Listing page = store.list(bucket, new Listing.Request("", "", null, null, 1_000));
            if (page.items().isEmpty()) {
                return;
            }
            for (Listing.Item item : page.items()) {
                if (item instanceof Listing.Entry(ObjectVersion version)) {
                    store.delete(bucket, version.key(), null, Precondition.NONE);
                }
            }
        }
    }
}
