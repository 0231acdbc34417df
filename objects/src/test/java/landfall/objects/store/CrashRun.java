package landfall.objects.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** One life of {@link CrashWriter}, in a process of its own, ended at a random moment. */
final class CrashRun {
    private final Path folder;
    private final long seed;
    private final Random random;
    private final Acknowledgements told;
    private final Map<String, String> environment;
    private final ProcessBuilder.Redirect errors;

    CrashRun(Path folder, long seed, Random random, Acknowledgements told) {
        this(folder, seed, random, told, Map.of(), ProcessBuilder.Redirect.INHERIT);
    }

    CrashRun(
            Path folder,
            long seed,
            Random random,
            Acknowledgements told,
            Map<String, String> environment,
            ProcessBuilder.Redirect errors) {
        this.folder = folder;
        this.seed = seed;
        this.random = random;
        this.told = told;
        this.environment = environment;
        this.errors = errors;
    }

    /** What ends it. */
    @FunctionalInterface
    interface End {
        void strike(Process process) throws IOException, InterruptedException;
    }

    static long seed() {
        String given = System.getenv("LANDFALL_SEED");
        return given == null ? System.nanoTime() : Long.parseLong(given);
    }

    /** LANDFALL_CRASH_RUNS, or as many as given. */
    static int count(int otherwise) {
        String runs = System.getenv("LANDFALL_CRASH_RUNS");
        return runs == null ? otherwise : Integer.parseInt(runs);
    }

    /** By its handle: Process.destroyForcibly would also throw away what it has told. */
    static void kill(Process process) {
        process.toHandle().destroyForcibly();
    }

    /**
     * Starts the writer, strikes 20 to 1,520 ms after it is ready (one time in ten while it starts; not before something was
     * acknowledged), and hears it out.
     */
    void until(End end) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                CrashWriter.class.getName(),
                folder.toString(),
                Long.toString(seed));
        builder.environment().putAll(environment);
        Process process = builder.redirectError(errors).start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            long wait;
            if (told.count() == 0) {
                assertThat(lines.readLine()).isEqualTo("READY");
                wait = 500;
            } else if (random.nextInt(10) == 0) {
                wait = 150L + random.nextInt(500);
            } else {
                assertThat(lines.readLine()).isEqualTo("READY");
                wait = 20L + random.nextInt(1_500);
            }
            CompletableFuture<Void> struck = CompletableFuture.runAsync(() -> {
                try {
                    Thread.sleep(wait);
                    end.strike(process);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                } finally {
                    kill(process);
                }
            });
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                told.note(line);
            }
            struck.join();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }
}
