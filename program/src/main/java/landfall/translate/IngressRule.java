package landfall.translate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import landfall.base.Secret;
import landfall.target.Certificate;
import landfall.target.Place;
import landfall.target.Route;

/**
 * Ingresses, all of one host together: the app that answers {@code /} gets the domain, the others' paths become routes
 * of its nginx.conf.sigil.
 */
final class IngressRule {
    private static final String RULE = "Ingress.";

    private final Draft draft;
    private final Map<String, List<Path>> pathsOf = new LinkedHashMap<>();

    private IngressRule(Draft draft) {
        this.draft = draft;
    }

    /** One path of one host, with the annotations of its Ingress. */
    private record Path(
            String path,
            String type,
            AppDraft app,
            int port,
            IngressAnnotations annotations,
            Field field,
            Field host) {}

    static void applyAll(Draft draft) {
        IngressRule rule = new IngressRule(draft);
        List<Field> ingresses = draft.index.all("networking.k8s.io", "Ingress");
        List<IngressAnnotations> annotations = new ArrayList<>();
        for (Field ingress : ingresses) {
            MetadataRule.apply(ingress);
            IngressAnnotations read = IngressAnnotations.read(ingress);
            annotations.add(read);
            rule.read(ingress, read);
        }
        rule.pathsOf.forEach(rule::host);
        for (int i = 0; i < ingresses.size(); i++) {
            rule.tls(ingresses.get(i));
            annotations.get(i).settleRest();
        }
    }

    private void read(Field ingress, IngressAnnotations annotations) {
        Field spec = ingress.at("spec");
        ingress.at("metadata", "name").irrelevant(RULE + "name", "named nowhere else; its paths are what counts");
        if (spec.at("ingressClassName").is("nginx") || annotations.isNginx()) {
            spec.at("ingressClassName").satisfied(RULE + "ingressClassName", "nginx on the Dokku host");
        } else {
            spec.at("ingressClassName").satisfied(RULE + "ingressClassName", "nginx on the Dokku host");
            draft.changed(
                    ingress.object().shortName(),
                    "its controller isn't known to be ingress-nginx: compare redirects, limits and headers by hand");
        }
        for (Field rule : spec.at("rules").items()) {
            String host = rule.at("host").text("");
            for (Field path : rule.at("http", "paths").items()) {
                path(host, rule.at("host"), path, annotations);
            }
        }
    }

    private void path(String host, Field hostField, Field path, IngressAnnotations annotations) {
        Field backend = path.at("backend", "service");
        Optional<Field> service =
                draft.index.named("", "Service", backend.at("name").text(""));
        Optional<AppDraft> app = service.flatMap(draft::appOf);
        if (app.isEmpty() || host.isEmpty() || host.startsWith("*")) {
            String id = "ingress-" + path.object().name();
            draft.ask(
                    id,
                    path.object().shortName() + " routes " + host
                            + path.at("path").text("/")
                            + (app.isEmpty()
                                    ? " to something that is not an app of this move."
                                    : ", and Dokku needs the host's whole name."),
                    Draft.options("leave", "that path stays with the cluster"),
                    path);
            path.decision(RULE + "paths", id, "no app, or no whole host name");
            hostField.decision(RULE + "host", id, "no app, or no whole host name");
            return;
        }
        String wanted =
                backend.at("port", "name").text(backend.at("port", "number").text("80"));
        int port = service.get().at("spec", "ports").items().stream()
                .filter(candidate ->
                        candidate.at("name").is(wanted) || candidate.at("port").is(wanted))
                .findFirst()
                .map(found -> found.at("targetPort").text(found.at("port").text("80")))
                .map(target -> app.get().containerPort(target).orElse(80))
                .orElse(app.get().firstPort().orElse(80));
        pathsOf.computeIfAbsent(host, ignored -> new ArrayList<>())
                .add(new Path(
                        path.at("path").text("/"),
                        path.at("pathType").text("Prefix"),
                        app.get(),
                        port,
                        annotations,
                        path,
                        hostField));
    }

