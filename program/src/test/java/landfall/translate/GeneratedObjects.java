package landfall.translate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import landfall.kube.FieldPath;
import landfall.kube.KubeObject;
import landfall.kube.Node;
import landfall.kube.Schema;

/** Objects made at random from the published schemas, the same for the same seed; and changes to objects. */
final class GeneratedObjects {
    private static final int DEPTH_MAX = 12;
    private static final List<Object> WORDS = List.of(
            "web",
            "shop",
            "postgres:16",
            "redis:7",
            "http",
            "/data",
            "app",
            "default",
            "80",
            "TCP",
            "true",
            "500m",
            "128Mi",
            "8080",
            "http://web:80",
            "$(HOME)",
            "example.org",
            80L,
            8080L,
            1L,
            0L,
            true,
            false);
    private static final List<Object> ODD = List.of(
            "",
            " ",
            "é\u0000\n",
            "../..",
            "a=b;c",
            "-1",
            "99999999999999999999",
            "1e9",
            "%s {{ . }}",
            "x".repeat(3000),
            -1L,
            Long.MAX_VALUE,
            1.5,
            "host:port:port",
            "0 0 31 2 *",
            "::::",
            "[]{}",
            "$((",
            "${",
            "$$");

    private final Random random;
    private final double oddity;

    /** @param oddity how often a place holds what its type doesn't allow, from 0 to 1 */
    GeneratedObjects(long seed, double oddity) {
        random = new Random(seed);
        this.oddity = oddity;
    }

    /** @param kind as {@link Schema#kinds()} has it */
    KubeObject object(String kind, int number) {
        String[] words = kind.split(" ", -1);
        Schema schema = Schema.of(words[0], words[1]).orElseThrow();
        Node.MapNode made = struct((Schema.Type.Struct) schema.root(), 0);
        LinkedHashMap<String, Node> root = new LinkedHashMap<>(made.entries());
        root.put("apiVersion", scalar(words[0]));
        root.put("kind", scalar(words[1]));
        LinkedHashMap<String, Node> metadata = root.get("metadata") instanceof Node.MapNode map
                ? new LinkedHashMap<>(map.entries())
                : new LinkedHashMap<>();
        String name = List.of("web", "shop", "app").get(random.nextInt(3)) + "-" + number;
        metadata.put("name", scalar(name));
        metadata.remove("namespace");
        root.put("metadata", new Node.MapNode(metadata, 1));
        String id = words[0] + "/" + words[1] + "/default/" + name;
        return new KubeObject(
                id, words[0], words[1], "default", name, new Node.MapNode(root, 1), "generated.yaml", number, 1);
    }

    private Node value(Schema.Type type, int depth) {
        if (random.nextDouble() < oddity) {
            return odd();
        }
        return switch (type) {
            case Schema.Type.Struct struct -> struct(struct, depth);
            case Schema.Type.ListType(Schema.Type item) -> {
                List<Node> items = new ArrayList<>();
                for (int i = random.nextInt(3); i > 0 && depth < DEPTH_MAX; i--) {
                    items.add(value(item, depth + 1));
                }
                yield new Node.ListNode(items, 1);
            }
            case Schema.Type.MapType(Schema.Type value) -> {
                LinkedHashMap<String, Node> entries = new LinkedHashMap<>();
                for (int i = random.nextInt(3); i > 0 && depth < DEPTH_MAX; i--) {
                    entries.put(String.valueOf(WORDS.get(random.nextInt(WORDS.size()))), value(value, depth + 1));
                }
                yield new Node.MapNode(entries, 1);
            }
            case Schema.Type.Any ignored -> scalar(WORDS.get(random.nextInt(WORDS.size())));
            case Schema.Type.Value ignored -> scalar(WORDS.get(random.nextInt(WORDS.size())));
        };
    }

