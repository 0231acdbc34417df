package landfall.recipe;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What docket says of its tasks, and a check of recipes against it. The facts are in {@code docket-tasks.txt}: a line a
 * task with the fields that name what it is about, then a line a field: {@code name:type}, {@code !} if it is required,
 * {@code =a|b} if it has choices.
 */
public final class DocketCatalogue {
    static final String FACTS = "docket-tasks.txt";

    /** Docket takes a user's number there beside the choices that it lists. */
    private static final String OWNER = "dokku_storage_entry.chown";

    private static final Map<String, TaskType> TYPES = read();

    private DocketCatalogue() {}

    private record Field(String type, boolean required, List<String> choices) {}

    private record TaskType(List<String> keys, Map<String, Field> fields) {}

    /** A task of a recipe: its type and its fields. */
    record Task(String type, Map<?, ?> fields) {
        String text(String field) {
            Object value = fields.get(field);
            return value == null ? "" : String.valueOf(value);
        }

        @Override
        public String toString() {
            return type + " " + identity(this);
        }
    }

    /** Every place where a recipe isn't what docket takes. */
    public static List<String> violations(Path recipe) {
        List<String> found = new ArrayList<>();
        for (Map<?, ?> play : plays(recipe)) {
            Set<Object> names = new HashSet<>();
            if (play.get("tasks") instanceof List<?> tasks) {
                for (Object task : tasks) {
                    Object name = ((Map<?, ?>) task).get("name");
                    if (name != null && !names.add(name)) {
                        found.add("two tasks of a play are named " + name);
                    }
                }
            }
        }
        for (Task task : tasks(recipe)) {
            TaskType type = TYPES.get(task.type());
            if (type == null) {
                found.add("docket has no task " + task.type());
            } else {
                check(task, type, found);
            }
        }
        return found;
    }

    private static void check(Task task, TaskType type, List<String> found) {
        for (Object name : task.fields().keySet()) {
            if (!type.fields().containsKey(String.valueOf(name))) {
                found.add(task + " has a field that docket's doesn't: " + name);
            }
        }
        type.fields().forEach((name, field) -> {
            Object value = task.fields().get(name);
            if (value == null) {
                if (field.required()) {
                    found.add(task + " lacks " + name);
                }
            } else if (!fits(field.type(), value)) {
                found.add(task + "." + name + " is no " + field.type());
            } else if (!field.choices().isEmpty()
                    && !field.choices().contains(String.valueOf(value))
                    && !((task.type() + "." + name).equals(OWNER)
                            && String.valueOf(value).matches("[0-9]{1,5}"))) {
                found.add(task + "." + name + " is not one of " + field.choices() + ": " + value);
            }
        });
    }

    private static boolean fits(String type, Object value) {
        return switch (type) {
            case "bool" -> value instanceof Boolean;
            case "int" -> value instanceof Integer;
            case "list" -> value instanceof List;
            case "dict" -> value instanceof Map;
            default -> value instanceof String;
        };
    }

    /** What a task is about, by the fields that docket keys it on: a second one of the same would undo the first. */
    static String identity(Task task) {
        TaskType type = TYPES.get(task.type());
        StringBuilder text = new StringBuilder();
        for (String key : type == null ? List.<String>of() : type.keys()) {
            text.append(text.isEmpty() ? "" : " ").append(task.text(key));
        }
        return text.toString();
    }

    static List<Map<?, ?>> plays(Path recipe) {
        try {
            LoadSettings settings =
                    LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).build();
            Object loaded = new Load(settings).loadFromString(Files.readString(recipe));
            return ((List<?>) Objects.requireNonNull(loaded))
                    .stream().<Map<?, ?>>map(play -> (Map<?, ?>) play).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Task> tasks(Path recipe) {
        List<Task> tasks = new ArrayList<>();
        for (Map<?, ?> play : plays(recipe)) {
            if (play.get("tasks") instanceof List<?> list) {
                for (Object task : list) {
                    ((Map<?, ?>) task).forEach((key, fields) -> {
                        if (fields instanceof Map<?, ?> map) {
                            tasks.add(new Task(String.valueOf(key), map));
                        }
                    });
                }
            }
        }
        return tasks;
    }

    private static Map<String, TaskType> read() {
        Map<String, TaskType> types = new HashMap<>();
        try (InputStream stream = Objects.requireNonNull(DocketCatalogue.class.getResourceAsStream(FACTS), FACTS)) {
            TaskType open = new TaskType(List.of(), Map.of());
            for (String line : new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                if (line.startsWith("#")) {
                    continue;
                }
                if (!line.startsWith(" ")) {
                    String[] words = line.split(" ", -1);
                    open = new TaskType(Arrays.asList(words).subList(1, words.length), new LinkedHashMap<>());
                    types.put(words[0], open);
                } else {
                    field(line.substring(1), open.fields());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return types;
    }

    private static void field(String line, Map<String, Field> fields) {
        int colon = line.indexOf(':');
        int equal = line.indexOf('=');
        String type = line.substring(colon + 1, equal < 0 ? line.length() : equal);
        List<String> choices =
                equal < 0 ? List.of() : List.of(line.substring(equal + 1).split("\\|", -1));
        boolean required = type.endsWith("!");
        fields.put(
                line.substring(0, colon),
                new Field(required ? type.substring(0, type.length() - 1) : type, required, choices));
    }

    /** Docket's own catalogue, where it is beside the repository or the folder of its worktrees. */
    static Optional<Path> published() {
        return Stream.of("../..", "../../..")
                .map(above -> Path.of(above, "shared/dokku/docket-schema.json"))
                .filter(Files::exists)
                .findFirst();
    }

    /** The facts as docket's catalogue has them. */
    static String facts(Path catalogue) {
        StringBuilder text = new StringBuilder("# Docket's tasks and their fields, from its own catalogue. Written by"
                + " RecipeCatalogueTest; see DocketCatalogue.\n");
        for (JsonNode task : new JsonMapper().readTree(catalogue.toFile()).required("tasks")) {
            text.append(task.required("type").stringValue());
            task.path("identity").path("keys").forEach(key -> text.append(' ').append(key.stringValue()));
            text.append('\n');
            task.required("fields").forEach(field -> text.append(fact(field)));
        }
        return text.toString();
    }

    private static String fact(JsonNode field) {
        List<String> choices = new ArrayList<>();
        field.path("choices").forEach(choice -> choices.add(choice.asString()));
        return " " + field.required("name").stringValue() + ":"
                + field.required("type").stringValue()
                + (field.required("required").booleanValue() ? "!" : "")
                + (choices.isEmpty() ? "" : "=" + String.join("|", choices)) + "\n";
    }
}
