package landfall.postgres;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import landfall.base.Duplex;

/**
 * A database whose sessions are cut when the time is up: for what is done while users wait, where a line that has gone
 * dead without a word must not make them wait longer.
 */
public final class TimedDatabase implements AutoCloseable {
    private final Database database;
    private final Set<Duplex> open = ConcurrentHashMap.newKeySet();
    private final Thread timer;
    private volatile boolean over;

    private TimedDatabase(Database untimed, Duration max) {
        Duplex.Dialer dialer = () -> {
            if (over) {
                throw new IOException("the time for this is up");
            }
            Duplex stream = untimed.dialer().dial();
            open.add(stream);
            return stream;
        };
        database = untimed.by(dialer, untimed.address());
        timer = Thread.ofVirtual().name("landfall time limit").start(() -> {
            try {
                Thread.sleep(max);
                cut();
            } catch (InterruptedException e) {
                // What was to be done is done in time.
                Thread.currentThread().interrupt();
            }
        });
    }

    public static TimedDatabase within(Duration max, Database database) {
        return new TimedDatabase(database, max);
    }

    public Database database() {
        return database;
    }

    private void cut() {
        over = true;
        for (Duplex stream : open) {
            try {
                stream.close();
            } catch (IOException e) {
                System.getLogger(TimedDatabase.class.getName()).log(System.Logger.Level.DEBUG, "cutting", e);
            }
        }
    }

    /** Ends the limit, not the sessions. */
    @Override
    public void close() {
        timer.interrupt();
    }
}
