package landfall.apply;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Limits;
import landfall.base.Origin;
import landfall.base.Problem;
import landfall.base.Problems;
import landfall.base.Secret;
import landfall.recipe.task.Clashes;
import landfall.recipe.task.Task;
import landfall.recipe.task.Tasks;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** recipe.yml in docket's format: plays of inputs and tasks. Of docket's envelope keys, only names and tags are taken. */
public record RecipeFile(List<Task> tasks) {
    private static final Set<String> PLAY_KEYS = Set.of("name", "tags", "inputs", "tasks");
    private static final Set<String> ENVELOPE_KEYS = Set.of("name", "tags");
    private static final Set<String> INPUT_KEYS =
            Set.of("name", "required", "sensitive", "type", "description", "default");

    public RecipeFile {
        tasks = List.copyOf(tasks);
    }

    /** @throws LandfallException (bad input) with everything that can't be applied, before anything is sent */
    public static RecipeFile read(Path file, Map<String, Secret> secrets) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw bad(Origin.file(file.toString()), "cannot be read", String.valueOf(e.getMessage()));
        }
        return parse(text, file.toString(), secrets);
    }

    static RecipeFile parse(String text, String fileName, Map<String, Secret> secrets) {
        Origin origin = Origin.file(fileName);
        Object loaded;
        try {
            LoadSettings settings = LoadSettings.builder()
                    .setCodePointLimit((int) Limits.MANIFEST_BYTES_MAX)
                    .build();
            loaded = new Load(settings).loadFromString(text);
        } catch (YamlEngineException e) {
            throw bad(origin, "is not YAML", String.valueOf(e.getMessage()));
        }
        Problems problems = new Problems();
        List<Task> tasks = new ArrayList<>();
        // As docket has it: what one play declares, every later one may use.
        Map<String, Secret> inputs = new HashMap<>();
        for (Object play : list(loaded, origin, "a list of plays was expected")) {
            readPlay(map(play, origin, "a play is a map"), origin, secrets, inputs, tasks, problems);
        }
        Clashes.check(tasks, origin, problems);
        problems.stopOnErrors(ExitCode.BAD_INPUT);
        return new RecipeFile(tasks);
    }

    private static void readPlay(
            Map<String, Object> play,
            Origin origin,
            Map<String, Secret> secrets,
            Map<String, Secret> inputs,
            List<Task> tasks,
            Problems problems) {
        onlyKeys(play.keySet(), PLAY_KEYS, origin, "a play");
        inputs.putAll(inputs(play.get("inputs"), origin, secrets, problems));
        if (play.get("tasks") == null && play.get("inputs") != null) {
            return;
        }
        int number = 0;
        for (Object element : list(play.get("tasks"), origin, "a play has a list of tasks")) {
            number++;
            Origin place = Origin.file(origin.file() + " (task " + number + ")");
            try {
                tasks.add(readTask(map(element, place, "a task is a map"), place, inputs));
            } catch (LandfallException e) {
                e.problems().forEach(problems::add);
            }
        }
    }

    private static Task readTask(Map<String, Object> element, Origin place, Map<String, Secret> inputs) {
        String type = null;
        for (String key : element.keySet()) {
            if (!ENVELOPE_KEYS.contains(key)) {
                if (type != null || !key.startsWith("dokku_")) {
                    throw bad(place, "\"" + key + "\" is not handled by Landfall", "a task has one dokku_… key");
                }
                type = key;
            }
        }
        if (type == null) {
            throw bad(place, "names no task", "a task has one dokku_… key");
        }
        return Tasks.read(type, map(element.get(type), place, type + " needs a map of fields"), place, inputs);
    }

    private static Map<String, Secret> inputs(
            @Nullable Object declared, Origin origin, Map<String, Secret> secrets, Problems problems) {
        Map<String, Secret> inputs = new HashMap<>();
        if (declared == null) {
            return inputs;
        }
        for (Object element : list(declared, origin, "inputs are a list")) {
            Map<String, Object> input = map(element, origin, "an input is a map");
            onlyKeys(input.keySet(), INPUT_KEYS, origin, "an input");
            String name = String.valueOf(input.get("name"));
            Secret value = secrets.get(name);
            // Template names take no dash, names in secrets.yml do.
            value = value != null ? value : secrets.get(name.replace('_', '-'));
            Object fallback = input.get("default");
            if (value != null) {
                inputs.put(name, value);
            } else if (fallback != null) {
                inputs.put(name, Secret.of(String.valueOf(fallback)));
            } else {
                problems.add(Problem.error(
                        origin,
                        "the input " + name + " has no value",
                        "secrets.yml has none by that name",
                        "Add a line `" + name + ": VALUE` to secrets.yml, or give --vars-file FILE."));
            }
        }
        return inputs;
    }

    private static void onlyKeys(Set<String> keys, Set<String> known, Origin origin, String what) {
        for (String key : keys) {
            if (!known.contains(key)) {
                throw bad(origin, "\"" + key + "\" of " + what + " is not handled by Landfall", "");
            }
        }
    }

    private static List<?> list(@Nullable Object value, Origin origin, String expected) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw bad(origin, "is not a recipe", expected);
    }

    private static Map<String, Object> map(@Nullable Object value, Origin origin, String expected) {
        if (!(value instanceof Map<?, ?> map)) {
            throw bad(origin, "is not a recipe", expected);
        }
        Map<String, Object> copy = new java.util.LinkedHashMap<>();
        map.forEach((key, field) -> copy.put(String.valueOf(key), field));
        return copy;
    }

    private static LandfallException bad(Origin origin, String what, String why) {
        return new LandfallException(
                ExitCode.BAD_INPUT,
                Problem.error(origin, what, why, "Mend the recipe, or make it anew with `landfall plan`."));
    }
}
