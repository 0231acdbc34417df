package landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import landfall.move.MoveJournal;
import landfall.move.MoveState;
import landfall.sandbox.SandboxProcess;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A switch that takes too long is undone, either way, and users write on as if nothing had been tried. */
final class UndoTest {
    @TempDir
    Path home;

    private URI uro = URI.create("http://127.0.0.1");
    private int number;

    private Path sandbox() {
        return home.resolve("sandbox");
    }

    private String move() {
        return home.resolve("move").toString();
    }

    @AfterEach
    void endTheSandbox() throws IOException, InterruptedException {
        new SandboxProcess(sandbox()).stop();
    }

    /** Exit 1: the bound was met behind the door; 4: before the locks were taken. */
    private void tooLong(String... words) {
        LandfallProcess.Ended ended = LandfallProcess.run(home, words);
        assertThat(ended.exit()).as(ended.out() + ended.err()).isIn(1, 4);
    }

    private LandfallProcess.Ended run(int exit, String... words) {
        LandfallProcess.Ended ended = LandfallProcess.run(home, words);
        assertThat(ended.exit()).as(ended.out() + ended.err()).isEqualTo(exit);
        return ended;
    }

    /** One write through the old public address, acknowledged. */
    private void usersCanWrite() throws IOException, InterruptedException {
        number++;
        HttpRequest request = HttpRequest.newBuilder(uro.resolve("/entries"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"writer\":\"undo\",\"number\":" + number + ",\"text\":\"t\"}"))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(201);
        }
    }

    private void stateIs(MoveState state) {
        Path journal = Path.of(move()).resolve("journal.jsonl");
        assertThat(MoveJournal.open(journal, java.time.Clock.systemUTC()).state())
                .isEqualTo(state);
    }

    @Test
    void aSwitchThatTakesTooLongIsUndoneEitherWayAndAnAbandonedMoveLeavesTheSourceOpen() throws Exception {
        Files.createDirectories(sandbox());
        String text = new SandboxProcess(sandbox()).start(List.of(Path.of("../examples/v-sekai/k8s")), line -> {});
        JsonNode place = JsonMapper.builder().build().readTree(text);
        uro = URI.create(place.path("uro").asString(""));
        run(
                0,
                "plan",
                "../examples/v-sekai/k8s",
                "-o",
                move(),
                "--answer",
                "redis-data=recreate",
                "--answer",
                "uploads-uro=entry",
                "--host",
                place.path("dokkuSsh").asString(""),
                "--identity",
                place.path("identity").asString(""),
                "--known-hosts",
                place.path("knownHosts").asString(""),
                "--kubeconfig",
                place.path("kubeconfig").asString(""),
                "--bridge-address",
                place.path("bridgeAddress").asString(""));
        run(0, "apply", move());
        run(0, "sync", move(), "--until-lag", "2s");
        usersCanWrite();

        tooLong("cutover", move(), "--door-max", "100ms", "--detach");
        stateIs(MoveState.FOLLOWING);
        usersCanWrite();

        run(0, "cutover", move(), "--door-max", "20s", "--detach");
        stateIs(MoveState.SWITCHED);
        usersCanWrite();

        tooLong("rollback", move(), "--door-max", "20ms", "--detach");
        stateIs(MoveState.SWITCHED);
        usersCanWrite();

        run(0, "rollback", move(), "--door-max", "20s", "--detach");
        stateIs(MoveState.FOLLOWING);
        usersCanWrite();
        assertThat(run(0, "verify", move()).out()).contains("equal");

        run(0, "abandon", move(), "--yes");
        stateIs(MoveState.ABANDONED);
        usersCanWrite();
    }
}
