package landfall.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import landfall.sandbox.JavaProcess;

/** The real command line in a process of its own. */
public final class LandfallProcess {
    /** How a command ended. */
    record Ended(int exit, String out, String err) {}

    private LandfallProcess() {}

    public static ProcessBuilder builder(Path home, String... words) {
        List<String> command = new ArrayList<>(JavaProcess.words(512));
        // The examples lie beside the module that the tests run in.
        command.replaceAll(word -> word.startsWith("-Dlandfall.home=")
                ? "-Dlandfall.home=" + Path.of("..").toAbsolutePath().normalize()
                : word);
        command.add(1, "-Duser.home=" + home);
        command.add(Main.class.getName());
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("HOME", home.toString());
        builder.environment().remove("SSH_AUTH_SOCK");
        builder.environment().remove("KUBECONFIG");
        return builder;
    }

    static Ended run(Path home, String... words) {
        return run(home, Path.of("/dev/null"), words);
    }

    static Ended run(Path home, Path input, String... words) {
        Process process = null;
        try {
            Path out = Files.createTempFile(home, "out", ".txt");
            Path err = Files.createTempFile(home, "err", ".txt");
            process = builder(home, words)
                    .redirectInput(input.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            if (!process.waitFor(600, TimeUnit.SECONDS)) {
                throw new IOException(String.join(" ", words) + " did not end");
            }
            return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            if (process != null && process.isAlive()) {
                // SIGTERM, so that a demo ends what it has started.
                process.destroy();
                process.onExit().join();
            }
        }
    }
}
