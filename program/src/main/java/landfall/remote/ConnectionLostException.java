package landfall.remote;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The connection ended while a command ran: whether the host carried it out is not known. A command that only reads may
 * be sent again; for a change, look at the host first.
 */
public final class ConnectionLostException extends IOException {
    private static final long serialVersionUID = 1L;

    ConnectionLostException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
