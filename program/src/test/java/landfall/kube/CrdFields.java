package landfall.kube;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Writes a list of fields from the CustomResourceDefinitions of a project, as {@link Schemas} reads it: {@code main OUT
 * "ORIGIN" KIND,KIND CRD.yaml …}. Run by hand when a project's definitions have changed; only the names of fields are
 * taken. A type that is a part of one of Kubernetes' own (a container, an affinity) is written as that.
 */
final class CrdFields {
    /** A type counts as one of Kubernetes' own if it has at least this share of its fields and no other. */
    private static final double SHARE = 0.6;

    private static final int FIELDS_MIN = 3;

    /** What is left untyped in a definition though Kubernetes has a type for it. */
    private static final Map<String, String> UNTYPED = Map.ofEntries(
            Map.entry("Affinity", "Affinity"),
            Map.entry("DnsConfig", "PodDNSConfig"),
            Map.entry("SecurityContext", "PodSecurityContext"),
            Map.entry("FieldRef", "ObjectFieldSelector"),
            Map.entry("ResourceFieldRef", "ResourceFieldSelector"),
            Map.entry("Csi", "CSIVolumeSource"),
            Map.entry("EmptyDir", "EmptyDirVolumeSource"),
            Map.entry("Ephemeral", "EphemeralVolumeSource"),
            Map.entry("HostPath", "HostPathVolumeSource"),
            Map.entry("Image", "ImageVolumeSource"),
            Map.entry("PersistentVolumeClaim", "PersistentVolumeClaimVolumeSource"),
            Map.entry("VolumeSource", "Volume"),
            Map.entry("Metadata", "ObjectMeta"));

    private final Map<String, Map<String, String>> own = new TreeMap<>();
    private final Map<Map<String, String>, String> types = new LinkedHashMap<>();
    private final Set<String> names = new TreeSet<>();

    private CrdFields() throws IOException {
        String name = "";
        for (String line : Files.readAllLines(Path.of("src/main/resources/landfall/kube/schemas/kubernetes.txt"))) {
            if (line.startsWith("type ")) {
                name = line.substring(5);
                own.put(name, new TreeMap<>());
            } else if (line.startsWith("kind ")) {
                name = "";
            } else if (line.startsWith(" ") && !name.isEmpty()) {
                int colon = line.indexOf(':');
                own.computeIfAbsent(name, ignored -> new TreeMap<>())
                        .put(
                                colon < 0 ? line.substring(1) : line.substring(1, colon),
                                colon < 0 ? "value" : line.substring(colon + 1));
            }
        }
        names.addAll(own.keySet());
    }

    public static void main(String[] arguments) throws IOException {
        Set<String> wanted = Set.of(arguments[2].split(",", -1));
        CrdFields fields = new CrdFields();
        Map<String, Map<?, ?>> schemas = new LinkedHashMap<>();
        for (int i = 3; i < arguments.length; i++) {
            String text = Files.readString(Path.of(arguments[i])).replaceAll("(?m)^\\s*\\{\\{.*\\n", "");
            LoadSettings settings = LoadSettings.builder().build();
            for (Object document : new Load(settings).loadAllFromString(text)) {
                if (document instanceof Map<?, ?> map && "CustomResourceDefinition".equals(map.get("kind"))) {
                    definition(map, wanted, schemas);
                }
            }
        }
        Map<String, Map<String, String>> kinds = new LinkedHashMap<>();
        schemas.forEach((name, schema) -> {
            Map<String, String> ofKind = fields.kind(schema, name.substring(name.indexOf(' ') + 1));
            String ending = name.substring(name.indexOf(' '));
            // What is like the first needs no list of its own: that one answers.
            boolean isListed = kinds.entrySet().stream()
                    .filter(entry -> entry.getKey().endsWith(ending))
                    .findFirst()
                    .filter(entry -> entry.getValue().equals(ofKind))
                    .isPresent();
            if (!isListed) {
                kinds.put(name, ofKind);
            }
        });
        StringBuilder out = new StringBuilder("# Names of fields from " + arguments[1]
                + ".\n# Written by CrdFields (a test class); see landfall.kube.Schemas.\n");
        kinds.forEach((kind, ofKind) -> print(out, "kind " + kind, ofKind));
        Map<String, Map<String, String>> byName = new TreeMap<>();
        fields.types.forEach((ofType, name) -> byName.put(name, ofType));
        byName.forEach((name, ofType) -> print(out, "type " + name, ofType));
        Files.writeString(Path.of(arguments[0]), out);
    }

