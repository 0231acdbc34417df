package landfall.objects.remote;

import java.io.IOException;
import java.time.Duration;
import landfall.objects.store.StoreException;

/** Calls to the backend: repeated where that may help, and its refusals as the store's own. */
final class RemoteErrors {
    private static final System.Logger LOG = System.getLogger(RemoteErrors.class.getName());
    static final int TRIES = 3;
    private static final Duration PAUSE = Duration.ofMillis(200);

    private RemoteErrors() {}

    /** A call. */
    interface Work<T> {
        T run() throws IOException;
    }

    /** Does what may be done more than once. @throws StoreException with the backend's reason */
    static <T> T repeated(Work<T> work) {
        return repeated(TRIES, work);
    }

    static <T> T repeated(int tries, Work<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return work.run();
            } catch (IOException failed) {
                boolean passing = !(failed instanceof RemoteException refused) || refused.status() >= 500;
                if (!passing || attempt == tries) {
                    throw translated(failed);
                }
                try {
                    Thread.sleep(PAUSE.multipliedBy(attempt));
                } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                    throw translated(failed);
                }
            }
        }
    }

    static StoreException translated(IOException failed) {
        StoreException.Reason reason = StoreException.Reason.UNAVAILABLE;
        if (failed instanceof RemoteException refused) {
            reason = switch (refused.code()) {
                case "NoSuchKey" -> StoreException.Reason.NO_SUCH_KEY;
                case "NoSuchUpload" -> StoreException.Reason.NO_SUCH_UPLOAD;
                case "PreconditionFailed", "ConditionalRequestConflict" -> StoreException.Reason.PRECONDITION_FAILED;
                case "BucketNotEmpty" -> StoreException.Reason.BUCKET_NOT_EMPTY;
                case "BucketAlreadyExists" -> StoreException.Reason.BUCKET_EXISTS;
                case "InvalidPart" -> StoreException.Reason.INVALID_PART;
                case "InvalidPartOrder" -> StoreException.Reason.INVALID_PART_ORDER;
                case "EntityTooSmall" -> StoreException.Reason.ENTITY_TOO_SMALL;
                case "KeyTooLongError" -> StoreException.Reason.KEY_TOO_LONG;
                case "QuotaExceeded" -> StoreException.Reason.QUOTA_EXCEEDED;
                case "StorageFull", "XMinioStorageFull" -> StoreException.Reason.DISK_FULL;
                case "NotImplemented" -> StoreException.Reason.UNSUPPORTED;
                default ->
                    switch (refused.status()) {
                        case 400 -> StoreException.Reason.INVALID_REQUEST;
                        case 412 -> StoreException.Reason.PRECONDITION_FAILED;
                        default -> StoreException.Reason.UNAVAILABLE;
                    };
            };
        }
        if (reason == StoreException.Reason.UNAVAILABLE) {
            LOG.log(System.Logger.Level.WARNING, "The backend failed: {0}", failed.getMessage());
        }
        return new StoreException(reason, "the backend: " + failed.getMessage(), failed);
    }
}
