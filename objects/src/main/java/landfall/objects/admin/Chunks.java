package landfall.objects.admin;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Reads HTTP/1.1 answers with chunked or counted bodies (RFC 9112, sections 6 and 7), whose end can be told from a break. */
final class Chunks {
    private static final int LINE_MAX = 8_192;
    private static final int HEADERS_MAX = 100;

    private static final long CHUNKED = -1;
    private static final long UNKNOWN = -2;

    private Chunks() {}

    /** An answer's status and how its body is framed: {@code length} is CHUNKED or UNKNOWN below 0. */
    record Head(int status, long length) {}

    static Head head(InputStream in) throws IOException {
        String[] first = line(in).split(" ", 3);
        if (first.length < 2 || !first[1].matches("\\d{3}")) {
            throw new IOException("the server's answer isn't HTTP");
        }
        long length = UNKNOWN;
        int count = 0;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String header = line.toLowerCase(Locale.ROOT);
            if (header.startsWith("content-length:")) {
                length =
                        Long.parseLong(header.substring(header.indexOf(':') + 1).strip());
            } else if (header.startsWith("transfer-encoding:") && header.endsWith("chunked")) {
                length = CHUNKED;
            }
            if (++count > HEADERS_MAX) {
                throw new IOException("the server's answer has more than " + HEADERS_MAX + " headers");
            }
        }
        return new Head(Integer.parseInt(first[1]), length);
    }

    static String text(InputStream in, Head head) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        copy(in, head, text);
        return text.toString(StandardCharsets.UTF_8);
    }

    /** Copies the body. @throws EOFException if the answer ends before its body does */
    static void copy(InputStream in, Head head, OutputStream out) throws IOException {
        byte[] buffer = new byte[1 << 16];
        if (head.length() == UNKNOWN) {
            throw new IOException("the server's answer doesn't say where it ends");
        }
        if (head.length() >= 0) {
            copy(in, head.length(), out, buffer);
            return;
        }
        while (true) {
            long size = Long.parseLong(line(in).split(";", 2)[0].strip(), 16);
            copy(in, size, out, buffer);
            line(in);
            if (size == 0) {
                return;
            }
        }
    }

    private static void copy(InputStream in, long size, OutputStream out, byte[] buffer) throws IOException {
        long left = size;
        while (left > 0) {
            int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0) {
                throw new EOFException("the server broke off its answer: its log says why");
            }
            out.write(buffer, 0, count);
            left -= count;
        }
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the server broke off its answer: its log says why");
            }
            if (line.size() >= LINE_MAX) {
                throw new IOException("a line of the server's answer is longer than " + LINE_MAX + " bytes");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8).stripTrailing();
    }
}
