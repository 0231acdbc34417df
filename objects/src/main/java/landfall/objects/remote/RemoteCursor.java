package landfall.objects.remote;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import landfall.objects.store.Listing;
import org.jspecify.annotations.Nullable;

/** Another store's listing, item by item, as the request wants it. */
final class RemoteCursor {
    private static final int PAGE_MAX = 1_000;

    /** Whether an item is to be seen. */
    interface Filter {
        boolean shown(Listing.Item item) throws IOException;
    }

    private final RemoteBucket remote;
    private final String bucket;
    private final Listing.Request request;
    private final Filter filter;
    private final Deque<Listing.Item> items = new ArrayDeque<>();
    private @Nullable String token;
    private boolean begun;
    private boolean ended;

    RemoteCursor(RemoteBucket remote, String bucket, Listing.Request request, Filter filter) {
        this.remote = remote;
        this.bucket = bucket;
        this.request = request;
        this.filter = filter;
    }

    /** The next item, which stays; null at the end. */
    Listing.@Nullable Item peek() throws IOException {
        while (items.isEmpty() && !ended) {
            RemoteBucket.Page page = remote.list(
                    bucket,
                    request.prefix(),
                    request.delimiter(),
                    begun ? null : request.after(),
                    token,
                    Math.min(PAGE_MAX, request.limit() + 1));
            begun = true;
            for (Listing.Item item : page.items()) {
                if (after(item) && filter.shown(item)) {
                    items.add(item);
                }
            }
            token = page.token();
            ended = token == null;
        }
        return items.peekFirst();
    }

    /** Passes over the next item. */
    void drop() {
        items.removeFirst();
    }

    /** Stores differ in what begins after a common prefix. */
    private boolean after(Listing.Item item) {
        String after = request.after();
        return after == null || after.isEmpty() || Names.compare(Names.of(item), after) > 0;
    }
}
