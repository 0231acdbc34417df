package landfall.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import landfall.cli.LandfallProcess;
import landfall.sandbox.DokkuFault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code landfall apply} as a process of its own, killed with SIGKILL again and again. */
class ApplyKilledTest {
    private static final int KILLS = 5;

    @TempDir
    Path folder;

    @Test
    void aProcessKilledAtAnyMomentIsFollowedByOneThatEndsTheWork() throws Exception {
        RandomRecipe recipe = RandomRecipe.of(20, true);
        try (ApplyHost calm = ApplyHost.start(folder.resolve("calm"));
                ApplyHost rough = ApplyHost.start(folder.resolve("rough"))) {
            calm.apply(ApplyHost.move(folder.resolve("once"), recipe));
            Path move = ApplyHost.move(folder.resolve("killed"), recipe).path();
            rough.dokku().misbehave(new DokkuFault.Slow(Duration.ofMillis(60)));
            Random random = new Random(1);
            for (int kill = 0; kill < KILLS; kill++) {
                Process process = start(rough, move);
                if (!process.waitFor(700 + random.nextInt(1600), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly().waitFor();
                }
                rough.dokku().awaitUp();
            }
            Process last = start(rough, move);
            assertThat(last.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(last.exitValue())
                    .as(Files.readString(folder.resolve("apply.log")))
                    .isZero();
            rough.dokku().misbehave();
            assertThat(AppliedState.differences(calm.state(recipe), rough.state(recipe)))
                    .isEmpty();
        }
    }

    private Process start(ApplyHost host, Path move) throws Exception {
        return LandfallProcess.builder(
                        folder,
                        "apply",
                        move.toString(),
                        "--yes",
                        "--host",
                        host.dokku().destination(),
                        "--identity",
                        host.dokku().clientKeyFile().toString(),
                        "--known-hosts",
                        host.dokku().knownHostsFile().toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("apply.log").toFile())
                .start();
    }
}
