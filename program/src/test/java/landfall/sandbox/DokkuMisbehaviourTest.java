package landfall.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import landfall.sandbox.DokkuFault.Moment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DokkuMisbehaviourTest {
    @TempDir
    private Path folder;

    private Addresses addresses;
    private EmulatedDokku dokku;

    @BeforeEach
    void start() throws Exception {
        addresses = Addresses.claim();
        ProcessRegistry registry = ProcessRegistry.in(folder);
        dokku = EmulatedDokku.start(
                folder,
                addresses,
                new Containers(folder, addresses, registry),
                registry,
                image -> image.startsWith("tinyweb")
                        ? Optional.of(new Program("tinyweb", DokkuTinyWeb.class.getName(), 5000, "/app"))
                        : Program.find(image),
                EmulatedDokku.PACE);
    }

    @AfterEach
    void stop() throws Exception {
        dokku.close();
        addresses.close();
        ProcessRegistry.in(folder).endAll();
    }

    /** On a connection of its own; exit code -1 if none came. */
    private DokkuClient.Answer run(String line, String stdin) throws Exception {
        try (DokkuClient client = new DokkuClient(dokku)) {
            return client.run(line, stdin.getBytes(StandardCharsets.UTF_8));
        } finally {
            dokku.awaitUp();
        }
    }

    private DokkuClient.Answer run(String line) throws Exception {
        return run(line, "");
    }

    @Test
    void aConnectionDroppedBeforeACommandLeavesItUndone() throws Exception {
        dokku.misbehave(new DokkuFault.Drop(2, Moment.BEFORE));
        assertThat(run("apps:create one").exit()).isZero();
        assertThat(run("apps:create two").exit()).isEqualTo(-1);
        assertThat(run("apps:list").stdout()).contains("one\n").doesNotContain("two");
        assertThat(dokku.commandsGiven()).isEqualTo(3);
    }

    @Test
    void aConnectionDroppedAfterACommandLeavesItDoneUnheardOf() throws Exception {
        dokku.misbehave(new DokkuFault.Drop(1, Moment.AFTER));
        assertThat(run("apps:create one").exit()).isEqualTo(-1);
        assertThat(run("apps:exists one").exit()).isZero();
        assertThat(run("domains:report one --domains-app-vhosts").stdout()).isEqualTo("one.dokku.test\n");
    }

    @Test
    void aConnectionDroppedInTheMiddleLeavesHalf() throws Exception {
        dokku.misbehave(new DokkuFault.Drop(1, Moment.DURING, 2));
        assertThat(run("apps:create one").exit()).isEqualTo(-1);
        assertThat(run("apps:exists one").exit()).isZero();
        assertThat(run("domains:report one --domains-app-vhosts").stdout()).isEqualTo("\n");
    }

    @Test
    void aSilentCommandRunsToItsEndThoughNobodyHears() throws Exception {
        run("apps:create one");
        dokku.misbehave(new DokkuFault.Drop(1, Moment.DURING));
        assertThat(run("storage:mount one /srv/one:/data").exit()).isEqualTo(-1);
        assertThat(run("storage:list one").stdout()).contains("/srv/one:/data");
    }

    @Test
    void bytesAreCountedBothWays() throws Exception {
        run("apps:create one");
        dokku.misbehave(new DokkuFault.DropOutput(5));
        DokkuClient.Answer cut = run("apps:list");
        assertThat(cut.exit()).isEqualTo(-1);
        assertThat(cut.stdout().length()).isLessThanOrEqualTo(5);
        assertThat(run("apps:list").exit()).isZero();
        // What arrived is a whole line for the command, and is set.
        dokku.misbehave(new DokkuFault.DropInput(8));
        assertThat(run("config:import --no-restart one -", "KEY=abcdef\nTWO=2\n")
                        .exit())
                .isEqualTo(-1);
        dokku.misbehave();
        assertThat(run("config:keys one").stdout()).doesNotContain("TWO");
    }

    @Test
    void aRebootEndsConnectionsAndKeepsWhatTheDiskHas() throws Exception {
        run("apps:create one");
        run("config:set --no-restart one TEXT=t");
        assertThat(run("git:from-image one tinyweb:v1").exit()).isZero();
        dokku.misbehave(new DokkuFault.Reboot(1, Moment.BEFORE, Duration.ofMillis(50)));
        assertThat(run("apps:create two").exit()).isEqualTo(-1);
        assertThat(run("apps:list").stdout()).contains("one\n").doesNotContain("two");
        assertThat(run("ps:report one --running").stdout()).isEqualTo("true\n");
    }

    @Test
    void aFullDiskRefusesWritesAndStillReads() throws Exception {
        run("apps:create one");
        dokku.misbehave(new DokkuFault.DiskFull(1));
        for (String line : List.of(
                "apps:create two",
                "config:set --no-restart one A=1",
                "domains:set one a.example.com",
                "storage:ensure-directory files",
                "postgres:create db")) {
            DokkuClient.Answer refused = run(line);
            assertThat(refused.exit()).as(line).isEqualTo(1);
            assertThat(refused.stderr()).as(line).contains("No space left on device");
        }
        dokku.misbehave();
        assertThat(run("apps:list").stdout()).doesNotContain("two");
        assertThat(run("config:keys one").stdout()).isEmpty();
        assertThat(run("postgres:exists db").exit()).isEqualTo(1);
    }

    @Test
    void aDeployCanBeLockedOutOrFailItsChecks() throws Exception {
        run("apps:create one");
        dokku.misbehave(new DokkuFault.DeployLock("one"));
        assertThat(run("apps:locked one").exit()).isZero();
        DokkuClient.Answer locked = run("git:from-image one tinyweb:v1");
        assertThat(locked.exit()).isEqualTo(1);
        assertThat(locked.stdout()).contains("one currently has a deploy lock in place. Exiting...");
        dokku.misbehave(new DokkuFault.FailChecks(1));
        assertThat(run("git:from-image one tinyweb:v2").stdout()).contains("Could not start due to 1 failed checks");
        assertThat(run("git:from-image one tinyweb:v3").exit()).isZero();
    }

    @Test
    void aHostCanAnswerHalfBeOldOrLackAPlugin() throws Exception {
        run("apps:create one");
        dokku.misbehave(new DokkuFault.TruncateJson(2));
        assertThat(run("apps:report one --format json").stdout()).endsWith("}\n");
        DokkuClient.Answer half = run("apps:report one --format json");
        assertThat(half.exit()).isZero();
        assertThat(half.stdout()).startsWith("{").doesNotContain("}");
        dokku.misbehave(DokkuFault.parse("version=0.29.3,without=postgres").toArray(DokkuFault[]::new));
        assertThat(run("version").stdout()).isEqualTo("dokku version 0.29.3\n");
        assertThat(run("postgres:list").stderr()).contains("is not a dokku command");
        assertThat(run("plugin:list").stdout()).contains("nginx-vhosts").doesNotContain("postgres");
    }

    @Test
    void connectionsAndKeysAreRefusedAsOftenAsTold() throws Exception {
        dokku.misbehave(new DokkuFault.RefuseConnections(1));
        assertThatThrownBy(() -> run("version")).isInstanceOf(java.io.IOException.class);
        assertThat(run("version").exit()).isZero();
        dokku.misbehave(new DokkuFault.RefuseKeys(1));
        assertThatThrownBy(() -> run("version")).hasMessageContaining("No more authentication methods");
        assertThat(run("version").exit()).isZero();
    }

    @Test
    void theSameSeedIsTheSameFault() {
        assertThat(DokkuFault.parse("seed=42")).isEqualTo(List.of(DokkuFault.drawn(42, 40)));
        assertThat(java.util.stream.LongStream.range(0, 200)
                        .mapToObj(seed -> DokkuFault.drawn(seed, 40).getClass())
                        .distinct())
                .hasSize(6);
        assertThat(SandboxManners.parse("real-time=20,drop=3").realTime()).contains(Duration.ofMillis(20));
        assertThatThrownBy(() -> DokkuFault.parse("explode=1")).hasMessageContaining("explode=1");
    }
}
