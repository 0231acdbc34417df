package landfall.postgres;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Lets a connection end without fuss. After Terminate (PostgreSQL's protocol, "Termination") the server hangs up at once,
 * and with it the relay and its channel, while the driver still flushes and closes its own end. What was acknowledged was
 * acknowledged before; what fails from here on concerns nobody.
 */
final class FarewellOutput extends FilterOutputStream {
    private static final byte[] TERMINATE = {'X', 0, 0, 0, 4};

    private boolean terminated;

    FarewellOutput(OutputStream out) {
        super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        terminated = length >= TERMINATE.length
                && java.util.Arrays.equals(
                        bytes, offset + length - TERMINATE.length, offset + length, TERMINATE, 0, TERMINATE.length);
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            ignoreAfterTerminate(e);
        }
    }

    @Override
    public void write(int value) throws IOException {
        terminated = false;
        out.write(value);
    }

    @Override
    public void flush() throws IOException {
        try {
            out.flush();
        } catch (IOException e) {
            ignoreAfterTerminate(e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            out.close();
        } catch (IOException e) {
            ignoreAfterTerminate(e);
        }
    }

    private void ignoreAfterTerminate(IOException e) throws IOException {
        if (!terminated) {
            throw e;
        }
        System.getLogger(FarewellOutput.class.getName())
                .log(System.Logger.Level.DEBUG, "the server had hung up before the driver closed", e);
    }
}
