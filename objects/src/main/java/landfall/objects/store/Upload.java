package landfall.objects.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A multipart upload that isn't complete.
 *
 * @param checksumAlgorithm in lower case as the client asked at creation, or null
 * @param checksumType FULL_OBJECT or COMPOSITE, or null
 */
public record Upload(
        String bucket,
        String key,
        String id,
        Instant initiated,
        Meta meta,
        @Nullable String checksumAlgorithm,
        @Nullable String checksumType) {}
