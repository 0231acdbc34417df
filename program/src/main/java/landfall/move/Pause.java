package landfall.move;

import java.time.Duration;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;

/** Waiting that an interrupt ends as a named problem. */
final class Pause {
    private Pause() {}

    static void of(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LandfallException(
                    ExitCode.INTERRUPTED,
                    Problem.error("interrupted", "", "Running the same command again goes on."),
                    e);
        }
    }
}
