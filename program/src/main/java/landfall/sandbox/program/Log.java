package landfall.sandbox.program;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A container's log: one line on standard output, where the container engine collects it. */
final class Log {
    private static final FileOutputStream OUT = new FileOutputStream(FileDescriptor.out);

    private Log() {}

    static void line(String text) {
        String line = Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + text.replace('\n', ' ') + "\n";
        try {
            OUT.write(line.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
