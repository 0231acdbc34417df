package landfall.postgres;

import java.sql.SQLException;
import landfall.base.Events;

/** Tries again what failed because a connection or a server went away for a while; bounded, and said. */
final class Retry {
    /** Together about a minute: a server's restart, a pod's reschedule. */
    private static final long[] PAUSES_MILLIS = {100, 300, 1_000, 2_000, 5_000, 10_000, 20_000, 20_000};

    @FunctionalInterface
    interface Attempt {
        void run() throws SQLException;
    }

    private final CopySessions sessions;
    private final Events events;

    Retry(CopySessions sessions, Events events) {
        this.sessions = sessions;
        this.events = events;
    }

    /**
     * @param what is being done, for the note: {@code rows of public.t}
     * @param again prepares another attempt
     */
    void run(String what, Attempt attempt, Runnable again) throws SQLException {
        for (int tries = 0; ; tries++) {
            try {
                attempt.run();
                return;
            } catch (SQLException e) {
                again.run();
                sessions.throwIfStopped();
                if (!Failures.isPassing(e) || tries == PAUSES_MILLIS.length) {
                    throw e;
                }
                events.note(what + ": " + Failures.reason(e) + "; tried again in " + PAUSES_MILLIS[tries] / 1000.0
                        + " s (" + (tries + 1) + " of " + PAUSES_MILLIS.length + ")");
                sessions.pause(PAUSES_MILLIS[tries]);
            }
        }
    }
}
