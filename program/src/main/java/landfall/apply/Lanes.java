package landfall.apply;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Does works side by side that touch different things, and one after the other that touch the same. Nothing is broken off:
 * after a failure what has begun is ended, and nothing new begins.
 */
final class Lanes {
    private final List<Work> waiting;
    private final Set<String> busy = new HashSet<>();
    private final Consumer<Work> doer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable RuntimeException failure;

    private Lanes(List<Work> works, Consumer<Work> doer) {
        this.waiting = new ArrayList<>(works);
        this.doer = doer;
    }

    /**
     * @param atOnce how many works are done side by side at most
     * @throws RuntimeException the first that the doer threw; others are its suppressed ones
     */
    static void run(List<Work> works, int atOnce, Consumer<Work> doer) {
        Lanes lanes = new Lanes(works, doer);
        List<Thread> threads = new ArrayList<>();
        for (int lane = 0; lane < Math.min(atOnce, works.size()); lane++) {
            threads.add(Thread.ofVirtual().name("lane " + lane).start(lanes::work));
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LandfallException(
                    ExitCode.INTERRUPTED, Problem.error("Interrupted", "the program was asked to stop", ""));
        }
        if (lanes.failure != null) {
            throw lanes.failure;
        }
    }

    private void work() {
        for (Work next = take(); next != null; next = take()) {
            RuntimeException thrown = null;
            try {
                doer.accept(next);
            } catch (RuntimeException e) {
                thrown = e;
            }
            ended(next, thrown);
        }
    }

    /** Null once there is nothing to begin any more. */
    private @Nullable Work take() {
        lock.lock();
        try {
            while (failure == null && !waiting.isEmpty()) {
                Set<String> taken = new HashSet<>(busy);
                for (Work work : waiting) {
                    if (work.touches().stream().noneMatch(taken::contains)) {
                        waiting.remove(work);
                        busy.addAll(work.touches());
                        return work;
                    }
                    // What comes later must not overtake it.
                    taken.addAll(work.touches());
                }
                changed.awaitUninterruptibly();
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void ended(Work work, @Nullable RuntimeException thrown) {
        lock.lock();
        try {
            work.touches().forEach(busy::remove);
            if (thrown != null && failure != null) {
                failure.addSuppressed(thrown);
            } else if (thrown != null) {
                failure = thrown;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
