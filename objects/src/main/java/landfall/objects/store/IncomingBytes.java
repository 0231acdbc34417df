package landfall.objects.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Bytes that arrive: in memory up to {@link #MEMORY_MAX}, then in a file by its number among the incoming. */
final class IncomingBytes implements Incoming {
    /** The largest object that is first kept in the index. */
    static final int MEMORY_MAX = 64 << 10;

    private final long file;
    private final Path path;
    private final MessageDigest digest;
    private final Blocks blocks = new Blocks();
    private @Nullable ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private @Nullable FileChannel channel;
    private long size;
    private byte @Nullable [] md5;
    private boolean handedOver;
    private @Nullable Instant modified;

    IncomingBytes(long file, Path path) {
        this.file = file;
        this.path = path;
        try {
            this.digest = MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("every JDK has MD5", absent);
        }
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        if (md5 != null) {
            throw new IllegalStateException("the writing has ended");
        }
        blocks.update(bytes);
        digest.update(bytes.duplicate());
        size += bytes.remaining();
        ByteArrayOutputStream small = memory;
        if (small != null && size <= MEMORY_MAX) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            small.writeBytes(copy);
            return;
        }
        try {
            FileChannel out = channel();
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        } catch (IOException unwritten) {
            throw full(unwritten);
        }
    }

    /** Java has no exception of its own for ENOSPC and EDQUOT: their texts tell. @throws StoreException DISK_FULL */
    static IOException full(IOException unwritten) {
        String message = String.valueOf(unwritten.getMessage()).toLowerCase(Locale.ROOT);
        if (message.contains("no space left") || message.contains("quota exceeded")) {
            throw new StoreException(
                    StoreException.Reason.DISK_FULL,
                    "the disk with the data folder is full; nothing was stored",
                    unwritten);
        }
        return unwritten;
    }

    private FileChannel channel() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            open = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            channel = open;
            ByteArrayOutputStream small = memory;
            if (small != null) {
                ByteBuffer buffer = ByteBuffer.wrap(small.toByteArray());
                while (buffer.hasRemaining()) {
                    open.write(buffer);
                }
                memory = null;
            }
        }
        return open;
    }

    @Override
    public void modified(Instant time) {
        modified = time;
    }

    /** The time the object is to have, null for now. */
    @Nullable
    Instant modified() {
        return modified;
    }

    @Override
    public @Nullable FileChannel reader() throws IOException {
        return channel == null ? null : FileChannel.open(path, StandardOpenOption.READ);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public byte[] md5() {
        byte[] known = md5;
        if (known == null) {
            known = digest.digest();
            md5 = known;
        }
        return known.clone();
    }

    long file() {
        return file;
    }

    byte[] blocks() {
        return blocks.finish();
    }

    /** The bytes, if they are in memory. */
    byte @Nullable [] inMemory() {
        return memory == null ? null : memory.toByteArray();
    }

    /** Writes what is in memory to the file too, as parts are kept in files. */
    void toFile() throws IOException {
        try {
            channel();
        } catch (IOException unwritten) {
            throw full(unwritten);
        }
    }

    /** Syncs the file's bytes (not the folder's entry). */
    void sync() throws IOException {
        FileChannel open = channel;
        if (open != null) {
            try {
                open.force(true);
            } catch (IOException unwritten) {
                throw full(unwritten);
            }
            open.close();
        }
    }

    /** The store has it now: closing drops nothing. */
    void handedOver() {
        handedOver = true;
    }

    @Override
    public void close() {
        try {
            FileChannel open = channel;
            if (open != null) {
                open.close();
                if (!handedOver) {
                    Files.deleteIfExists(path);
                }
            }
        } catch (IOException undeleted) {
            // A file among the incoming without a row is removed at the next start.
            System.getLogger(IncomingBytes.class.getName())
                    .log(System.Logger.Level.WARNING, "Dropped bytes couldn't be removed: " + path, undeleted);
        }
    }
}
