package landfall.objects.remote;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import landfall.objects.admin.Care;
import landfall.objects.store.Listing;
import landfall.objects.store.ObjectVersion;
import landfall.objects.store.StoreException;
import org.jspecify.annotations.Nullable;

/**
 * Brings everything that is in a bucket's old store and not here yet, each compared as it comes. Begun again it goes on: what
 * is here is only looked up.
 */
public final class FetchAll {
    private static final int AT_ONCE = 8;
    private static final int TRIES = 3;
    private static final Duration TOLD_EVERY = Duration.ofSeconds(5);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);

    private final ReadThroughStore store;
    private final String bucket;
    private final Care.Progress progress;
    private final AtomicLong fetched = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong same = new AtomicLong();
    private final AtomicLong changed = new AtomicLong();
    private final AtomicLong deleted = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    public FetchAll(ReadThroughStore store, String bucket, Care.Progress progress) {
        this.store = store;
        this.bucket = bucket;
        this.progress = progress;
    }

    /** What couldn't be brought: its key and why. */
    private record Failure(String key, String why) {}

    /**
     * Brings all. The last line says {@code done}; if there is none it broke off, and the line before says why.
     *
     * @throws IOException if nobody listens any more
     */
    public void run() throws IOException {
        try {
            bringAll();
            tell(
                    failed.get() == 0
                            ? "everything is here: end it with bucket-set " + bucket + " --no-read-through"
                            : failed + " objects couldn't be fetched: begin again",
                    true);
        } catch (RemoteFailure | StoreException broken) {
            tell("broke off: " + broken.getMessage(), false);
        }
    }

    /** The old store doesn't answer, as opposed to whoever listens. */
    private static final class RemoteFailure extends Exception {
        private static final long serialVersionUID = 1L;

        RemoteFailure(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private RemoteBucket.Page listed(@Nullable String token) throws RemoteFailure {
        try {
            return store.oldPage(bucket, token);
        } catch (IOException refused) {
            throw new RemoteFailure("the old store can't be listed: " + refused.getMessage(), refused);
        }
    }

    private void bringAll() throws IOException, RemoteFailure {
        String token = null;
        try (ExecutorService workers = Executors.newFixedThreadPool(
                AT_ONCE, Thread.ofVirtual().name("fetch-all").factory())) {
            try {
                do {
                    RemoteBucket.Page page = listed(token);
                    page(workers, page);
                    token = page.token();
                } while (token != null);
            } finally {
                workers.shutdownNow();
            }
        }
    }

    private void page(ExecutorService workers, RemoteBucket.Page page) throws IOException {
        List<Future<List<Failure>>> under = new ArrayList<>();
        for (Listing.Item item : page.items()) {
            if (item instanceof Listing.Entry(ObjectVersion old)) {
                under.add(workers.submit(() -> one(old)));
            }
        }
        long next = System.nanoTime() + TOLD_EVERY.toNanos();
        for (Future<List<Failure>> each : under) {
            try {
                while (true) {
                    try {
                        for (Failure failure : each.get(Math.max(1, next - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                            Map<String, Object> line = new LinkedHashMap<>();
                            line.put("failedKey", failure.key());
                            line.put("message", failure.key() + ": " + failure.why());
                            progress.tell(line);
                        }
                        break;
                    } catch (java.util.concurrent.TimeoutException slow) {
                        tell("going on", false);
                        next = System.nanoTime() + TOLD_EVERY.toNanos();
                    }
                }
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                throw new IOException("the fetching was interrupted", stop);
            } catch (java.util.concurrent.ExecutionException broken) {
                throw new IOException("the fetching failed: " + broken.getMessage(), broken);
            }
        }
    }

    private List<Failure> one(ObjectVersion old) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                count(old, store.bring(bucket, old.key()));
                return List.of();
            } catch (StoreException refused) {
                if (attempt == TRIES || refused.reason() != StoreException.Reason.UNAVAILABLE) {
                    failed.incrementAndGet();
                    return List.of(new Failure(old.key(), String.valueOf(refused.getMessage())));
                }
                Thread.sleep(BETWEEN_TRIES);
            }
        }
    }

    private void count(ObjectVersion old, ReadThroughStore.Brought brought) {
        switch (brought) {
            case FETCHED -> {
                fetched.incrementAndGet();
                bytes.addAndGet(old.size());
            }
            case HERE -> {
                if (store.deletedHere(bucket, old.key())) {
                    deleted.incrementAndGet();
                } else if (store.here().head(bucket, old.key(), null).etag().equals(old.etag())) {
                    same.incrementAndGet();
                } else {
                    changed.incrementAndGet();
                }
            }
            case ABSENT -> deleted.incrementAndGet(); // from the old store, since it was listed
        }
    }

    private void tell(String message, boolean done) throws IOException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("fetched", fetched.get());
        line.put("bytes", bytes.get());
        line.put("here", same.get());
        line.put("changedHere", changed.get());
        line.put("deleted", deleted.get());
        line.put("failed", failed.get());
        line.put("done", done);
        line.put(
                "message",
                fetched + " fetched and compared (" + bytes + " bytes), " + same + " here before, " + changed
                        + " written here since, " + deleted + " deleted, " + failed + " failed; " + message);
        progress.tell(line);
    }
}
