package landfall.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.logging.FileHandler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What libraries and our own code log goes to a file in the move folder, never to the terminal. */
final class Log {
    private static final long BYTES_MAX = 8L << 20;

    private Log() {}

    static void to(Path file) {
        System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tFT%1$tT.%1$tL %4$s %3$s %5$s%6$s%n");
        try {
            FileHandler handler = new FileHandler(file.toString(), BYTES_MAX, 1, true);
            handler.setFormatter(new SimpleFormatter());
            handler.setLevel(Level.INFO);
            Logger.getLogger("").addHandler(handler);
            Logger.getLogger("io.fabric8").setLevel(Level.WARNING);
        } catch (IOException e) {
            System.err.println("landfall: cannot log to " + file + ": " + e.getMessage() + ". Going on without a log.");
        }
    }
}
