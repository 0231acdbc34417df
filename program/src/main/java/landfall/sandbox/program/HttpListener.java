package landfall.sandbox.program;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A small HTTP/1.1 server on virtual threads. The JDK's own can't be asked to answer {@code Connection: close} from one
 * moment on, which is what lets clients with kept connections leave a pod that is going away without an error.
 */
final class HttpListener {
    private static final int IDLE_MILLIS = 60_000;
    private static final int HEAD_BYTES_MAX = 64 << 10;
    private static final long QUIET_NANOS = 250_000_000L;
    private static final long STOP_NANOS_MAX = 1_500_000_000L;

    private final ServerSocket server;
    private final Handler handler;
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicLong lastActive = new AtomicLong(System.nanoTime());
    private volatile boolean leaving;

    HttpListener(String address, int port, Handler handler) throws IOException {
        this.handler = handler;
        server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(address, port), 1024);
    }

    /** Answers one request; what it throws becomes status 500 with the message, as Uro answers. */
    @FunctionalInterface
    interface Handler {
        Response handle(Request request) throws Exception;
    }

    /** Writes a body of known length. */
    @FunctionalInterface
    interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    /** @param headers names in lower case */
    record Request(String method, String target, Map<String, String> headers, InputStream body) {
        String path() {
            int query = target.indexOf('?');
            return query < 0 ? target : target.substring(0, query);
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }

        String text() throws IOException {
            return new String(body.readNBytes(4 << 20), StandardCharsets.UTF_8);
        }
    }

    /** One answer. */
    record Response(int status, Map<String, String> headers, long length, Body body) {
        static Response text(int status, String type, String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return new Response(status, Map.of("content-type", type), bytes.length, out -> out.write(bytes));
        }

        static Response json(int status, Object value) {
            return text(status, "application/json; charset=utf-8", Json.write(value));
        }
    }

    int port() {
        return server.getLocalPort();
    }

    void start() {
        Thread.ofPlatform().name("accept").start(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    Thread.ofVirtual().start(() -> serve(socket));
                } catch (IOException e) {
                    if (!server.isClosed()) {
                        Log.line("accept failed: " + e.getMessage());
                    }
                }
            }
        });
    }

    /** Tells clients to leave, goes on answering, and returns when nothing happened for a while. */
    void leave() throws InterruptedException {
        leaving = true;
        lastActive.set(System.nanoTime());
        long end = System.nanoTime() + STOP_NANOS_MAX;
        while (System.nanoTime() < end && (active.get() > 0 || System.nanoTime() - lastActive.get() < QUIET_NANOS)) {
            Thread.sleep(10);
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(IDLE_MILLIS);
            InputStream in = new BufferedInputStream(socket.getInputStream(), 32 << 10);
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 32 << 10);
            boolean open = true;
            while (open) {
                in.mark(1);
                if (in.read() < 0) {
                    return;
                }
                in.reset();
                active.incrementAndGet();
                try {
                    open = exchange(in, out);
                } finally {
                    lastActive.set(System.nanoTime());
                    active.decrementAndGet();
                }
            }
            // Closing with unread input would reset the connection and could take the answer with it.
            socket.shutdownOutput();
            socket.setSoTimeout(1_000);
            in.skipNBytes(Long.MAX_VALUE);
        } catch (EOFException | SocketTimeoutException e) {
            // The client left, or was idle for too long: both are ordinary ends of a connection.
        } catch (IOException e) {
            Log.line("connection ended: " + e.getMessage());
        }
    }

    private boolean exchange(InputStream in, OutputStream out) throws IOException {
        String[] first = line(in).split(" ", 3);
        Map<String, String> headers = headers(in);
        if (first.length < 3) {
            write(out, Response.text(400, "text/plain", "Bad Request"), "GET", true);
            return false;
        }
        if (headers.getOrDefault("expect", "").equalsIgnoreCase("100-continue")) {
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
        InputStream body = headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")
                ? new Chunked(in)
                : new Limited(in, Long.parseLong(headers.getOrDefault("content-length", "0")));
        Response response;
        try {
            response = handler.handle(new Request(first[0], first[1], headers, body));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            response = failed(e);
        } catch (Exception e) {
            response = failed(e);
        }
        // A body left unread is read up to a bound, so that the connection can go on.
        boolean consumed = body.readNBytes(1 << 20).length < 1 << 20;
        boolean close = leaving
                || !consumed
                || first[2].equals("HTTP/1.0")
                || headers.getOrDefault("connection", "").equalsIgnoreCase("close");
        write(out, response, first[0], close);
        return !close;
    }

    private static Response failed(Exception e) {
        String message = String.valueOf(e.getMessage());
        Log.line("500: " + message);
        return Response.json(500, Map.of("errors", Map.of("detail", message)));
    }

    private static void write(OutputStream out, Response response, String method, boolean close) throws IOException {
        StringBuilder head = new StringBuilder(200)
                .append("HTTP/1.1 ")
                .append(response.status())
                .append(response.status() < 400 ? " OK\r\n" : " Error\r\n");
        response.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        head.append("content-length: ").append(response.length()).append("\r\n");
        if (close) {
            head.append("connection: close\r\n");
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        if (!method.equals("HEAD")) {
            response.body().writeTo(out);
        }
        out.flush();
    }

    private static Map<String, String> headers(InputStream in) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        int size = 0;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            size += line.length();
            int colon = line.indexOf(':');
            if (colon < 1 || size > HEAD_BYTES_MAX) {
                throw new IOException("not an HTTP header");
            }
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder(80);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            if (line.length() > HEAD_BYTES_MAX) {
                throw new IOException("a header line is too long");
            }
            line.append((char) c);
        }
        if (!line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
            line.setLength(line.length() - 1);
        }
        return line.toString();
    }

    /** A body of known length; an early end of the connection is an error, not the end of the body. */
    private static class Limited extends InputStream {
        final InputStream in;
        long left;

        Limited(InputStream in, long length) {
            this.in = in;
            left = length;
        }

        boolean more() throws IOException {
            return left > 0;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!more()) {
                return -1;
            }
            int n = in.read(buffer, offset, (int) Math.min(length, left));
            if (n < 0) {
                throw new EOFException("the request's body ended early");
            }
            left -= n;
            return n;
        }
    }

    /** A body in chunks. */
    private static final class Chunked extends Limited {
        private boolean started;
        private boolean ended;

        Chunked(InputStream in) {
            super(in, 0);
        }

        @Override
        boolean more() throws IOException {
            if (left > 0 || ended) {
                return !ended;
            }
            if (started) {
                line(in);
            }
            started = true;
            left = Long.parseLong(line(in).split(";", 2)[0].strip(), 16);
            if (left == 0) {
                ended = true;
                headers(in);
            }
            return !ended;
        }
    }
}
