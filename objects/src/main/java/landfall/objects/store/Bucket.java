package landfall.objects.store;

import java.time.Instant;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A bucket and what was configured for it.
 *
 * @param owner canonical id of the user who created it
 * @param settings documents by name, as the front or the admin side wrote them: {@code acl}, {@code cors}, {@code policy},
 *     {@code tagging}, {@code lifecycle}, {@code public-access-block}, {@code ownership}, {@code publish} …
 * @param objects count of current objects and noncurrent versions (delete markers not counted)
 * @param bytes their size
 * @param quotaBytes upper bound of {@code bytes}, null for none
 */
public record Bucket(
        String name,
        Instant created,
        String owner,
        Versioning versioning,
        SequencedMap<String, String> settings,
        long objects,
        long bytes,
        @Nullable Long quotaBytes) {

    /** As S3 knows it: once enabled it can only be suspended. */
    public enum Versioning {
        OFF,
        ENABLED,
        SUSPENDED
    }

    public Bucket {
        settings = new TreeMap<>(settings);
    }

    public @Nullable String setting(String name) {
        return settings.get(name);
    }
}
