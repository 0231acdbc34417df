package landfall.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.ScalarEvent;

/** Recipes of the cases against docket's task catalogue, and against readers of YAML 1.1. */
final class RecipeCatalogueTest {
    @TempDir
    private Path temp;

    private static final Path FACTS = Path.of("src/test/resources/landfall/recipe", DocketCatalogue.FACTS);

    @Test
    void theFactsAboutTasksAreThoseOfDocketsCatalogue() throws IOException {
        Assumptions.assumeTrue(DocketCatalogue.published().isPresent(), "docket's catalogue is not on this machine");
        String facts = DocketCatalogue.facts(DocketCatalogue.published().orElseThrow());
        if ("1".equals(System.getenv("LANDFALL_REWRITE_DOCS"))) {
            Files.writeString(FACTS, facts);
        }
        assertThat(Files.readString(FACTS)).isEqualTo(facts);
    }

    @Test
    void everyTaskHasTheFieldsThatDocketKnowsAndThoseItRequires() throws IOException {
        for (Path recipe : recipes()) {
            assertThat(DocketCatalogue.violations(recipe)).as(recipe.toString()).isEmpty();
        }
    }

    @Test
    void everyTaskFindsOnAnEmptyHostWhatTasksBeforeItHaveMade() throws IOException {
        for (Path recipe : recipes()) {
            assertThat(RecipeOrder.violations(recipe)).as(recipe.toString()).isEmpty();
        }
    }

    @Test
    void aRecipeWhoseTasksStandTheOtherWayRoundOrTwiceIsFound() throws IOException {
        Path recipe = temp.resolve("recipe.yml");
        Files.writeString(recipe, """
                - tasks:
                    - dokku_storage_mount: {app: uro, entry_name: uploads, container_dir: /data}
                    - dokku_app: {app: uro}
                    - dokku_ports: {app: uro, port_mappings: []}
                    - dokku_ports: {app: uro, port_mappings: [{scheme: http, host: 80, container: 4000}]}
                    - dokku_nonsense: {app: uro}
                    - dokku_checks_toggle: {ap: uro, state: maybe}
                """);
        assertThat(RecipeOrder.violations(recipe))
                .anyMatch(found -> found.contains("needs the storage entry uploads"))
                .anyMatch(found -> found.contains("needs the app uro"))
                .anyMatch(found -> found.contains("dokku_ports uro is said twice"));
        assertThat(DocketCatalogue.violations(recipe))
                .anyMatch(found -> found.contains("docket has no task dokku_nonsense"))
                .anyMatch(found -> found.contains("has a field that docket's doesn't: ap"))
                .anyMatch(found -> found.contains("is not one of"));
    }

    @Test
    void noPlainScalarMeansSomethingElseToAReaderOfYaml11() throws IOException {
        Set<String> plain = new HashSet<>();
        for (Path recipe : recipes()) {
            new Parse(LoadSettings.builder().build())
                    .parseString(Files.readString(recipe))
                    .forEach(event -> {
                        if (event instanceof ScalarEvent scalar && scalar.getScalarStyle() == ScalarStyle.PLAIN) {
                            plain.add(scalar.getValue());
                        }
                    });
        }
        assertThat(plain).isNotEmpty().allSatisfy(text -> {
            boolean isMeant = Set.of("true", "false", "null").contains(text) || text.matches("0|[1-9][0-9]*");
            assertThat(isMeant || YamlText.isPlain(text)).as(text).isTrue();
        });
    }

    @Test
    void everyInputIsDeclaredAndEveryDeclaredOneHasAValidName() throws IOException {
        for (Path recipe : recipes()) {
            String text = Files.readString(recipe);
            Set<String> declared = new HashSet<>();
            for (Map<?, ?> play : DocketCatalogue.plays(recipe)) {
                if (play.get("inputs") instanceof List<?> inputs) {
                    inputs.forEach(input -> declared.add(String.valueOf(((Map<?, ?>) input).get("name"))));
                }
            }
            assertThat(declared).isNotEmpty().allMatch(name -> name.matches("[A-Za-z_][A-Za-z0-9_]*"));
            java.util.regex.Matcher used = java.util.regex.Pattern.compile("\\{\\{ \\.([A-Za-z0-9_]+) \\| dq }}")
                    .matcher(text);
            while (used.find()) {
                assertThat(declared).contains(used.group(1));
            }
        }
    }

    private static List<Path> recipes() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/cases"))) {
            List<Path> recipes =
                    files.filter(file -> file.endsWith("recipe.yml")).sorted().toList();
            assertThat(recipes).isNotEmpty();
            return recipes;
        }
    }
}
