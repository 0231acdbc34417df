package landfall.base;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Tasks on threads of their own that end together: open, fork, join; the first failure cancels the rest. Shaped like
 * structured concurrency (JEP 505, still a preview in 25) so that it can be replaced by it.
 */
public final class TaskGroup implements AutoCloseable {
    private final ExecutorService executor;
    private final Semaphore slots;
    private final List<Future<?>> futures = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> firstFailure = new AtomicReference<>();

    private TaskGroup(int parallel, ThreadFactory threads) {
        executor = Executors.newThreadPerTaskExecutor(threads);
        slots = new Semaphore(parallel);
    }

    /** @param parallel how many tasks run at once; the others wait */
    public static TaskGroup open(int parallel) {
        return new TaskGroup(parallel, Thread.ofVirtual().factory());
    }

    /** For tasks that pass many bytes: a thread of the system waits for a socket with fewer steps than a virtual one. */
    public static TaskGroup openForBytes(int parallel) {
        return new TaskGroup(
                parallel,
                Thread.ofPlatform().daemon().name("landfall bytes ", 0).factory());
    }

    public <T> Future<T> fork(Callable<T> task) {
        Future<T> future = executor.submit(() -> {
            slots.acquire();
            try {
                return task.call();
            } catch (Exception | Error e) {
                failed(e);
                throw e;
            } finally {
                slots.release();
            }
        });
        synchronized (futures) {
            futures.add(future);
        }
        return future;
    }

    private void failed(Throwable failure) {
        if (firstFailure.compareAndSet(null, failure)) {
            cancel();
        }
    }

    /**
     * Waits for all tasks.
     *
     * @throws ExecutionException with the first failure; the others were cancelled when it happened
     */
    public void join() throws ExecutionException, InterruptedException {
        for (Future<?> future : List.copyOf(futures)) {
            try {
                future.get();
            } catch (CancellationException | ExecutionException e) {
                // The first failure is thrown below, once every task has ended.
            }
        }
        Throwable failure = firstFailure.get();
        if (failure != null) {
            throw new ExecutionException(failure);
        }
    }

    public void cancel() {
        synchronized (futures) {
            futures.forEach(future -> future.cancel(true));
        }
    }

    @Override
    public void close() {
        cancel();
        executor.close();
    }
}