    private static void print(StringBuilder out, String heading, Map<String, String> fields) {
        out.append(heading).append('\n');
        fields.forEach((name, type) -> out.append(' ')
                .append(name)
                .append(type.equals("value") ? "" : ":" + type)
                .append('\n'));
    }

    /** Adds a definition's schemas; what an older definition of the same version had besides stays known. */
    private static void definition(Map<?, ?> crd, Set<String> wanted, Map<String, Map<?, ?>> schemas) {
        Map<?, ?> spec = map(crd.get("spec"));
        String kind = String.valueOf(map(spec.get("names")).get("kind"));
        if (!wanted.contains(kind)) {
            return;
        }
        List<Map<?, ?>> versions = new ArrayList<>();
        if (spec.get("versions") instanceof List<?> list) {
            list.forEach(version -> versions.add(map(version)));
        }
        // The stored version answers for those that are not listed, so it comes first.
        versions.sort((left, right) ->
                Boolean.compare(Boolean.TRUE.equals(right.get("storage")), Boolean.TRUE.equals(left.get("storage"))));
        for (Map<?, ?> version : versions) {
            Map<?, ?> schema = map(map(version.get("schema")).get("openAPIV3Schema"));
            String name = spec.get("group") + "/" + version.get("name") + " " + kind;
            schemas.merge(name, schema, CrdFields::union);
        }
    }

    /** Both schemas' fields; the first one's where they differ. */
    private static Map<?, ?> union(Map<?, ?> newer, Map<?, ?> older) {
        Map<Object, @Nullable Object> both = new LinkedHashMap<>(newer);
        older.forEach((key, value) -> {
            Object mine = both.get(key);
            if (mine == null) {
                both.put(key, value);
            } else if (mine instanceof Map<?, ?> left && value instanceof Map<?, ?> right) {
                both.put(key, union(left, right));
            }
        });
        return both;
    }

    private Map<String, String> kind(Map<?, ?> schema, String kind) {
        Map<String, String> fields = new TreeMap<>();
        map(schema.get("properties")).forEach((name, child) -> {
            if (!"status".equals(name)) {
                fields.put(String.valueOf(name), type(map(child), kind + capital(String.valueOf(name))));
            }
        });
        fields.put("apiVersion", "value");
        fields.put("kind", "value");
        fields.put("metadata", "ObjectMeta");
        fields.put("status", "any");
        return fields;
    }

    private String type(Map<?, ?> schema, String name) {
        if (Boolean.TRUE.equals(schema.get("x-kubernetes-int-or-string"))) {
            return "value";
        }
        Map<?, ?> properties = map(schema.get("properties"));
        if (!properties.isEmpty()) {
            return struct(properties, name);
        }
        if (schema.get("additionalProperties") instanceof Map<?, ?> values) {
            return "{}" + type(values, name);
        }
        Object type = schema.get("type");
        if ("array".equals(type)) {
            String item = name.endsWith("s") ? name.substring(0, name.length() - 1) : name;
            return "[]" + type(map(schema.get("items")), item);
        }
        if (type == null || "object".equals(type)) {
            return UNTYPED.getOrDefault(name, "any");
        }
        return "value";
    }

    private String struct(Map<?, ?> properties, String name) {
        Map<String, String> fields = new TreeMap<>();
        properties.forEach(
                (key, child) -> fields.put(String.valueOf(key), type(map(child), capital(String.valueOf(key)))));
        String common = own.entrySet().stream()
                .filter(entry -> fields.size() >= FIELDS_MIN
                        && fields.size() >= SHARE * entry.getValue().size()
                        && entry.getValue().entrySet().containsAll(fields.entrySet()))
                .min((left, right) ->
                        Integer.compare(left.getValue().size(), right.getValue().size()))
                .map(Map.Entry::getKey)
                .orElse("");
        if (!common.isEmpty()) {
            return common;
        }
        String known = types.get(fields);
        if (known != null) {
            return known;
        }
        String free = name;
        for (int i = 2; !names.add(free); i++) {
            free = name + i;
        }
        types.put(fields, free);
        return free;
    }

    private static String capital(String name) {
        String plain = name.replaceAll("[^A-Za-z0-9]", "");
        return plain.isEmpty() ? "Part" : plain.substring(0, 1).toUpperCase(Locale.ROOT) + plain.substring(1);
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }
}
