package landfall.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Whom a client logs in as, and so what reads its command line. */
enum DokkuAccount {
    /** Dokku's own, with a forced command: the line is Dokku's words. */
    DOKKU {
        @Override
        DokkuWords split(String line) {
            return DokkuWords.split(line);
        }
    },

    /** One with a shell, as docket needs it: the line calls {@code dokku} as a program, and there is no other. */
    ROOT {
        @Override
        DokkuWords split(String line) throws IOException, InterruptedException, DokkuFailure {
            ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", "dokku() { printf '%s\\0' \"$@\"; }\n" + line);
            builder.environment().clear();
            builder.environment().put("PATH", "/nonexistent");
            Process shell = builder.start();
            shell.getOutputStream().close();
            String printed = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String errors = new String(shell.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            int exit = shell.waitFor();
            if (exit != 0) {
                throw new DokkuFailure(exit, errors);
            }
            List<String> words = Arrays.asList(printed.split("\0", -1));
            return new DokkuWords(words.subList(0, words.size() - 1), errors);
        }
    };

    static Optional<DokkuAccount> named(String user) {
        return switch (user) {
            case "dokku" -> Optional.of(DOKKU);
            case "root" -> Optional.of(ROOT);
            default -> Optional.empty();
        };
    }

    abstract DokkuWords split(String line) throws IOException, InterruptedException, DokkuFailure;
}
