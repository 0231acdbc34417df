package landfall.translate;

import java.util.Comparator;

/** Everything that says which requests reach which app: read kind by kind, placed together. */
final class FrontRules {
    private FrontRules() {}

    static void apply(Draft draft) {
        Front front = new Front(draft);
        Certificates certificates = new Certificates(draft);
        IngressRule ingresses = new IngressRule(draft, front, certificates);
        IngressRule.all(draft).stream()
                .sorted(Comparator.comparing(ingress -> ingress.object().name()))
                .forEach(ingresses::apply);
        new GatewayRule(draft, front, certificates).applyAll();
        new TraefikRule(draft, front, certificates).applyAll();
        new IstioRule(draft, front, certificates).applyAll();
        front.place();
        certificates.place();
        CertificateRule.applyAll(draft);
        NetworkPolicyRule.applyAll(draft);
        OutsideHosts.settleRest(draft);
    }
}
