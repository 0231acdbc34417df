package landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import landfall.move.MoveJournal;
import landfall.move.MoveState;
import landfall.sandbox.SandboxDatabases;
import landfall.sandbox.SandboxProcess;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A plain move through the real command line while users write: there, killed half way, over again, back, stopped half
 * way, given up. What was acknowledged is there at the end.
 */
@Tag("alone")
final class PlainCutoverTest {
    @TempDir
    Path home;

    private URI uro = URI.create("http://127.0.0.1");
    private final Set<Integer> acknowledged = new ConcurrentSkipListSet<>();
    private volatile String lastAnswer = "none yet";
    private final AtomicBoolean stop = new AtomicBoolean();

    private Path sandbox() {
        return home.resolve("sandbox");
    }

    private String move() {
        return home.resolve("move").toString();
    }

    @AfterEach
    void endTheSandbox() throws IOException, InterruptedException {
        stop.set(true);
        new SandboxProcess(sandbox()).stop();
    }

    private LandfallProcess.Ended run(int exit, String... words) {
        LandfallProcess.Ended ended = LandfallProcess.run(home, words);
        System.out.println("$ landfall " + String.join(" ", words) + "\n" + ended.out() + ended.err());
        assertThat(ended.exit()).as(ended.out() + ended.err()).isEqualTo(exit);
        // Nothing of a terminal's where there is none.
        assertThat(ended.out()).doesNotContain("\u001b", "\r");
        return ended;
    }

    private MoveState state() {
        return MoveJournal.open(Path.of(move()).resolve("journal.jsonl"), java.time.Clock.systemUTC())
                .state();
    }

    private void write() {
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build()) {
            for (int number = 1; !stop.get(); number++) {
                HttpRequest request = HttpRequest.newBuilder(uro.resolve("/entries"))
                        .timeout(Duration.ofSeconds(5))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"writer\":\"plain\",\"number\":" + number + ",\"text\":\"t\"}"))
                        .build();
                try {
                    HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
                    if (answer.statusCode() == 201) {
                        acknowledged.add(number);
                    }
                    lastAnswer = answer.statusCode() + " " + answer.body();
                } catch (IOException refused) {
                    // A plain move has a downtime: nothing was acknowledged.
                    lastAnswer = refused.toString();
                }
                Thread.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void usersAreServed() throws InterruptedException {
        int before = acknowledged.size();
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (acknowledged.size() <= before + 5) {
            assertThat(System.nanoTime())
                    .as("users are served; last: " + lastAnswer)
                    .isLessThan(end);
            Thread.sleep(20);
        }
    }

    /** Ends the command with this signal when it has told that the step began. */
    private int ended(boolean kill, String step, String... words) throws IOException, InterruptedException {
        Path out = home.resolve("interrupted.txt");
        Process process = LandfallProcess.builder(home, words)
                .redirectOutput(out.toFile())
                .redirectError(home.resolve("interrupted-errors.txt").toFile())
                .start();
        long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        String began = "\"step\":\"" + step + "\",\"state\":\"begin\"";
        while (!Files.readString(out).contains(began)) {
            assertThat(process.isAlive() && System.nanoTime() < end)
                    .as(Files.readString(out) + Files.readString(home.resolve("interrupted-errors.txt")))
                    .isTrue();
            Thread.sleep(5);
        }
        if (kill) {
            process.destroyForcibly();
        } else {
            process.destroy();
        }
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        System.out.println((kill ? "killed" : "stopped") + " in " + step + ":\n" + Files.readString(out));
        return process.exitValue();
    }

    @Test
    void aPlainMoveGoesThereAndBackAndLosesNothingWhenItIsEndedHalfWay() throws Exception {
        Files.createDirectories(sandbox());
        String text = new SandboxProcess(sandbox()).start(List.of(Path.of("../examples/v-sekai/k8s")), line -> {});
        JsonNode place = JsonMapper.builder().build().readTree(text);
        uro = URI.create(place.path("uro").asString(""));
        List<String> plan = new ArrayList<>(List.of(
                "plan",
                "../examples/v-sekai/k8s",
                "-o",
                move(),
                "--answer",
                "redis-data=recreate",
                "--answer",
                "uploads-uro=entry",
                "--host",
                place.path("dokkuSsh").asString("")));
        Map.of(
                        "identity",
                        "identity",
                        "known-hosts",
                        "knownHosts",
                        "kubeconfig",
                        "kubeconfig",
                        "bridge-address",
                        "bridgeAddress")
                .forEach((option, name) ->
                        plan.addAll(List.of("--" + option, place.path(name).asString(""))));
        run(0, plan.toArray(String[]::new));
        run(0, "apply", move());
        Thread writer = Thread.ofVirtual().start(this::write);
        usersAreServed();

        assertThat(run(0, "sync", move(), "--plain").out())
                .contains("downtime forecast: ", "this move is plain", "is reached by relay (postgres:connect uro-db)");
        assertThat(run(0, "status", move()).out())
                .contains("a plain move: copied once", "target   reached by relay (postgres:connect uro-db)")
                .doesNotContain("nobody follows");

        ended(true, "copy", "cutover", move(), "--detach", "--json");
        assertThat(state()).isEqualTo(MoveState.SWITCHING);
        assertThat(run(0, "cutover", move(), "--detach").out()).contains("they were without service for ");
        assertThat(state()).isEqualTo(MoveState.SWITCHED);
        usersAreServed();

        run(0, "rollback", move(), "--door-max", "20s", "--detach");
        assertThat(state()).isEqualTo(MoveState.FOLLOWING);
        usersAreServed();

        assertThat(ended(false, "copy", "cutover", move(), "--detach", "--json"))
                .isEqualTo(143);
        assertThat(state()).isEqualTo(MoveState.FOLLOWING);
        usersAreServed();

        ended(true, "fence", "cutover", move(), "--detach", "--json");
        run(0, "abandon", move(), "--yes");
        assertThat(state()).isEqualTo(MoveState.ABANDONED);
        usersAreServed();
        stop.set(true);
        writer.join();
        assertThat(written()).containsAll(acknowledged);
    }

    private Set<Integer> written() throws Exception {
        try (Connection source = SandboxDatabases.named(sandbox(), "uro_prod");
                Statement statement = source.createStatement();
                ResultSet rows = statement.executeQuery("select number from entries where writer = 'plain'")) {
            Set<Integer> all = new TreeSet<>();
            while (rows.next()) {
                assertThat(all.add(rows.getInt(1))).isTrue();
            }
            return all;
        }
    }
}
