package landfall.objects.s3;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request's body without its framing, compared at its end with everything that headers, chunk signatures and trailers say
 * of it. Who reads it to the end without an exception has the bytes that were sent.
 */
final class Payload extends InputStream {
    private static final String UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
    private static final String SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
    private static final String SIGNED_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";

    private final Call call;
    private final InputStream in;
    private final long announced;
    private final List<Checksum> checksums = new ArrayList<>();
    private final SequencedMap<String, String> expected = new LinkedHashMap<>();
    private final Set<String> trailing = new HashSet<>();
    private final @Nullable MessageDigest md5;
    private final @Nullable MessageDigest sha256;
    private final @Nullable AwsChunks chunks;
    private long count;
    private boolean ended;

    Payload(Call call, InputStream raw) {
        this.call = call;
        String stated = call.identity().payload();
        this.announced = call.announced();
        if (stated.startsWith("STREAMING-")) {
            if (!List.of(UNSIGNED_TRAILER, SIGNED, SIGNED_TRAILER).contains(stated)) {
                throw new S3Exception(S3Error.NotImplemented, "x-amz-content-sha256: " + stated + " isn't known");
            }
            if (announced < 0 || call.header("x-amz-decoded-content-length") == null) {
                throw new S3Exception(S3Error.MissingContentLength);
            }
            AwsChunks framed = new AwsChunks(
                    raw,
                    stated.equals(UNSIGNED_TRAILER) ? null : call.identity().chunks(),
                    !stated.equals(SIGNED));
            this.chunks = framed;
            this.in = framed;
            this.sha256 = null;
        } else {
            this.chunks = null;
            this.in = raw;
            this.sha256 = stated.equals("UNSIGNED-PAYLOAD") ? null : Signing.digest("SHA-256");
        }
        this.md5 = call.header("content-md5") == null ? null : Signing.digest("MD5");
        prepareChecksums();
    }

