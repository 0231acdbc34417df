package landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import landfall.recipe.DocketCatalogue;
import landfall.recipe.DocketProgram;
import landfall.recipe.RecipeOrder;
import landfall.report.CorpusReport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Real manifests, as their authors ship them: each set is planned, and what the plan says is held against a walk of the
 * same files that shares nothing with the program.
 */
final class CorpusTest {
    private static final JsonMapper JSON = new JsonMapper();

    /** What a secret value must be longer than, not to stand in other files by chance. */
    private static final int SECRET_LENGTH_MIN = 8;

    @TempDir
    private Path temp;

    @Test
    void theCorpusIsThere() {
        assumeTrue(Corpus.folder().isPresent(), "no corpus on this machine: its sets are not planned");
        assertThat(Corpus.sets()).hasSizeGreaterThan(40);
    }

    @TestFactory
    Stream<DynamicTest> eachLeafOfASetIsInTheLedgerExactlyOnce() {
        return sets(set -> {
            Path move = planned(set);
            Map<String, Integer> found = new LinkedHashMap<>();
            for (JsonNode line : ledger(move)) {
                String place = line.required("file").stringValue() + "#"
                        + line.required("document").intValue() + " "
                        + line.required("path").stringValue();
                found.merge(place, 1, Integer::sum);
            }
            Set<String> expected = YamlWalk.documents(set).stream()
                    .flatMap(document -> document.leaves().stream())
                    .map(YamlWalk.Leaf::place)
                    .collect(Collectors.toCollection(LinkedHashSet::new));
            assertThat(found.values()).as("times a leaf stands in the ledger").allMatch(times -> times == 1);
            assertThat(found.keySet()).containsExactlyInAnyOrderElementsOf(expected);
        });
    }

    @TestFactory
    Stream<DynamicTest> noFieldOfAListedKindIsUnknown() {
        return sets(set -> {
            List<Exception> told = new ArrayList<>();
            CorpusReport.Line line = CorpusSet.plan(set, (ignored, problem) -> told.add(problem));
            assertThat(told).isEmpty();
            assertThat(line.exit()).isIn(0, 3);
            assertThat(line.unknownListed()).isZero();
        });
    }

    @TestFactory
    Stream<DynamicTest> theRecipeIsOneThatDocketKnowsInAnOrderForAnEmptyHost() {
        return sets(set -> {
            Path recipe = planned(set).resolve("recipe.yml");
            assertThat(DocketCatalogue.violations(recipe)).isEmpty();
            assertThat(RecipeOrder.violations(recipe)).isEmpty();
        });
    }

    @TestFactory
    Stream<DynamicTest> docketItselfFindsTheRecipeValid() {
        assumeTrue(DocketProgram.find().isPresent(), DocketProgram.ABSENT);
        Path docket = DocketProgram.find().orElseThrow();
        return sets(
                set -> assertThat(DocketProgram.objections(docket, planned(set).resolve("recipe.yml")))
                        .isEmpty());
    }

    @TestFactory
    Stream<DynamicTest> noSecretValueIsAnywhereButInSecretsYml() {
        return sets(set -> {
            Path move = planned(set);
            Set<String> secrets = secrets(set);
            try (Stream<Path> files = Files.walk(move)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    if (!file.endsWith("secrets.yml")) {
                        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                        assertThat(secrets)
                                .as(move.relativize(file).toString())
                                .noneMatch(secret -> text.contains(latin1(secret)));
                    }
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> anotherPlanOfASetHasTheSameBytes() {
        return sets(set -> {
            Map<String, String> first = MoveFiles.of(planned(set));
            Map<String, String> second = MoveFiles.of(planned(set));
            first.remove("secrets.yml");
            second.remove("secrets.yml");
            assertThat(second).isEqualTo(first);
        });
    }

    private interface SetTest {
        void run(Path set) throws IOException;
    }

    private static Stream<DynamicTest> sets(SetTest test) {
        assumeTrue(Corpus.folder().isPresent(), "no corpus on this machine");
        return Corpus.sets().stream()
                .map(set -> DynamicTest.dynamicTest(set.getFileName().toString(), () -> test.run(set)));
    }

    private Path planned(Path set) throws IOException {
        Path folder = Files.createTempDirectory(temp, "plan").resolve("move");
        PlanCommand command = new PlanCommand();
        command.source.paths = List.of(set.toString());
        command.folder = folder;
        command.draft = true;
        command.written();
        return folder;
    }

    private static List<JsonNode> ledger(Path move) throws IOException {
        return Files.readString(move.resolve("ledger.jsonl"))
                .lines()
                .map(JSON::readTree)
                .toList();
    }

    /** The values of Secrets that stand nowhere else in the manifests: what is public there is no secret here. */
    private static Set<String> secrets(Path set) {
        Set<String> secrets = new HashSet<>();
        StringBuilder others = new StringBuilder();
        for (YamlWalk.Document document : YamlWalk.documents(set)) {
            for (YamlWalk.Leaf leaf : document.leaves()) {
                boolean isData = leaf.path().matches("(items\\[[0-9]+]\\.)?data[.\\[].*");
                boolean isText = leaf.path().matches("(items\\[[0-9]+]\\.)?stringData[.\\[].*");
                if (document.kind().equals("Secret") && (isData || isText)) {
                    secrets.add(isData ? decoded(leaf.value()) : leaf.value());
                    secrets.add(leaf.value());
                } else {
                    others.append(leaf.path()).append(' ').append(leaf.value()).append('\n');
                }
            }
        }
        // A move's name is its namespace's with underscores: a user name like that is no secret either.
        String elsewhere = others.toString() + others.toString().replace('-', '_');
        secrets.removeIf(secret -> secret.length() < SECRET_LENGTH_MIN || elsewhere.contains(secret.strip()));
        return secrets;
    }

    private static String decoded(String value) {
        try {
            return new String(Base64.getMimeDecoder().decode(value), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return value; // not Base64: some authors write plain text there
        }
    }

    private static String latin1(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
