package landfall.sandbox.program;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file in an upload: a raw body with the header {@code x-file-name}, or the first file of a multipart form. Streamed,
 * so that 200 MB need no memory.
 */
record UploadBody(String fileName, InputStream content) {
    private static final Pattern BOUNDARY = Pattern.compile("boundary=\"?([^\";]+)\"?");
    private static final Pattern FILE_NAME = Pattern.compile("filename=\"([^\"]*)\"");

    static UploadBody of(HttpListener.Request request) throws IOException {
        String type = request.header("content-type");
        if (!type.startsWith("multipart/form-data")) {
            return new UploadBody(request.header("x-file-name"), request.body());
        }
        Matcher boundary = BOUNDARY.matcher(type);
        if (!boundary.find()) {
            throw new IllegalArgumentException("multipart without boundary");
        }
        byte[] delimiter = ("\r\n--" + boundary.group(1)).getBytes(StandardCharsets.ISO_8859_1);
        PushbackInputStream in = new PushbackInputStream(request.body(), delimiter.length + 2);
        // The first delimiter has no line end before it: with one put in front, every delimiter is alike.
        in.unread("\r\n".getBytes(StandardCharsets.US_ASCII));
        new Part(in, delimiter).transferTo(OutputStream.nullOutputStream());
        while (true) {
            Matcher name = FILE_NAME.matcher(head(in));
            Part part = new Part(in, delimiter);
            if (name.find()) {
                return new UploadBody(name.group(1), part);
            }
            part.transferTo(OutputStream.nullOutputStream());
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        String text = "";
        while (!text.endsWith("\r\n\r\n")) {
            int c = in.read();
            if (c < 0 || head.size() > 16_384) {
                throw new IllegalArgumentException("the form holds no file");
            }
            head.write(c);
            text = c == '\n' ? head.toString(StandardCharsets.UTF_8) : "";
        }
        return text;
    }

    /** Bytes up to a delimiter, which is consumed. */
    private static final class Part extends InputStream {
        private final PushbackInputStream in;
        private final byte[] delimiter;
        private boolean ended;

        Part(PushbackInputStream in, byte[] delimiter) {
            this.in = in;
            this.delimiter = delimiter;
        }

        @Override
        public int read() throws IOException {
            if (ended) {
                return -1;
            }
            int c = in.read();
            if (c < 0) {
                throw new IllegalArgumentException("the form ended within a part");
            }
            if (c != delimiter[0]) {
                return c;
            }
            byte[] rest = in.readNBytes(delimiter.length - 1);
            for (int i = 0; i < rest.length; i++) {
                if (rest[i] != delimiter[i + 1]) {
                    in.unread(rest);
                    return c;
                }
            }
            ended = rest.length == delimiter.length - 1;
            if (!ended) {
                in.unread(rest);
            }
            return ended ? -1 : c;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int n = 0;
            while (n < length) {
                int c = read();
                if (c < 0) {
                    break;
                }
                buffer[offset + n++] = (byte) c;
            }
            return n == 0 && length > 0 ? -1 : n;
        }
    }
}
