package landfall.translate.kinds;

import landfall.ledger.Disposition;

/** cert-manager: certificates come from Dokku's letsencrypt plugin, or are added by hand. */
final class CertificateRules {
    private static final String GROUP = "cert-manager.io";
    private static final String OWN_AUTHORITY =
            "issue them as before, and give them to Dokku with certs:add at every renewal";

    private CertificateRules() {}

    static KindRules certificate() {
        return KindRules.of(
                GROUP,
                "Certificate",
                "letsencrypt for the domains of an app; else a decision about who renews it",
                new FieldTable()
                        .varies(
                                "spec",
                                "the letsencrypt plugin chooses key, duration and renewal itself",
                                Disposition.SATISFIED,
                                Disposition.DECISION));
    }

    static KindRules issuer(String kind) {
        return KindRules.of(
                GROUP,
                kind,
                "the letsencrypt plugin, an ACME client of its own; other authorities are lost",
                new FieldTable()
                        .satisfied(
                                "spec.acme",
                                "Dokku's letsencrypt plugin is an ACME client of its own; its e-mail address and server are"
                                        + " set with letsencrypt:set --global")
                        .open(
                                "spec.acme.externalAccountBinding",
                                "acme-account",
                                "%s has an account that its authority gave out by hand; the letsencrypt plugin takes it with"
                                        + " lego-args.")
                        .satisfied("spec.acme.solvers[].http01", "the letsencrypt plugin proves a name the same way")
                        .irrelevant("spec.acme.solvers[].selector", "which names a way of proof is for")
                        .open(
                                "spec.acme.solvers[].dns01",
                                "acme-dns",
                                "%s proves names by DNS, as wildcards need it. The letsencrypt plugin does so with its"
                                        + " dns-provider settings.")
                        .irrelevant("spec.acme.solvers[].waitInsteadOfSelfCheck", "how cert-manager waits for DNS")
                        .lost("spec.ca", "certificates of an authority of your own", OWN_AUTHORITY)
                        .lost(
                                "spec.selfSigned",
                                "certificates that sign themselves",
                                "let letsencrypt issue real ones, or" + " make one with `dokku certs:generate`")
                        .lost("spec.vault", "certificates of Vault", OWN_AUTHORITY)
                        .lost("spec.venafi", "certificates of Venafi", OWN_AUTHORITY));
    }
}
