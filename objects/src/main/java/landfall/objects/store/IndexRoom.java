package landfall.objects.store;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Bounds the bytes of small objects that wait in the index for their files: above the bound small writes wait too. */
final class IndexRoom {
    private static final long WAIT_SECONDS = 30;

    private final long bytesMax;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();
    private long bytes;

    IndexRoom(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Bytes that came into the index, or negative: that left it. */
    void add(long more) {
        lock.lock();
        try {
            bytes += more;
            if (more < 0) {
                freed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns when there is room. @throws StoreException UNAVAILABLE after 30 s */
    void await() {
        lock.lock();
        try {
            long left = TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
            while (bytes > bytesMax) {
                if (left <= 0) {
                    throw new StoreException(
                            StoreException.Reason.UNAVAILABLE,
                            "the disk doesn't keep up with the small objects that arrive; nothing was stored");
                }
                left = freed.awaitNanos(left);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StoreException(
                    StoreException.Reason.UNAVAILABLE, "interrupted before anything was stored", interrupted);
        } finally {
            lock.unlock();
        }
    }
}
