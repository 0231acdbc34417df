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
