package landfall.sandbox;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One request through the proxy: forwarded as it streams in, answered as it streams back. */
final class DokkuProxyExchange {
    private static final Set<String> REPLACED = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "expect",
            "x-forwarded-for",
            "x-forwarded-port",
            "x-forwarded-proto",
            "x-request-start");

    private final DokkuProxy proxy;
    private final DokkuProxy.Route route;
    private final DokkuHttpHead request;
    private final Socket client;
    private final InputStream in;
    private final OutputStream out;
    private final int port;
    private final boolean secure;
    private volatile boolean tooLarge;

    DokkuProxyExchange(
            DokkuProxy proxy,
            DokkuProxy.Route route,
            DokkuHttpHead request,
            Socket client,
            InputStream in,
            OutputStream out,
            int port,
            boolean secure) {
        this.proxy = proxy;
        this.route = route;
        this.request = request;
        this.client = client;
        this.in = in;
        this.out = out;
        this.port = port;
        this.secure = secure;
    }

    static byte[] plain(int status, String reason, boolean close, String headers) {
        String body = "<html><head><title>" + status + " " + reason + "</title></head><body><h1>" + status + " "
                + reason + "</h1></body></html>\n";
        return ("HTTP/1.1 " + status + " " + reason + "\r\nServer: nginx\r\nContent-Type: text/html\r\nContent-Length: "
                        + body.length() + "\r\n" + headers + "Connection: " + (close ? "close" : "keep-alive")
                        + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private boolean keepsAlive() {
        return route.limits().keepAliveMillis() > 0
                && !request.has("connection", "close")
                && (!request.http10() || request.has("connection", "keep-alive"));
    }

    private boolean refuse(int status, String reason) throws IOException {
        out.write(plain(status, reason, true, security()));
        out.flush();
        return false;
    }

    private String security() {
        return secure && !route.limits().transportSecurity().isEmpty()
                ? "Strict-Transport-Security: " + route.limits().transportSecurity() + "\r\n"
                : "";
    }

    /** True if the client's connection may carry another request. */
    boolean run() throws IOException {
        boolean chunked = request.has("transfer-encoding", "chunked");
        long length = chunked ? -1 : request.length();
        boolean body = chunked || length > 0;
        if (route.redirect()) {
            String host = request.header("host").replaceFirst(":[0-9]*$", "");
            boolean keep = keepsAlive() && !body;
            out.write(plain(
                    301, "Moved Permanently", !keep, "Location: https://" + host + ":443" + request.target() + "\r\n"));
            out.flush();
            return keep;
        }
        long max = route.limits().bodyBytesMax();
        if (max > 0 && length > max) {
            return refuse(413, "Request Entity Too Large");
        }
        if (request.has("expect", "100-continue")) {
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }
        try (Socket upstream = connect()) {
            return forward(upstream, chunked, length);
        } catch (SocketTimeoutException e) {
            return refuse(504, "Gateway Time-out");
        } catch (NoAnswer e) {
            return tooLarge ? refuse(413, "Request Entity Too Large") : refuse(502, "Bad Gateway");
        }
    }

    /** Nothing of an answer has been passed on: the client can still be told. */
    private static final class NoAnswer extends IOException {
        private static final long serialVersionUID = 1L;

        NoAnswer(Throwable cause) {
            super("no answer from the app", cause);
        }
    }

    private Socket connect() throws NoAnswer {
        IOException last = new IOException("no backend");
        for (int i = 0; i < route.backends().size(); i++) {
            Socket upstream = new Socket();
            try {
                InetSocketAddress backend = proxy.backend(route);
                upstream.connect(backend, 10_000);
                upstream.setTcpNoDelay(true);
                upstream.setSoTimeout(Math.max(1, route.limits().readMillis()));
                proxy.open().add(upstream);
                return upstream;
            } catch (IOException e) {
                last = e;
                DokkuProxy.closeQuietly(upstream);
            }
        }
        throw new NoAnswer(last);
    }

    private boolean forward(Socket upstream, boolean chunked, long length) throws IOException {
        boolean upgrade = !request.header("upgrade").isEmpty() && request.has("connection", "upgrade");
        try {
            OutputStream up = upstream.getOutputStream();
            List<String> added = new ArrayList<>(List.of(
                    "Connection: " + (upgrade ? "upgrade" : "close"),
                    "X-Forwarded-For: " + client.getInetAddress().getHostAddress(),
                    "X-Forwarded-Port: " + port,
                    "X-Forwarded-Proto: " + (secure ? "https" : "http"),
                    "X-Request-Start: " + System.currentTimeMillis() / 1000.0));
            up.write(request.bytes(request.method() + " " + request.target() + " HTTP/1.1", REPLACED, added));
            up.flush();
            Thread sender = send(up, upstream, chunked, length);
            boolean keep = answer(upstream, upgrade);
            if (sender.isAlive()) {
                sender.join(java.time.Duration.ofMillis(200));
            }
            return keep && !sender.isAlive() && !tooLarge;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            proxy.open().remove(upstream);
        }
    }

    /** Sends the body beside the answer, since an app may answer before it has read everything. */
    private Thread send(OutputStream up, Socket upstream, boolean chunked, long length) {
        return Thread.ofVirtual().start(() -> {
            try {
                if (chunked) {
                    copyChunks(in, up, route.limits().bodyBytesMax());
                } else if (length > 0) {
                    copy(in, up, length);
                }
                up.flush();
            } catch (IOException e) {
                // The app's answer, if it gave one, still counts; without one the other side reports it.
                System.getLogger(DokkuProxyExchange.class.getName()).log(System.Logger.Level.DEBUG, "body ended", e);
                if (tooLarge) {
                    DokkuProxy.closeQuietly(upstream);
                }
            }
        });
    }

    private boolean answer(Socket upstream, boolean upgrade) throws IOException {
        InputStream from = new BufferedInputStream(upstream.getInputStream(), 32 << 10);
        DokkuHttpHead head = head(from);
        while (head.status() >= 100 && head.status() < 200 && head.status() != 101) {
            head = head(from);
        }
        if (head.status() == 101 && upgrade) {
            out.write(head.bytes(head.first(), Set.of(), List.of()));
            out.flush();
            tunnel(upstream, from);
            return false;
        }
        boolean empty = request.method().equals("HEAD") || head.status() == 204 || head.status() == 304;
        boolean chunked = head.has("transfer-encoding", "chunked");
        long length = chunked ? -1 : head.length();
        boolean untilEnd = !empty && !chunked && length < 0;
        boolean keep = keepsAlive() && !(request.http10() && (untilEnd || chunked));
        List<String> added = new ArrayList<>(List.of("Connection: " + (keep ? "keep-alive" : "close")));
        if (untilEnd && !request.http10()) {
            added.add("Transfer-Encoding: chunked");
        }
        if (!security().isEmpty()) {
            added.add(security().strip());
        }
        String line = "HTTP/1.1" + head.first().substring(head.first().indexOf(' '));
        out.write(head.bytes(line, Set.of("connection", "keep-alive"), added));
        if (empty) {
            out.flush();
            return keep;
        }
        if (chunked) {
            copyChunks(from, out, 0);
        } else if (untilEnd) {
            copyUntilEnd(from);
        } else {
            copy(from, out, length);
        }
        out.flush();
        return keep;
    }

    private static DokkuHttpHead head(InputStream from) throws IOException {
        try {
            Optional<DokkuHttpHead> head = DokkuHttpHead.readOrSilence(from);
            return head.orElseThrow(() -> new NoAnswer(new EOFException("the app closed the connection")));
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            throw new NoAnswer(e);
        }
    }

    private void copyUntilEnd(InputStream from) throws IOException {
        byte[] buffer = new byte[32 << 10];
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
            if (!request.http10()) {
                out.write((Integer.toHexString(n) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            }
            out.write(buffer, 0, n);
            if (!request.http10()) {
                out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            out.flush();
        }
        if (!request.http10()) {
            out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static void copy(InputStream from, OutputStream to, long length) throws IOException {
        byte[] buffer = new byte[32 << 10];
        for (long left = length; left > 0; ) {
            int n = from.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (n < 0) {
                throw new EOFException("body ended " + left + " bytes early");
            }
            to.write(buffer, 0, n);
            left -= n;
            if (from.available() == 0) {
                to.flush();
            }
        }
    }

    /** @param max bytes of the whole body, or 0 for no limit */
    private void copyChunks(InputStream from, OutputStream to, long max) throws IOException {
        long total = 0;
        while (true) {
            String line = line(from);
            String digits = line.split(";", 2)[0].strip();
            if (!digits.matches("[0-9a-fA-F]{1,15}")) {
                throw new IOException("bad chunk size: " + line);
            }
            long size = Long.parseLong(digits, 16);
            total += size;
            if (max > 0 && total > max) {
                tooLarge = true;
                throw new IOException("body over " + max + " bytes");
            }
            to.write((digits + "\r\n").getBytes(StandardCharsets.US_ASCII));
            if (size == 0) {
                for (String trailer = line(from); !trailer.isEmpty(); trailer = line(from)) {
                    to.write((trailer + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                }
                to.write("\r\n".getBytes(StandardCharsets.US_ASCII));
                to.flush();
                return;
            }
            copy(from, to, size);
            line(from);
            to.write("\r\n".getBytes(StandardCharsets.US_ASCII));
            to.flush();
        }
    }

    private static String line(InputStream from) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = from.read(); c != '\n'; c = from.read()) {
            if (c < 0 || line.length() > 8192) {
                throw new EOFException("body ended inside a chunk");
            }
            line.append((char) c);
        }
        return line.toString().stripTrailing();
    }

    private void tunnel(Socket upstream, InputStream from) throws IOException {
        client.setSoTimeout(0);
        upstream.setSoTimeout(0);
        Thread.ofVirtual().start(() -> {
            try {
                in.transferTo(upstream.getOutputStream());
                upstream.shutdownOutput();
            } catch (IOException e) {
                DokkuProxy.closeQuietly(upstream);
            }
        });
        byte[] buffer = new byte[16 << 10];
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
            out.write(buffer, 0, n);
            out.flush();
        }
    }
}
