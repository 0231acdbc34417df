package landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher runs once after a build, so that later starts are quick: if it fails, every start is slow. */
final class TrainTest {
    @TempDir
    Path home;

    @Test
    void theTrainerComesToItsEnd() throws IOException, InterruptedException {
        ProcessBuilder builder = LandfallProcess.builder(home);
        builder.command().replaceAll(word -> word.equals(Main.class.getName()) ? Train.class.getName() : word);
        Path log = home.resolve("train.log");
        Process process =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        assertThat(process.waitFor(180, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    }
}
