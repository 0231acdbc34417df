package landfall.postgres;

import java.util.concurrent.atomic.AtomicLong;

/** How many bytes of changes are read and not yet written: the bound of the follower's memory, whatever a row's size. */
final class InFlight {
    /** Read on below this; the message that crosses it still comes in, however big it is. */
    private static final long BYTES_MAX = 24 << 20;

    private final AtomicLong bytes = new AtomicLong();

    boolean isFull() {
        return bytes.get() >= BYTES_MAX;
    }

    void add(long more) {
        bytes.addAndGet(more);
    }

    void release(long less) {
        bytes.addAndGet(-less);
    }

    void reset() {
        bytes.set(0);
    }
}
