package landfall.objects.s3;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Closes connections that send a request's header for longer than they may. Jetty's idle timeout begins again with each
 * byte, so a header that comes a byte at a time ("slowloris") would never end.
 */
final class SlowHeaders extends AbstractLifeCycle implements Connection.Listener {
    private static final System.Logger LOG = System.getLogger(SlowHeaders.class.getName());

    private final Scheduler scheduler;
    private final long patienceNanos;
    private final long everyMillis;
    private final Map<Connection, Waiting> connections = new ConcurrentHashMap<>();

    /** A connection's bytes when its last request ended, and since when there are more without a whole header. */
    private static final class Waiting {
        private boolean busy;
        private long bytesBefore;
        private long since;

        synchronized void busy() {
            busy = true;
        }

        synchronized void rests(long bytes) {
            busy = false;
            bytesBefore = bytes;
            since = 0;
        }

        /** Whether a header has been under way for too long. */
        synchronized boolean tooLong(long bytes, long now, long patience) {
            if (busy || bytes <= bytesBefore) {
                return false;
            }
            if (since == 0) {
                since = now;
            }
            return now - since > patience;
        }
    }

    SlowHeaders(Scheduler scheduler, Pace.Limits limits) {
        this.scheduler = scheduler;
        this.patienceNanos = TimeUnit.SECONDS.toNanos(limits.patienceSeconds());
        this.everyMillis = Math.max(100, TimeUnit.SECONDS.toMillis(limits.patienceSeconds()) / 10);
    }

    @Override
    protected void doStart() {
        look();
    }

    private void look() {
        if (isStopping() || isStopped()) {
            return;
        }
        long now = System.nanoTime();
        connections.forEach((connection, waiting) -> {
            if (waiting.tooLong(connection.getBytesIn(), now, patienceNanos)) {
                LOG.log(
                        System.Logger.Level.DEBUG,
                        "closing {0}: no whole header within the time for it",
                        connection.getEndPoint().getRemoteSocketAddress());
                connection.getEndPoint().close();
            }
        });
        scheduler.schedule(this::look, everyMillis, TimeUnit.MILLISECONDS);
    }

    /** A whole header came. */
    void began(Connection connection) {
        Waiting waiting = connections.get(connection);
        if (waiting != null) {
            waiting.busy();
        }
    }

    void ended(Connection connection) {
        Waiting waiting = connections.get(connection);
        if (waiting != null) {
            waiting.rests(connection.getBytesIn());
        }
    }

    @Override
    public void onOpened(Connection connection) {
        connections.put(connection, new Waiting());
    }

    @Override
    public void onClosed(Connection connection) {
        connections.remove(connection);
    }
}
