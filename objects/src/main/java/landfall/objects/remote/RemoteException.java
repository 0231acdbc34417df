package landfall.objects.remote;

import java.io.IOException;

/** Another S3 store refused: its HTTP status and, where it told one, S3's error code (else empty). */
public final class RemoteException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    RemoteException(int status, String code, String message) {
        super(message);
        this.status = status;
        this.code = code;
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }
}