    private void host(String host, List<Path> paths) {
        Path first = paths.stream()
                .min(Comparator.comparingInt(path -> path.path().length()))
                .orElseThrow();
        AppDraft owner = first.app();
        owner.domains.add(host);
        // ingress-nginx: one regex Ingress makes every path of its host a case-insensitive regex, longest first.
        boolean regex = paths.stream().anyMatch(path -> path.annotations().usesRegex());
        List<Path> ordered = paths.stream()
                .sorted(Comparator.comparingInt((Path path) -> path.path().length())
                        .reversed())
                .toList();
        for (Path path : ordered) {
            path.host().carried(RULE + "host", Place.task(owner.name, "domains"));
            path.annotations().properties(draft, path.app());
            if (path.app() == owner && path.annotations().rewrite().isEmpty()) {
                path.field()
                        .carried(RULE + "paths", Place.task(owner.name, "domains"), "the app answers its host's paths");
                continue;
            }
            route(owner, path, regex);
        }
    }

    private void route(AppDraft owner, Path path, boolean regex) {
        Route.Match match =
                regex ? Route.Match.REGEX : path.type().equals("Exact") ? Route.Match.EXACT : Route.Match.PREFIX;
        Route route = new Route(
                match,
                path.path(),
                path.annotations().rewrite(),
                path.app().name + "-" + path.port(),
                path.annotations().bodySize(),
                path.annotations().readTimeout());
        if (!owner.routes.contains(route)) {
            owner.routes.add(route);
        }
        String place = Place.appFile(owner.name, "nginx.conf.sigil");
        path.field()
                .adapted(
                        RULE + "paths",
                        place,
                        "a location in the nginx configuration of " + owner.name + ", which has the host's name");
        path.annotations().toRoute(place);
    }

    private void tls(Field ingress) {
        for (Field tls : ingress.at("spec", "tls").items()) {
            String name = tls.at("secretName").text("");
            Optional<Field> secret = draft.index.secret(name);
            List<String> hosts = tls.at("hosts").texts();
            Optional<AppDraft> owner = draft.apps.values().stream()
                    .filter(app -> app.domains.stream().anyMatch(hosts::contains))
                    .findFirst();
            if (secret.isEmpty() || owner.isEmpty()) {
                String id = "certificate-" + ingress.object().name();
                draft.ask(
                        id,
                        "The certificate for " + String.join(", ", hosts) + " is not in a Secret of these manifests.",
                        Draft.options(
                                "letsencrypt", "I enable letsencrypt on the app once DNS points to the Dokku host",
                                "by-hand", "I add a certificate with `dokku certs:add`"),
                        tls);
                tls.decision(RULE + "tls", id, "no certificate among the manifests");
                continue;
            }
            certificate(owner.get(), secret.get(), tls);
        }
    }

    private void certificate(AppDraft app, Field secret, Field tls) {
        Map<String, Field> keys = EnvironmentRule.keys(secret, true);
        Field certificate = keys.get("tls.crt");
        Field key = keys.get("tls.key");
        String task = Place.task(app.name, "certs");
        tls.carried(RULE + "tls", task);
        if (certificate == null || key == null) {
            draft.refuse(
                    "certificate-" + secret.object().name(),
                    secret.object().shortName() + " lacks tls.crt or tls.key.",
                    RULE + "tls",
                    "no certificate",
                    tls);
            return;
        }
        app.certificate = Optional.of(new Certificate(
                app.inputName("tls_certificate"),
                Secret.of(EnvironmentRule.text(certificate, true).orElse("")),
                app.inputName("tls_key"),
                Secret.of(EnvironmentRule.text(key, true).orElse(""))));
        certificate.carried("Secret.tls", task);
        key.carried("Secret.tls", task);
        secret.at("type").carried("Secret.type", task, "a certificate with its key");
        // What ingress-nginx answers by default; Dokku's own default differs in its max-age.
        app.nginx.put("hsts", "true");
        app.nginx.put("hsts-include-subdomains", "true");
        app.nginx.put("hsts-max-age", "31536000");
        draft.changed(
                app.name,
                app.routes.isEmpty()
                        ? "plain HTTP is redirected with 301 where ingress-nginx answered 308: a POST becomes a GET"
                        : "HSTS and the redirect of plain HTTP (308) stay as ingress-nginx has them");
    }
}
