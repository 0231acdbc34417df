package landfall.translate;

import java.util.List;
import landfall.target.Place;

/** {@code apiVersion}, {@code kind}, {@code metadata} and {@code status}: alike in every kind. */
final class MetadataRule {
    private static final List<String> BY_THE_CLUSTER = List.of(
            "uid",
            "resourceVersion",
            "generation",
            "creationTimestamp",
            "selfLink",
            "managedFields",
            "ownerReferences",
            "finalizers",
            "deletionTimestamp",
            "deletionGracePeriodSeconds");

    private MetadataRule() {}

    static void apply(Field object) {
        object.at("apiVersion").irrelevant("Object.apiVersion", "chooses how the cluster reads the object");
        object.at("kind").irrelevant("Object.kind", "chooses which rules read the object");
        object.at("status").irrelevant("Object.status", "what the cluster observed, not what was asked for");
        Field metadata = object.at("metadata");
        metadata.at("namespace").carried("Object.namespace", Place.settings("source/kubernetes/namespace"));
        labels(metadata);
    }

    /** Labels and annotations of an object or a pod template. */
    static void labels(Field metadata) {
        metadata.at("labels").irrelevant("Object.labels", "labels are what selectors of the cluster look for");
        for (String field : BY_THE_CLUSTER) {
            metadata.at(field).irrelevant("Object." + field, "kept by the cluster about the object");
        }
        if (metadata.at("annotations").entries().isEmpty()) {
            metadata.at("annotations").irrelevant("Object.annotations", "empty");
        }
    }
}
