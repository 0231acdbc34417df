package landfall.objects.store;

import org.jspecify.annotations.Nullable;

/**
 * What must hold of the current object at the moment of the commit; tested by the one thread that commits, so that of two
 * writers with {@code If-None-Match: *} just one succeeds.
 *
 * @param ifMatch the ETag that the current object must have ({@code *}: it must exist), without quotes, or null. With it a
 *     missing object is NO_SUCH_KEY.
 * @param ifNoneMatch {@code *}: there must be no object; else the ETag it mustn't have; or null
 * @param ifSize for deletes: the size it must have, or null
 * @param ifModified for deletes: the time of modification it must have, epoch seconds, or null
 */
public record Precondition(
        @Nullable String ifMatch,
        @Nullable String ifNoneMatch,
        @Nullable Long ifSize,
        @Nullable Long ifModified) {
    public static final Precondition NONE = new Precondition(null, null, null, null);
}
