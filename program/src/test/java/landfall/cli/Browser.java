package landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A browser without a window, run once for each question: what a page shows, and how it looks. */
final class Browser {
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

    private final Path program;
    private final Path scratch;

    private Browser(Path program, Path scratch) {
        this.program = program;
        this.scratch = scratch;
    }

    /** The browser of this machine, if it has one. */
    static Optional<Browser> find(Path scratch) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Arrays.stream(path.split(File.pathSeparator, -1))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .map(program -> new Browser(program, scratch));
    }

    /** The document after its scripts ran, and what the console said. */
    record Page(String dom, String console) {}

    Page open(String address, int width, int height, String... options) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(options));
        words.addAll(
                List.of("--dump-dom", "--enable-logging=stderr", "--v=0", "--window-size=" + width + "," + height));
        return run(address, words);
    }

    void picture(String address, Path file, int width, int height, String... options)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(options));
        words.addAll(List.of("--screenshot=" + file.toAbsolutePath(), "--window-size=" + width + "," + height));
        run(address, words);
        assertThat(file).isNotEmptyFile();
    }

    private Page run(String address, List<String> options) throws IOException, InterruptedException {
        Path out = Files.createTempFile(scratch, "page", ".html");
        Path told = Files.createTempFile(scratch, "console", ".txt");
        Path profile = Files.createTempDirectory(scratch, "profile");
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--headless=new",
                "--no-sandbox", // CI runs as root, where the browser's own sandbox refuses to start
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--virtual-time-budget=3000",
                "--user-data-dir=" + profile));
        command.addAll(options);
        command.add(address);
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(told.toFile())
                .start();
        boolean isEnded = process.waitFor(90, TimeUnit.SECONDS);
        if (!isEnded) {
            process.destroyForcibly();
        }
        assertThat(isEnded).as("the browser ends: %s", command).isTrue();
        return new Page(Files.readString(out), new String(Files.readAllBytes(told), StandardCharsets.UTF_8));
    }
}
