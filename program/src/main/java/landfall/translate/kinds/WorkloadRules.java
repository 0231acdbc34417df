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

    static KindRules daemonSet() {
        return KindRules.of(
                Set.of("apps", "extensions"),
                "DaemonSet",
                "an app that runs once, since there is one host; what watches nodes or belongs to the cluster stays there",
                running()
                        .varies(
                                "spec.updateStrategy",
                                "a deploy replaces the containers one after the other",
                                Disposition.SATISFIED,
                                Disposition.DECISION)
                        .irrelevant("spec.templateGeneration", "a count kept by the cluster of long ago")
                        .irrelevant(
                                "spec.revisionHistoryLimit",
                                "old revisions; on Dokku an earlier image is deployed again"));
    }

    static KindRules replicaSet() {
        return KindRules.of(
                Set.of("apps", "extensions"), "ReplicaSet", "an app; nothing where a Deployment made it", common());
    }

    static KindRules replicationController() {
        return KindRules.of("", "ReplicationController", "an app, as a Deployment is", common());
    }

    static KindRules pod() {
        return KindRules.of(
                "",
                "Pod",
                "an app if it is to keep running; nothing where a controller made it",
                new FieldTable()
                        .varies(
                                "metadata.name",
                                "the app's name",
                                Disposition.CARRIED,
                                Disposition.IRRELEVANT,
                                Disposition.DECISION)
                        .under("spec", PodTable.spec()));
    }

    static KindRules job() {
        return KindRules.of(
                "batch",
                "Job",
                "a step before each deploy if it migrates with an app's image; else it has run, or is decided",
                new FieldTable()
                        .varies(
                                "metadata.name",
                                "app.json predeploy, or nothing",
                                Disposition.ADAPTED,
                                Disposition.SATISFIED,
                                Disposition.DECISION)
                        .under("spec", JobTable.spec()));
    }

    private static FieldTable running() {
        return new FieldTable()
                .varies(
                        "metadata.name",
                        "the app's name",
                        Disposition.CARRIED,
                        Disposition.ADAPTED,
                        Disposition.LOST,
                        Disposition.IRRELEVANT,
                        Disposition.DECISION)
                .irrelevant("spec.selector", "finds the pods of the cluster")
                .adapted("spec.minReadySeconds", "a check on the container's uptime, before traffic comes")
                .under("spec.template", PodTable.template());
    }

    private static FieldTable common() {
        return running()
                .varies(
                        "spec.replicas",
                        "ps:scale; a datastore service is one server",
                        Disposition.CARRIED,
                        Disposition.SATISFIED,
                        Disposition.LOST,
                        Disposition.DECISION);
    }
}
