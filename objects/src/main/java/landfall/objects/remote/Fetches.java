package landfall.objects.remote;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import landfall.objects.store.Incoming;
import landfall.objects.store.ObjectVersion;
import landfall.objects.store.Precondition;
import landfall.objects.store.Store;
import landfall.objects.store.StoreException;

/** The fetches that are under way: one a key, a bounded number in all. */
final class Fetches {
    private static final int STRIPES = 64;
    private static final int FETCHES_MAX = 32;
    private static final long TURN_SECONDS = 30;

    private final Store store;
    private final Map<List<String>, Fetch> fetches = new ConcurrentHashMap<>();
    private final Lock[] stripes = new Lock[STRIPES];
    private final Semaphore turns = new Semaphore(FETCHES_MAX, true);

    /** {@code store}: where they go. */
    Fetches(Store store) {
        this.store = store;
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new ReentrantLock();
        }
    }

    /** Does something while no fetch of the key is being stored. */
    <T> T inTurn(String bucket, String key, Supplier<T> what) {
        Lock turn = stripe(bucket, key);
        turn.lock();
        try {
            return what.get();
        } finally {
            turn.unlock();
        }
    }

    private Lock stripe(String bucket, String key) {
        return stripes[Math.floorMod(bucket.hashCode() * 31 + key.hashCode(), STRIPES)];
    }

    /**
     * The fetch of a key that is under way, or a new one.
     *
     * @param missing whether a new one is needed: an earlier one may have ended since the caller looked
     * @param wanted whether it may be stored, asked in the key's turn
     */
    Fetch fetch(String bucket, String key, RemoteBucket origin, BooleanSupplier missing, BooleanSupplier wanted) {
        List<String> name = List.of(bucket, key);
        Fetch[] begun = new Fetch[1];
        Fetch fetch = fetches.computeIfAbsent(name, absent -> {
            begun[0] = new Fetch(bucket, key, origin, store, (version, bytes) -> commit(wanted, version, bytes));
            return begun[0];
        });
        Fetch own = begun[0];
        if (own != null) {
            boolean started = false;
            try {
                if (missing.getAsBoolean()) {
                    start(name, own);
                } else {
                    own.spare();
                    fetches.remove(name, own);
                }
                started = true;
            } catch (StoreException busy) {
                own.refuse(busy);
                started = true;
                fetches.remove(name, own);
            } finally {
                if (!started) {
                    own.refuse(new StoreException(StoreException.Reason.UNAVAILABLE, "the fetch didn't begin"));
                    fetches.remove(name, own);
                }
            }
        }
        return fetch;
    }

    private void start(List<String> name, Fetch fetch) {
        try {
            if (!turns.tryAcquire(TURN_SECONDS, TimeUnit.SECONDS)) {
                throw new StoreException(
                        StoreException.Reason.UNAVAILABLE,
                        FETCHES_MAX + " objects are being fetched from old stores already");
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new StoreException(StoreException.Reason.UNAVAILABLE, "the fetch was interrupted", stop);
        }
        Thread.ofVirtual().name("fetch").start(() -> {
            try {
                fetch.run();
            } finally {
                fetches.remove(name, fetch);
                turns.release();
            }
        });
    }

    /** In the key's turn, in which it can't be deleted. */
    private boolean commit(BooleanSupplier wanted, ObjectVersion version, Incoming bytes) throws IOException {
        Lock turn = stripe(version.bucket(), version.key());
        turn.lock();
        try {
            if (!wanted.getAsBoolean()) {
                return false;
            }
            store.put(
                    version.bucket(),
                    version.key(),
                    bytes,
                    version.meta(),
                    version.etag().isEmpty() ? null : version.etag(),
                    new Precondition(null, "*", null, null));
            return true;
        } catch (StoreException refused) {
            if (refused.reason() == StoreException.Reason.PRECONDITION_FAILED) {
                return false;
            }
            throw refused;
        } finally {
            turn.unlock();
        }
    }
}
