package landfall.objects.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a listing, in UTF-8 binary order of keys.
 *
 * @param items objects (in a versions listing: versions and delete markers, newest first within a key) and common prefixes
 *     mixed in order
 * @param truncated whether more follows
 * @param nextMarker the key or common prefix after which the next page begins, null when not truncated
 * @param nextVersion in a versions listing: the version id after which the next page begins within nextMarker's key
 */
public record Listing(
        List<Item> items,
        boolean truncated,
        @Nullable String nextMarker,
        @Nullable String nextVersion) {
    public sealed interface Item {}

    public record Entry(ObjectVersion version) implements Item {}

    public record CommonPrefix(String prefix) implements Item {}

    public Listing {
        items = List.copyOf(items);
    }

    /**
     * What to list.
     *
     * @param prefix empty for all
     * @param delimiter empty for none; may be longer than a character
     * @param after list keys greater than this (exclusive; common prefixes not greater than it are left out too); null from the
     *     beginning
     * @param afterVersion in a versions listing: within the key {@code after}, only versions older than this id; null: none
     *     of that key
     * @param limit items at most, 0 … 1,000
     */
    public record Request(
            String prefix,
            String delimiter,
            @Nullable String after,
            @Nullable String afterVersion,
            int limit) {}
}
