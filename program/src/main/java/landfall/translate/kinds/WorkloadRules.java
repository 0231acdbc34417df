package landfall.translate.kinds;

import java.util.Set;
import landfall.ledger.Disposition;

/** Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController and Pod: an app. */
final class WorkloadRules {
    private WorkloadRules() {}

    static KindRules deployment() {
        return KindRules.of(
                Set.of("apps", "extensions"),
                "Deployment",
                "an app; a database or cache becomes a datastore service",
                common().varies(
                                "spec.strategy",
                                "Dokku starts the new container, checks it, then stops the old one",
                                Disposition.SATISFIED,
                                Disposition.DECISION)
                        .open("spec.paused", "paused", "%s is paused: which of its states is meant to run?")
                        .except("false", "rollouts go on")
                        .satisfied(
                                "spec.progressDeadlineSeconds", "a deploy whose checks fail ends and the old one stays")
                        .irrelevant(
                                "spec.revisionHistoryLimit",
                                "old ReplicaSets; on Dokku an earlier image is deployed again")
                        .irrelevant("spec.rollbackTo", "an order to the cluster of long ago"));
    }

    static KindRules statefulSet() {
        return KindRules.of(
                "apps",
                "StatefulSet",
                "an app with storage; a database or cache becomes a datastore service",
                common().varies(
                                "spec.updateStrategy",
                                "Dokku starts the new container, checks it, then stops the old one",
                                Disposition.SATISFIED,
                                Disposition.DECISION)
                        .irrelevant(
                                "spec.revisionHistoryLimit",
                                "old revisions; on Dokku an earlier image is deployed again")
                        .irrelevant("spec.serviceName", "names pods one by one; Dokku names process types")
                        .irrelevant("spec.podManagementPolicy", "the order in which pods are made")
                        .irrelevant("spec.ordinals", "numbers pods; Dokku numbers processes from 1")
                        .satisfied(
                                "spec.persistentVolumeClaimRetentionPolicy",
                                "entries stay until they are removed by hand")
                        .varies(
                                "spec.volumeClaimTemplates[]",
                                "a storage entry each",
                                Disposition.CARRIED,
                                Disposition.ADAPTED,
                                Disposition.IRRELEVANT,
                                Disposition.DECISION));
    }

    private static FieldTable common() {
        return new FieldTable()
                .carried("metadata.name", "the app's name")
                .carried("spec.replicas", "ps:scale")
                .irrelevant("spec.selector", "finds the pods of the cluster")
                .satisfied("spec.minReadySeconds", "Dokku waits for its checks before traffic comes")
                .under("spec.template", PodTable.template());
    }
}
