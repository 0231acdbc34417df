package landfall.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketImpl;
import landfall.base.Duplex;
import org.jspecify.annotations.Nullable;

/** A byte stream in the shape of a connected socket: what pgjdbc asks of one, no more. */
final class DuplexSocket extends Socket {
    private final Duplex duplex;
    private final InputStream input;
    private final OutputStream output;
    private final @Nullable PumpedInput pumped;
    private volatile boolean closed;
    private volatile int timeoutMillis;

    /** @param pumped whether reads must honour timeouts and {@code available}: the replication stream polls */
    DuplexSocket(Duplex duplex, boolean pumped) throws IOException {
        super((SocketImpl) null);
        this.duplex = duplex;
        this.output = new FarewellOutput(duplex.output());
        this.pumped = pumped ? new PumpedInput(duplex.input()) : null;
        this.input = this.pumped == null ? duplex.input() : this.pumped;
    }

    @Override
    public void connect(SocketAddress endpoint) {}

    @Override
    public void connect(SocketAddress endpoint, int timeout) {}

    @Override
    public InputStream getInputStream() {
        return input;
    }

    @Override
    public OutputStream getOutputStream() {
        return output;
    }

    @Override
    public void setSoTimeout(int timeout) {
        timeoutMillis = timeout;
        if (pumped != null) {
            pumped.setTimeout(timeout);
        }
    }

    @Override
    public int getSoTimeout() {
        return timeoutMillis;
    }

    @Override
    public void setTcpNoDelay(boolean on) {}

    @Override
    public void setKeepAlive(boolean on) {}

    @Override
    public void setReceiveBufferSize(int size) {}

    @Override
    public void setSendBufferSize(int size) {}

    @Override
    public int getSendBufferSize() {
        return 64 << 10;
    }

    @Override
    public int getReceiveBufferSize() {
        return 64 << 10;
    }

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public boolean isBound() {
        return true;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void shutdownOutput() throws IOException {
        output.close();
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            duplex.close();
        }
    }
}
