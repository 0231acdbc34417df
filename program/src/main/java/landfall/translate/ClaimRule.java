package landfall.translate;

import landfall.target.Place;

/** PersistentVolumeClaim: a storage entry of the same name. */
final class ClaimRule {
    private static final String RULE = "PersistentVolumeClaim.spec";

    private ClaimRule() {}

    /** The name of a claim's storage entry: claims may have dots in theirs, entries not. */
    static String entry(String claim) {
        return claim.replace('.', '-');
    }

    static void apply(Draft draft, Field claim) {
        String name = claim.object().name();
        MetadataRule.apply(claim);
        if (!draft.entries.containsKey(entry(name))) {
            draft.refuse(
                    "claim-" + name,
                    "No app of this move mounts the claim " + name + ".",
                    RULE,
                    "nothing reads or writes it, as far as the manifests say",
                    claim.at("spec"));
            claim.at("metadata", "name").decision(RULE, "claim-" + name, "no app mounts it");
            return;
        }
        claim.at("metadata", "name").carried("PersistentVolumeClaim.name", Place.task(entry(name), "entry"));
        spec(claim.at("spec"), Place.task(entry(name), "entry"));
    }

    static void spec(Field spec, String entry) {
        spec.at("accessModes").satisfied(RULE, "one host: every process of the app may mount the entry");
        spec.at("volumeMode").satisfied(RULE, "a folder");
        spec.at("resources", "requests", "storage")
                .adapted(RULE, entry, "Dokku bounds no entry: count it into the disk the host needs");
        spec.at("resources", "limits", "storage")
                .adapted(RULE, entry, "Dokku bounds no entry: count it into the disk the host needs");
        spec.at("storageClassName").irrelevant(RULE, "chooses the cluster's kind of disk");
        spec.at("volumeName").irrelevant(RULE, "binds to the cluster's own disk");
        spec.at("selector").irrelevant(RULE, "chooses among the cluster's disks");
    }
}
