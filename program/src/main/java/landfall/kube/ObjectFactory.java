package landfall.kube;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** Makes objects of documents, and takes lists of objects apart. */
final class ObjectFactory {
    private static final String NEXT =
            "Give landfall files of Kubernetes objects only, or use --draft to plan without this one.";

    private final String file;
    private final boolean named;
    private final List<KubeObject> objects = new ArrayList<>();
    private final List<KubeObject> envelopes = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();

    /**
     * @param file as KubeObject names it
     * @param named true if the user named the file, false if it was found in a folder
     */
    ObjectFactory(String file, boolean named) {
        this.file = file;
        this.named = named;
    }

    /** Something wrong with a document; it stops the plan unless it is only to be told. */
    record Finding(boolean isError, int line, String what, String why, String nextStep) {}

    List<KubeObject> objects() {
        return objects;
    }

    List<KubeObject> envelopes() {
        return envelopes;
    }

    List<Finding> findings() {
        return findings;
    }

    void add(Document document) {
        Node root = document.root();
        switch (root) {
            case Node.MapNode map -> addMap(document, map, FieldPath.ROOT, "", "");
            case Node.ListNode list ->
                findings.add(new Finding(
                        named,
                        list.line(),
                        place(document, FieldPath.ROOT) + " is a list",
                        "a Kubernetes object was expected: a map with apiVersion, kind and metadata",
                        NEXT));
            case Node.Scalar scalar -> {
                if (!scalar.isNull()) {
                    findings.add(new Finding(
                            named,
                            scalar.line(),
                            place(document, FieldPath.ROOT) + " is a single value",
                            "a Kubernetes object was expected: a map with apiVersion, kind and metadata",
                            NEXT));
                }
            }
        }
    }

    /** The inherited version and kind are a typed list's: the items of a PodList need not say what they are. */
    private void addMap(
            Document document, Node.MapNode map, FieldPath base, String inheritedVersion, String inheritedKind) {
        String apiVersion = string(map, "apiVersion").orElse(inheritedVersion);
        String kind = string(map, "kind").orElse(inheritedKind);
        if (apiVersion.isEmpty() || kind.isEmpty()) {
            notKubernetes(document, map, base, apiVersion, kind);
            return;
        }
        if (kind.endsWith("List") && map.entries().get("items") instanceof Node.ListNode items) {
            addList(document, map, items, base, apiVersion, kind);
            return;
        }
        objects.add(object(document, map, base, apiVersion, kind));
    }

    private void notKubernetes(Document document, Node.MapNode map, FieldPath base, String apiVersion, String kind) {
        boolean isNearly = !apiVersion.isEmpty()
                || !kind.isEmpty()
                || !base.isRoot()
                || map.entries().containsKey("apiVersion")
                || map.entries().containsKey("kind")
                || (map.entries().containsKey("metadata") && map.entries().containsKey("spec"));
        String missing = apiVersion.isEmpty() && kind.isEmpty()
                ? "apiVersion and no kind"
                : apiVersion.isEmpty() ? "apiVersion" : "kind";
        findings.add(new Finding(
                named || isNearly,
                map.line(),
                place(document, base) + " is not a Kubernetes object",
                "it has no " + missing,
                NEXT));
    }

    private void addList(
            Document document, Node.MapNode map, Node.ListNode items, FieldPath base, String apiVersion, String kind) {
        LinkedHashMap<String, Node> envelope = new LinkedHashMap<>(map.entries());
        if (!items.items().isEmpty()) {
            envelope.remove("items");
        }
        envelopes.add(object(document, new Node.MapNode(envelope, map.line()), base, apiVersion, kind, "-", "-"));
        boolean isTyped = !kind.equals("List");
        for (int at = 0; at < items.items().size(); at++) {
            FieldPath path = base.key("items").index(at);
            Node item = items.items().get(at);
            if (item instanceof Node.MapNode object) {
                addMap(
                        document,
                        object,
                        path,
                        isTyped ? apiVersion : "",
                        isTyped ? kind.substring(0, kind.length() - "List".length()) : "");
            } else {
                findings.add(new Finding(
                        true,
                        item.line(),
                        place(document, path) + " is not a Kubernetes object",
                        "a map with apiVersion and kind was expected",
                        NEXT));
            }
        }
    }

    private KubeObject object(Document document, Node.MapNode map, FieldPath base, String apiVersion, String kind) {
        boolean isClusterWide = ClusterScope.contains(apiVersion, kind);
        String namespace = isClusterWide
                ? "-"
                : map.text("metadata", "namespace")
                        .filter(text -> !text.isEmpty())
                        .orElse("default");
        Optional<String> name = map.text("metadata", "name")
                .or(() -> map.text("metadata", "generateName"))
                .filter(text -> !text.isEmpty());
        if (name.isEmpty() && !ClusterScope.isRenderedAway(apiVersion)) {
            findings.add(new Finding(
                    true,
                    map.line(),
                    place(document, base) + " is of kind " + kind + " and has no name",
                    "metadata.name was expected",
                    "Name the object."));
        }
        mustBeText(document, map, base, "name");
        mustBeText(document, map, base, "namespace");
        return object(document, map, base, apiVersion, kind, namespace, name.orElse("-"));
    }

    /** A name like {@code 1234} or {@code y} without quotes is a number or true to kubectl, which refuses it. */
    private void mustBeText(Document document, Node.MapNode map, FieldPath base, String field) {
        if (map.at("metadata", field).orElse(null) instanceof Node.Scalar scalar
                && scalar.value() != null
                && !(scalar.value() instanceof String)) {
            findings.add(new Finding(
                    true,
                    scalar.line(),
                    place(document, base) + " has a metadata." + field + " that is not text",
                    "without quotes it is " + scalar.value() + " to kubectl, which refuses it",
                    "Quote it."));
        }
    }

    private KubeObject object(
            Document document,
            Node.MapNode map,
            FieldPath base,
            String apiVersion,
            String kind,
            String namespace,
            String name) {
        return new KubeObject(
                apiVersion + "/" + kind + "/" + namespace + "/" + name,
                apiVersion,
                kind,
                namespace,
                name,
                map,
                file,
                document.number(),
                map.line(),
                base);
    }

    private static Optional<String> string(Node.MapNode map, String key) {
        return map.entries().get(key) instanceof Node.Scalar scalar && scalar.value() instanceof String text
                ? Optional.of(text)
                : Optional.empty();
    }

    private static String place(Document document, FieldPath base) {
        return "document " + document.number() + (base.isRoot() ? "" : ", " + base + ",");
    }
}
