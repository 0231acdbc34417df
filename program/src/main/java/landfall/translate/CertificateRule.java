package landfall.translate;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** cert-manager's Certificates: those for domains of apps come from letsencrypt, the others somebody must renew. */
final class CertificateRule {
    private static final String RULE = "Certificate.";

    private CertificateRule() {}

    static void applyAll(Draft draft) {
        draft.index.all("cert-manager.io", "Certificate").forEach(certificate -> apply(draft, certificate));
    }

    private static void apply(Draft draft, Field certificate) {
        MetadataRule.apply(certificate);
        Field spec = certificate.at("spec");
        Set<String> names = new LinkedHashSet<>(spec.at("dnsNames").texts());
        spec.at("commonName").text().ifPresent(names::add);
        Optional<AppDraft> owner = draft.apps.values().stream()
                .filter(app -> app.domains.stream().anyMatch(domain -> fits(names, domain)))
                .findFirst();
        String secret = spec.at("secretName").text("");
        if (owner.isPresent() && owner.get().certificate.isPresent()) {
            spec.satisfied(
                    RULE + "spec",
                    owner.get().name + " takes the certificate along; enable letsencrypt on it before that one ends");
            draft.changed(
                    owner.get().name,
                    "its certificate was renewed by cert-manager; Dokku renews it only once letsencrypt is enabled on the app");
            return;
        }
        String id = "issued-" + certificate.object().name();
        if (owner.isPresent()) {
            draft.decide(
                    id,
                    certificate.object().shortName() + " has a certificate issued for " + String.join(", ", names)
                            + "; Dokku's letsencrypt plugin does that for " + owner.get().name + ".",
                    Draft.options(
                            "letsencrypt", "I enable letsencrypt on the app once DNS points to the Dokku host",
                            "by-hand", "I add a certificate with `dokku certs:add`"),
                    Optional.of("letsencrypt"),
                    spec);
        } else {
            draft.ask(
                    id,
                    certificate.object().shortName() + " keeps a certificate in Secret " + secret + " for "
                            + (names.isEmpty() ? "no host name" : String.join(", ", names))
                            + ", which is no domain of an app. Nothing on Dokku renews it.",
                    Draft.options(
                            "by-hand", "I export the Secret once and see to its renewal",
                            "leave", "nothing of the move needs it"),
                    spec);
        }
        spec.decision(RULE + "spec", id, "who issues and renews the certificate");
    }

    private static boolean fits(Set<String> names, String domain) {
        int dot = domain.indexOf('.');
        return names.contains(domain) || (dot >= 0 && names.containsAll(List.of("*" + domain.substring(dot))));
    }
}
