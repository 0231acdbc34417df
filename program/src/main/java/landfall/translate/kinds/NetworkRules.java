package landfall.translate.kinds;

import java.util.Set;
import landfall.ledger.Disposition;

/** NetworkPolicy, Endpoints and EndpointSlice: who may talk to whom, and hosts that somebody wrote down. */
final class NetworkRules {
    private static final String OBSERVED = "kept by the cluster about the pods behind a Service";

    private NetworkRules() {}

    static KindRules policy() {
        return KindRules.of(
                Set.of("networking.k8s.io", "extensions"),
                "NetworkPolicy",
                "compared with what Docker's networks allow: satisfied, or a decision in plain words",
                new FieldTable()
                        .varies(
                                "spec.podSelector",
                                "the apps it is about",
                                Disposition.SATISFIED,
                                Disposition.IRRELEVANT,
                                Disposition.DECISION)
                        .varies(
                                "spec.ingress[]",
                                "who may reach them; apps of one network reach one another on every port",
                                Disposition.SATISFIED,
                                Disposition.IRRELEVANT,
                                Disposition.DECISION)
                        .varies(
                                "spec.egress[]",
                                "whom they may reach; Docker bounds nobody's way out",
                                Disposition.SATISFIED,
                                Disposition.IRRELEVANT,
                                Disposition.DECISION)
                        .varies(
                                "spec.policyTypes[]",
                                "which of the two ways it is about",
                                Disposition.SATISFIED,
                                Disposition.IRRELEVANT,
                                Disposition.DECISION));
    }

    static KindRules endpoints() {
        return KindRules.of(
                "",
                "Endpoints",
                "the address of a host outside, where somebody wrote it down; else the cluster's own record",
                new FieldTable()
                        .varies(
                                "subsets[]",
                                "the host behind a Service without a selector; else " + OBSERVED,
                                Disposition.IRRELEVANT,
                                Disposition.ADAPTED,
                                Disposition.DECISION));
    }

    static KindRules endpointSlice() {
        return KindRules.of(
                "discovery.k8s.io",
                "EndpointSlice",
                "the address of a host outside, where somebody wrote it down; else the cluster's own record",
                new FieldTable()
                        .irrelevant("addressType", "told by the addresses themselves")
                        .varies(
                                "endpoints[]",
                                "the host behind a Service without a selector; else " + OBSERVED,
                                Disposition.IRRELEVANT,
                                Disposition.ADAPTED,
                                Disposition.DECISION)
                        .varies(
                                "ports[]",
                                "the port of that host",
                                Disposition.IRRELEVANT,
                                Disposition.ADAPTED,
                                Disposition.DECISION));
    }
}
