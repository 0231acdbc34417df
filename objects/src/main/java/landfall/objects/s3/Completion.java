package landfall.objects.s3;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import landfall.objects.store.Part;
import landfall.objects.store.Upload;
import org.jspecify.annotations.Nullable;

/** What CompleteMultipartUpload makes of its parts: which are meant, their ETag and checksums ("CompleteMultipartUpload"). */
final class Completion {
    private static final long PART_MIN = 5L << 20;

    private Completion() {}

    /** A part as the completing request names it. */
    record Named(int number, String etag, Map<String, String> checksums) {}

    /**
     * The parts that a CompleteMultipartUpload document names, in its order.
     *
     * @throws S3Exception MalformedXML if it is none, names no part or more than an upload may have
     */
    static List<Named> named(byte[] body) {
        if (body.length == 0) {
            throw new S3Exception(S3Error.MalformedXML);
        }
        List<Named> named = new ArrayList<>();
        for (Xml.Element part : Xml.read(body, "CompleteMultipartUpload").children("Part")) {
            Map<String, String> checksums = new LinkedHashMap<>();
            for (ChecksumAlgorithm each : ChecksumAlgorithm.values()) {
                String value = part.childText(MultipartOperations.element(each.lower()));
                if (value != null) {
                    checksums.put(each.lower(), value.strip());
                }
            }
            try {
                named.add(new Named(
                        Integer.parseInt(
                                String.valueOf(part.childText("PartNumber")).strip()),
                        Headers.unquoted(String.valueOf(part.childText("ETag"))),
                        checksums));
            } catch (NumberFormatException notANumber) {
                throw new S3Exception(S3Error.MalformedXML, S3Error.MalformedXML.message(), notANumber);
            }
        }
        if (named.isEmpty() || named.size() > MultipartOperations.PARTS_MAX) {
            throw new S3Exception(S3Error.MalformedXML);
        }
        return named;
    }

    /**
     * The uploaded parts that were named.
     *
     * @param there what was uploaded, by part number
     * @throws S3Exception if the numbers do not ascend, a part is not there as named, or one before the last is too small
     */
    static List<Part> chosen(List<Named> named, Map<Integer, Part> there) {
        List<Part> chosen = new ArrayList<>();
        int last = 0;
        for (Named each : named) {
            if (each.number() <= last) {
                throw new S3Exception(S3Error.InvalidPartOrder);
            }
            last = each.number();
            Part part = there.get(each.number());
            boolean same = part != null
                    && part.etag().equals(each.etag())
                    && each.checksums().entrySet().stream()
                            .allMatch(one ->
                                    one.getValue().equals(part.checksums().getOrDefault(one.getKey(), one.getValue())));
            if (part == null || !same) {
                throw new S3Exception(S3Error.InvalidPart).with("PartNumber", Integer.toString(each.number()));
            }
            chosen.add(part);
        }
        for (Part part : chosen.subList(0, chosen.size() - 1)) {
            if (part.size() < PART_MIN) {
                throw new S3Exception(S3Error.EntityTooSmall)
                        .with("ProposedSize", Long.toString(part.size()))
                        .with("MinSizeAllowed", Long.toString(PART_MIN))
                        .with("PartNumber", Integer.toString(part.number()));
            }
        }
        return chosen;
    }

    /** The ETag of S3's multipart objects: MD5 of the parts' MD5s, and their count. */
    static String etag(List<Part> parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        parts.forEach(part -> all.writeBytes(HexFormat.of().parseHex(part.etag())));
        return Signing.hex(Signing.digest("MD5").digest(all.toByteArray())) + "-" + parts.size();
    }

    /** The object's checksums by lower-case algorithm, as Base64, and their type: null if there are none. */
    record Checksums(
            SequencedMap<String, String> values, @Nullable String type) {}

    /** The object's checksum from those of its parts, compared with what the request says it should be. */
    static Checksums checksums(Call call, Upload upload, List<Part> parts) {
        SequencedMap<String, String> values = new LinkedHashMap<>();
        String name = upload.checksumAlgorithm();
        String type = upload.checksumType();
        if (name != null && parts.stream().allMatch(part -> part.checksums().containsKey(name))) {
            ChecksumAlgorithm algorithm = ChecksumAlgorithm.named(name).orElseThrow();
            values.put(name, "FULL_OBJECT".equals(type) ? joined(algorithm, parts) : composite(algorithm, parts));
        }
        for (ChecksumAlgorithm each : ChecksumAlgorithm.values()) {
            String stated = call.header(each.header());
            String computed = values.get(each.lower());
            if (stated != null && computed != null && !stated.equals(computed)) {
                throw new S3Exception(
                        S3Error.BadDigest, "The " + each + " you specified did not match the calculated checksum.");
            }
        }
        return new Checksums(values, values.isEmpty() ? null : type);
    }

    private static String composite(ChecksumAlgorithm algorithm, List<Part> parts) {
        Checksum whole = algorithm.start();
        for (Part part : parts) {
            byte[] value = Base64.getDecoder().decode(part.checksums().getOrDefault(algorithm.lower(), ""));
            whole.update(value, 0, value.length);
        }
        return whole.base64() + "-" + parts.size();
    }

    private static String joined(ChecksumAlgorithm algorithm, List<Part> parts) {
        CrcJoin join = CrcJoin.of(algorithm);
        long crc = 0;
        for (Part part : parts) {
            byte[] value = Base64.getDecoder().decode(part.checksums().getOrDefault(algorithm.lower(), ""));
            crc = join.join(crc, CrcJoin.number(value), part.size());
        }
        byte[] bytes = new byte[algorithm.length()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (crc >>> (8 * (bytes.length - 1 - i)));
        }
        return Signing.base64(bytes);
    }
}
