package landfall.recipe;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The desired state of the Dokku host in docket's format: plays of tasks, and inputs for what must stay secret. */
public record Recipe(List<Play> plays) {
    public Recipe {
        plays = List.copyOf(plays);
    }

    /** @param inputs name to description; an input's value is in secrets.yml */
    public record Play(String name, Map<String, String> inputs, List<Task> tasks) {
        public Play {
            inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
            tasks = List.copyOf(tasks);
        }
    }

    /**
     * One task.
     *
     * @param type docket's name of it, such as {@code dokku_config}
     */
    public record Task(String name, String type, Map<String, Object> fields) {
        public Task {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }
    }

    /** A reference to an input, to stand as a whole value: docket's dq filter keeps quotes and newlines exact. */
    public static String input(String name) {
        return "{{ ." + name + " | dq }}";
    }

    public String text() {
        List<Object> document = new ArrayList<>();
        for (Play play : plays) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("name", play.name());
            if (!play.inputs().isEmpty()) {
                map.put(
                        "inputs",
                        play.inputs().entrySet().stream().map(Recipe::input).toList());
            }
            if (!play.tasks().isEmpty()) {
                map.put("tasks", play.tasks().stream().map(Recipe::task).toList());
            }
            document.add(map);
        }
        return HEADER + YamlText.write(document);
    }

    private static Map<String, Object> input(Map.Entry<String, String> input) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", input.getKey());
        map.put("required", true);
        map.put("description", input.getValue());
        return map;
    }

    private static Map<String, Object> task(Task task) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", task.name());
        map.put(task.type(), task.fields());
        return map;
    }

    private static final String HEADER = """
            # The Dokku side of the move, in docket's format. Written by `landfall plan`; `landfall apply` builds it, and so does
            # `docket apply --tasks recipe.yml --vars-file secrets.yml`. Inputs are secrets: their values are in secrets.yml.
            """;
}
