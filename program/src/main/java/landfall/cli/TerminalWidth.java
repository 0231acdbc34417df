package landfall.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** How many columns the terminal has, looked at again now and then, as windows are resized. */
final class TerminalWidth implements IntSupplier {
    private static final int COLUMNS_DEFAULT = 80;
    private static final long LOOK_NANOS = 2_000_000_000L;
    private static final long PATIENCE_MILLIS = 500;

    private int columns;
    private long lookedAt;

    @Override
    public synchronized int getAsInt() {
        long now = System.nanoTime();
        if (columns == 0 || now - lookedAt > LOOK_NANOS) {
            columns = asked();
            lookedAt = now;
        }
        return columns;
    }

    /** Java can't ask the terminal itself. */
    private static int asked() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            if (stty.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS) && answer.matches("\\d+ [1-9]\\d*")) {
                return Integer.parseInt(answer.substring(answer.indexOf(' ') + 1));
            }
        } catch (IOException e) {
            System.getLogger(TerminalWidth.class.getName()).log(System.Logger.Level.DEBUG, "no stty", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return COLUMNS_DEFAULT;
    }
}
