package landfall.objects.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One server a data folder: a lock that the kernel drops when the process ends, however it ends. */
final class FolderLock implements AutoCloseable {
    private final FileChannel channel;
    private final Instant taken = Instant.now();

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    /** @throws IOException if another process holds it */
    static FolderLock take(Layout layout) throws IOException {
        FileChannel channel =
                FileChannel.open(layout.own().resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        @Nullable FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException thisProcess) {
            lock = null;
        }
        if (lock == null) {
            channel.close();
            throw new IOException("another server has the data folder " + layout.data()
                    + " open. Stop it first, or give this one a folder of its own");
        }
        return new FolderLock(channel);
    }

    Instant taken() {
        return taken;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException unclosed) {
            System.getLogger(FolderLock.class.getName())
                    .log(System.Logger.Level.WARNING, "The lock of the data folder couldn't be released", unclosed);
        }
    }
}