    private void prepareChecksums() {
        String contentMd5 = call.header("content-md5");
        if (contentMd5 != null && decoded(contentMd5, 16) == null) {
            throw new S3Exception(S3Error.InvalidDigest);
        }
        // When an upload is completed, the header is of the object, not of this body.
        boolean ofBody = call.operation() != Operation.CompleteMultipartUpload;
        for (ChecksumAlgorithm each : ChecksumAlgorithm.values()) {
            String value = ofBody ? call.header(each.header()) : null;
            boolean comes = chunks != null
                    && Arrays.stream(call.header("x-amz-trailer", "").split(","))
                            .anyMatch(name -> name.strip().equalsIgnoreCase(each.header()));
            if (value != null && !value.contains("-")) {
                if (decoded(value, each.length()) == null) {
                    throw new S3Exception(S3Error.BadDigest, "Value for " + each.header() + " header is invalid.");
                }
                expected.put(each.lower(), value);
            }
            if (comes) {
                trailing.add(each.lower());
            }
            if ((value != null && !value.contains("-")) || comes) {
                checksums.add(each.start());
            }
        }
        if (checksums.size() > 1) {
            throw new S3Exception(
                    S3Error.InvalidRequest,
                    "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
        }
    }

    /** Computes this one too, though nobody said what it should be. */
    void compute(ChecksumAlgorithm algorithm) {
        if (checksums.stream().noneMatch(each -> each.algorithm() == algorithm)) {
            checksums.add(algorithm.start());
        }
    }

    private static byte @Nullable [] decoded(String base64, int length) {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64.strip());
            return bytes.length == length ? bytes : null;
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }

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
        int read;
        try {
            read = in.read(bytes, offset, length);
        } catch (EOFException cut) {
            throw new S3Exception(S3Error.IncompleteBody, S3Error.IncompleteBody.message(), cut);
        }
        if (read > 0) {
            count += read;
            if (announced >= 0 && count > announced) {
                throw new S3Exception(S3Error.IncompleteBody, "The body has more bytes than were announced");
            }
            if (md5 != null) {
                md5.update(bytes, offset, read);
            }
            if (sha256 != null) {
                sha256.update(bytes, offset, read);
            }
            for (Checksum each : checksums) {
                each.update(bytes, offset, read);
            }
        } else if (read < 0 && !ended) {
            ended = true;
            compare();
        }
        return read;
    }

    private void compare() {
        if (announced >= 0 && count != announced) {
            throw new S3Exception(S3Error.IncompleteBody);
        }
        if (sha256 != null) {
            String computed = Signing.hex(sha256.digest());
            String stated = call.identity().payload();
            if (!computed.equals(stated)) {
                throw new S3Exception(S3Error.XAmzContentSHA256Mismatch)
                        .with("ClientComputedContentSHA256", stated)
                        .with("S3ComputedContentSHA256", computed);
            }
        }
        if (md5 != null && !Arrays.equals(md5.digest(), decoded(call.header("content-md5", ""), 16))) {
            throw new S3Exception(S3Error.BadDigest, "The Content-MD5 you specified did not match what we received.");
        }
        if (chunks != null) {
            takeTrailers(chunks.trailers());
        }
        for (Checksum each : checksums) {
            String wanted = expected.get(each.algorithm().lower());
            if (wanted != null
                    && !Arrays.equals(
                            each.value(), decoded(wanted, each.algorithm().length()))) {
                throw new S3Exception(
                        S3Error.BadDigest,
                        "The " + each.algorithm() + " you specified did not match the calculated checksum.");
            }
        }
    }

    /** What was announced by x-amz-trailer must come, and no other checksum: it wouldn't be compared. */
    private void takeTrailers(Map<String, String> trailers) {
        Set<String> come = new HashSet<>();
        trailers.forEach((name, value) -> {
            if (name.startsWith("x-amz-checksum-")) {
                String algorithm = name.substring("x-amz-checksum-".length());
                come.add(algorithm);
                expected.put(algorithm, value);
            }
        });
        if (!come.equals(trailing)) {
            throw new S3Exception(S3Error.MalformedTrailerError);
        }
    }

    /** The checksums that were computed, by lower-case algorithm, as Base64; whole once the body was read. */
    SequencedMap<String, String> checksums() {
        SequencedMap<String, String> values = new LinkedHashMap<>();
        checksums.forEach(each -> values.put(each.algorithm().lower(), each.base64()));
        return values;
    }

    long count() {
        return count;
    }

    /**
     * Takes aws-chunked framing off: {@code size;chunk-signature=…}, bytes, and after the last chunk perhaps trailers
     * ("Signature Calculations for the Authorization Header: Transferring Payload in Multiple Chunks").
     */
    private static final class AwsChunks extends InputStream {
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
            this.raw = new java.io.BufferedInputStream(raw, 64 << 10);
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
                signature = header.substring(semicolon + ";chunk-signature=".length())
                        .strip();
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
            String toSign = "AWS4-HMAC-SHA256-PAYLOAD\n" + seed.timestamp() + "\n" + seed.scope() + "\n" + previous
                    + "\n" + Signing.EMPTY_SHA256 + "\n" + Signing.hex(digest.digest());
            String computed = Signing.hex(Signing.hmac("HmacSHA256", seed.key(), toSign));
            if (!Signing.same(computed, signature)) {
                throw new S3Exception(
                        S3Error.SignatureDoesNotMatch, "The signature of a chunk of the body doesn't match.");
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
            String toSign = "AWS4-HMAC-SHA256-TRAILER\n" + seed.timestamp() + "\n" + seed.scope() + "\n" + previous
                    + "\n" + Signing.sha256(text);
            if (!Signing.same(Signing.hex(Signing.hmac("HmacSHA256", seed.key(), toSign)), given)) {
                throw new S3Exception(
                        S3Error.SignatureDoesNotMatch, "The signature of the body's trailer doesn't match.");
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

    @Override
    public byte[] readNBytes(int length) throws IOException {
        byte[] bytes = new byte[Math.min(length, 64 << 10)];
        int at = 0;
        while (at < length) {
            if (at == bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.min(length, bytes.length * 2));
            }
            int read = read(bytes, at, bytes.length - at);
            if (read < 0) {
                break;
            }
            at += read;
        }
        return Arrays.copyOf(bytes, at);
    }
}
