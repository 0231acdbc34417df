package landfall.translate.kinds;

import landfall.ledger.Disposition;

/** PodDisruptionBudget, VerticalPodAutoscaler and KEDA: how many pods of what size there are, by load or at least. */
final class ScaleRules {
    private static final String NOT_BY_ITSELF = "nothing scales by itself on Dokku";

    private ScaleRules() {}

    static KindRules disruptionBudget() {
        String deploys =
                "nothing evicts processes on one host, and a deploy starts the new ones before it stops the old ones";
        return KindRules.of(
                "policy",
                "PodDisruptionBudget",
                "nothing: Dokku's deploys keep the old processes until the new ones are good",
                new FieldTable()
                        .satisfied("spec.minAvailable", deploys)
                        .satisfied("spec.maxUnavailable", deploys)
                        .irrelevant("spec.selector", "finds the pods of the cluster")
                        .irrelevant("spec.unhealthyPodEvictionPolicy", "nothing is evicted on one host"));
    }

    static KindRules vertical() {
        String what = "amounts of CPU and memory that follow the use";
        String advice = "look at `docker stats` now and then, and set `dokku resource:limit`";
        return KindRules.of(
                "autoscaling.k8s.io",
                "VerticalPodAutoscaler",
                "nothing: the amounts in the pod template count",
                new FieldTable()
                        .irrelevant("spec.targetRef", "names the workload whose amounts it watches")
                        .irrelevant("spec.recommenders", "who computes the amounts")
                        .irrelevant("spec.resourcePolicy", "bounds of amounts that nothing sets on Dokku")
                        .lost("spec.startupBoost", "more CPU while the app starts", advice)
                        .irrelevant("spec.updatePolicy", "how pods are replaced to change their amounts")
                        .lost("spec.updatePolicy.updateMode", what, advice)
                        .except("Off", "it only recommended amounts")
                        .except("Initial", "it set amounts when pods were made, and those stand nowhere else"));
    }

    static KindRules scaledObject() {
        return KindRules.of(
                "keda.sh",
                "ScaledObject",
                "ps:scale to its minimum, at least one; the maximum is sizing advice",
                new FieldTable()
                        .varies(
                                "spec.scaleTargetRef",
                                "the app that it scaled",
                                Disposition.ADAPTED,
                                Disposition.DECISION)
                        .varies(
                                "spec.minReplicaCount",
                                "ps:scale; Dokku doesn't wake a process up, so at least one runs",
                                Disposition.CARRIED,
                                Disposition.ADAPTED,
                                Disposition.DECISION)
                        .varies(
                                "spec.idleReplicaCount",
                                "Dokku doesn't wake a process up, so at least one runs",
                                Disposition.ADAPTED,
                                Disposition.DECISION)
                        .varies("spec.maxReplicaCount", NOT_BY_ITSELF, Disposition.LOST, Disposition.DECISION)
                        .varies("spec.triggers[]", NOT_BY_ITSELF, Disposition.LOST, Disposition.DECISION)
                        .irrelevant("spec.pollingInterval", NOT_BY_ITSELF)
                        .irrelevant("spec.cooldownPeriod", NOT_BY_ITSELF)
                        .irrelevant("spec.initialCooldownPeriod", NOT_BY_ITSELF)
                        .irrelevant("spec.fallback", "the number of processes is fixed, whatever a metric says")
                        .irrelevant("spec.advanced", "how the cluster's own autoscaler goes about it"));
    }

    static KindRules scaledJob() {
        return KindRules.of(
                "keda.sh",
                "ScaledJob",
                "a decision: Dokku starts nothing because a queue has work",
                new FieldTable()
                        .open(
                                "spec.jobTargetRef",
                                "scaled-job",
                                "%s starts a Job for each piece of work in a queue. Dokku starts nothing by itself:"
                                        + " run the image as a worker that takes work from the queue, or as a cron task.")
                        .open(
                                "spec.triggers[]",
                                "scaled-job",
                                "%s starts a Job for each piece of work in a queue. Dokku starts nothing by itself:"
                                        + " run the image as a worker that takes work from the queue, or as a cron task.")
                        .irrelevant("spec.minReplicaCount", NOT_BY_ITSELF)
                        .irrelevant("spec.maxReplicaCount", NOT_BY_ITSELF)
                        .irrelevant("spec.pollingInterval", NOT_BY_ITSELF)
                        .irrelevant("spec.scalingStrategy", NOT_BY_ITSELF)
                        .irrelevant("spec.rollout", "what becomes of running Jobs when this object changes")
                        .irrelevant("spec.rolloutStrategy", "what becomes of running Jobs when this object changes")
                        .irrelevant("spec.envSourceContainerName", "whose variables the triggers read")
                        .irrelevant("spec.successfulJobsHistoryLimit", "finished Jobs are objects of the cluster")
                        .irrelevant("spec.failedJobsHistoryLimit", "finished Jobs are objects of the cluster"));
    }

    static KindRules triggerAuthentication(String kind) {
        return KindRules.of(
                "keda.sh",
                kind,
                "nothing: with it KEDA looked at a queue or a metric",
                new FieldTable()
                        .irrelevant(
                                "spec",
                                "how KEDA logged in where it read its metrics; apps have their own credentials"));
    }
}
