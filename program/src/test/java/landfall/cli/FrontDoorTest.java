package landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import landfall.base.Events;
import landfall.move.MoveLock;
import landfall.recipe.MoveFolder;
import landfall.sandbox.Addresses;
import landfall.sandbox.Containers;
import landfall.sandbox.EmulatedDokku;
import landfall.sandbox.ProcessRegistry;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** What an impatient user meets at the front door: one clear message, the right exit code, nothing half written. */
final class FrontDoorTest {
    private static final String EXAMPLE = "../examples/v-sekai/k8s";

    @TempDir
    Path home;

    private LandfallProcess.Ended run(String... words) {
        return LandfallProcess.run(home, words);
    }

    private Path write(String name, String text) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private Path planned() {
        Path move = home.resolve("move");
        assertThat(run(
                                "plan",
                                EXAMPLE,
                                "-o",
                                move.toString(),
                                "--answer",
                                "redis-data=recreate",
                                "--answer",
                                "uploads-uro=leave")
                        .exit())
                .isZero();
        return move;
    }

    /** Every refusal says one thing, without a stack trace. */
    private static void refused(LandfallProcess.Ended ended, int exit, String... parts) {
        assertThat(ended.err()).contains(parts).doesNotContain("\tat ", "Exception in thread");
        assertThat(ended.exit()).isEqualTo(exit);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "missing.yaml | | missing.yaml",
                "tab.yaml | 'kind: Pod\n\tname: x\n' | tab",
                "broken.yaml | 'a: [1\nb: 2\n' | broken.yaml:2",
                "other.json | '{\"name\": \"not kubernetes\"}' | apiVersion",
                "scalar.yaml | 'just words' | scalar.yaml",
                "bomb.yaml | 'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: &h [*g,*g,*g,*g,*g,*g,*g,*g,*g]\n' | alias",
            })
    void badInputIsToldWithItsPlaceAndNothingIsWritten(String name, String text, String part) throws IOException {
        if (text != null) {
            write(name, text);
        }
        Path move = home.resolve("move");
        refused(run("plan", home.resolve(name).toString(), "-o", move.toString()), 2, part);
        assertThat(move).doesNotExist();
    }

    @Test
    void anEmptyFolderAndASymlinkLoopAreTold() throws IOException {
        Path empty = Files.createDirectories(home.resolve("empty"));
        refused(run("assess", empty.toString()), 2, "empty");
        Path loop = Files.createDirectories(home.resolve("loop"));
        Files.createSymbolicLink(loop.resolve("again"), loop);
        write("loop/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
        assertThat(run("assess", loop.toString()).exit()).isIn(0, 2, 3);
    }

    @Test
    void aHundredMegabytesAreRefusedWithoutBeingRead() throws IOException {
        Path big = home.resolve("big.yaml");
        try (OutputStream out = Files.newOutputStream(big)) {
            byte[] block = "a: bbbbbbbbbbbbbbbbbbbbbbbbbbb\n".repeat(1 << 15).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 101; i++) {
                out.write(block);
            }
        }
        refused(run("assess", big.toString()), 2, "big.yaml");
    }

    @Test
    void everyProblemIsToldInOneRunAndAsEventsToo() throws IOException {
        write("k8s/tab.yaml", "kind: Pod\n\tname: x\n");
        write("k8s/broken.yaml", "a: [1\nb: 2\n");
        LandfallProcess.Ended ended = run(
                "plan", home.resolve("k8s").toString(), "-o", home.resolve("m").toString(), "--json");
        refused(ended, 2, "tab.yaml", "broken.yaml");
        JsonMapper json = JsonMapper.builder().build();
        List<String> problems = new ArrayList<>();
        ended.out().lines().forEach(line -> {
            var event = json.readTree(line);
            if (event.path("event").asString("").equals("problem")) {
                problems.add(event.path("message").asString(""));
            }
        });
        assertThat(problems).hasSize(2);
    }

    @Test
    void wrongWordsGetASuggestionAndExitTwo() {
        refused(run("plna", EXAMPLE), 2, "plan");
        refused(run("plan", EXAMPLE, "-o", "x", "--outptu", "y"), 2, "--outptu", "--output");
        Path move = planned();
        refused(run("cutover", move.toString(), "--door-max", "soon"), 2, "--door-max soon is not a time");
        refused(run("status", home.resolve("nowhere").toString()), 2, "not a move", "landfall plan");
    }

    @Test
    void commandsBeforeTheirTimeAreRefusedAndSayWhatComesFirst() {
        Path move = planned();
        refused(run("apply", move.toString()), 2, "no Dokku host", "--host");
        refused(run("cutover", move.toString()), 4, "planned");
        refused(run("rollback", move.toString()), 4, "planned");
        refused(run("verify", move.toString()), 4, "landfall sync");
        assertThat(run("status", move.toString()).out()).contains("planned", "landfall apply");
        refused(run("finish", move.toString()), 2, "--yes");
    }

    @Test
    void openDecisionsStopApplyAndTheFileSaysWhatToAnswer() {
        Path move = home.resolve("open");
        LandfallProcess.Ended ended = run("plan", EXAMPLE, "-o", move.toString());
        assertThat(ended.exit()).isEqualTo(3);
        assertThat(ended.out()).contains("redis-data", "uploads-uro");
        refused(run("apply", move.toString(), "--host", "dokku@127.0.0.1:1"), 3, "redis-data", "move.yaml");
    }

    @Test
    void aDamagedJournalAndADamagedMoveAreTold() throws IOException {
        Path move = planned();
        Files.writeString(move.resolve("journal.jsonl"), "{\"at\":\"x\",\"what\":\"state\"}\nnonsense\n{}\n");
        refused(run("status", move.toString()), 4, "journal.jsonl:2", "damaged");
        Files.delete(move.resolve("journal.jsonl"));
        Files.writeString(move.resolve("move.yaml"), "version: 1\nmove: [");
        refused(run("status", move.toString()), 2, "move.yaml:2", "not YAML");
    }

    @Test
    void aSecondLandfallOnOneMoveIsRefusedNamingTheFirst() {
        Path move = planned();
        try (MoveLock first = MoveLock.acquire(MoveFolder.existing(move), "sync", false, Events.NONE)) {
            assertThat(first.handOverAsked()).isFalse();
            refused(
                    run("apply", move.toString(), "--host", "dokku@127.0.0.1:1"),
                    4,
                    "landfall sync",
                    "process " + ProcessHandle.current().pid());
        }
    }

    @Test
    void aHostThatIsNotThereOrNotKnownIsTold() throws Exception {
        Path move = planned();
        int closed;
        try (ServerSocket socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }
        refused(
                run("apply", move.toString(), "--host", "dokku@127.0.0.1:" + closed, "--dry-run"),
                1,
                "127.0.0.1 port " + closed);
        Path folder = Files.createDirectories(home.resolve("sandbox"));
        ProcessRegistry registry = ProcessRegistry.in(folder);
        try (Addresses addresses = Addresses.claim();
                EmulatedDokku dokku =
                        EmulatedDokku.start(folder, addresses, new Containers(folder, addresses, registry), registry)) {
            String host = dokku.destination();
            Path none = write("none", "");
            String key = dokku.clientKeyFile().toString();
            refused(
                    run(
                            "apply",
                            move.toString(),
                            "--host",
                            host,
                            "--identity",
                            key,
                            "--known-hosts",
                            none.toString(),
                            "--dry-run"),
                    4,
                    dokku.hostKeyFingerprint(),
                    "--host-key");
            Path wrong = home.resolve("wrong");
            new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", wrong.toString())
                    .start()
                    .waitFor();
            Assumptions.assumeTrue(Files.exists(wrong), "ssh-keygen is not here");
            String known = dokku.knownHostsFile().toString();
            LandfallProcess.Ended ended = run(
                    "apply",
                    move.toString(),
                    "--host",
                    host,
                    "--identity",
                    wrong.toString(),
                    "--known-hosts",
                    known,
                    "--dry-run");
            refused(ended, ended.exit(), "publickey");
            assertThat(ended.exit()).isIn(1, 2);
            LandfallProcess.Ended dry = run(
                    "apply", move.toString(), "--host", host, "--identity", key, "--known-hosts", known, "--dry-run");
            assertThat(dry.exit()).isZero();
            assertThat(dry.out()).contains("apps:create uro", "***").doesNotContain("example-phoenix-key-base");
            appliesWithoutShowingASecret(move, host, key, known, home);
        } finally {
            registry.endAll();
        }
    }

    /** The canaries of the example in no output, log, journal or process argument (P8). */
    private void appliesWithoutShowingASecret(Path move, String host, String key, String known, Path home)
            throws Exception {
        List<String> canaries = List.of(
                "example-phoenix-key-base",
                "example-database-password",
                "example-signup-api-key",
                "example-joken-signer");
        Set<String> seen = new TreeSet<>();
        Process process = LandfallProcess.builder(
                        home,
                        "apply",
                        move.toString(),
                        "--host",
                        host,
                        "--identity",
                        key,
                        "--known-hosts",
                        known,
                        "--json")
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("apply.out").toFile())
                .start();
        while (process.isAlive()) {
            arguments(canaries, seen);
            Thread.sleep(5);
        }
        assertThat(process.exitValue())
                .as(Files.readString(home.resolve("apply.out")))
                .isZero();
        assertThat(seen).isEmpty();
        try (Stream<Path> files = Files.walk(move)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.getFileName().toString().equals("secrets.yml")) {
                    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                            .as(file.toString())
                            .doesNotContain(canaries);
                }
            }
        }
        assertThat(Files.readString(home.resolve("apply.out"))).doesNotContain(canaries);
        assertThat(Files.getPosixFilePermissions(move.resolve("secrets.yml"))).hasSize(2);
        LandfallProcess.Ended again =
                run("apply", move.toString(), "--host", host, "--identity", key, "--known-hosts", known);
        assertThat(again.exit()).isZero();
        assertThat(again.out()).contains("0 changed");
        assertThat(MoveFolder.existing(move).settings().target().host()).isEqualTo(host);
        assertThat(landfall.move.MoveJournal.open(move.resolve("journal.jsonl"), Clock.systemUTC())
                        .state())
                .isEqualTo(landfall.move.MoveState.APPLIED);
    }

    private static void arguments(List<String> canaries, Set<String> seen) throws IOException {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes
                    .filter(path -> path.getFileName().toString().matches("[0-9]+"))
                    .toList()) {
                try {
                    String line = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
                    canaries.stream().filter(line::contains).forEach(canary -> seen.add(canary + " in " + line));
                } catch (IOException gone) {
                    // The process ended while it was looked at.
                    assertThat(gone).isNotNull();
                }
            }
        }
    }

    @Test
    void manifestsComeFromStandardInputToo() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(Path.of(EXAMPLE))) {
            for (Path file : files.sorted().toList()) {
                all.append("---\n").append(Files.readString(file));
            }
        }
        Path input = write("all.yaml", all.toString());
        Path move = home.resolve("piped");
        LandfallProcess.Ended ended = LandfallProcess.run(
                home,
                input,
                "plan",
                "-",
                "-o",
                move.toString(),
                "--answer",
                "redis-data=recreate",
                "--answer",
                "uploads-uro=entry");
        assertThat(ended.exit()).as(ended.err()).isZero();
        LandfallProcess.Ended answer = run("ledger", move.toString(), "Deployment/uro", "containers[0].image");
        assertThat(answer.out()).contains("-:", "containers[0].image", "Dockerfile");
    }
}
