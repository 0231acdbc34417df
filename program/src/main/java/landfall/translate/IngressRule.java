package landfall.translate;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import landfall.target.Route;

/** Ingress, in the shape of today and of the betas: its hosts and paths as routes, its certificates. */
final class IngressRule {
    private static final String RULE = "Ingress.";

    private final Draft draft;
    private final Front front;
    private final Certificates certificates;
    private final Backends backends;

    IngressRule(Draft draft, Front front, Certificates certificates) {
        this.draft = draft;
        this.front = front;
        this.certificates = certificates;
        this.backends = new Backends(draft);
    }

    static List<Field> all(Draft draft) {
        List<Field> all = new ArrayList<>(draft.index.all("networking.k8s.io", "Ingress"));
        all.addAll(draft.index.all("extensions", "Ingress"));
        return all;
    }

    void apply(Field ingress) {
        MetadataRule.apply(ingress);
        ingress.at("metadata", "name").irrelevant(RULE + "name", "named nowhere else; its paths are what counts");
        Field spec = ingress.at("spec");
        Controller controller = Controller.of(draft, ingress);
        controller.settle(draft, ingress);
        Treatment treatment = controller.isNginx() ? new Treatment() : Treatment.ofOtherProxy();
        if (controller.isNginx()) {
            NginxAnnotations.read(draft, ingress, treatment, apps(ingress));
        } else {
            NginxAnnotations.ignore(ingress, controller.name());
            otherController(ingress, controller.name(), treatment);
        }
        if (controller.isNginx() && canary(ingress)) {
            return;
        }
        for (Field rule : spec.at("rules").items()) {
            rule(ingress, rule, treatment);
        }
        Field fallback = spec.at("defaultBackend").exists() ? spec.at("defaultBackend") : spec.at("backend");
        if (fallback.exists()) {
            front.add(route("", Route.Match.START, "/", fallback, treatment, ingress, List.of(fallback), List.of()));
        }
        for (Field tls : spec.at("tls").items()) {
            Set<String> hosts = new LinkedHashSet<>(tls.at("hosts").texts());
            if (hosts.isEmpty()) {
                spec.at("rules").items().forEach(rule -> rule.at("host").text().ifPresent(hosts::add));
            }
            certificates.add(hosts, tls.at("secretName").text(""), tls, RULE + "tls", isIssued(ingress));
        }
    }

    /** Annotations of other controllers that mean what a property of Dokku's nginx means. */
    private void otherController(Field ingress, String controller, Treatment treatment) {
        Map<String, String> properties = Map.of(
                "client-max-body-size", "client-max-body-size",
                "proxy-connect-timeout", "proxy-connect-timeout",
                "proxy-read-timeout", "proxy-read-timeout",
                "proxy-send-timeout", "proxy-send-timeout");
        Field annotations = ingress.at("metadata", "annotations");
        new TreeMap<>(properties).forEach((annotation, property) -> {
            Field field = annotations.at("nginx.org/" + annotation);
            if (field.text("").matches("[0-9]+(ms|[smhkKMG])?")) {
                treatment.property(field, RULE + "annotations.nginx.org", property, field.text(""));
            }
        });
        Field middlewares = annotations.at("traefik.ingress.kubernetes.io/router.middlewares");
        if (middlewares.exists() && controller.contains("traefik")) {
            TraefikMiddleware reader =
                    new TraefikMiddleware(draft, treatment, new TraefikMatch.Part("", Route.Match.START, "/"), ingress);
            for (String name : NginxReading.list(middlewares.text(""))) {
                reader.apply(middlewares, name.replaceAll("@.*$", "").replaceFirst("^" + draft.namespace + "-", ""));
            }
        }
    }

    /** Who issues the certificate by itself today. */
    private static boolean isIssued(Field ingress) {
        return ingress.at("metadata", "annotations").entries().keySet().stream()
                .anyMatch(key -> key.startsWith("cert-manager.io/")
                        || key.startsWith("certmanager.k8s.io/")
                        || key.equals("kubernetes.io/tls-acme")
                        || key.startsWith("networking.gke.io/managed-certificates")
                        || key.equals("traefik.ingress.kubernetes.io/router.tls.certresolver"));
    }

    private Set<AppDraft> apps(Field ingress) {
        Set<AppDraft> apps = new LinkedHashSet<>();
        for (Field rule : ingress.at("spec", "rules").items()) {
            for (Field path : rule.at("http", "paths").items()) {
                if (target(path.at("backend")) instanceof FrontTarget.App(AppDraft app, int ignored)) {
                    apps.add(app);
                }
            }
        }
        return apps;
    }

