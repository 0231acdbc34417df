package landfall.kube;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The fields that the published schema of a kind has: what is not among them nobody has heard of.
 *
 * <p>The lists are in {@code landfall/kube/schemas/}; {@code docs/architecture.md} says where they come from. Types may
 * contain themselves (JSONSchemaProps does).
 */
public final class Schema {
    private final Type root;

    Schema(Type root) {
        this.root = root;
    }

    /** The schema of the object's kind in its API version, else in another version of the same kind. */
    public static Optional<Schema> of(KubeObject object) {
        return Schemas.published().find(object.apiVersion(), object.kind());
    }

    /** @param apiVersion such as {@code apps/v1}; another version of the group may answer for one that is not listed */
    public static Optional<Schema> of(String apiVersion, String kind) {
        return Schemas.published().find(apiVersion, kind);
    }

    /**
     * Every kind listed, as {@code apps/v1 Deployment}, in the order of the lists.
     */
    public static List<String> kinds() {
        return Schemas.published().kinds();
    }

    public Type root() {
        return root;
    }

    /** True if the schema has this path; indexes count for lists only, keys of free maps are all known. */
    public boolean knows(FieldPath path) {
        Type type = root;
        for (FieldPath.Step step : path.steps()) {
            Type next = switch (step) {
                case FieldPath.Step.Key(String name) -> type.below(name);
                case FieldPath.Step.Index ignored -> type.item();
            };
            if (next == null) {
                return false;
            }
            type = next;
        }
        return true;
    }

    /**
     * Every path down to the values, lists as {@code containers[]}, free keys as {@code labels{}}; a type inside itself
     * is not opened again.
     */
    public List<String> paths() {
        List<String> paths = new ArrayList<>();
        collect(root, "", new HashSet<>(), (path, type) -> paths.add(path));
        return paths;
    }

    private static void collect(Type type, String path, Set<String> open, BiConsumer<String, Type> leaves) {
        switch (type) {
            case Type.ListType(Type item) -> collect(item, path + "[]", open, leaves);
            case Type.MapType(Type value) -> collect(value, path + "{}", open, leaves);
            case Type.Struct struct -> {
                if (struct.fields().isEmpty() || !open.add(struct.name())) {
                    leaves.accept(path, type);
                    return;
                }
                struct.fields()
                        .forEach((name, child) ->
                                collect(child, path.isEmpty() ? name : path + "." + name, open, leaves));
                open.remove(struct.name());
            }
            case Type.Any ignored -> leaves.accept(path, type);
            case Type.Value ignored -> leaves.accept(path, type);
        }
    }

    /** What stands at a place. */
    public sealed interface Type {
        /** A scalar. */
        record Value() implements Type {}

        /** Whatever the user likes: a CRD's own JSON. */
        record Any() implements Type {}

        record ListType(Type item) implements Type {}

        /** A map whose keys are the user's own words. */
        record MapType(Type value) implements Type {}

        /** A map with named fields; filled in after it is made, since types may contain themselves. */
        record Struct(String name, Map<String, Type> fields) implements Type {
            @Override
            public boolean equals(@Nullable Object other) {
                return other instanceof Struct struct && name.equals(struct.name);
            }

            @Override
            public int hashCode() {
                return name.hashCode();
            }

            @Override
            public String toString() {
                return name;
            }
        }

        /** The type of a field, or null if there is no such field. */
        default @Nullable Type below(String key) {
            return switch (this) {
                case Struct struct -> struct.fields().get(key);
                case MapType(Type value) -> value;
                case Any any -> any;
                case ListType ignored -> null;
                case Value ignored -> null;
            };
        }

        /** The type of the items, or null if this is no list. */
        default @Nullable Type item() {
            return switch (this) {
                case ListType(Type item) -> item;
                case Any any -> any;
                case Struct ignored -> null;
                case MapType ignored -> null;
                case Value ignored -> null;
            };
        }
    }
}
