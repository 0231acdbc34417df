package landfall.translate.kinds;

import landfall.ledger.Disposition;

/** PersistentVolumeClaim: a storage entry. */
final class ClaimRules {
    private ClaimRules() {}

    static KindRules rules() {
        return KindRules.of(
                "",
                "PersistentVolumeClaim",
                "a storage entry whose files are moved; a database's own files come over as rows",
                new FieldTable()
                        .varies(
                                "metadata.name",
                                "storage:create",
                                Disposition.CARRIED,
                                Disposition.ADAPTED,
                                Disposition.IRRELEVANT,
                                Disposition.DECISION)
                        .under("spec", spec()));
    }

    /** The claim's spec, also of a StatefulSet's templates. */
    static FieldTable spec() {
        return new FieldTable()
                .satisfied("accessModes", "a folder of one host is there for all its containers")
                .irrelevant("storageClassName", "a class of disks of the cluster")
                .irrelevant("volumeName", "a volume of the cluster")
                .irrelevant("volumeMode", "Dokku mounts folders")
                .irrelevant("volumeAttributesClassName", "a class of disks of the cluster")
                .irrelevant("selector", "finds a volume of the cluster")
                .open("dataSource", "data-source", "%s begins as a copy of another volume or snapshot.")
                .open("dataSourceRef", "data-source", "%s begins as a copy of another volume or snapshot.")
                .satisfied("resources", "a folder grows with the host's disk; the size is compared to what is free");
    }
}
