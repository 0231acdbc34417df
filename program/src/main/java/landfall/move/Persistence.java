package landfall.move;

import java.time.Duration;
import landfall.base.Events;
import landfall.postgres.Passing;

/** Does again what fails for a reason that passes by itself: what users wait for must not wait for somebody to look. */
final class Persistence {
    private static final Duration MAX = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofMillis(250);

    private Persistence() {}

    /**
     * Runs a part that can be done twice until it is done, or fails for good, or two minutes have passed.
     *
     * @param what for the note: {@code going back}
     */
    static void insist(String what, Events events, Runnable part) {
        long end = System.nanoTime() + MAX.toNanos();
        boolean told = false;
        while (true) {
            try {
                part.run();
                return;
            } catch (RuntimeException e) {
                if (!Passing.is(e) || System.nanoTime() > end) {
                    throw e;
                }
                if (!told) {
                    told = true;
                    events.note(what + " is held up, and tried again for " + MAX.toSeconds() + " s: " + e.getMessage());
                }
            }
            Pause.of(PAUSE);
        }
    }
}
