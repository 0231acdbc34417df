import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A load for any S3 server: {@code Objects PORT KEY SECRET BUCKET put|get|list BYTES CLIENTS SECONDS}. Plain sockets with
 * keep-alive and Signature Version 4, so that the client costs little beside the server. Prints {@code rate MB/s p50 p99}:
 * requests a second, and milliseconds. {@code list} reads the whole bucket once and prints seconds, keys and the first page's
 * milliseconds.
 */
public final class Objects {
    private static final DateTimeFormatter BASIC =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int KEYS = 2_000;

    private final int port;
    private final String key;
    private final String secret;
    private final String bucket;

    private Objects(int port, String key, String secret, String bucket) {
        this.port = port;
        this.key = key;
        this.secret = secret;
        this.bucket = bucket;
    }

    public static void main(String[] arguments) throws Exception {
        Objects load = new Objects(Integer.parseInt(arguments[0]), arguments[1], arguments[2], arguments[3]);
        switch (arguments[4]) {
            case "create" -> load.create();
            case "fill" -> load.fill(Integer.parseInt(arguments[5]), Integer.parseInt(arguments[6]));
            case "list" -> load.list();
            case "loopback" -> loopback();
            case "put", "get" ->
                load.run(
                        arguments[4].equals("put"),
                        Integer.parseInt(arguments[5]),
                        Integer.parseInt(arguments[6]),
                        Integer.parseInt(arguments[7]));
            default -> throw new IllegalArgumentException("put, get, list, fill or create: " + arguments[4]);
        }
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String sha256(String text) throws GeneralSecurityException {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** The head of a signed request. {@code query}: canonical already. */
    private byte[] head(String method, String path, String query, long length) throws GeneralSecurityException {
        String time = BASIC.format(Instant.now());
        String day = time.substring(0, 8);
        String host = "127.0.0.1:" + port;
        String scope = day + "/us-east-1/s3/aws4_request";
        String headers = "host:" + host + "\nx-amz-content-sha256:UNSIGNED-PAYLOAD\nx-amz-date:" + time + "\n";
        String names = "host;x-amz-content-sha256;x-amz-date";
        String request = method + "\n" + path + "\n" + query + "\n" + headers + "\n" + names + "\nUNSIGNED-PAYLOAD";
        byte[] signing = hmac(
                hmac(hmac(hmac(("AWS4" + secret).getBytes(StandardCharsets.UTF_8), day), "us-east-1"), "s3"),
                "aws4_request");
        String signature = HexFormat.of()
                .formatHex(hmac(signing, "AWS4-HMAC-SHA256\n" + time + "\n" + scope + "\n" + sha256(request)));
        return (method + " " + path + (query.isEmpty() ? "" : "?" + query) + " HTTP/1.1\r\nHost: " + host
                        + "\r\nx-amz-date: " + time + "\r\nx-amz-content-sha256: UNSIGNED-PAYLOAD\r\nAuthorization: AWS4-HMAC-SHA256 Credential="
                        + key + "/" + scope + ", SignedHeaders=" + names + ", Signature=" + signature
                        + "\r\nContent-Length: " + length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** A connection that is kept. */
    private final class Line implements AutoCloseable {
        private final Socket socket;
        private final OutputStream out;
        private final InputStream in;
        private final byte[] buffer = new byte[256 << 10];

        Line() throws IOException {
            socket = new Socket("127.0.0.1", port);
            socket.setTcpNoDelay(true);
            out = socket.getOutputStream();
            in = new BufferedInputStream(socket.getInputStream(), 64 << 10);
        }

        /** Sends and reads the answer; its body is collected if asked for. */
        String exchange(String method, String path, String query, byte[] body, boolean collect) throws Exception {
            byte[] head = head(method, path, query, body.length);
            if (body.length > 0 && body.length <= 64 << 10) {
                byte[] both = Arrays.copyOf(head, head.length + body.length);
                System.arraycopy(body, 0, both, head.length, body.length);
                out.write(both);
            } else {
                out.write(head);
                out.write(body);
            }
            String first = line();
            long length = 0;
            boolean chunked = false;
            for (String header = line(); !header.isEmpty(); header = line()) {
                String lower = header.toLowerCase(Locale.ROOT);
                if (lower.startsWith("content-length:")) {
                    length = Long.parseLong(header.substring(15).strip());
                }
                chunked |= lower.startsWith("transfer-encoding:") && lower.contains("chunked");
            }
            StringBuilder text = new StringBuilder();
            if (chunked) {
                for (length = Long.parseLong(line(), 16); length > 0; length = Long.parseLong(line(), 16)) {
                    body(length, collect, text);
                    line();
                }
                line();
            } else {
                body(length, collect, text);
            }
            if (!first.contains(" 200") && !first.contains(" 204")) {
                throw new IOException(method + " " + path + ": " + first + " " + text);
            }
            return text.toString();
        }

        private void body(long length, boolean collect, StringBuilder text) throws IOException {
            for (long left = length; left > 0; ) {
                int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
                if (read < 0) {
                    throw new IOException("the answer was cut off");
                }
                left -= read;
                if (collect) {
                    text.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
                }
            }
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int each = in.read(); each != '\n'; each = in.read()) {
                if (each < 0) {
                    throw new IOException("the connection was cut");
                }
                if (each != '\r') {
                    line.append((char) each);
                }
            }
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** What a socket of this machine takes: MB/s of 64 kB writes through loopback, both ends in this process. */
    private static void loopback() throws Exception {
        try (java.net.ServerSocket server = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            long bytes = 4L << 30;
            Thread writer = Thread.ofPlatform().start(() -> {
                try (Socket socket = server.accept()) {
                    byte[] buffer = new byte[64 << 10];
                    for (long left = bytes; left > 0; left -= buffer.length) {
                        socket.getOutputStream().write(buffer);
                    }
                } catch (IOException cut) {
                    throw new java.io.UncheckedIOException(cut);
                }
            });
            long began = System.nanoTime();
            try (Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
                byte[] buffer = new byte[256 << 10];
                while (socket.getInputStream().read(buffer) >= 0) {
                    // as fast as they come
                }
            }
            writer.join();
            System.out.printf(Locale.ROOT, "%.0f%n", bytes / 1e6 / ((System.nanoTime() - began) / 1e9));
        }
    }

    private void create() throws Exception {
        try (Line line = new Line()) {
            line.exchange("PUT", "/" + bucket, "", new byte[0], true);
        }
    }

    private String path(int size, int client, long number) {
        return "/" + bucket + "/" + size + "/" + client % 8 + "/" + number;
    }

    /** Small objects for the listing. */
    private void fill(int count, int clients) throws Exception {
        AtomicLong next = new AtomicLong();
        each(clients, client -> {
            try (Line line = new Line()) {
                byte[] body = "x".getBytes(StandardCharsets.US_ASCII);
                for (long number = next.getAndIncrement(); number < count; number = next.getAndIncrement()) {
                    line.exchange(
                            "PUT", "/" + bucket + "/list/%03d/%06d".formatted(number % 100, number), "", body, false);
                }
            }
        });
    }

    private void list() throws Exception {
        try (Line line = new Line()) {
            long began = System.nanoTime();
            long firstPage = 0;
            int keys = 0;
            String token = "";
            do {
                String page = line.exchange(
                        "GET",
                        "/" + bucket,
                        (token.isEmpty() ? "" : "continuation-token=" + encoded(token) + "&") + "list-type=2",
                        new byte[0],
                        true);
                if (firstPage == 0) {
                    firstPage = System.nanoTime() - began;
                }
                keys += page.split("<Key>", -1).length - 1;
                int at = page.indexOf("<NextContinuationToken>");
                token = at < 0 ? "" : page.substring(at + 23, page.indexOf("</NextContinuationToken>"));
            } while (!token.isEmpty());
            System.out.printf(
                    Locale.ROOT, "%.2f %d %.1f%n", (System.nanoTime() - began) / 1e9, keys, firstPage / 1e6);
        }
    }

    private static String encoded(String token) {
        return token.replace("%", "%25").replace("=", "%3D").replace("+", "%2B").replace("/", "%2F");
    }

    private interface Work {
        void run(int client) throws Exception;
    }

    private static void each(int clients, Work work) throws Exception {
        List<Thread> threads = new ArrayList<>();
        List<Exception> failed = java.util.Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < clients; i++) {
            int client = i;
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    work.run(client);
                } catch (Exception cause) {
                    failed.add(cause);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (!failed.isEmpty()) {
            throw failed.getFirst();
        }
    }

    private void run(boolean put, int size, int clients, int seconds) throws Exception {
        byte[] body = new byte[size];
        new Random(7).nextBytes(body);
        int keys = size > 1 << 20 ? 4 : KEYS / 8;
        AtomicBoolean measuring = new AtomicBoolean();
        AtomicBoolean over = new AtomicBoolean();
        List<long[]> times = java.util.Collections.synchronizedList(new ArrayList<>());
        AtomicLong began = new AtomicLong();
        Thread clock = Thread.ofPlatform().start(() -> {
            try {
                Thread.sleep(seconds * 250L); // to warm up
                began.set(System.nanoTime());
                measuring.set(true);
                Thread.sleep(seconds * 1000L);
                over.set(true);
            } catch (InterruptedException interrupted) {
                over.set(true);
            }
        });
        each(clients, client -> {
            long[] mine = new long[4_000_000 / clients];
            int count = 0;
            try (Line line = new Line()) {
                for (long number = 0; !over.get(); number++) {
                    long before = System.nanoTime();
                    String path = path(size, client, put ? (clients > 8 ? client / 8 * 100_000L : 0) + number % keys : number % keys);
                    line.exchange(put ? "PUT" : "GET", path, "", put ? body : new byte[0], false);
                    if (measuring.get() && before >= began.get() && count < mine.length) {
                        mine[count++] = System.nanoTime() - before;
                    }
                }
            }
            times.add(Arrays.copyOf(mine, count));
        });
        double took = (System.nanoTime() - began.get()) / 1e9;
        clock.join();
        long[] all = times.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        double rate = all.length / took;
        System.out.printf(
                Locale.ROOT,
                "%.1f %.1f %.2f %.2f%n",
                rate,
                rate * size / 1e6,
                all[all.length / 2] / 1e6,
                all[(int) (all.length * 0.99)] / 1e6);
    }
}
