package landfall.objects.store;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Bytes on their way in: in memory while small, then in a file nobody else sees. Counts them and computes their MD5 and
 * the checksums of their blocks. Closing without handing it to the store drops the bytes.
 */
public interface Incoming extends AutoCloseable {
    /** Takes the buffer's remaining bytes. */
    void write(ByteBuffer bytes) throws IOException;

    long size();

    /** MD5 of what was written, 16 bytes; ends the writing. */
    byte[] md5();

    @Override
    void close();
}
