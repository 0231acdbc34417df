package landfall.kube;

import java.io.IOException;

/** The API server answered with an error Status, or could not be asked. */
final class ClusterException extends IOException {
    private static final long serialVersionUID = 1L;

    /** HTTP status, or 0 where no answer came. */
    private final int code;

    ClusterException(int code, String message) {
        super(message);
        this.code = code;
    }

    ClusterException(String message, Throwable cause) {
        super(message, cause);
        this.code = 0;
    }

    /** What the server said; never null. */
    String reason() {
        return String.valueOf(getMessage());
    }

    int code() {
        return code;
    }
}
