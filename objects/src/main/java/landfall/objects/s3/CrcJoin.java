package landfall.objects.s3;

/**
 * The CRC of two byte strings joined, from their CRCs and the length of the second: the first is advanced over as many zero
 * bits by squaring the matrix that stands for one (Mark Adler's crc32_combine, zlib, tells the method).
 */
final class CrcJoin {
    private final long polynomial;
    private final int bits;

    private CrcJoin(long reflectedPolynomial, int bits) {
        this.polynomial = reflectedPolynomial;
        this.bits = bits;
    }

    /** @throws IllegalArgumentException if the algorithm is no CRC */
    static CrcJoin of(ChecksumAlgorithm algorithm) {
        return switch (algorithm) {
            case CRC32 -> new CrcJoin(0xedb88320L, 32);
            case CRC32C -> new CrcJoin(0x82f63b78L, 32);
            case CRC64NVME -> new CrcJoin(0x9a6c9329ac4bc9b5L, 64);
            case SHA1, SHA256 -> throw new IllegalArgumentException(algorithm + " can't be joined");
        };
    }

    /** A big-endian CRC as a number. */
    static long number(byte[] value) {
        long number = 0;
        for (byte each : value) {
            number = (number << 8) | (each & 0xff);
        }
        return number;
    }

    /** {@code length}: bytes of the second. */
    long join(long first, long second, long length) {
        if (length == 0) {
            return first;
        }
        long[] power = new long[bits];
        power[0] = polynomial;
        for (int i = 1; i < bits; i++) {
            power[i] = 1L << (i - 1);
        }
        long advanced = first;
        // One zero bit, squared three times: one zero byte; then a square for each bit of the length.
        power = squared(squared(squared(power)));
        for (long rest = length; rest != 0; rest >>>= 1) {
            if ((rest & 1) != 0) {
                advanced = times(power, advanced);
            }
            power = squared(power);
        }
        return advanced ^ second;
    }

    private static long times(long[] matrix, long vector) {
        long sum = 0;
        int row = 0;
        for (long rest = vector; rest != 0; rest >>>= 1, row++) {
            if ((rest & 1) != 0) {
                sum ^= matrix[row];
            }
        }
        return sum;
    }

    private static long[] squared(long[] matrix) {
        long[] square = new long[matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            square[i] = times(matrix, matrix[i]);
        }
        return square;
    }
}