    private Node.MapNode struct(Schema.Type.Struct struct, int depth) {
        LinkedHashMap<String, Node> entries = new LinkedHashMap<>();
        // Deep places are rare unless what leads to them is likely.
        double likelihood = depth < 5 ? 0.6 : 0.25;
        struct.fields().forEach((name, type) -> {
            boolean isPath =
                    List.of("spec", "template", "containers", "image", "name").contains(name);
            if (depth < DEPTH_MAX
                    && (isPath
                            || random.nextDouble()
                                    < likelihood * (struct.fields().size() > 30 ? 0.3 : 1))) {
                entries.put(name, value(type, depth + 1));
            }
        });
        return new Node.MapNode(entries, 1);
    }

    private Node odd() {
        return switch (random.nextInt(5)) {
            case 0 -> new Node.Scalar(null, "", 1);
            case 1 -> new Node.MapNode(new LinkedHashMap<>(Map.of("odd", scalar("odd"))), 1);
            case 2 -> new Node.ListNode(List.of(scalar("odd"), new Node.Scalar(null, "~", 1)), 1);
            default -> scalar(ODD.get(random.nextInt(ODD.size())));
        };
    }

    private static Node.Scalar scalar(Object value) {
        return new Node.Scalar(value, String.valueOf(value), 1);
    }

    /** The object with the keys of all its maps in another order. */
    KubeObject shuffled(KubeObject object) {
        return with(object, (Node.MapNode) shuffled(object.root()));
    }

    private Node shuffled(Node node) {
        return switch (node) {
            case Node.MapNode map -> {
                List<String> keys = new ArrayList<>(map.entries().keySet());
                Collections.shuffle(keys, random);
                LinkedHashMap<String, Node> entries = new LinkedHashMap<>();
                keys.forEach(key -> entries.put(
                        key, shuffled(Objects.requireNonNull(map.entries().get(key)))));
                yield new Node.MapNode(entries, map.line());
            }
            case Node.ListNode list ->
                new Node.ListNode(list.items().stream().map(this::shuffled).toList(), list.line());
            case Node.Scalar scalar -> scalar;
        };
    }

    /** Every map of an object that is no user's own: a field more in it is one that nobody has heard of. */
    static List<FieldPath> places(KubeObject object, String field) {
        List<FieldPath> places = new ArrayList<>();
        maps(object.root(), FieldPath.ROOT, places);
        Schema schema = Schema.of(object).orElse(null);
        places.removeIf(place -> schema != null && schema.knows(place.key(field)));
        return places;
    }

    private static void maps(Node node, FieldPath path, List<FieldPath> into) {
        switch (node) {
            case Node.MapNode map -> {
                // An empty map is a leaf that a field would take the place of.
                if (!map.entries().isEmpty()) {
                    into.add(path);
                }
                map.entries().forEach((key, child) -> maps(child, path.key(key), into));
            }
            case Node.ListNode list -> {
                for (int at = 0; at < list.items().size(); at++) {
                    maps(list.items().get(at), path.index(at), into);
                }
            }
            case Node.Scalar ignored -> {}
        }
    }

    static KubeObject withField(KubeObject object, FieldPath place, String field) {
        return with(object, (Node.MapNode) withField(object.root(), FieldPath.ROOT, place, field));
    }

    private static Node withField(Node node, FieldPath at, FieldPath place, String field) {
        return switch (node) {
            case Node.MapNode map -> {
                LinkedHashMap<String, Node> entries = new LinkedHashMap<>();
                map.entries().forEach((key, child) -> entries.put(key, withField(child, at.key(key), place, field)));
                if (at.equals(place)) {
                    entries.put(field, scalar("surprise"));
                }
                yield new Node.MapNode(entries, map.line());
            }
            case Node.ListNode list -> {
                List<Node> items = new ArrayList<>();
                for (int i = 0; i < list.items().size(); i++) {
                    items.add(withField(list.items().get(i), at.index(i), place, field));
                }
                yield new Node.ListNode(items, list.line());
            }
            case Node.Scalar scalar -> scalar;
        };
    }

    static KubeObject with(KubeObject object, Node.MapNode root) {
        return new KubeObject(
                object.id(),
                object.apiVersion(),
                object.kind(),
                object.namespace(),
                object.name(),
                root,
                object.file(),
                object.document(),
                object.line(),
                object.base());
    }
}
