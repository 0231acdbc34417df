package landfall.objects.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the plugin's bats tests: its subcommands on a stubbed Dokku, with the real server behind them. */
final class PluginTest {
    private static final long MINUTES = 10;

    @Test
    void everySubcommandDoesWhatItSays(@TempDir Path folder) throws IOException, InterruptedException {
        for (String tool : List.of("bats", "jq", "curl")) {
            Assumptions.assumeTrue(
                    Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                            .anyMatch(part -> Files.isExecutable(Path.of(part, tool))),
                    () -> tool + " is not installed: apt-get install " + tool);
        }
        Path log = folder.resolve("bats.log");
        ProcessBuilder bats = new ProcessBuilder("bats", "plugin/tests");
        bats.redirectErrorStream(true).redirectOutput(log.toFile());
        bats.environment().put("OBJECTS_CLASSPATH", System.getProperty("java.class.path"));
        bats.environment()
                .merge(
                        "PATH",
                        System.getProperty("java.home") + "/bin",
                        (old, java) -> java + File.pathSeparator + old);
        Process process = bats.start();
        boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
        if (!ended) {
            process.destroy();
        }
        assertThat(ended)
                .as("bats ends within %s minutes: %s", MINUTES, Files.readString(log))
                .isTrue();
        assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    }
}
