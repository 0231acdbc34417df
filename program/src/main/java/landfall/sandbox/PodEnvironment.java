package landfall.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The environment of a container, resolved as the kubelet does. */
final class PodEnvironment {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\$|\\$\\(([-._a-zA-Z][-._a-zA-Z0-9]*)\\)");

    private final ApiStore store;
    private final ObjectNode pod;
    private final String address;

    /** @param address the pod's address as its program can use it */
    PodEnvironment(ApiStore store, ObjectNode pod, String address) {
        this.store = store;
        this.pod = pod;
        this.address = address;
    }

    Map<String, String> resolve(JsonNode container) throws PodTrouble {
        Map<String, String> env = new LinkedHashMap<>();
        env.put("HOSTNAME", ApiJson.name(pod));
        for (JsonNode source : container.path("envFrom").values()) {
            String prefix = ApiJson.text(source, "prefix");
            boolean secret = source.has("secretRef");
            JsonNode reference = source.path(secret ? "secretRef" : "configMapRef");
            data(secret, reference).ifPresent(data -> data.forEach((key, value) -> env.put(prefix + key, value)));
        }
        for (JsonNode variable : container.path("env").values()) {
            String name = ApiJson.text(variable, "name");
            if (variable.has("valueFrom")) {
                Optional<String> value = from(variable.path("valueFrom"), name);
                value.ifPresent(text -> env.put(name, text));
            } else {
                env.put(name, expanded(ApiJson.text(variable, "value"), env));
            }
        }
        return env;
    }

    /** Command and arguments, with {@code $(NAME)} replaced. */
    static List<String> words(JsonNode container, Map<String, String> env) {
        List<String> words = new ArrayList<>();
        for (String field : List.of("command", "args")) {
            ApiJson.list(container.path(field)).forEach(word -> words.add(expanded(word, env)));
        }
        return words;
    }

    /** An unknown name stays as it is written; {@code $$} is a dollar sign. */
    static String expanded(String text, Map<String, String> env) {
        Matcher matcher = REFERENCE.matcher(text);
        return matcher.replaceAll(match -> Matcher.quoteReplacement(
                match.group(1) == null ? "$" : env.getOrDefault(match.group(1), match.group())));
    }

    private Optional<Map<String, String>> data(boolean secret, JsonNode reference) throws PodTrouble {
        String name = ApiJson.text(reference, "name");
        Optional<ObjectNode> object =
                store.find(secret ? ApiResource.SECRETS : ApiResource.CONFIG_MAPS, ApiJson.namespace(pod), name);
        if (object.isEmpty()) {
            if (reference.path("optional").asBoolean(false)) {
                return Optional.empty();
            }
            throw new PodTrouble(
                    "CreateContainerConfigError", (secret ? "secret" : "configmap") + " \"" + name + "\" not found");
        }
        return Optional.of(values(secret, object.get()));
    }

    static Map<String, String> values(boolean secret, ObjectNode object) {
        Map<String, String> values = ApiJson.strings(object.path("data"));
        if (secret) {
            values.replaceAll((key, value) -> new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8));
        }
        return values;
    }

    private Optional<String> from(JsonNode source, String variable) throws PodTrouble {
        if (source.has("fieldRef")) {
            return Optional.of(field(ApiJson.text(source, "fieldRef", "fieldPath")));
        }
        boolean secret = source.has("secretKeyRef");
        if (!secret && !source.has("configMapKeyRef")) {
            throw new PodTrouble(
                    "CreateContainerConfigError",
                    "the emulated cluster cannot resolve " + variable + " from " + source);
        }
        JsonNode reference = source.path(secret ? "secretKeyRef" : "configMapKeyRef");
        String key = ApiJson.text(reference, "key");
        Optional<String> value = data(secret, reference).flatMap(data -> Optional.ofNullable(data.get(key)));
        if (value.isEmpty() && !reference.path("optional").asBoolean(false)) {
            throw new PodTrouble(
                    "CreateContainerConfigError",
                    "couldn't find key " + key + " in " + ApiJson.namespace(pod) + "/"
                            + ApiJson.text(reference, "name"));
        }
        return value;
    }

    private String field(String path) throws PodTrouble {
        Matcher keyed = Pattern.compile("metadata\\.(labels|annotations)\\['([^']+)'\\]")
                .matcher(path);
        if (keyed.matches()) {
            return ApiJson.text(pod, "metadata", keyed.group(1), keyed.group(2));
        }
        return switch (path) {
            case "metadata.name", "metadata.namespace", "metadata.uid", "spec.serviceAccountName" ->
                ApiJson.text(pod, path.split("\\."));
            case "spec.nodeName" -> ClusterPods.NODE_NAME;
            case "status.podIP", "status.hostIP", "status.podIPs" -> address;
            default -> throw new PodTrouble("CreateContainerConfigError", "the emulated cluster has no field " + path);
        };
    }
}
