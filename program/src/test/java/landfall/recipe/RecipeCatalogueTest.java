package landfall.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Recipes of the cases against docket's task catalogue, and against readers of YAML 1.1. */
final class RecipeCatalogueTest {
    /** Beside the repository, or beside the folder that holds its worktrees. */
    private static final Path CATALOGUE = Stream.of("../..", "../../..")
            .map(above -> Path.of(above, "shared/dokku/docket-schema.json"))
            .filter(Files::exists)
            .findFirst()
            .orElse(Path.of("shared/dokku/docket-schema.json"));

    @Test
    void everyTaskHasTheFieldsThatDocketKnowsAndThoseItRequires() throws IOException {
        Assumptions.assumeTrue(Files.exists(CATALOGUE), "docket's catalogue is not beside this repository");
        Map<String, JsonNode> types = new HashMap<>();
        new JsonMapper()
                .readTree(CATALOGUE.toFile())
                .required("tasks")
                .forEach(type -> types.put(type.required("type").stringValue(), type));
        SoftAssertions softly = new SoftAssertions();
        for (Path recipe : recipes()) {
            for (Map<?, ?> task : tasks(recipe)) {
                task.forEach((key, fields) -> {
                    if (!key.equals("name")) {
                        JsonNode type = types.get(String.valueOf(key));
                        assertThat(types).as("docket's task types").containsKey(String.valueOf(key));
                        if (type != null) {
                            check(softly, type, String.valueOf(key), (Map<?, ?>) fields);
                        }
                    }
                });
            }
        }
        softly.assertAll();
    }

    private static void check(SoftAssertions softly, JsonNode type, String name, Map<?, ?> fields) {
        Map<String, JsonNode> known = new LinkedHashMap<>();
        type.required("fields")
                .forEach(field -> known.put(field.required("name").stringValue(), field));
        softly.assertThat(known.keySet()).as(name).containsAll(strings(fields.keySet()));
        known.forEach((field, description) -> {
            Object value = fields.get(field);
            if (description.required("required").booleanValue()) {
                softly.assertThat(value).as(name + "." + field).isNotNull();
            }
            if (value != null) {
                String kind = description.required("type").stringValue();
                Class<?> expected = switch (kind) {
                    case "bool" -> Boolean.class;
                    case "int" -> Integer.class;
                    case "list" -> List.class;
                    case "dict" -> Map.class;
                    default -> String.class;
                };
                softly.assertThat(value).as(name + "." + field).isInstanceOf(expected);
            }
        });
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
            for (Map<?, ?> play : plays(recipe)) {
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

    private static Set<String> strings(Set<?> keys) {
        Set<String> strings = new HashSet<>();
        keys.forEach(key -> strings.add(String.valueOf(key)));
        return strings;
    }

    private static List<Path> recipes() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/cases"))) {
            List<Path> recipes =
                    files.filter(file -> file.endsWith("recipe.yml")).sorted().toList();
            assertThat(recipes).isNotEmpty();
            return recipes;
        }
    }

    private static List<Map<?, ?>> plays(Path recipe) throws IOException {
        Object loaded = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(recipe));
        return ((List<?>) loaded)
                .stream().<Map<?, ?>>map(play -> (Map<?, ?>) play).toList();
    }

    private static List<Map<?, ?>> tasks(Path recipe) throws IOException {
        return plays(recipe).stream()
                .filter(play -> play.get("tasks") instanceof List)
                .flatMap(play -> ((List<?>) play.get("tasks")).stream())
                .<Map<?, ?>>map(task -> (Map<?, ?>) task)
                .toList();
    }
}
