package landfall.objects.admin;

/** What the admin side answers to a request that it can't fulfil: an HTTP status and a sentence. */
final class AdminException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;

    AdminException(int status, String message) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }
}
