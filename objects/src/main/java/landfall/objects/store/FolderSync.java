package landfall.objects.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Syncs one folder for all who wait at the same time: a sync that began after a caller came is enough for it. */
final class FolderSync {
    private final Path folder;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private long begun;
    private long finished;
    private boolean running;

    FolderSync(Path folder) {
        this.folder = folder;
    }

    /** Returns when everything renamed or created in the folder before this call would survive a loss of power. */
    void sync() throws IOException {
        lock.lock();
        try {
            long wanted = begun + 1;
            while (running) {
                ended.awaitUninterruptibly();
            }
            if (finished >= wanted) {
                return;
            }
            running = true;
            begun++;
        } finally {
            lock.unlock();
        }
        long mine = begun;
        boolean good = false;
        try (FileChannel channel = FileChannel.open(folder)) {
            channel.force(true);
            good = true;
        } finally {
            lock.lock();
            try {
                running = false;
                if (good) {
                    finished = mine;
                }
                ended.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
