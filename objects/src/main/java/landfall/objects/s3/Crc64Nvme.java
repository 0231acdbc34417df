package landfall.objects.s3;

import java.util.zip.Checksum;

/**
 * CRC-64/NVME, eight bytes at a time. Polynomial 0xad93d23594c93659, reflected, initial value and final exclusive-or all
 * ones; check value of "123456789": 0xae8b14860a799888 (NVM Express NVM Command Set Specification 1.0, 5.2.1.3.4).
 */
final class Crc64Nvme implements Checksum {
    private static final long REFLECTED = 0x9a6c9329ac4bc9b5L;
    private static final long[][] TABLES = tables();

    private long state = -1;

    private static long[][] tables() {
        long[][] tables = new long[8][256];
        for (int i = 0; i < 256; i++) {
            long value = i;
            for (int bit = 0; bit < 8; bit++) {
                value = (value & 1) == 0 ? value >>> 1 : value >>> 1 ^ REFLECTED;
            }
            tables[0][i] = value;
        }
        for (int i = 0; i < 256; i++) {
            for (int slice = 1; slice < 8; slice++) {
                long before = tables[slice - 1][i];
                tables[slice][i] = before >>> 8 ^ tables[0][(int) (before & 0xff)];
            }
        }
        return tables;
    }

    @Override
    public void update(int each) {
        state = state >>> 8 ^ TABLES[0][(int) (state ^ each) & 0xff];
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
        int at = offset;
        int end = offset + length;
        long value = state;
        for (; end - at >= 8; at += 8) {
            for (int i = 0; i < 8; i++) {
                value ^= (bytes[at + i] & 0xffL) << (8 * i);
            }
            value = TABLES[7][(int) value & 0xff]
                    ^ TABLES[6][(int) (value >>> 8) & 0xff]
                    ^ TABLES[5][(int) (value >>> 16) & 0xff]
                    ^ TABLES[4][(int) (value >>> 24) & 0xff]
                    ^ TABLES[3][(int) (value >>> 32) & 0xff]
                    ^ TABLES[2][(int) (value >>> 40) & 0xff]
                    ^ TABLES[1][(int) (value >>> 48) & 0xff]
                    ^ TABLES[0][(int) (value >>> 56)];
        }
        state = value;
        for (; at < end; at++) {
            update(bytes[at]);
        }
    }

    @Override
    public long getValue() {
        return ~state;
    }

    @Override
    public void reset() {
        state = -1;
    }
}
