package landfall.objects.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on their way in: in memory while small, then in a file nobody else sees. Counts them and computes their MD5 and
 * the checksums of their blocks. Closing without handing it to the store drops the bytes.
 */
public interface Incoming extends AutoCloseable {
    /** Takes the buffer's remaining bytes. */
    void write(ByteBuffer bytes) throws IOException;

    long size();

    /** The time of modification that the object gets, where another store kept the bytes before; otherwise it is now. */
    void modified(Instant time);

    /**
     * A channel of the caller's own over the bytes written so far; null while they are in memory only. It stays readable
     * when the bytes were handed over or dropped.
     */
    @Nullable
    FileChannel reader() throws IOException;

    /** MD5 of what was written, 16 bytes; ends the writing. */
    byte[] md5();

    @Override
    void close();
}
