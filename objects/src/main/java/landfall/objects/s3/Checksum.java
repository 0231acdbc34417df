package landfall.objects.s3;

import java.security.MessageDigest;

/** A checksum being computed. */
public sealed interface Checksum {
    ChecksumAlgorithm algorithm();

    void update(byte[] bytes, int offset, int length);

    byte[] value();

    default String base64() {
        return Signing.base64(value());
    }

    /** CRC-32, CRC-32C, CRC-64. */
    record OfJdk(ChecksumAlgorithm algorithm, java.util.zip.Checksum checksum) implements Checksum {
        @Override
        public void update(byte[] bytes, int offset, int length) {
            checksum.update(bytes, offset, length);
        }

        @Override
        public byte[] value() {
            byte[] bytes = new byte[algorithm.length()];
            long value = checksum.getValue();
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (value >>> (8 * (bytes.length - 1 - i)));
            }
            return bytes;
        }
    }

    /** SHA-1, SHA-256. */
    record OfDigest(ChecksumAlgorithm algorithm, MessageDigest digest) implements Checksum {
        @Override
        public void update(byte[] bytes, int offset, int length) {
            digest.update(bytes, offset, length);
        }

        @Override
        public byte[] value() {
            try {
                return ((MessageDigest) digest.clone()).digest();
            } catch (CloneNotSupportedException impossible) {
                throw new IllegalStateException("the JDK's digests can be cloned", impossible);
            }
        }
    }
}
