package landfall.objects.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Files that take up room on the disk only to be given up when it is full: so that a full disk still takes deletes, and a
 * start.
 */
final class Reserve {
    private static final System.Logger LOG = System.getLogger(Reserve.class.getName());
    private static final long BYTES_MAX = 8L << 20;
    /** Given up one after the other, so that a start leaves some for deletes. */
    private static final int SLICES = 4;

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
        for (int slice = 0; slice < SLICES; slice++) {
            make(slice(slice));
        }
    }

    private Path slice(int number) {
        return path.resolveSibling(path.getFileName() + "." + number);
    }

    private void make(Path slice) {
        try {
            if (Files.exists(slice) || disk.getUsableSpace() < 4 * bytes) {
                return;
            }
            try (FileChannel channel = FileChannel.open(slice, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                ByteBuffer zeros = ByteBuffer.allocate(1 << 16);
                for (long written = 0; written < bytes / SLICES; written += zeros.capacity()) {
                    zeros.clear();
                    while (zeros.hasRemaining()) {
                        channel.write(zeros);
                    }
                }
            }
        } catch (IOException unmade) {
            LOG.log(System.Logger.Level.WARNING, "No room could be reserved in " + slice, unmade);
        }
    }

    /** Gives a slice of the room up; whether there was any. */
    boolean release() {
        for (int slice = 0; slice < SLICES; slice++) {
            try {
                if (Files.deleteIfExists(slice(slice))) {
                    LOG.log(System.Logger.Level.WARNING, "The disk is full: room that was kept for it is given up");
                    return true;
                }
            } catch (IOException kept) {
                LOG.log(System.Logger.Level.WARNING, "The reserve " + slice(slice) + " couldn't be given up", kept);
            }
        }
        return false;
    }
}
