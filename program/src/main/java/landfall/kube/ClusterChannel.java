package landfall.kube;

import io.fabric8.kubernetes.client.http.WebSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import landfall.base.Duplex;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One exec or port-forward over a WebSocket with numbered channels ({@code v4/v5.channel.k8s.io}). Both directions push
 * back: the next message is asked for when the reader has taken one, and a writer waits while much is unsent.
 */
final class ClusterChannel implements Duplex, WebSocket.Listener {
    /** What the channels mean. */
    enum Kind {
        EXEC(0, 1),
        PORT_FORWARD(0, 0);

        private final int write;
        private final int read;

        Kind(int write, int read) {
            this.write = write;
            this.read = read;
        }
    }

    private static final int WINDOW = 16;
    private static final int FRAME = 32 << 10;
    private static final ByteBuffer END = ByteBuffer.allocate(0);

    private final Kind kind;
    private final String protocol;
    private final String what;
    private final LinkedBlockingQueue<ByteBuffer> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<JsonNode> status = new CompletableFuture<>();
    private final CompletableFuture<WebSocket> socket = new CompletableFuture<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final StringBuilder errors = new StringBuilder();
    private final boolean[] portSeen = new boolean[2];
    private volatile @Nullable IOException failure;
    private final Input input = new Input();
    private final Output output = new Output();

    ClusterChannel(Kind kind, String protocol, String what) {
        this.kind = kind;
        this.protocol = protocol;
        this.what = what.substring(0, what.indexOf('?') < 0 ? what.length() : what.indexOf('?'));
    }

    @Override
    public InputStream input() {
        return input;
    }

    @Override
    public OutputStream output() {
        return output;
    }

    /** Exit code of an exec once it has ended. */
    int exitCode(Duration patience) throws IOException {
        try {
            JsonNode end = status.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (end.path("status").asString("").equals("Success")) {
                return 0;
            }
            for (JsonNode cause : end.path("details").path("causes").values()) {
                if (cause.path("reason").asString("").equals("ExitCode")) {
                    return Integer.parseInt(cause.path("message").asString("").strip());
                }
            }
            throw new IOException(what + ": " + end.path("message").asString("ended without an exit code"));
        } catch (ExecutionException e) {
            throw new IOException(what + ": connection lost before the command's exit code came", e);
        } catch (TimeoutException e) {
            throw new IOException(what + ": not ended within " + patience.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(what);
        }
    }

    /** What the command has said on standard error, at most the last few kilobytes. */
    String errorText() {
        synchronized (errors) {
            return errors.toString().strip();
        }
    }

    @Override
    public void onOpen(WebSocket webSocket) {
        socket.complete(webSocket);
        for (int i = 1; i < WINDOW; i++) {
            webSocket.request();
        }
    }

    @Override
    public void onMessage(WebSocket webSocket, String text) {
        onMessage(webSocket, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void onMessage(WebSocket webSocket, ByteBuffer message) {
        if (!message.hasRemaining()) {
            webSocket.request();
            return;
        }
        int channel = message.get() & 0xff;
        if (kind == Kind.PORT_FORWARD && channel < 2 && !portSeen[channel]) {
            // The first message of each channel of a port-forward repeats the port.
            portSeen[channel] = true;
            webSocket.request();
        } else if (channel == kind.read) {
            if (message.hasRemaining()) {
                received.add(message);
            } else {
                webSocket.request();
            }
        } else {
            sideChannel(channel, message);
            webSocket.request();
        }
    }

    private void sideChannel(int channel, ByteBuffer message) {
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (kind == Kind.PORT_FORWARD && channel == 1) {
            fail(new IOException(what + ": " + text));
        } else if (kind == Kind.EXEC && channel == 3) {
            status.complete(ClusterApi.JSON.readTree(text));
        } else if (kind == Kind.EXEC && channel == 2) {
            synchronized (errors) {
                errors.append(text);
                if (errors.length() > 8192) {
                    errors.delete(0, errors.length() - 4096);
                }
            }
        }
    }

    private void fail(IOException reason) {
        if (failure == null) {
            failure = reason;
        }
        received.add(END);
        status.completeExceptionally(reason);
    }

    @Override
    public void onClose(WebSocket webSocket, int code, String reason) {
        if (code == 1000) {
            received.add(END);
            status.completeExceptionally(new IOException(what + ": closed without a status"));
        } else {
            fail(new IOException(what + ": connection closed with " + code + (reason == null ? "" : " " + reason)));
        }
        // The other half of the closing handshake; the client library leaves it to the listener.
        webSocket.sendClose(1000, "");
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        fail(new IOException(what + ": connection lost: " + error.getMessage(), error));
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            WebSocket webSocket = socket.getNow(null);
            if (webSocket != null) {
                webSocket.sendClose(1000, "");
                // Messages still under way must be asked for, or the close frame behind them is never seen.
                for (int i = 0; i < WINDOW; i++) {
                    webSocket.request();
                }
            }
            received.add(END);
        }
    }

    private final class Input extends InputStream {
        private ByteBuffer current = ByteBuffer.allocate(0);
        private boolean ended;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            while (!current.hasRemaining()) {
                if (ended) {
                    return end();
                }
                next();
            }
            int n = Math.min(length, current.remaining());
            current.get(bytes, offset, n);
            return n;
        }

        private void next() throws InterruptedIOException {
            try {
                ByteBuffer message = received.take();
                if (!message.hasRemaining()) {
                    ended = true;
                } else {
                    current = message;
                    socket.join().request();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException(what);
            }
        }

        private int end() throws IOException {
            IOException reason = failure;
            if (reason != null) {
                throw new IOException(reason.getMessage(), reason);
            }
            return -1;
        }

        @Override
        public int available() {
            return current.remaining();
        }

        @Override
        public void close() {
            ClusterChannel.this.close();
        }
    }

    private final class Output extends OutputStream {
        private boolean ended;

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
            for (int done = 0; done < length; ) {
                int n = Math.min(FRAME, length - done);
                ByteBuffer frame = ByteBuffer.allocate(n + 1);
                frame.put((byte) kind.write).put(bytes, offset + done, n).flip();
                send(frame);
                done += n;
            }
        }

        private void send(ByteBuffer frame) throws IOException {
            WebSocket webSocket = socket.join();
            // The JDK refuses a message while another is on its way (java.net.http.WebSocket.sendBinary), and the
            // library
            // offers no callback for "sent": a short nap is the only way to be pushed back.
            while (webSocket.queueSize() > 0 && !stopped()) {
                LockSupport.parkNanos(200_000);
            }
            if (stopped() || !webSocket.send(frame)) {
                IOException reason = failure;
                throw new IOException(reason == null ? what + ": closed" : reason.getMessage(), reason);
            }
        }

        private boolean stopped() {
            return closed.get() || ended || failure != null;
        }

        /** Ends the command's input where the protocol can say so (v5); else the whole channel is closed. */
        @Override
        public synchronized void close() throws IOException {
            if (stopped()) {
                return;
            }
            if (kind == Kind.EXEC && protocol.startsWith("v5")) {
                send(ByteBuffer.wrap(new byte[] {(byte) 255, 0}));
                ended = true;
            } else {
                ClusterChannel.this.close();
            }
        }
    }
}
