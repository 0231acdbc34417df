package landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import landfall.base.Problems;
import landfall.kube.ManifestReader;
import landfall.ledger.LedgerEntry;
import landfall.recipe.MovePlan;
import landfall.recipe.MoveSecrets;
import landfall.recipe.MoveSettings;
import landfall.recipe.MoveSettingsFile;
import landfall.report.PlanReport;
import landfall.report.Style;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Golden cases: a folder each, with what the plan of its manifests must be, byte for byte. */
final class CasesTest {
    private static final Path CASES = Path.of("src/test/cases");
    private static final boolean REWRITE = "1".equals(System.getenv("LANDFALL_REWRITE_CASES"));

    static List<Path> cases() throws IOException {
        try (Stream<Path> folders = Files.list(CASES)) {
            return folders.filter(folder -> Files.exists(folder.resolve("case.yml")))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void thePlanOfACaseIsWhatItWas(Path folder) throws IOException {
        Map<?, ?> description = (Map<?, ?>)
                new Load(LoadSettings.builder().build()).loadFromString(Files.readString(folder.resolve("case.yml")));
        Map<String, String> answers = new LinkedHashMap<>();
        if (description.get("answers") instanceof Map<?, ?> given) {
            given.forEach((id, option) -> answers.put(String.valueOf(id), String.valueOf(option)));
        }
        Problems problems = new Problems();
        List<String> paths = List.of(String.valueOf(description.get("manifests")));
        Manifests manifests = Manifests.translate(
                ManifestReader.read(paths, InputStream.nullInputStream(), problems),
                problems,
                "",
                null,
                Optional.empty(),
                answers,
                false);
        MovePlan plan = MovePlan.of(
                manifests.target,
                new MoveSettings.Kubernetes(null, null, manifests.target.namespace()),
                new MoveSettings.DokkuTarget(null, null, null, null),
                MoveSecrets.of(manifests.target, Map.of(), new Random(1)));
        Map<String, String> written = new TreeMap<>(plan.files());
        written.put("move.yaml", MoveSettingsFile.write(plan.settings()));
        written.put("ledger.txt", ledger(manifests.ledger.entries()));
        written.put(
                "report.txt",
                new PlanReport(
                                manifests.target,
                                manifests.ledger.coverage(),
                                new ReportOptions().outlook(manifests),
                                "landfall apply move",
                                "all of them are in move/report.html")
                        .text(new Style(false)));
        Path expected = folder.resolve("expected");
        if (REWRITE) {
            for (Map.Entry<String, String> file : written.entrySet()) {
                Path path = expected.resolve(file.getKey());
                Files.createDirectories(path.getParent());
                Files.writeString(path, file.getValue());
            }
        }
        assertThat(written).isEqualTo(files(expected));
    }

    private static String ledger(List<LedgerEntry> entries) {
        return entries.stream()
                .map(entry -> entry.object() + " " + entry.path() + " | "
                        + entry.disposition().word() + " | " + String.join(", ", entry.to()) + " | " + entry.rule()
                        + "\n")
                .collect(Collectors.joining());
    }

    private static Map<String, String> files(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                files.put(folder.relativize(path).toString(), Files.readString(path));
            }
        }
        return files;
    }
}
