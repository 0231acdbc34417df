package landfall.objects.remote;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import landfall.objects.store.Listing;
import landfall.objects.store.ObjectVersion;
import landfall.objects.store.Store;
import org.jspecify.annotations.Nullable;

/**
 * What is here and what is in the old store only, as one listing in order: a key that is here is shown as it is here, one
 * that was deleted here isn't shown.
 */
final class MergedListing {
    /** An old store's page: more than asked for, since some of it may be hidden, but no more than S3 gives. */
    private static final int PAGE_MAX = 1_000;

    private final Store here;
    private final RemoteBucket origin;
    private final DeletedKeys deleted;
    private final String bucket;
    private final Listing.Request request;
    private final boolean versions;
    private final RemoteCursor old;

    private final Deque<Listing.Item> local = new ArrayDeque<>();
    private @Nullable String localAfter;
    private @Nullable String localVersion;
    private boolean localEnded;

    MergedListing(
            Store here,
            RemoteBucket origin,
            DeletedKeys deleted,
            String bucket,
            Listing.Request request,
            boolean versions) {
        this.here = here;
        this.origin = origin;
        this.deleted = deleted;
        this.bucket = bucket;
        this.request = request;
        this.versions = versions;
        this.old = new RemoteCursor(origin, bucket, request, this::shown);
        this.localAfter = request.after();
        this.localVersion = request.afterVersion();
    }

    /** One page. @throws IOException if the old store doesn't answer */
    Listing page() throws IOException {
        List<Listing.Item> items = new ArrayList<>();
        while (items.size() < request.limit()) {
            Listing.Item next = next();
            if (next == null) {
                return new Listing(items, false, null, null);
            }
            items.add(next);
        }
        boolean more = fillLocal() || old.peek() != null;
        if (!more || items.isEmpty()) {
            return new Listing(items, false, null, null);
        }
        return new Listing(items, true, Names.of(items.getLast()), version(items.getLast()));
    }

    private @Nullable String version(Listing.Item last) {
        return versions && last instanceof Listing.Entry(ObjectVersion version) && version.sequence() > 0
                ? version.versionId()
                : null;
    }

    private Listing.@Nullable Item next() throws IOException {
        boolean left = fillLocal();
        Listing.Item right = old.peek();
        int order = !left ? 1 : right == null ? -1 : Names.compare(Names.of(local.getFirst()), Names.of(right));
        if (right != null && order >= 0) {
            old.drop();
        }
        return order > 0 ? right : local.removeFirst();
    }

    /** Whether there is one more of what is here. */
    private boolean fillLocal() {
        while (local.isEmpty() && !localEnded) {
            Listing.Request page = new Listing.Request(
                    request.prefix(), request.delimiter(), localAfter, localVersion, Math.max(1, request.limit()));
            Listing found = versions ? here.listVersions(bucket, page) : here.list(bucket, page);
            local.addAll(found.items());
            localAfter = found.nextMarker();
            localVersion = found.nextVersion();
            localEnded = !found.truncated();
        }
        return !local.isEmpty();
    }

    private boolean shown(Listing.Item item) throws IOException {
        return switch (item) {
            case Listing.Entry(ObjectVersion version) -> !deleted.contains(bucket, version.key());
            case Listing.CommonPrefix(String prefix) -> !deleted.anyBelow(bucket, prefix) || anyLeft(prefix);
        };
    }

    /** Whether something below the prefix wasn't deleted here. */
    private boolean anyLeft(String prefix) throws IOException {
        String token = null;
        do {
            RemoteBucket.Page page = origin.list(bucket, prefix, "", null, token, PAGE_MAX);
            for (Listing.Item item : page.items()) {
                if (!deleted.contains(bucket, Names.of(item))) {
                    return true;
                }
            }
            token = page.token();
        } while (token != null);
        return false;
    }
}
