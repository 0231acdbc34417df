package landfall.translate.kinds;

import java.util.Set;
import landfall.ledger.Disposition;

/** Ingress and IngressClass: domains, certificates, routes, nginx properties. */
final class IngressRules {
    private IngressRules() {}

    static KindRules ingress() {
        return KindRules.of(
                Set.of("networking.k8s.io", "extensions"),
                "Ingress",
                "domains:set, certs:add, nginx:set and, for paths, a generated nginx.conf.sigil",
                new FieldTable()
                        .varies(
                                "spec.ingressClassName",
                                "the controller whose annotations count",
                                Disposition.ADAPTED,
                                Disposition.SATISFIED,
                                Disposition.DECISION)
                        .varies(
                                "spec.rules[]",
                                "domains:set; paths in nginx.conf.sigil",
                                Disposition.CARRIED,
                                Disposition.ADAPTED,
                                Disposition.SATISFIED,
                                Disposition.DECISION)
                        .varies(
                                "spec.tls[]",
                                "certs:add, or letsencrypt",
                                Disposition.CARRIED,
                                Disposition.ADAPTED,
                                Disposition.DECISION)
                        .varies(
                                "spec.defaultBackend",
                                "the app that answers where no rule fits",
                                Disposition.ADAPTED,
                                Disposition.CARRIED,
                                Disposition.DECISION)
                        .varies(
                                "spec.backend",
                                "the app that answers where no rule fits",
                                Disposition.ADAPTED,
                                Disposition.CARRIED,
                                Disposition.DECISION));
    }

    static KindRules ingressClass() {
        return KindRules.of(
                "networking.k8s.io",
                "IngressClass",
                "nothing: Dokku's nginx is the one proxy",
                new FieldTable()
                        .satisfied("spec.controller", "Dokku's nginx is the one proxy")
                        .irrelevant("spec.parameters", "settings of a controller of the cluster"));
    }
}
