package landfall.objects.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that takes up room on the disk only to be given up when it is full: so that a full disk still takes deletes, and a
 * start.
 */
final class Reserve {
    private static final System.Logger LOG = System.getLogger(Reserve.class.getName());
    private static final long BYTES_MAX = 8L << 20;

    private final Path path;
    private final FileStore disk;
    private final long bytes;

    Reserve(Path path, FileStore disk) throws IOException {
        this.path = path;
        this.disk = disk;
        this.bytes = Math.min(BYTES_MAX, disk.getTotalSpace() / 20);
    }

    /** Takes the room if there is plenty. */
    void make() {
        try {
            if (Files.exists(path) || disk.getUsableSpace() < 4 * bytes) {
                return;
            }
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                ByteBuffer zeros = ByteBuffer.allocate(1 << 16);
                for (long written = 0; written < bytes; written += zeros.capacity()) {
                    zeros.clear();
                    while (zeros.hasRemaining()) {
                        channel.write(zeros);
                    }
                }
            }
        } catch (IOException unmade) {
            LOG.log(System.Logger.Level.WARNING, "No room could be reserved in " + path, unmade);
        }
    }

    /** Gives the room up; whether there was any. */
    boolean release() {
        try {
            boolean released = Files.deleteIfExists(path);
            if (released) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "The disk is full: the last {0} bytes are used for deleting",
                        bytes);
            }
            return released;
        } catch (IOException kept) {
            LOG.log(System.Logger.Level.WARNING, "The reserve " + path + " couldn't be given up", kept);
            return false;
        }
    }
}
