package landfall.objects.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Meta as the JSON in which the index keeps it; what is empty is left out. */
public final class MetaJson {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private MetaJson() {}

    public static String write(Meta meta) {
        ObjectNode node = JSON.createObjectNode();
        node.put("owner", meta.owner());
        put(node, "headers", meta.headers());
        put(node, "user", meta.user());
        put(node, "tags", meta.tags());
        put(node, "checksums", meta.checksums());
        if (meta.checksumType() != null) {
            node.put("checksumType", meta.checksumType());
        }
        if (!meta.parts().isEmpty()) {
            ArrayNode parts = node.putArray("parts");
            for (Meta.PartSize part : meta.parts()) {
                ObjectNode each = parts.addObject();
                each.put("number", part.number());
                each.put("size", part.size());
                put(each, "checksums", part.checksums());
            }
        }
        if (meta.acl() != null) {
            node.put("acl", meta.acl());
        }
        return JSON.writeValueAsString(node);
    }

    public static Meta read(String text) {
        JsonNode node = JSON.readTree(text);
        List<Meta.PartSize> parts = new ArrayList<>();
        for (JsonNode part : node.path("parts")) {
            parts.add(new Meta.PartSize(
                    part.path("number").asInt(), part.path("size").asLong(), map(part.path("checksums"))));
        }
        return new Meta(
                node.path("owner").asString(),
                map(node.path("headers")),
                map(node.path("user")),
                map(node.path("tags")),
                map(node.path("checksums")),
                text(node, "checksumType"),
                parts,
                text(node, "acl"));
    }

    static String writeMap(Map<String, String> map) {
        return JSON.writeValueAsString(map);
    }

    static SequencedMap<String, String> readMap(String text) {
        return map(JSON.readTree(text));
    }

    private static void put(ObjectNode node, String name, Map<String, String> map) {
        if (!map.isEmpty()) {
            ObjectNode values = node.putObject(name);
            map.forEach(values::put);
        }
    }

    private static SequencedMap<String, String> map(JsonNode node) {
        SequencedMap<String, String> map = new LinkedHashMap<>();
        node.properties().forEach(each -> map.put(each.getKey(), each.getValue().asString()));
        return map;
    }

    private static @Nullable String text(JsonNode node, String name) {
        return node.has(name) ? node.path(name).asString() : null;
    }
}
