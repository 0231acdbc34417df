package landfall.kube;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import landfall.kube.Schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lists of published fields. A list is lines: {@code kind apps/v1 Deployment} or {@code type PodSpec}, then
 * its fields, one blank in: a name, and where it is no scalar {@code :TYPE}, {@code :[]TYPE}, {@code :{}TYPE} or
 * {@code :any}. {@code #} begins a comment. The types of {@code kubernetes.txt} are known to all lists; those of another
 * list are its own.
 */
final class Schemas {
    /** The lists, the one whose types all others may name first. */
    static final List<String> LISTS = List.of("kubernetes.txt");

    private static final Type VALUE = new Type.Value();
    private static final Type ANY = new Type.Any();

    /** What was an API group of its own once: {@code extensions/v1beta1 Deployment}. */
    private static final Map<String, List<String>> HEIRS =
            Map.of("extensions", List.of("apps", "networking.k8s.io", "policy"));

    private final Map<String, Type.Struct> kinds = new LinkedHashMap<>();
    private final Map<String, String> firstOfGroup = new HashMap<>();

    /** Read once, on first use. */
    private static final class Holder {
        static final Schemas PUBLISHED = load();
    }

    static Schemas published() {
        return Holder.PUBLISHED;
    }

    private static Schemas load() {
        Schemas schemas = new Schemas();
        Map<String, Type.Struct> common = new HashMap<>();
        for (String list : LISTS) {
            Map<String, Type.Struct> types = list.equals(LISTS.getFirst()) ? common : new HashMap<>(common);
            schemas.read(list, types);
        }
        return schemas;
    }

    private void read(String list, Map<String, Type.Struct> types) {
        try (InputStream stream = Objects.requireNonNull(Schemas.class.getResourceAsStream("schemas/" + list), list)) {
            List<String> lines = new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
            // First the names, since a type may name one that comes later.
            for (String line : lines) {
                if (line.startsWith("type ")) {
                    String name = line.substring(5);
                    types.put(name, new Type.Struct(list + "/" + name, new LinkedHashMap<>()));
                }
            }
            Type.@Nullable Struct open = null;
            for (String line : lines) {
                if (line.startsWith("type ")) {
                    open = types.get(line.substring(5));
                } else if (line.startsWith("kind ")) {
                    open = addKind(line.substring(5));
                } else {
                    field(Objects.requireNonNull(open, line), line.substring(1), types);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("reading a part of the program failed: " + e.getMessage(), e);
        }
    }

    private Type.Struct addKind(String name) {
        Type.Struct struct = new Type.Struct(name, new LinkedHashMap<>());
        kinds.put(name, struct);
        int slash = name.indexOf('/');
        int blank = name.indexOf(' ');
        String group = slash < 0 ? "" : name.substring(0, slash);
        firstOfGroup.putIfAbsent(group + name.substring(blank), name);
        return struct;
    }

    private static void field(Type.Struct struct, String line, Map<String, Type.Struct> types) {
        int colon = line.indexOf(':');
        if (colon < 0) {
            struct.fields().put(line, VALUE);
        } else {
            struct.fields().put(line.substring(0, colon), type(line.substring(colon + 1), types));
        }
    }

    private static Type type(String text, Map<String, Type.Struct> types) {
        if (text.startsWith("[]")) {
            return new Type.ListType(type(text.substring(2), types));
        }
        if (text.startsWith("{}")) {
            return new Type.MapType(type(text.substring(2), types));
        }
        return switch (text) {
            case "value" -> VALUE;
            case "any" -> ANY;
            default -> {
                Type.Struct struct = types.get(text);
                if (struct == null) {
                    throw new IllegalStateException("this is a bug: no type " + text + " in the list of fields");
                }
                yield struct;
            }
        };
    }

    Optional<Schema> find(String apiVersion, String kind) {
        Type.Struct exact = kinds.get(apiVersion + " " + kind);
        if (exact != null) {
            return Optional.of(new Schema(exact));
        }
        int slash = apiVersion.indexOf('/');
        String group = slash < 0 ? "" : apiVersion.substring(0, slash);
        List<String> groups = new ArrayList<>(List.of(group));
        groups.addAll(HEIRS.getOrDefault(group, List.of()));
        return groups.stream()
                .flatMap(each -> Optional.ofNullable(firstOfGroup.get(each + " " + kind)).stream())
                .findFirst()
                .map(name -> new Schema(Objects.requireNonNull(kinds.get(name))));
    }

    List<String> kinds() {
        return List.copyOf(kinds.keySet());
    }
}
