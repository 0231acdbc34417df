package landfall.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C and SIGTERM as a request that long-running commands look at: they finish the transaction they are in, and the
 * JVM waits for them a while before it goes.
 */
final class StopRequest implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** A switch that is taken back starts pods on the old side. */
    static final Duration UNDO_PATIENCE = Duration.ofMinutes(4);

    private final Duration patience;
    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "stop request");
    private volatile boolean requested;

    StopRequest() {
        this(PATIENCE);
    }

    /** @param patience how long the program may take to come to an end */
    StopRequest(Duration patience) {
        this.patience = patience;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void stop() {
        requested = true;
        try {
            if (!finished.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                System.getLogger("landfall").log(System.Logger.Level.WARNING, "stopped without finishing");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean requested() {
        return requested;
    }

    @Override
    public void close() {
        finished.countDown();
        if (!requested) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }
}
