package landfall.objects.s3;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A multipart/form-data body read as it arrives (RFC 7578): fields into memory, up to the file, whose bytes are streamed.
 * Jetty's own reader would write the file to a temporary one first.
 */
final class FormData {
    private static final int FIELD_MAX = 64 << 10;
    private static final int FIELDS_MAX = 200;
    private static final Pattern BOUNDARY =
            Pattern.compile("boundary=(?:\"([^\"]{1,200})\"|([^;\\s]{1,200}))", Pattern.CASE_INSENSITIVE);
    private static final Pattern PARAMETER = Pattern.compile("(\\w+)=(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^;\\s]*))");

    private final InputStream in;
    private final byte[] delimiter;
    private final byte[] buffer = new byte[128 << 10];
    private int from;
    private int to;
    private boolean end;
    private final Map<String, String> fields = new LinkedHashMap<>();
    private String fileName = "";

    /** Reads up to the file. @throws S3Exception MalformedPOSTRequest, InvalidArgument if there is no file */
    FormData(InputStream in, String contentType) throws IOException {
        Matcher matcher = BOUNDARY.matcher(contentType);
        if (!matcher.find()) {
            throw new S3Exception(S3Error.MalformedPOSTRequest);
        }
        String boundary = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
        this.in = in;
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.UTF_8);
        // The first delimiter has no line before it: as if there were one.
        buffer[0] = '\r';
        buffer[1] = '\n';
        to = 2;
        copy(new ByteArrayOutputStream(), FIELD_MAX);
        readFields();
    }

    /** The fields before the file, by lower-case name. */
    Map<String, String> fields() {
        return fields;
    }

    String fileName() {
        return fileName;
    }

    private void readFields() throws IOException {
        while (true) {
            String after = line();
            if (after.startsWith("--")) {
                throw new S3Exception(S3Error.InvalidArgument, "POST requires exactly one file upload per request.")
                        .with("ArgumentName", "file");
            }
            Map<String, String> headers = headers();
            Map<String, String> parameters = new LinkedHashMap<>();
            Matcher matcher = PARAMETER.matcher(headers.getOrDefault("content-disposition", ""));
            while (matcher.find()) {
                String value =
                        matcher.group(2) != null ? matcher.group(2).replaceAll("\\\\(.)", "$1") : matcher.group(3);
                parameters.put(String.valueOf(matcher.group(1)).toLowerCase(Locale.ROOT), String.valueOf(value));
            }
            String name = parameters.getOrDefault("name", "").toLowerCase(Locale.ROOT);
            if (name.isEmpty() || fields.size() == FIELDS_MAX) {
                throw new S3Exception(S3Error.MalformedPOSTRequest);
            }
            if (name.equals("file")) {
                String given = parameters.getOrDefault("filename", "");
                fileName = given.substring(Math.max(given.lastIndexOf('/'), given.lastIndexOf('\\')) + 1);
                return;
            }
            ByteArrayOutputStream value = new ByteArrayOutputStream();
            copy(value, FIELD_MAX);
            fields.putIfAbsent(name, value.toString(StandardCharsets.UTF_8));
        }
    }

    private Map<String, String> headers() throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon < 1 || headers.size() > 20) {
                throw new S3Exception(S3Error.MalformedPOSTRequest);
            }
            headers.put(
                    line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    /** Makes room and reads more; false at the end of the body. */
    private boolean fill() throws IOException {
        if (end) {
            return false;
        }
        System.arraycopy(buffer, from, buffer, 0, to - from);
        to -= from;
        from = 0;
        int read = in.read(buffer, to, buffer.length - to);
        if (read < 0) {
            end = true;
            return false;
        }
        to += read;
        return true;
    }

    private String line() throws IOException {
        int at = from;
        while (true) {
            for (; at < to; at++) {
                if (buffer[at] == '\n') {
                    int last = at > from && buffer[at - 1] == '\r' ? at - 1 : at;
                    String line = new String(buffer, from, last - from, StandardCharsets.UTF_8);
                    from = at + 1;
                    return line;
                }
            }
            int seen = at - from;
            if (seen > 8_192 || !fill()) {
                throw new S3Exception(S3Error.MalformedPOSTRequest);
            }
            at = from + seen;
        }
    }

    /** Where the next delimiter begins in the buffer, -1 if it isn't whole in it. */
    private int delimiterAt() {
        outer:
        for (int at = from; at <= to - delimiter.length; at++) {
            for (int i = 0; i < delimiter.length; i++) {
                if (buffer[at + i] != delimiter[i]) {
                    continue outer;
                }
            }
            return at;
        }
        return -1;
    }

    private void copy(ByteArrayOutputStream out, int most) throws IOException {
        byte[] bytes = new byte[8_192];
        for (int read = read(bytes, 0, bytes.length); read >= 0; read = read(bytes, 0, bytes.length)) {
            out.write(bytes, 0, read);
            if (out.size() > most) {
                throw new S3Exception(S3Error.MaxMessageLengthExceeded);
            }
        }
        skipDelimiter();
    }

    private void skipDelimiter() {
        from += delimiter.length;
    }

    /** Bytes up to the next delimiter, which stays; -1 at it. */
    private int read(byte[] bytes, int offset, int length) throws IOException {
        while (true) {
            int at = delimiterAt();
            int usable = at >= 0 ? at - from : to - from - delimiter.length + 1;
            if (usable > 0) {
                int count = Math.min(usable, length);
                System.arraycopy(buffer, from, bytes, offset, count);
                from += count;
                return count;
            }
            if (at >= 0) {
                return -1;
            }
            if (!fill()) {
                throw new S3Exception(S3Error.MalformedPOSTRequest);
            }
        }
    }

    /** The file's bytes; what comes after the file is read and ignored, so that the body is read to its end. */
    InputStream file() {
        return new InputStream() {
            private boolean done;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                if (done) {
                    return -1;
                }
                int read = FormData.this.read(bytes, offset, length);
                if (read < 0) {
                    done = true;
                    from = to;
                    while (fill()) {
                        from = to;
                    }
                }
                return read;
            }
        };
    }

    @Override
    public String toString() {
        return "form with the fields " + Arrays.toString(fields.keySet().toArray());
    }
}
