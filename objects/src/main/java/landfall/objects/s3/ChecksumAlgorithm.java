package landfall.objects.s3;

import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/** The checksums that S3 knows beside MD5: "Checking object integrity" in the user guide. */
public enum ChecksumAlgorithm {
    CRC32(4),
    CRC32C(4),
    CRC64NVME(8),
    SHA1(20),
    SHA256(32);

    private final int length;

    ChecksumAlgorithm(int length) {
        this.length = length;
    }

    /** Bytes of a value. */
    public int length() {
        return length;
    }

    public String lower() {
        return name().toLowerCase(Locale.ROOT);
    }

    public String header() {
        return "x-amz-checksum-" + lower();
    }

    /** Whether a checksum of the whole can be had from those of the parts: of the CRCs only. */
    boolean linear() {
        return length <= 8;
    }

    static Optional<ChecksumAlgorithm> named(String name) {
        for (ChecksumAlgorithm each : values()) {
            if (each.name().equalsIgnoreCase(name)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    public Checksum start() {
        return switch (this) {
            case CRC32 -> new Checksum.OfJdk(this, new CRC32());
            case CRC32C -> new Checksum.OfJdk(this, new CRC32C());
            case CRC64NVME -> new Checksum.OfJdk(this, new Crc64Nvme());
            case SHA1 -> new Checksum.OfDigest(this, Signing.digest("SHA-1"));
            case SHA256 -> new Checksum.OfDigest(this, Signing.digest("SHA-256"));
        };
    }
}
