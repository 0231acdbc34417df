package landfall.objects.store;

import java.time.Instant;

/**
 * One version of an object, or a delete marker.
 *
 * @param versionId {@code null} as text for what was written while versioning was off or suspended
 * @param sequence grows with each commit of the store: of two versions of a key the later has the greater one
 * @param etag without quotes; empty for a delete marker
 * @param size bytes
 * @param modified to the millisecond
 */
public record ObjectVersion(
        String bucket,
        String key,
        String versionId,
        long sequence,
        boolean latest,
        boolean deleteMarker,
        long size,
        String etag,
        Instant modified,
        Meta meta) {}
