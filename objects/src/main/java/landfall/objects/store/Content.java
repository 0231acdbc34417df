package landfall.objects.store;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An object opened for reading: this version's bytes to the end, also if it is overwritten or deleted meanwhile. Every
 * block is compared with its checksum before any byte of it is given out; where it differs, {@link StoreException} with
 * DAMAGED. Not for several threads.
 */
public interface Content extends AutoCloseable {
    ObjectVersion version();

    /**
     * The next bytes from {@code offset}, at most to the end of the block that holds it and at most {@code length}; the
     * buffer is valid until the next call.
     *
     * @param offset in 0 … size - 1
     */
    ByteBuffer read(long offset, long length) throws IOException;

    @Override
    void close();
}
