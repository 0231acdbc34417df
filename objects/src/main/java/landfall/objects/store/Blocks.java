package landfall.objects.store;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Checksums of an object's blocks of one MiB: CRC32C, four bytes each, big-endian, so that a range can be checked without
 * reading the whole object.
 */
final class Blocks {
    static final int SIZE = 1 << 20;

    private final ByteArrayOutputStream done = new ByteArrayOutputStream();
    private final CRC32C current = new CRC32C();
    private int filled;

    /** Takes the buffer's remaining bytes without moving its position. */
    void update(ByteBuffer bytes) {
        ByteBuffer rest = bytes.duplicate();
        int limit = rest.limit();
        while (rest.position() < limit) {
            rest.limit(Math.min(limit, rest.position() + SIZE - filled));
            filled += rest.remaining();
            current.update(rest);
            if (filled == SIZE) {
                close();
            }
        }
    }

    private void close() {
        int value = (int) current.getValue();
        done.write(value >>> 24);
        done.write(value >>> 16);
        done.write(value >>> 8);
        done.write(value);
        current.reset();
        filled = 0;
    }

    /** The checksums; ends the last block. */
    byte[] finish() {
        if (filled > 0) {
            close();
        }
        return done.toByteArray();
    }

    /** Checksum of a block, as {@link #finish} keeps it; the buffer's position stays. */
    static int of(ByteBuffer block) {
        CRC32C checksum = new CRC32C();
        checksum.update(block.duplicate());
        return (int) checksum.getValue();
    }

    static int at(byte[] blocks, long index) {
        return ByteBuffer.wrap(blocks).getInt(Math.toIntExact(index * 4));
    }
}
