package landfall.sandbox;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 client that keeps its connection, as browsers and game clients do, and that hides nothing: what it reports
 * as failed a user would have seen. Like any client with a pool it looks whether the server has closed a kept connection
 * before it sends on it; once a request was sent it is never sent again.
 */
final class DemoConnection implements AutoCloseable {
    private static final int WAIT_MILLIS_MAX = 10_000;

    private final URI address;
    private @Nullable Socket socket;
    private InputStream in = InputStream.nullInputStream();

    DemoConnection(URI address) {
        this.address = address;
    }

    /**
     * An answer.
     *
     * @param raw the body, a character a byte
     */
    record Answer(int status, String raw) {
        byte[] bytes() {
            return raw.getBytes(StandardCharsets.ISO_8859_1);
        }

        String body() {
            return new String(bytes(), StandardCharsets.UTF_8);
        }
    }

    /** The checksum of what is served under the path, or the status in its place. */
    String checksum(String path) throws IOException {
        Answer answer = send("GET", path, "", new byte[0]);
        return answer.status() == 200 ? DemoTraffic.sha256(answer.bytes()) : "status " + answer.status();
    }

    /** @throws IOException for a reset, an early end, or a wait over ten seconds */
    Answer send(String method, String path, String headers, byte[] body) throws IOException {
        try {
            Socket open = open();
            ByteArrayOutputStream request = new ByteArrayOutputStream();
            request.writeBytes((method + " " + path + " HTTP/1.1\r\nHost: " + address.getAuthority() + "\r\n" + headers
                            + "Content-Length: " + body.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            request.writeBytes(body);
            open.getOutputStream().write(request.toByteArray());
            return answer();
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private Socket open() throws IOException {
        Socket kept = socket;
        if (kept != null && !closedByServer(kept)) {
            return kept;
        }
        close();
        Socket fresh = new Socket();
        socket = fresh;
        fresh.connect(new InetSocketAddress(address.getHost(), address.getPort()), WAIT_MILLIS_MAX);
        fresh.setTcpNoDelay(true);
        fresh.setSoTimeout(WAIT_MILLIS_MAX);
        in = new BufferedInputStream(fresh.getInputStream());
        return fresh;
    }

    private boolean closedByServer(Socket kept) throws IOException {
        kept.setSoTimeout(1);
        try {
            in.read();
            // The end, or bytes that nobody asked for: either way not to be used again.
            return true;
        } catch (SocketTimeoutException e) {
            kept.setSoTimeout(WAIT_MILLIS_MAX);
            return false;
        }
    }

    private Answer answer() throws IOException {
        String[] first = line().split(" ", 3);
        if (first.length < 2) {
            throw new IOException("not an HTTP answer");
        }
        int length = -1;
        boolean chunked = false;
        boolean close = false;
        for (String line = line(); !line.isEmpty(); line = line()) {
            String header = line.toLowerCase(Locale.ROOT);
            if (header.startsWith("content-length:")) {
                length = Integer.parseInt(header.substring(15).strip());
            } else if (header.startsWith("transfer-encoding:")) {
                chunked = header.contains("chunked");
            } else if (header.startsWith("connection:")) {
                close = header.contains("close");
            }
        }
        byte[] body;
        if (chunked) {
            body = chunks();
        } else if (length >= 0) {
            body = exactly(length);
        } else {
            body = in.readAllBytes();
            close = true;
        }
        if (close) {
            close();
        }
        return new Answer(Integer.parseInt(first[1]), new String(body, StandardCharsets.ISO_8859_1));
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(line().split(";", 2)[0].strip(), 16);
            if (size == 0) {
                // Trailers are of no interest.
                String trailer = line();
                while (!trailer.isEmpty()) {
                    trailer = line();
                }
                return body.toByteArray();
            }
            body.writeBytes(exactly(size));
            line();
        }
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the answer ended early");
        }
        return bytes;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection ended before the answer");
            }
            line.append((char) c);
        }
        return line.toString().strip();
    }

    @Override
    public void close() {
        Socket open = socket;
        socket = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                System.getLogger("demo").log(System.Logger.Level.DEBUG, "already closed", e);
            }
        }
    }
}
