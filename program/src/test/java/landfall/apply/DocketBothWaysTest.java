package landfall.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import landfall.recipe.DocketProgram;
import landfall.recipe.MoveFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One recipe, two programs: what one has applied, the other finds nothing to change in. */
class DocketBothWaysTest {
    @TempDir
    Path folder;

    private record Ended(int exit, String text) {}

    @Test
    void docketFindsNothingToChangeAfterLandfallAndLandfallNothingAfterDocket() throws Exception {
        Optional<Path> docket = DocketProgram.find();
        assumeTrue(docket.isPresent(), DocketProgram.ABSENT);
        String recipe;
        try (var shop = DocketBothWaysTest.class.getResourceAsStream("/apply/shop.yml")) {
            recipe = new String(java.util.Objects.requireNonNull(shop).readAllBytes(), StandardCharsets.UTF_8);
        }
        MoveFolder move = TestHost.move(folder.resolve("move"), recipe);
        try (TestHost host = TestHost.start(folder.resolve("ours"))) {
            assertThat(host.apply(move).changed()).isPositive();
            Ended plan = docket(docket.get(), host, "plan", move, "--detailed-exitcode");
            assertThat(plan.exit()).as(plan.text()).isZero();
        }
        try (TestHost host = TestHost.start(folder.resolve("theirs"))) {
            Ended applied = docket(docket.get(), host, "apply", move);
            assertThat(applied.exit()).as(applied.text()).isZero();
            assertThat(host.apply(move).changed()).isZero();
        }
    }

    /** Docket runs the program ssh: one that knows the key and the host stands first in its path. */
    private Ended docket(Path docket, TestHost host, String command, MoveFolder move, String... more)
            throws IOException, InterruptedException {
        Path programs = Files.createDirectories(folder.resolve("programs"));
        Path ssh = programs.resolve("ssh");
        Files.writeString(
                ssh,
                "#!/bin/sh\nexec /usr/bin/ssh -F none -i '%s' -o UserKnownHostsFile='%s' \"$@\"\n"
                        .formatted(host.dokku().clientKeyFile(), host.dokku().knownHostsFile()));
        Files.setPosixFilePermissions(ssh, PosixFilePermissions.fromString("rwx------"));
        var words = new java.util.ArrayList<>(java.util.List.of(
                docket.toString(),
                command,
                "--no-color",
                "--host",
                host.dokku().destination().replace("dokku@", "root@"),
                "--tasks",
                move.recipeFile().toString()));
        words.addAll(java.util.List.of(more));
        Path output = folder.resolve("docket.txt");
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().merge("PATH", programs.toString(), (old, first) -> first + ":" + old);
        Process process = builder.start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("docket " + command + " did not end: " + Files.readString(output));
        }
        return new Ended(process.exitValue(), Files.readString(output));
    }
}
