package landfall.objects.s3;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes aws-chunked framing off: {@code size;chunk-signature=…}, bytes, and after the last chunk perhaps trailers
 * ("Signature Calculations for the Authorization Header: Transferring Payload in Multiple Chunks").
 */
final class AwsChunks extends InputStream {
    private static final int LINE_MAX = 8_192;
    private static final int TRAILERS_MAX = 20;

    private final InputStream raw;
    private final Authentication.@Nullable Chunks signed;
    private final boolean withTrailer;
    private final Map<String, String> trailers = new LinkedHashMap<>();
    private MessageDigest digest = Signing.digest("SHA-256");
    private String previous;
    private String signature = "";
    private long left;
    private boolean started;
    private boolean ended;

    AwsChunks(InputStream raw, Authentication.@Nullable Chunks signed, boolean withTrailer) {
        this.raw = new BufferedInputStream(raw, 64 << 10);
        this.signed = signed;
        this.withTrailer = withTrailer;
        this.previous = signed == null ? "" : signed.seed();
    }

    Map<String, String> trailers() {
        return trailers;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (ended) {
            return -1;
        }
        if (left == 0 && !next()) {
            return -1;
        }
        int read = raw.read(bytes, offset, (int) Math.min(length, left));
        if (read < 0) {
            throw new EOFException("the body ends within a chunk");
        }
        if (signed != null) {
            digest.update(bytes, offset, read);
        }
        left -= read;
        return read;
    }

    /** Goes to the next chunk: false after the last, whose trailers have then been read. */
    private boolean next() throws IOException {
        if (started) {
            checkChunk();
            if (!line().isEmpty()) {
                throw malformed();
            }
        }
        started = true;
        String header = line();
        int semicolon = header.indexOf(';');
        String size = (semicolon < 0 ? header : header.substring(0, semicolon)).strip();
        signature = "";
        if (semicolon >= 0 && header.startsWith(";chunk-signature=", semicolon)) {
            signature =
                    header.substring(semicolon + ";chunk-signature=".length()).strip();
        }
        try {
            left = Long.parseLong(size, 16);
        } catch (NumberFormatException notHex) {
            throw new S3Exception(S3Error.InvalidRequest, "a chunk of the body has no length", notHex);
        }
        if (left < 0) {
            throw malformed();
        }
        digest = Signing.digest("SHA-256");
        if (left > 0) {
            return true;
        }
        checkChunk();
        readTrailers();
        ended = true;
        return false;
    }

    private static S3Exception malformed() {
        return new S3Exception(S3Error.InvalidRequest, "the chunks of the body are malformed");
    }

    private void checkChunk() {
        Authentication.Chunks seed = signed;
        if (seed == null) {
            return;
        }
        String toSign = "AWS4-HMAC-SHA256-PAYLOAD\n" + seed.timestamp() + "\n" + seed.scope() + "\n" + previous + "\n"
                + Signing.EMPTY_SHA256 + "\n" + Signing.hex(digest.digest());
        String computed = Signing.hex(Signing.hmac("HmacSHA256", seed.key(), toSign));
        if (!Signing.same(computed, signature)) {
            throw new S3Exception(S3Error.SignatureDoesNotMatch, "The signature of a chunk of the body doesn't match.");
        }
        previous = computed;
    }

    private void readTrailers() throws IOException {
        StringBuilder signedText = new StringBuilder();
        String trailerSignature = "";
        for (int i = 0; i <= TRAILERS_MAX; i++) {
            String trailer = lineOrEnd();
            if (trailer.isEmpty()) {
                checkTrailer(signedText.toString(), trailerSignature);
                return;
            }
            int colon = trailer.indexOf(':');
            if (colon < 1 || !withTrailer) {
                throw malformed();
            }
            String name = trailer.substring(0, colon).strip().toLowerCase(Locale.ROOT);
            String value = trailer.substring(colon + 1).strip();
            if (name.equals("x-amz-trailer-signature")) {
                trailerSignature = value;
            } else {
                trailers.put(name, value);
                signedText.append(name).append(':').append(value).append('\n');
            }
        }
        throw malformed();
    }

    private void checkTrailer(String text, String given) {
        Authentication.Chunks seed = signed;
        if (seed == null || !withTrailer) {
            return;
        }
        String toSign = "AWS4-HMAC-SHA256-TRAILER\n" + seed.timestamp() + "\n" + seed.scope() + "\n" + previous + "\n"
                + Signing.sha256(text);
        if (!Signing.same(Signing.hex(Signing.hmac("HmacSHA256", seed.key(), toSign)), given)) {
            throw new S3Exception(S3Error.SignatureDoesNotMatch, "The signature of the body's trailer doesn't match.");
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int each = raw.read();
            if (each < 0) {
                throw new EOFException("the body ends within a chunk's header");
            }
            if (each == '\n') {
                int end = line.length();
                return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
            }
            if (line.length() == LINE_MAX) {
                throw malformed();
            }
            line.append((char) each);
        }
    }

    /** A line, or "" where the body ends: some clients leave the last empty line out. */
    private String lineOrEnd() throws IOException {
        raw.mark(1);
        if (raw.read() < 0) {
            return "";
        }
        raw.reset();
        return line();
    }
}