    private boolean canary(Field ingress) {
        if (!NginxReading.field(ingress, "canary").is("true")) {
            return false;
        }
        String id = "canary-" + ingress.object().name();
        draft.ask(
                id,
                ingress.object().shortName()
                        + " sends a share of the traffic to another version (canary). Dokku sends all"
                        + " of a host's traffic to one.",
                Draft.options(
                        "stable", "all traffic goes to what the other Ingress of the host names",
                        "by-hand", "I end the canary on the cluster first, and plan again"),
                ingress.at("spec"));
        ingress.at("spec").decision(RULE + "canary", id, "a canary of another Ingress's paths");
        return true;
    }

    private void rule(Field ingress, Field rule, Treatment treatment) {
        String host = rule.at("host").text("").toLowerCase(Locale.ROOT);
        List<Field> paths = rule.at("http", "paths").items();
        if (paths.isEmpty()) {
            // A host alone is for what the default backend answers.
            Field spec = ingress.at("spec");
            Field fallback = spec.at("defaultBackend").exists() ? spec.at("defaultBackend") : spec.at("backend");
            front.add(route(host, Route.Match.START, "/", fallback, treatment, ingress, List.of(), List.of(rule)));
            return;
        }
        for (Field path : paths) {
            String text = path.at("path").text("/");
            Route.Match match = switch (path.at("pathType").text("ImplementationSpecific")) {
                case "Exact" -> Route.Match.EXACT;
                case "Prefix" -> Route.Match.PREFIX;
                default -> Route.Match.START;
            };
            front.add(route(
                    host,
                    match,
                    text.isEmpty() ? "/" : text,
                    path.at("backend"),
                    treatment,
                    ingress,
                    List.of(path),
                    List.of(rule.at("host"))));
        }
    }

    private FrontRoute route(
            String host,
            Route.Match match,
            String path,
            Field backend,
            Treatment treatment,
            Field ingress,
            List<Field> fields,
            List<Field> hosts) {
        return new FrontRoute(host, match, path, target(backend), treatment, RULE, ingress, fields, hosts);
    }

    private FrontTarget target(Field backend) {
        if (backend.at("resource").exists()) {
            return new FrontTarget.Unknown("it names a "
                    + backend.at("resource", "kind").text("resource") + ", which only its controller can answer for");
        }
        Field service = backend.at("service");
        if (service.exists()) {
            Field port = service.at("port");
            String wanted = port.at("name").text(port.at("number").text(""));
            return backends.find(service.at("name").text(""), wanted);
        }
        return backends.find(
                backend.at("serviceName").text(""), backend.at("servicePort").text(""));
    }

    /** Which controller an Ingress is for. */
    record Controller(String name, Optional<Field> named) {
        static Controller of(Draft draft, Field ingress) {
            Field field = ingress.at("spec", "ingressClassName");
            Field annotation = ingress.at("metadata", "annotations", "kubernetes.io/ingress.class");
            Optional<Field> named = field.exists()
                    ? Optional.of(field)
                    : Optional.of(annotation).filter(Field::exists);
            String name = named.flatMap(Field::text).orElse("");
            String controller = draft.index.all("networking.k8s.io", "IngressClass").stream()
                    .filter(each -> each.object().name().equals(name))
                    .flatMap(each -> each.at("spec", "controller").text().stream())
                    .findFirst()
                    .orElse(name);
            return new Controller(controller, named);
        }

        /** Without a class, the cluster's default controller takes it, which most often is ingress-nginx. */
        boolean isNginx() {
            return name.isEmpty()
                    || name.equals("k8s.io/ingress-nginx")
                    || (name.contains("nginx") && !name.startsWith("nginx.org"));
        }

        void settle(Draft draft, Field ingress) {
            String note = isNginx() && !name.isEmpty()
                    ? "nginx on the Dokku host, as before"
                    : "Dokku's nginx takes the place of " + (name.isEmpty() ? "the cluster's controller" : name);
            ingress.at("spec", "ingressClassName").satisfied(RULE + "ingressClassName", note);
            ingress.at("metadata", "annotations", "kubernetes.io/ingress.class").satisfied(RULE + "class", note);
            if (!isNginx()) {
                draft.changed(
                        ingress.object().shortName(),
                        "Dokku's nginx answers instead of " + name + ": it ends a connection after 60 s without a byte"
                                + " (nginx:set proxy-read-timeout)");
            } else if (name.isEmpty()) {
                draft.changed(
                        ingress.object().shortName(),
                        "it names no controller; taken for ingress-nginx. Compare redirects, limits and headers");
            }
        }
    }
}
