package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.base.TaskGroup;
import org.jspecify.annotations.Nullable;

/** The sessions that a copy has open, so that all of them can be ended at once when the user asks to stop. */
final class CopySessions {
    private final Set<Wire> open = ConcurrentHashMap.newKeySet();
    private final Set<Wire> cut = ConcurrentHashMap.newKeySet();
    private final BooleanSupplier stop;
    private volatile boolean ended;

    /** @param stop whether the user has asked to stop */
    CopySessions(BooleanSupplier stop) {
        this.stop = stop;
    }

    Wire open(Database database, String purpose) throws SQLException {
        throwIfStopped();
        Wire wire = Wire.open(database, purpose);
        open.add(wire);
        return wire;
    }

    void close(Wire wire) {
        open.remove(wire);
        wire.close();
    }

    boolean stopped() {
        return ended || stop.getAsBoolean();
    }

    /** Whether it was the user who asked; sessions also end when another stream has failed. */
    boolean isStopAsked() {
        return stop.getAsBoolean();
    }

    void throwIfStopped() {
        if (stopped()) {
            throw interrupted();
        }
    }

    static LandfallException interrupted() {
        return new LandfallException(
                ExitCode.INTERRUPTED, Problem.error("Interrupted", "the program was asked to stop", ""));
    }

    /** Waits, but not when asked to stop. */
    void pause(long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        while (System.nanoTime() < end) {
            throwIfStopped();
            Fence.pause();
        }
    }

    /** Cuts every session: whoever reads or writes gets an error at once. */
    private void cutAll() {
        ended = true;
        for (Wire wire : open) {
            cut.add(wire);
            wire.cut();
        }
    }

    /** A server that builds an index doesn't look at its connection until it is done, so it is told over another one. */
    private void terminateCut(Database target) {
        List<Integer> pids = new ArrayList<>();
        for (Wire wire : cut) {
            if (wire.side().equals(target.label())) {
                pids.add(wire.pid());
            }
        }
        cut.clear();
        if (pids.isEmpty()) {
            return;
        }
        try (Connection connection = target.connect("stop")) {
            for (int pid : pids) {
                Sql.execute(connection, "select pg_terminate_backend(" + pid + ")");
            }
        } catch (SQLException e) {
            log(e);
        }
    }

    /** Runs the same work on several threads; the first failure ends all, and so does the user's wish. */
    void together(Database target, int threads, Callable<Boolean> work) throws SQLException {
        AtomicReference<@Nullable Throwable> first = new AtomicReference<>();
        try (TaskGroup group = TaskGroup.openForBytes(Math.max(1, threads))) {
            CountDownLatch done = new CountDownLatch(1);
            Thread watch = Thread.ofVirtual().name("landfall copy watch").start(() -> watch(group, done));
            try {
                for (int i = 0; i < threads; i++) {
                    var _ = group.fork(() -> attended(work, first));
                }
                group.join();
            } finally {
                done.countDown();
                watch.join();
                terminateCut(target);
            }
        } catch (ExecutionException e) {
            // Not the first that the group saw: that may be one whose session was ended because of it.
            switch (first.get()) {
                case SQLException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                case null, default -> throw new IllegalStateException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted();
        }
    }

    private Boolean attended(Callable<Boolean> work, AtomicReference<@Nullable Throwable> first) throws Exception {
        try {
            return work.call();
        } catch (Exception | Error e) {
            first.compareAndSet(null, e);
            // The others may wait in a read that an interrupt doesn't end.
            cutAll();
            throw e;
        }
    }

    private void watch(TaskGroup group, CountDownLatch done) {
        try {
            while (!done.await(100, TimeUnit.MILLISECONDS)) {
                if (stopped()) {
                    cutAll();
                    group.cancel();
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void log(SQLException e) {
        System.getLogger(CopySessions.class.getName()).log(System.Logger.Level.INFO, "while stopping", e);
    }
}
