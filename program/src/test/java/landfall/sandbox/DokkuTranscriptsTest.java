package landfall.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every call that was recorded on a real host answers here as it did there, but for those in the files of exceptions,
 * each with its reason. {@code LANDFALL_REWRITE_DOCS=1} writes docs/conformance.md anew and brings the lists of
 * exceptions up to date; {@code LANDFALL_REPLAY=apps,certs} replays only these.
 */
class DokkuTranscriptsTest {
    private static final Path RESOURCES = Path.of("src/test/resources/landfall/sandbox/transcripts");
    private static final Path DOCS = Path.of("../docs/conformance.md");
    private static final Map<String, List<DokkuReplay.Outcome>> OUTCOMES = new TreeMap<>();

    @BeforeAll
    static void replay(@TempDir Path folder) throws Exception {
        try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
            Map<String, Future<List<DokkuReplay.Outcome>>> running = new TreeMap<>();
            for (String family : families()) {
                DokkuTranscript transcript = DokkuTranscript.load(family);
                running.put(family, pool.submit(() -> replayed(family, transcript, folder.resolve(family))));
            }
            for (Map.Entry<String, Future<List<DokkuReplay.Outcome>>> family : running.entrySet()) {
                OUTCOMES.put(family.getKey(), family.getValue().get());
            }
        }
    }

    /** On a loaded machine a container may not get to say a word in a hundredth of the real pauses: then in a tenth. */
    private static List<DokkuReplay.Outcome> replayed(String family, DokkuTranscript transcript, Path folder)
            throws Exception {
        List<DokkuReplay.Outcome> outcomes = DokkuReplay.run(transcript, folder, DokkuReplay.PACE);
        DokkuExceptions exceptions = DokkuExceptions.of(RESOURCES, family);
        boolean surprises = outcomes.stream()
                .anyMatch(outcome -> outcome.agrees()
                        == exceptions.reasons().containsKey(outcome.call().index()));
        return surprises ? DokkuReplay.run(transcript, folder.resolve("slower"), 10 * DokkuReplay.PACE) : outcomes;
    }

    private static List<String> families() throws IOException {
        String wanted = System.getenv("LANDFALL_REPLAY");
        try (Stream<Path> files = Files.list(RESOURCES)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".json"))
                    .map(name -> name.substring(0, name.length() - ".json".length()))
                    .filter(name -> wanted == null || List.of(wanted.split(",")).contains(name))
                    .sorted()
                    .toList();
        }
    }

    @TestFactory
    Stream<DynamicTest> aFamilyAnswersAsTheRealHostDidButForItsExceptions() {
        return OUTCOMES.entrySet().stream()
                .map(family ->
                        DynamicTest.dynamicTest(family.getKey(), () -> compare(family.getKey(), family.getValue())));
    }

    private static void compare(String family, List<DokkuReplay.Outcome> outcomes) throws IOException {
        DokkuExceptions exceptions = DokkuExceptions.of(RESOURCES, family);
        if ("1".equals(System.getenv("LANDFALL_REWRITE_DOCS"))) {
            exceptions.bringUpToDate(outcomes);
        }
        List<String> wrong = new ArrayList<>();
        for (DokkuReplay.Outcome outcome : outcomes) {
            boolean listed = exceptions.reasons().containsKey(outcome.call().index());
            if (!outcome.agrees() && !listed) {
                wrong.add(outcome.difference());
            } else if (outcome.agrees() && listed) {
                wrong.add("[" + outcome.call().index() + "] is listed as an exception and agrees");
            }
        }
        if (!wrong.isEmpty()) {
            fail(family + ": " + wrong.size() + " of " + outcomes.size() + "\n" + String.join("\n", wrong));
        }
    }

    @Test
    void theDocsTellWhichShareAgrees() throws IOException {
        if (System.getenv("LANDFALL_REPLAY") != null) {
            return;
        }
        String generated = DokkuConformancePage.text(OUTCOMES, RESOURCES);
        if ("1".equals(System.getenv("LANDFALL_REWRITE_DOCS"))) {
            for (Map.Entry<String, List<DokkuReplay.Outcome>> family : OUTCOMES.entrySet()) {
                DokkuExceptions.of(RESOURCES, family.getKey()).bringUpToDate(family.getValue());
            }
            generated = DokkuConformancePage.text(OUTCOMES, RESOURCES);
            Files.writeString(DOCS, generated);
        }
        assertThat(Files.readString(DOCS))
                .as("docs/conformance.md; LANDFALL_REWRITE_DOCS=1 and this test write it anew")
                .isEqualTo(generated);
        assertThat(OUTCOMES.values().stream().mapToInt(List::size).sum()).isGreaterThan(1_000);
    }
}
