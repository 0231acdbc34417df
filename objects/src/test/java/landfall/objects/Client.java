package landfall.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A program of somebody else's that speaks S3, run as its users run it, with an environment of its own. It is looked for
 * in the folders of {@code LANDFALL_CLIENTS}, then on the {@code PATH}; where it isn't, its tests say so and are skipped.
 */
final class Client {
    private static final long SECONDS_MAX = 180;

    private final Path program;
    private final Path scratch;
    private final Map<String, String> environment = new LinkedHashMap<>();

    private Client(Path program, Path scratch) {
        this.program = program;
        this.scratch = scratch;
        // Programs take nothing from the machine's settings: no profile, no proxy, no certificates of its own.
        environment.put("PATH", folders());
        environment.put("HOME", scratch.toString());
        environment.put("TMPDIR", scratch.toString());
        environment.put("LANG", "C.UTF-8");
    }

    /** The first program of these names; skips the test visibly if the machine has none. */
    static Client find(Path scratch, String... names) {
        Assumptions.assumeTrue(
                "UTF-8".equals(System.getProperty("sun.jnu.encoding")),
                "this locale can't name all files: set LANG=C.UTF-8 to try " + names[0]);
        Optional<Path> program = Stream.of(names)
                .flatMap(name -> Arrays.stream(folders().split(File.pathSeparator, -1))
                        .filter(folder -> !folder.isEmpty())
                        .map(folder -> Path.of(folder, name).toAbsolutePath()))
                .filter(Files::isExecutable)
                .findFirst();
        Assumptions.assumeTrue(
                program.isPresent(),
                () -> names[0] + " is neither in LANDFALL_CLIENTS nor on the PATH: not tried (docs/s3-clients.md)");
        return new Client(program.orElseThrow(), scratch);
    }

    /** As {@link #find}, of programs that take longer than the build has: only where {@code LANDFALL_CLIENTS} is set. */
    static Client findIfAsked(Path scratch, String... names) {
        Assumptions.assumeTrue(
                System.getenv("LANDFALL_CLIENTS") != null,
                "LANDFALL_CLIENTS isn't set: " + names[0] + " is not tried (docs/s3-clients.md)");
        return find(scratch, names);
    }

    private static String folders() {
        return Stream.of(System.getenv("LANDFALL_CLIENTS"), System.getenv("PATH"))
                .filter(folders -> folders != null && !folders.isEmpty())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** What large files are: {@code LANDFALL_CLIENTS_MIB} mebibytes, or 20, which every client sends in parts. */
    static int largeBytes() {
        return Integer.parseInt(Optional.ofNullable(System.getenv("LANDFALL_CLIENTS_MIB"))
                        .orElse("20"))
                << 20;
    }

    Client with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** What a program said, and how it ended. */
    record Outcome(List<String> command, int exit, String out, String err) {
        Outcome succeeded() {
            assertThat(exit).as("%s%n%s%n%s", command, out, err).isZero();
            return this;
        }
    }

    /** Runs it; anything but exit code 0 fails the test. Gives what it printed. */
    String run(String... arguments) throws IOException, InterruptedException {
        return tried(arguments).succeeded().out();
    }

    /** Runs it, with nothing to read. */
    Outcome tried(String... arguments) throws IOException, InterruptedException {
        return fed(Path.of("/dev/null"), arguments);
    }

    /** Runs it with this file as its standard input. */
    Outcome fed(Path input, String... arguments) throws IOException, InterruptedException {
        Path out = Files.createTempFile(scratch, "out", "");
        Path err = Files.createTempFile(scratch, "err", "");
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        Process process = start(command, out, err, input);
        try {
            assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS))
                    .as("%s ends within %s s", command, SECONDS_MAX)
                    .isTrue();
        } finally {
            stop(process);
        }
        return new Outcome(command, process.exitValue(), text(out), text(err));
    }

    /** Starts it in the background, its output to a file; the caller stops it. */
    Process started(Path output, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        return start(command, output, output, Path.of("/dev/null"));
    }

    /** Ends a program and what it started. */
    static void stop(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private Process start(List<String> command, Path out, Path err, Path input) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(scratch.toFile())
                .redirectInput(input.toFile())
                .redirectOutput(out.toFile())
                .redirectError(out.equals(err) ? ProcessBuilder.Redirect.appendTo(out.toFile()) : toFile(err));
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static ProcessBuilder.Redirect toFile(Path file) {
        return ProcessBuilder.Redirect.to(file.toFile());
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
