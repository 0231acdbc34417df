package landfall.translate.kinds;

/** What every object has: {@code apiVersion}, {@code kind}, {@code metadata}, {@code status}. */
final class Objects {
    private Objects() {}

    static FieldTable metadata() {
        return new FieldTable()
                .irrelevant("apiVersion", "chooses how the cluster reads the object")
                .irrelevant("kind", "chooses which rules read the object")
                .irrelevant("status", "what the cluster observed, not what was asked for")
                .irrelevant("metadata.name", "names the object in the cluster; nothing on Dokku is called so")
                .satisfied(
                        "metadata.namespace",
                        "the move reads one namespace (move.yaml); on Dokku apps are told apart by their names")
                .under("metadata", ofObject());
    }

    /** The metadata of a pod template: its name and namespace mean nothing. */
    static FieldTable ofTemplate() {
        return new FieldTable()
                .irrelevant("name", "pods are named by the cluster")
                .irrelevant("namespace", "pods live where their owner does")
                .under("", ofObject());
    }

    private static FieldTable ofObject() {
        return new FieldTable()
                .irrelevant("generateName", "the cluster makes a name of it")
                .irrelevant("labels", "labels are what selectors of the cluster look for")
                .varies(
                        "annotations",
                        "each by its own rule; what a tool wrote about the object is irrelevant, an unknown one a decision",
                        landfall.ledger.Disposition.IRRELEVANT,
                        landfall.ledger.Disposition.DECISION)
                .irrelevant("uid", "kept by the cluster about the object")
                .irrelevant("resourceVersion", "kept by the cluster about the object")
                .irrelevant("generation", "kept by the cluster about the object")
                .irrelevant("creationTimestamp", "kept by the cluster about the object")
                .irrelevant("deletionTimestamp", "kept by the cluster about the object")
                .irrelevant("deletionGracePeriodSeconds", "kept by the cluster about the object")
                .irrelevant("selfLink", "kept by the cluster about the object")
                .irrelevant("clusterName", "kept by the cluster about the object")
                .irrelevant("managedFields", "kept by the cluster about the object")
                .irrelevant("ownerReferences", "kept by the cluster about the object")
                .irrelevant("finalizers", "kept by the cluster about the object");
    }
}
