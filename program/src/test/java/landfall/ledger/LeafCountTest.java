package landfall.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import landfall.base.Problems;
import landfall.kube.ManifestReader;
import landfall.kube.ReadResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Another walk of the same YAML, by the library's own loader, counts the same leaves in each file. */
final class LeafCountTest {
    private static final LoadSettings SETTINGS = LoadSettings.builder()
            .setAllowDuplicateKeys(true)
            .setCodePointLimit(Integer.MAX_VALUE)
            .build();

    @TempDir
    Path folder;

    private static long leaves(Object node) {
        return switch (node) {
            case Map<?, ?> map
            when !map.isEmpty() ->
                map.values().stream().mapToLong(LeafCountTest::leaves).sum();
            case Collection<?> list
            when !list.isEmpty() ->
                list.stream().mapToLong(LeafCountTest::leaves).sum();
            case null, default -> 1;
        };
    }

    private static long leavesOfObjects(Path file) throws IOException {
        long leaves = 0;
        for (Object document : new Load(SETTINGS).loadAllFromString(Files.readString(file))) {
            if (document instanceof Map<?, ?> map && map.get("apiVersion") != null && map.get("kind") != null) {
                leaves += leaves(document);
            }
        }
        return leaves;
    }

    private static Map<String, Long> counted(ReadResult read) {
        Ledger ledger = Ledger.open(read);
        ledger.closeUnknown();
        Map<String, Long> counted = new TreeMap<>();
        ledger.forEachEntry(entry -> counted.merge(entry.file(), 1L, Long::sum));
        assertThat(counted.values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(ledger.coverage().leaves());
        return counted;
    }

    /** Compares file by file; returns how many leaves were compared. */
    private static long compare(Path set) {
        ReadResult read = ManifestReader.read(List.of(set.toString()), System.in, new Problems());
        Map<String, Long> counted = counted(read);
        long compared = 0;
        for (String name : read.filesRead()) {
            long expected;
            try {
                expected = leavesOfObjects(set.resolve(name));
            } catch (IOException | org.snakeyaml.engine.v2.exceptions.YamlEngineException e) {
                continue; // UTF-16, ciphertext, broken documents: those tests are by hand
            }
            assertThat(counted.getOrDefault(name, 0L)).as("%s/%s", set, name).isEqualTo(expected);
            compared += expected;
        }
        return compared;
    }

    @Test
    void eachLeafOfTheExampleIsInTheLedger() {
        assertThat(compare(Path.of("../examples/v-sekai/k8s"))).isGreaterThan(200);
    }

    @Test
    void eachLeafOfEachSetOfTheCorpusIsInTheLedger() throws IOException {
        Path corpus = Path.of(System.getProperty("landfall.corpus", "../../shared/corpus"));
        assumeTrue(Files.isDirectory(corpus), "no corpus at " + corpus.toAbsolutePath());
        long compared = 0;
        try (Stream<Path> sets = Files.list(corpus)) {
            for (Path set : sets.filter(Files::isDirectory).sorted().toList()) {
                compared += compare(set);
            }
        }
        assertThat(compared).isGreaterThan(15_000);
    }

    @Test
    void tenThousandObjectsAreReadAndWrittenInTimeThatGrowsWithTheirNumber() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int number = 0; number < 10_000; number++) {
            text.append(object(number));
        }
        Path file = folder.resolve("many.yaml");
        Files.writeString(file, text);
        long start = System.nanoTime();
        Problems problems = new Problems();
        ReadResult read = ManifestReader.read(List.of(file.toString()), System.in, problems);
        Ledger ledger = Ledger.open(read);
        ledger.closeUnknown();
        LedgerFile.write(folder.resolve("ledger.jsonl"), ledger);
        assertThat(problems.all()).isEmpty();
        assertThat(ledger.coverage().leaves()).isEqualTo(100_000);
        // Far above what it takes (about a second): a quadratic step would take minutes.
        assertThat((System.nanoTime() - start) / 1_000_000_000).isLessThan(20);
    }

    private static String object(int number) {
        return """
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: uro%d, labels: {a: b}}
                spec:
                  template:
                    spec:
                      containers:
                      - name: uro
                        image: uro:1
                        env: [{name: A, value: b}, {name: C, value: d}]
                """.formatted(number);
    }
}
