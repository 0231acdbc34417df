package landfall.sandbox;

import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** JSON patch (RFC 6902), merge patch (RFC 7386) and the strategic merge patch of Kubernetes. */
final class ApiPatch {
    /** Lists that a strategic merge joins by a key; all others are replaced. */
    private static final Map<String, String> KEYS = Map.of(
            "containers", "name",
            "initContainers", "name",
            "volumes", "name",
            "env", "name",
            "volumeMounts", "mountPath",
            "imagePullSecrets", "name",
            "conditions", "type",
            "ownerReferences", "uid");

    private ApiPatch() {}

    static void apply(String contentType, JsonNode patch, ObjectNode target) throws ApiFailure {
        String type = contentType.split(";")[0].strip();
        switch (type) {
            case "application/json-patch+json" -> jsonPatch(patch, target);
            case "application/merge-patch+json" -> merge(needObject(patch), target);
            case "application/strategic-merge-patch+json" -> strategic(needObject(patch), target);
            default ->
                throw new ApiFailure(
                        415, "UnsupportedMediaType", "the body of the request was in an unsupported format: " + type);
        }
    }

    private static ObjectNode needObject(JsonNode patch) throws ApiFailure {
        if (patch instanceof ObjectNode object) {
            return object;
        }
        throw ApiFailure.badRequest("a merge patch must be an object");
    }

    private static void merge(ObjectNode patch, ObjectNode target) {
        patch.properties().forEach(field -> {
            if (field.getValue().isNull()) {
                target.remove(field.getKey());
            } else if (field.getValue() instanceof ObjectNode child) {
                merge(child, ApiJson.child(target, field.getKey()));
            } else {
                target.set(field.getKey(), field.getValue().deepCopy());
            }
        });
    }

    private static void strategic(ObjectNode patch, ObjectNode target) throws ApiFailure {
        for (Map.Entry<String, JsonNode> field : patch.properties()) {
            String name = field.getKey();
            if (name.startsWith("$")) {
                throw ApiFailure.badRequest("the emulated cluster does not know the patch directive " + name);
            }
            if (field.getValue().isNull()) {
                target.remove(name);
            } else if (field.getValue() instanceof ObjectNode child) {
                strategic(child, ApiJson.child(target, name));
            } else if (field.getValue() instanceof ArrayNode list && key(name, list) != null) {
                ArrayNode into = target.path(name) instanceof ArrayNode there ? there : target.putArray(name);
                joinByKey(list, into, key(name, list));
            } else {
                target.set(name, field.getValue().deepCopy());
            }
        }
    }

    private static @org.jspecify.annotations.Nullable String key(String name, ArrayNode list) {
        if (name.equals("ports")) {
            return list.valueStream().allMatch(port -> port.has("containerPort")) ? "containerPort" : "port";
        }
        return KEYS.get(name);
    }

    private static void joinByKey(ArrayNode patch, ArrayNode into, @org.jspecify.annotations.Nullable String key)
            throws ApiFailure {
        for (JsonNode item : patch) {
            String value = ApiJson.text(item, String.valueOf(key));
            int at = -1;
            for (int i = 0; i < into.size(); i++) {
                if (ApiJson.text(into.path(i), String.valueOf(key)).equals(value)) {
                    at = i;
                }
            }
            if (ApiJson.text(item, "$patch").equals("delete")) {
                if (at >= 0) {
                    into.remove(at);
                }
            } else if (at >= 0 && item instanceof ObjectNode change && into.get(at) instanceof ObjectNode there) {
                strategic(change, there);
            } else {
                into.add(item.deepCopy());
            }
        }
    }

    private static void jsonPatch(JsonNode patch, ObjectNode target) throws ApiFailure {
        if (!(patch instanceof ArrayNode operations)) {
            throw ApiFailure.badRequest("a JSON patch must be an array");
        }
        for (JsonNode operation : operations) {
            String path = ApiJson.text(operation, "path");
            JsonNode value = operation.path("value");
            switch (ApiJson.text(operation, "op")) {
                case "add" -> put(target, path, value.deepCopy(), false);
                case "replace" -> put(target, path, value.deepCopy(), true);
                case "remove" -> remove(target, path);
                case "copy" ->
                    put(
                            target,
                            path,
                            found(target, ApiJson.text(operation, "from")).deepCopy(),
                            false);
                case "move" -> {
                    JsonNode moved =
                            found(target, ApiJson.text(operation, "from")).deepCopy();
                    remove(target, ApiJson.text(operation, "from"));
                    put(target, path, moved, false);
                }
                case "test" -> {
                    if (!found(target, path).equals(value)) {
                        throw failed("test failed at " + path);
                    }
                }
                default -> throw ApiFailure.badRequest("unknown operation in JSON patch: " + operation);
            }
        }
    }

    private static ApiFailure failed(String why) {
        return new ApiFailure(422, "Invalid", "the server rejected our request due to an error in our request: " + why);
    }

    private static JsonNode found(JsonNode target, String path) throws ApiFailure {
        JsonNode node = target.at(path);
        if (node.isMissingNode()) {
            throw failed("nothing at " + path);
        }
        return node;
    }

    private static String last(String path) {
        return path.substring(path.lastIndexOf('/') + 1).replace("~1", "/").replace("~0", "~");
    }

    private static void put(ObjectNode target, String path, JsonNode value, boolean mustExist) throws ApiFailure {
        JsonNode parent = found(target, path.substring(0, Math.max(0, path.lastIndexOf('/'))));
        String name = last(path);
        if (mustExist) {
            found(target, path);
        }
        if (parent instanceof ObjectNode object) {
            object.set(name, value);
        } else if (parent instanceof ArrayNode array) {
            int index = name.equals("-") ? array.size() : index(name, array.size());
            if (mustExist) {
                array.set(index, value);
            } else {
                array.insert(index, value);
            }
        } else {
            throw failed("no container at " + path);
        }
    }

    private static int index(String name, int size) throws ApiFailure {
        return Optional.of(name)
                .filter(text -> text.matches("\\d{1,6}"))
                .map(Integer::parseInt)
                .filter(index -> index <= size)
                .orElseThrow(() -> failed("bad index " + name));
    }

    private static void remove(ObjectNode target, String path) throws ApiFailure {
        found(target, path);
        JsonNode parent = target.at(path.substring(0, path.lastIndexOf('/')));
        if (parent instanceof ObjectNode object) {
            object.remove(last(path));
        } else if (parent instanceof ArrayNode array) {
            array.remove(index(last(path), array.size() - 1));
        }
    }
}
