package landfall.translate.kinds;

import landfall.ledger.Disposition;

/** LimitRange, ResourceQuota, PriorityClass and PodSecurityPolicy: what a cluster allows its pods. */
final class PolicyRules {
    private static final String ADMISSION =
            "an admission rule of the cluster: what it forces on pods stands in their own security contexts";

    private PolicyRules() {}

    static KindRules limitRange() {
        return KindRules.of(
                "",
                "LimitRange",
                "its defaults are given to containers that name no amount of their own",
                new FieldTable()
                        .unused("spec.limits[].default", "every container of an app names its own", Disposition.ADAPTED)
                        .unused(
                                "spec.limits[].defaultRequest",
                                "every container of an app names its own",
                                Disposition.ADAPTED)
                        .irrelevant("spec.limits[].type", "says what the amounts hold for")
                        .irrelevant("spec.limits[].max", "refuses pods at admission; those here were let in")
                        .irrelevant("spec.limits[].min", "refuses pods at admission; those here were let in")
                        .irrelevant(
                                "spec.limits[].maxLimitRequestRatio",
                                "refuses pods at admission; those here were let in"));
    }

    static KindRules resourceQuota() {
        return KindRules.of(
                "",
                "ResourceQuota",
                "nothing: the host's own size bounds its apps, and each app has its own limits",
                new FieldTable()
                        .irrelevant(
                                "spec.hard",
                                "bounds what a namespace may ask for; on one host its size does, and each app's limits")
                        .irrelevant("spec.scopes", "says which pods the quota counts")
                        .irrelevant("spec.scopeSelector", "says which pods the quota counts"));
    }

    static KindRules priorityClass() {
        String note = "who is evicted first when nodes are full; on one host nothing is evicted";
        return KindRules.of(
                "scheduling.k8s.io",
                "PriorityClass",
                "nothing: on one host nothing is evicted",
                new FieldTable()
                        .irrelevant("value", note)
                        .irrelevant("globalDefault", note)
                        .irrelevant("preemptionPolicy", note)
                        .irrelevant("description", "words for people"));
    }

    static KindRules podSecurityPolicy() {
        return KindRules.of(
                java.util.Set.of("policy", "extensions"),
                "PodSecurityPolicy",
                "nothing: what pods may do stands in their security contexts, which become Docker options",
                new FieldTable()
                        .irrelevant("spec", ADMISSION)
                        .irrelevant("spec.privileged", ADMISSION)
                        .irrelevant("spec.volumes", "which kinds of volumes pods may ask for")
                        .irrelevant("spec.allowedHostPaths", "which folders of nodes pods may ask for")
                        .open(
                                "spec.requiredDropCapabilities",
                                "policy",
                                "%s takes capabilities from every container that its users start. Landfall reads"
                                        + " containers' own security contexts only: write it there and plan again.")
                        .open(
                                "spec.defaultAddCapabilities",
                                "policy",
                                "%s gives capabilities to every container that its users start. Landfall reads"
                                        + " containers' own security contexts only: write it there and plan again."));
    }
}
