package landfall.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * First line and headers of an HTTP/1 message, in their order.
 *
 * @param headers lines {@code Name: value}
 */
record DokkuHttpHead(String first, List<String> headers) {
    private static final int BYTES_MAX = 64 << 10;

    DokkuHttpHead {
        headers = List.copyOf(headers);
    }

    /** Empty if the peer ended, or stayed silent, before the first byte: a kept connection that is not used again. */
    static Optional<DokkuHttpHead> read(InputStream in) throws IOException {
        try {
            return readOrSilence(in);
        } catch (SocketTimeoutException e) {
            if (e instanceof Silence) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Nothing came in time. */
    private static final class Silence extends SocketTimeoutException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Empty if the peer ended before the first byte.
     *
     * @throws SocketTimeoutException if it stayed silent
     */
    static Optional<DokkuHttpHead> readOrSilence(InputStream in) throws IOException {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        int bytes = 0;
        while (true) {
            int c;
            try {
                c = in.read();
            } catch (SocketTimeoutException e) {
                throw bytes == 0 ? new Silence() : e;
            }
            if (c < 0) {
                if (bytes == 0) {
                    return Optional.empty();
                }
                throw new IOException("the peer ended inside the head");
            }
            if (++bytes > BYTES_MAX) {
                throw new IOException("head over " + BYTES_MAX + " bytes");
            }
            if (c != '\n') {
                line.append((char) c);
                continue;
            }
            String text = line.toString().stripTrailing();
            line.setLength(0);
            if (!text.isEmpty()) {
                lines.add(text);
            } else if (!lines.isEmpty()) {
                return Optional.of(new DokkuHttpHead(lines.getFirst(), lines.subList(1, lines.size())));
            }
        }
    }

    static String name(String header) {
        int colon = header.indexOf(':');
        return (colon < 0 ? header : header.substring(0, colon)).strip().toLowerCase(Locale.ROOT);
    }

    /** Empty if absent. */
    String header(String name) {
        for (String header : headers) {
            if (name(header).equals(name)) {
                return header.substring(header.indexOf(':') + 1).strip();
            }
        }
        return "";
    }

    boolean has(String name, String token) {
        return header(name).toLowerCase(Locale.ROOT).contains(token);
    }

    String method() {
        return first.split(" ", 3)[0];
    }

    String target() {
        String[] parts = first.split(" ", 3);
        return parts.length > 1 ? parts[1] : "/";
    }

    boolean http10() {
        return first.contains("HTTP/1.0");
    }

    int status() throws IOException {
        String[] parts = first.split(" ", 3);
        if (parts.length < 2 || !parts[1].matches("[0-9]{3}")) {
            throw new IOException("not an HTTP status line: " + first);
        }
        return Integer.parseInt(parts[1]);
    }

    /** -1 if there is none. */
    long length() throws IOException {
        String text = header("content-length");
        if (!text.isEmpty() && !text.matches("[0-9]{1,18}")) {
            throw new IOException("bad Content-Length: " + text);
        }
        return text.isEmpty() ? -1 : Long.parseLong(text);
    }

    byte[] bytes(String line, Set<String> without, List<String> added) {
        StringBuilder out = new StringBuilder(line).append("\r\n");
        headers.stream()
                .filter(header -> !without.contains(name(header)))
                .forEach(header -> out.append(header).append("\r\n"));
        added.forEach(header -> out.append(header).append("\r\n"));
        return out.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
