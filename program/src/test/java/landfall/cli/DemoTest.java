package landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import landfall.base.TaskGroup;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The main job through the real command line: a service is moved under load, back, and over again, with nothing lost. The
 * mover is killed with {@code kill -9} at moments drawn from printed seeds: {@code landfall demo --kill-at cutover --seeds
 * 20 --size tiny} runs more of them.
 */
@Tag("alone")
final class DemoTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    Path home;

    @Test
    void aLiveServiceMovesWithNothingLostThoughTheMoverIsKilledAtAnyMoment() throws Exception {
        try (TaskGroup group = TaskGroup.open(2)) {
            Future<List<JsonNode>> sync = group.fork(() -> demo("sync", "--kill-at", "sync", "--seeds", "2"));
            Future<List<JsonNode>> cutover = group.fork(() -> demo("cutover", "--kill-at", "cutover", "--seeds", "2"));
            group.join();
            check(sync.get(), 2);
            check(cutover.get(), 2);
        }
    }

    @Test
    void theDemoEndsWithItsFigures() throws Exception {
        List<JsonNode> summaries = demo("plain");
        check(summaries, 1);
        // Not zero: on a machine too slow for the door's bound a switch is undone, and who waited is refused.
        assertThat(summaries.getFirst().path("failedRequests").asLong(-1)).isNotNegative();
    }

    private static void check(List<JsonNode> summaries, int runs) throws ExecutionException {
        assertThat(summaries).hasSize(runs);
        for (JsonNode summary : summaries) {
            assertThat(summary.path("acknowledged").asLong(0)).isPositive();
            assertThat(summary.path("lost").asLong(-1)).as(summary.toString()).isZero();
            assertThat(summary.path("acceptedByBoth").asLong(-1))
                    .as(summary.toString())
                    .isZero();
            assertThat(summary.path("rollback").path("lost").asLong(-1))
                    .as(summary.toString())
                    .isZero();
            assertThat(summary.path("longestWaitMs").asLong(-1)).isPositive();
            assertThat(summary.path("databaseBytes").asLong(0)).isPositive();
            assertThat(summary.path("files").asLong(0)).isPositive();
        }
    }

    /** The summaries of the runs; the seeds stand in the test's own output. */
    private List<JsonNode> demo(String name, String... more) throws IOException {
        Path own = Files.createDirectories(home.resolve(name));
        List<String> words = new ArrayList<>(List.of("demo", "--size", "tiny", "--json", "--folder", own.toString()));
        words.addAll(List.of(more));
        LandfallProcess.Ended ended = LandfallProcess.run(own, words.toArray(String[]::new));
        List<JsonNode> summaries = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (String line : ended.out().lines().toList()) {
            JsonNode event = JSON.readTree(line);
            switch (event.path("event").asString("")) {
                case "summary" -> {
                    System.out.println("demo " + name + ": " + line);
                    summaries.add(event);
                }
                case "problem" -> problems.add(line);
                case "note" -> {
                    if (line.contains("seed")) {
                        System.out.println(
                                "demo " + name + ": " + event.path("message").asString(""));
                        problems.add(line);
                    }
                }
                default -> {}
            }
        }
        assertThat(ended.exit()).as("%s %s %s", name, problems, ended.err()).isZero();
        return summaries;
    }
}
