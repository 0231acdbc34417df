package landfall.sandbox;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reading Kubernetes objects as JSON trees. */
final class ApiJson {
    static final JsonMapper MAPPER = JsonMapper.builder().build();

    private ApiJson() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** @return the text at a path, "" where there is none */
    static String text(JsonNode node, String... path) {
        return at(node, path).asString("");
    }

    static JsonNode at(JsonNode node, String... path) {
        JsonNode at = node;
        for (String name : path) {
            at = at.path(name);
        }
        return at;
    }

    static String name(JsonNode object) {
        return text(object, "metadata", "name");
    }

    static String namespace(JsonNode object) {
        return text(object, "metadata", "namespace");
    }

    static ObjectNode metadata(ObjectNode object) {
        return child(object, "metadata");
    }

    /** The object under a name, made where missing. */
    static ObjectNode child(ObjectNode object, String name) {
        return object.path(name) instanceof ObjectNode there ? there : object.putObject(name);
    }

    static Map<String, String> strings(JsonNode object) {
        Map<String, String> strings = new LinkedHashMap<>();
        object.properties()
                .forEach(field -> strings.put(field.getKey(), field.getValue().asString("")));
        return strings;
    }

    static List<String> list(JsonNode array) {
        return array.valueStream().map(value -> value.asString("")).toList();
    }

    static boolean terminating(JsonNode object) {
        return object.path("metadata").has("deletionTimestamp");
    }

    /** Whether the condition {@code Ready} is True and the pod is not ending. */
    static boolean ready(JsonNode pod) {
        return !terminating(pod)
                && at(pod, "status", "conditions")
                        .valueStream()
                        .anyMatch(condition -> text(condition, "type").equals("Ready")
                                && text(condition, "status").equals("True"));
    }

    /** Whether all labels wanted are there; an empty selector selects nothing. */
    static boolean selects(JsonNode matchLabels, JsonNode object) {
        JsonNode labels = at(object, "metadata", "labels");
        return matchLabels.isObject()
                && !matchLabels.isEmpty()
                && matchLabels.properties().stream()
                        .allMatch(label -> labels.path(label.getKey()).isString()
                                && text(labels, label.getKey())
                                        .equals(label.getValue().asString("")));
    }
}
