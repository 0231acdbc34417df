package landfall.translate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import landfall.base.Secret;
import landfall.target.Certificate;
import landfall.target.Place;

/** Certificates of hosts, whoever names them: Dokku keeps one an app, for all of its domains. */
final class Certificates {
    private final Draft draft;
    private final List<Wanted> all = new ArrayList<>();

    Certificates(Draft draft) {
        this.draft = draft;
    }

    /** @param isIssued whether somebody issues it by itself today (ACME) */
    private record Wanted(Set<String> hosts, String secret, Field field, String rule, boolean isIssued) {}

    void add(Set<String> hosts, String secret, Field field, String rule, boolean isIssued) {
        all.add(new Wanted(hosts, secret, field, rule, isIssued));
    }

    /** After the hosts have their apps. */
    void place() {
        Map<AppDraft, String> taken = new LinkedHashMap<>();
        for (Wanted wanted : all) {
            Optional<AppDraft> owner = draft.apps.values().stream()
                    .filter(app -> app.domains.stream().anyMatch(domain -> isFor(domain, wanted.hosts())))
                    .findFirst();
            Optional<Field> secret = draft.index.secret(wanted.secret());
            if (owner.isEmpty() || secret.isEmpty() || !isPair(secret.get())) {
                ask(wanted, owner, secret);
                continue;
            }
            String before = taken.putIfAbsent(owner.get(), wanted.secret());
            if (before != null && !before.equals(wanted.secret())) {
                second(wanted, owner.get(), before);
            } else {
                carry(owner.get(), secret.get(), wanted);
            }
        }
    }

    private static boolean isFor(String domain, Set<String> hosts) {
        return hosts.contains(domain)
                || (domain.contains(".") && hosts.contains("*" + domain.substring(domain.indexOf('.'))));
    }

    private static boolean isPair(Field secret) {
        Map<String, Field> keys = EnvironmentRule.keys(secret, true);
        return text(keys, "tls.crt").contains("-----BEGIN CERTIFICATE-----")
                && text(keys, "tls.key").contains("PRIVATE KEY-----");
    }

    private static String text(Map<String, Field> keys, String key) {
        Field field = keys.get(key);
        return field == null ? "" : EnvironmentRule.text(field, true).orElse("");
    }

    private void ask(Wanted wanted, Optional<AppDraft> owner, Optional<Field> secret) {
        String object = wanted.field().object().name();
        String id = "certificate-" + object;
        String of = wanted.hosts().isEmpty() ? wanted.field().object().shortName() : String.join(", ", wanted.hosts());
        String why = owner.isEmpty()
                ? "The certificate for " + of + " has no app of this move to go to."
                : secret.isPresent()
                        ? "Secret " + wanted.secret() + " holds no certificate with its key (tls.crt, tls.key) for "
                                + of + "."
                        : "The certificate for " + of + " is not in a Secret of these manifests.";
        String issued = wanted.isIssued()
                ? " The cluster has it issued by itself; Dokku's letsencrypt plugin does the same."
                : "";
        Optional<String> fallback =
                wanted.isIssued() && owner.isPresent() ? Optional.of("letsencrypt") : Optional.empty();
        draft.decide(
                id,
                why + issued,
                Draft.options(
                        "letsencrypt", "I enable letsencrypt on the app once DNS points to the Dokku host",
                        "by-hand", "I add a certificate with `dokku certs:add`"),
                fallback,
                wanted.field());
        wanted.field().decision(wanted.rule(), id, "no certificate among the manifests");
    }

    private void second(Wanted wanted, AppDraft app, String before) {
        String id = "certificates-" + app.name;
        draft.ask(
                id,
                app.name + " has hosts with different certificates (" + before + ", " + wanted.secret()
                        + "); Dokku keeps one certificate an app, for all of its domains.",
                Draft.options(
                        "letsencrypt", "letsencrypt issues one for all the domains",
                        "by-hand", "I add one certificate for all names with `dokku certs:add`"),
                wanted.field());
        wanted.field().decision(wanted.rule(), id, "the app's one certificate is that of Secret " + before);
    }

    private void carry(AppDraft app, Field secret, Wanted wanted) {
        String task = Place.task(app.name, "certs");
        wanted.field().carried(wanted.rule(), task);
        Map<String, Field> keys = EnvironmentRule.keys(secret, true);
        boolean isNew = app.certificate.isEmpty();
        app.certificate = Optional.of(new Certificate(
                app.inputName("tls_certificate"),
                Secret.of(text(keys, "tls.crt")),
                app.inputName("tls_key"),
                Secret.of(text(keys, "tls.key"))));
        keys.forEach((key, field) -> {
            if (key.equals("tls.crt") || key.equals("tls.key")) {
                field.carried("Secret.tls", task);
            }
        });
        secret.at("type").carried("Secret.type", task, "a certificate with its key");
        if (!isNew) {
            return;
        }
        if ("false".equals(app.nginx.get("hsts"))) {
            return;
        }
        // What ingress-nginx answers by default; Dokku's own default differs in its max-age.
        app.nginx.putIfAbsent("hsts", "true");
        app.nginx.putIfAbsent("hsts-include-subdomains", "true");
        app.nginx.putIfAbsent("hsts-max-age", "31536000");
        draft.changed(
                app.name,
                app.sites.isEmpty()
                        ? "plain HTTP is redirected with 301 where ingress-nginx answered 308: a POST becomes a GET"
                        : "HSTS and the redirect of plain HTTP (308) stay as ingress-nginx has them");
    }
}
