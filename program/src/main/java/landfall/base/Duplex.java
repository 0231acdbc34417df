package landfall.base;

import java.io.Closeable;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A stream of bytes each way: a port-forward, an SSH channel, a process, a socket. End of {@link #input} alone proves
 * nothing about completeness; whoever needs proof counts or checks sums.
 */
public interface Duplex extends Closeable {
    InputStream input();

    OutputStream output();

    /** Opens one new stream per call; used from several threads at once. */
    @FunctionalInterface
    interface Dialer {
        Duplex dial() throws java.io.IOException;
    }
}
