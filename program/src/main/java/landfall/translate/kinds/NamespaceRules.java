package landfall.translate.kinds;

/** Namespace: names what the move reads; on Dokku apps are told apart by their names. */
final class NamespaceRules {
    private NamespaceRules() {}

    static KindRules rules() {
        return KindRules.of(
                "",
                "Namespace",
                "nothing: its name is the move's",
                new FieldTable()
                        .carried("metadata.name", "move.yaml: the namespace that the move reads")
                        .irrelevant("spec.finalizers", "kept by the cluster"));
    }
}
