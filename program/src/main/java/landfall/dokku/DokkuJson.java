package landfall.dokku;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Reads what Dokku prints as JSON, and writes what config:import takes. */
public final class DokkuJson {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private DokkuJson() {}

    /** A report: values that aren't strings are given as JSON text. */
    public static Map<String, String> strings(String json, String command) {
        Map<String, String> strings = new LinkedHashMap<>();
        object(json, command)
                .forEach((key, value) ->
                        strings.put(key, value instanceof String text ? text : MAPPER.writeValueAsString(value)));
        return strings;
    }

    @SuppressWarnings("unchecked") // Jackson's map of a JSON object has string keys
    public static Map<String, Object> object(String json, String command) {
        try {
            return MAPPER.readValue(json, Map.class);
        } catch (JacksonException e) {
            throw unreadable(command);
        }
    }

    @SuppressWarnings("unchecked") // as above
    public static List<Map<String, Object>> objects(String json, String command) {
        try {
            List<Map<String, Object>> objects = new ArrayList<>();
            for (Object element : MAPPER.readValue(json, List.class)) {
                objects.add((Map<String, Object>) element);
            }
            return objects;
        } catch (JacksonException | ClassCastException e) {
            throw unreadable(command);
        }
    }

    public static List<String> texts(String json, String command) {
        try {
            List<String> texts = new ArrayList<>();
            for (Object element : MAPPER.readValue(json, List.class)) {
                texts.add(String.valueOf(element));
            }
            return texts;
        } catch (JacksonException e) {
            throw unreadable(command);
        }
    }

    public static String write(Map<String, String> values) {
        return MAPPER.writeValueAsString(values);
    }

    /** The text itself isn't quoted: config:export holds secrets. */
    private static LandfallException unreadable(String command) {
        return new LandfallException(
                ExitCode.FAILED,
                Problem.error(
                        "`dokku " + command + "` did not print the JSON that was expected",
                        "its output is not of the form known from Dokku 0.38",
                        "Run it by hand and compare; report it with the Dokku version."));
    }
}
