package landfall.recipe;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Docket itself, where it is on the machine: named by LANDFALL_DOCKET, on the path, or where {@code go install} puts it. */
public final class DocketProgram {
    /** What a test says that finds none. */
    public static final String ABSENT =
            "docket is not on this machine (LANDFALL_DOCKET, PATH, ~/go/bin): it validates nothing";

    private DocketProgram() {}

    public static Optional<Path> find() {
        String named = System.getenv("LANDFALL_DOCKET");
        Stream<Path> path = Arrays.stream(
                        System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "docket"));
        Stream<Path> goes = Stream.of(Path.of(System.getProperty("user.home"), "go", "bin", "docket"));
        return Stream.concat(named == null ? Stream.empty() : Stream.of(Path.of(named)), Stream.concat(path, goes))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** What {@code docket validate} objects to; empty if the recipe is valid. */
    public static String objections(Path docket, Path recipe) {
        try {
            Process process = new ProcessBuilder(
                            docket.toString(), "validate", "--no-color", "--tasks", recipe.toString())
                    .redirectErrorStream(true)
                    .start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("docket validate did not end");
            }
            return process.exitValue() == 0 ? "" : text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
