package landfall.recipe.task;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Origin;
import landfall.base.Problem;
import landfall.base.Secret;
import org.jspecify.annotations.Nullable;

/** A task's fields as read: typed access, and refusal of what nobody asked for. */
public final class TaskFields {
    /** {@code dq} is docket's quoting for a place between double quotes; here the YAML is read before it is filled in. */
    private static final Pattern INPUT =
            Pattern.compile("\\{\\{-?\\s*\\.([A-Za-z_][A-Za-z0-9_]*)\\s*(?:\\|\\s*dq\\s*)?-?}}");

    private final String type;
    private final Map<String, Object> fields;
    private final Origin origin;
    private final Map<String, Secret> inputs;
    private final Set<String> read = new HashSet<>();

    public TaskFields(String type, Map<String, Object> fields, Origin origin, Map<String, Secret> inputs) {
        this.type = type;
        this.fields = fields;
        this.origin = origin;
        this.inputs = inputs;
    }

    String text(String field) {
        String text = optional(field);
        demand(text != null && !text.isEmpty(), field, "it is required");
        return text == null ? "" : text;
    }

    @Nullable
    String optional(String field) {
        Object value = raw(field);
        if (value == null) {
            return null;
        }
        demand(!(value instanceof Map || value instanceof List), field, "a single value was expected");
        return plain(field, value);
    }

    /** A value that may end on a command line or the terminal, so no input may stand in it. */
    private String plain(String field, Object value) {
        String text = String.valueOf(value);
        demand(!text.contains("{{"), field, "inputs are taken in config, certificates and passwords of services only");
        demand(text.indexOf('\n') < 0, field, "it must be one line");
        return text;
    }

    boolean flag(String field, boolean fallback) {
        Object value = raw(field);
        if (value == null) {
            return fallback;
        }
        demand(value instanceof Boolean, field, "true or false was expected");
        return Boolean.TRUE.equals(value);
    }

    List<String> texts(String field) {
        List<String> texts = new ArrayList<>();
        list(field).forEach(value -> texts.add(plain(field, String.valueOf(value))));
        return texts;
    }

    List<?> list(String field) {
        Object value = raw(field);
        demand(value == null || value instanceof List, field, "a list was expected");
        return value instanceof List<?> list ? list : List.of();
    }

    Map<String, String> map(String field) {
        Map<String, String> map = new TreeMap<>();
        entries(field).forEach((key, value) -> map.put(String.valueOf(key), plain(field, String.valueOf(value))));
        return map;
    }

    Map<String, Secret> secrets(String field) {
        Map<String, Secret> map = new TreeMap<>();
        entries(field).forEach((key, value) -> {
            demand(!(value instanceof Map || value instanceof List), field, key + " must be a single value");
            map.put(String.valueOf(key), filled(field, value == null ? "" : String.valueOf(value)));
        });
        return map;
    }

    Secret secret(String field) {
        Object value = raw(field);
        demand(value instanceof String, field, "it is required");
        return filled(field, String.valueOf(value));
    }

    @Nullable
    Secret optionalSecret(String field) {
        return raw(field) == null ? null : secret(field);
    }

    private Map<?, ?> entries(String field) {
        Object value = raw(field);
        demand(value == null || value instanceof Map, field, "a map was expected");
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private Secret filled(String field, String text) {
        String filled = INPUT.matcher(text).replaceAll(match -> {
            Secret value = inputs.get(match.group(1));
            demand(value != null, field, "the input " + match.group(1) + " has no value: put it into secrets.yml");
            return Matcher.quoteReplacement(value == null ? "" : value.reveal());
        });
        demand(
                !INPUT.matcher(text).replaceAll("").contains("{{"),
                field,
                "of templates only {{ .input }} is understood");
        return Secret.of(filled);
    }

    /** The field, if given, must be one of these. */
    String choice(String field, String fallback, String... allowed) {
        String value = optional(field);
        String chosen = value == null ? fallback : value;
        demand(
                List.of(allowed).contains(chosen),
                field,
                "\"" + chosen + "\" is not handled, only " + String.join(", ", allowed));
        return chosen;
    }

    private @Nullable Object raw(String field) {
        read.add(field);
        return fields.get(field);
    }

    /** Refuses fields that the task doesn't handle. */
    void end() {
        for (String field : fields.keySet()) {
            demand(read.contains(field), field, "this field is not handled by Landfall");
        }
    }

    void demand(boolean good, String field, String why) {
        if (!good) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(origin, type + "." + field + " cannot be applied", why, "Change the recipe."));
        }
    }
}
