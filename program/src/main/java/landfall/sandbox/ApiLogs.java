package landfall.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A container's log, whole, its end only, or followed. */
final class ApiLogs {
    private ApiLogs() {}

    static void copy(Path file, OutputStream out, int tail, BooleanSupplier goOn)
            throws IOException, InterruptedException {
        if (!Files.exists(file)) {
            return;
        }
        try (InputStream in = Files.newInputStream(file)) {
            if (tail >= 0) {
                List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
                for (String line : lines.subList(Math.max(0, lines.size() - tail), lines.size())) {
                    out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                }
            } else {
                in.transferTo(out);
            }
            out.flush();
            while (goOn.getAsBoolean()) {
                Thread.sleep(200);
                in.transferTo(out);
                out.flush();
            }
            in.transferTo(out);
        }
    }
}
