package landfall.objects.store;

/** A request that the store refuses or can't fulfil; the S3 front turns the reason into an S3 error. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why; the names follow S3's error codes where there is one. */
    public enum Reason {
        NO_SUCH_BUCKET,
        BUCKET_EXISTS,
        BUCKET_NOT_EMPTY,
        NO_SUCH_KEY,
        NO_SUCH_VERSION,
        /** The version asked for, or the current one, is a delete marker. */
        DELETE_MARKER,
        PRECONDITION_FAILED,
        NO_SUCH_UPLOAD,
        INVALID_PART,
        INVALID_PART_ORDER,
        ENTITY_TOO_SMALL,
        KEY_TOO_LONG,
        QUOTA_EXCEEDED,
        DISK_FULL,
        /** What lies on the disk isn't what was stored: never served. */
        DAMAGED,
        /** The request isn't one that this store takes, as a store behind it says. */
        INVALID_REQUEST,
        /** This store doesn't do such things. */
        UNSUPPORTED,
        /** The store is stopping or its disk refuses writes. */
        UNAVAILABLE
    }

    private final Reason reason;

    public StoreException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public StoreException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
