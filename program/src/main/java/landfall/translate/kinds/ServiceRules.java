package landfall.translate.kinds;

import landfall.ledger.Disposition;

/** Service: port mappings and network names. */
final class ServiceRules {
    private static final String INSIDE = "how the cluster routes inside itself";

    private ServiceRules() {}

    static KindRules rules() {
        return KindRules.of(
                "",
                "Service",
                "port mappings and a network name of the app it leads to; the link of a datastore",
                new FieldTable()
                        .varies(
                                "metadata.name",
                                "the name under which other apps reach it",
                                Disposition.ADAPTED,
                                Disposition.IRRELEVANT,
                                Disposition.DECISION)
                        .varies(
                                "spec.selector",
                                "the app that it leads to",
                                Disposition.ADAPTED,
                                Disposition.SATISFIED,
                                Disposition.DECISION)
                        .varies(
                                "spec.type",
                                "node ports and load balancers answer on the host",
                                Disposition.SATISFIED,
                                Disposition.CARRIED,
                                Disposition.ADAPTED,
                                Disposition.DECISION)
                        .varies(
                                "spec.ports[]",
                                "ports:set",
                                Disposition.CARRIED,
                                Disposition.ADAPTED,
                                Disposition.SATISFIED,
                                Disposition.IRRELEVANT,
                                Disposition.LOST,
                                Disposition.DECISION)
                        .irrelevant("spec.clusterIP", INSIDE)
                        .irrelevant("spec.clusterIPs", INSIDE)
                        .irrelevant("spec.ipFamilies", INSIDE)
                        .irrelevant("spec.ipFamilyPolicy", INSIDE)
                        .irrelevant("spec.internalTrafficPolicy", INSIDE)
                        .irrelevant("spec.externalTrafficPolicy", INSIDE)
                        .irrelevant("spec.trafficDistribution", INSIDE)
                        .irrelevant("spec.topologyKeys", INSIDE)
                        .irrelevant("spec.publishNotReadyAddresses", INSIDE)
                        .irrelevant("spec.allocateLoadBalancerNodePorts", INSIDE)
                        .irrelevant("spec.loadBalancerClass", INSIDE)
                        .irrelevant("spec.healthCheckNodePort", INSIDE)
                        .open(
                                "spec.externalIPs",
                                "external-ips",
                                "%s answers on addresses of its own (externalIPs): is the Dokku host to have them?")
                        .open("spec.externalName", "external-name", "%s is a name for a host outside the cluster.")
                        .irrelevant("spec.loadBalancerIP", "the load balancer's address goes away with the cluster")
                        .open(
                                "spec.loadBalancerSourceRanges",
                                "source-ranges",
                                "%s lets in certain addresses only: the host's firewall must do that.")
                        .lost("spec.sessionAffinity", "sticky sessions", "run one process, or keep sessions in Redis")
                        .except("None", "none was asked for")
                        .lost(
                                "spec.sessionAffinityConfig",
                                "sticky sessions",
                                "run one process, or keep sessions in Redis"));
    }
}
