package landfall.translate;

import java.util.Map;

/** ConfigMaps, Secrets and the Namespace: what no app took from them. */
final class ConfigurationRule {
    private ConfigurationRule() {}

    static void apply(Draft draft, Field object, boolean secret) {
        MetadataRule.apply(object);
        String kind = object.object().kind();
        Map<String, Field> keys = EnvironmentRule.keys(object, secret);
        boolean isUsed = keys.values().stream().anyMatch(leaf -> draft.book.isSettled(leaf.object(), leaf.path()));
        object.at("metadata", "name")
                .irrelevant(kind + ".name", "the values stand where they are used, under the names used there");
        object.at("immutable").irrelevant(kind + ".immutable", "a change is a deploy");
        object.at("type").irrelevant("Secret.type", "tells the cluster which keys to expect");
        for (Field leaf : keys.values()) {
            if (!draft.book.isSettled(leaf.object(), leaf.path())) {
                leaf.irrelevant(kind + ".unused", "no workload of this move reads it");
            }
        }
        for (String section : java.util.List.of("data", "stringData", "binaryData")) {
            Field fields = object.at(section);
            if (fields.entries().isEmpty()) {
                fields.irrelevant(kind + "." + section, "empty");
            }
            // A key of data that stringData overrides never reaches a pod.
            fields.entries().values().stream()
                    .filter(leaf -> !draft.book.isSettled(leaf.object(), leaf.path()))
                    .forEach(leaf -> leaf.irrelevant(kind + ".overridden", "stringData has the same key and wins"));
        }
        if (!isUsed && !keys.isEmpty()) {
            draft.changed(object.object().shortName(), "no workload of this move reads it: it is left out");
        }
    }

    static void namespace(Field namespace) {
        MetadataRule.apply(namespace);
        namespace
                .at("metadata", "name")
                .carried("Namespace.name", landfall.target.Place.settings("source/kubernetes/namespace"));
        namespace.at("spec", "finalizers").irrelevant("Namespace.spec", "kept by the cluster");
    }
}
