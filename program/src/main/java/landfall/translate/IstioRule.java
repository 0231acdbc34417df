package landfall.translate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import landfall.target.Route;

/** Istio's VirtualServices that answer at a gateway, as routes; the gateways' certificates. */
final class IstioRule {
    private static final String GROUP = "networking.istio.io";
    private static final String RULE = "VirtualService.";

    private final Draft draft;
    private final Front front;
    private final Certificates certificates;
    private final Backends backends;

    IstioRule(Draft draft, Front front, Certificates certificates) {
        this.draft = draft;
        this.front = front;
        this.certificates = certificates;
        this.backends = new Backends(draft);
    }

    void applyAll() {
        draft.index.all(GROUP, "VirtualService").stream()
                .sorted(Comparator.comparing(service -> service.object().name()))
                .forEach(this::service);
        for (Field gateway : draft.index.all(GROUP, "Gateway")) {
            MetadataRule.apply(gateway);
            for (Field server : gateway.at("spec", "servers").items()) {
                Field name = server.at("tls", "credentialName");
                if (name.exists()) {
                    Set<String> hosts = new LinkedHashSet<>();
                    server.at("hosts").texts().forEach(host -> hosts.add(withoutNamespace(host)));
                    boolean isIssued =
                            !draft.index.all("cert-manager.io", "Certificate").isEmpty();
                    certificates.add(hosts, name.text(""), name, "Gateway.credentialName", isIssued);
                }
            }
        }
    }

    private static String withoutNamespace(String host) {
        return host.substring(host.indexOf('/') + 1);
    }

    private void service(Field object) {
        MetadataRule.apply(object);
        Field spec = object.at("spec");
        List<String> gateways = spec.at("gateways").texts();
        if (gateways.stream().allMatch("mesh"::equals)) {
            String id = "mesh-" + object.object().name();
            draft.ask(
                    id,
                    object.object().shortName()
                            + " steers traffic between apps inside the cluster. On Dokku apps reach one another directly:"
                            + " shares, retries and time limits of the mesh are gone.",
                    Draft.options("leave", "it is left out; the apps call each other without it"),
                    spec);
            spec.decision(RULE + "mesh", id, "traffic inside the cluster");
            return;
        }
        List<Field> hosts = spec.at("hosts").items().stream()
                .filter(host -> host.text("").contains(".") || host.is("*"))
                .toList();
        for (Field part : spec.at("http").items()) {
            part(object, part, hosts);
        }
    }

    private void part(Field object, Field part, List<Field> hosts) {
        Treatment treatment = Treatment.ofOtherProxy();
        Field chosen = destination(object, part);
        FrontTarget target = target(chosen);
        part.at("timeout")
                .text()
                .flatMap(HttpFilters::duration)
                .ifPresent(
                        time -> treatment.property(part.at("timeout"), RULE + "timeout", "proxy-read-timeout", time));
        headers(part.at("headers"), treatment);
        headers(chosen.at("headers"), treatment);
        cors(object, part.at("corsPolicy"), treatment);
        if (part.at("directResponse").exists()) {
            treatment.answer = Optional.of(new Route.Answer.Status(
                    part.at("directResponse", "status").number().orElse(404)));
            treatment.effect(
                    part.at("directResponse"), RULE + "directResponse", "nginx itself answers with the status");
        }
        List<Field> matches = part.at("match").items();
        if (matches.isEmpty()) {
            place(object, part, hosts, treatment, target, chosen, Optional.empty());
        }
        for (Field match : matches) {
            boolean isConditional = match.entries().keySet().stream()
                    .anyMatch(key -> !Set.of("uri", "name", "gateways", "ignoreUriCase", "port", "scheme")
                            .contains(key));
            if (isConditional) {
                conditional(object, match);
            } else {
                place(object, part, hosts, treatment, target, chosen, Optional.of(match));
            }
        }
        if (matches.stream().noneMatch(match -> match.at("uri").exists()) && !matches.isEmpty()) {
            chosen.decision(
                    RULE + "match", "conditions-" + object.object().name(), "chosen by more than hosts and paths");
        }
    }

    private void conditional(Field object, Field match) {
        String id = "conditions-" + object.object().name();
        draft.ask(
                id,
                object.object().shortName()
                        + " chooses by headers, methods or where the request comes from; nginx on Dokku is given hosts and"
                        + " paths only.",
                Draft.options(
                        "leave", "these matches are left out; what fits host and path alone answers",
                        "by-hand", "I write them into nginx.conf.sigil"),
                match);
        match.decision(RULE + "match", id, "a condition beside host and path");
    }

    private void place(
            Field object,
            Field part,
            List<Field> hosts,
            Treatment ofPart,
            FrontTarget target,
            Field chosen,
            Optional<Field> match) {
        Treatment treatment = ofPart.copy();
        Field uri = match.map(field -> field.at("uri")).orElse(part.at("no-match"));
        Route.Match how = uri.at("exact").exists()
                ? Route.Match.EXACT
                : uri.at("regex").exists() ? Route.Match.REGEX : Route.Match.START;
        String path = uri.at("exact").text(uri.at("prefix").text(uri.at("regex").text("/")));
        redirect(part.at("redirect"), treatment);
        rewrite(part.at("rewrite"), treatment, path, how);
        List<Field> fields = new ArrayList<>(List.of(chosen.at("destination")));
        match.ifPresent(fields::add);
        for (Field host : hosts) {
            front.add(new FrontRoute(
                    host.is("*") ? "" : host.text("").toLowerCase(Locale.ROOT),
                    how,
                    path,
                    target,
                    treatment,
                    RULE,
                    object,
                    fields,
                    List.of(host)));
        }
    }

    private Field destination(Field object, Field part) {
        List<Field> routes = part.at("route").items();
        Field chosen = routes.stream()
                .max(Comparator.comparingInt(
                        route -> route.at("weight").number().orElse(routes.size() == 1 ? 100 : 0)))
                .orElse(part.at("route"));
        for (Field route : routes) {
            if (!route.equals(chosen)) {
                String id = "split-" + object.object().name();
                draft.ask(
                        id,
                        object.object().shortName()
                                + " shares its traffic between several versions. Dokku sends all of it to one.",
                        Draft.options("heaviest", "the one with the greatest weight gets all"),
                        part);
                route.decision(RULE + "route", id, "a share of the traffic");
            }
        }
        chosen.at("weight").satisfied(RULE + "weight", "it gets all of the traffic");
        return chosen;
    }

    private FrontTarget target(Field route) {
        String host = route.at("destination", "host").text("");
        String name = host.contains(".") ? host.substring(0, host.indexOf('.')) : host;
        boolean isHere = !host.contains(".") || host.startsWith(name + "." + draft.namespace);
        if (!isHere) {
            return new FrontTarget.Unknown("it names " + host + ", which is outside the move's namespace");
        }
        return backends.find(name, route.at("destination", "port", "number").text(""));
    }

    private static void headers(Field headers, Treatment treatment) {
        for (String how : List.of("set", "add")) {
            HttpFilters.pairs(headers.at("request", how)).forEach((name, value) -> {
                HttpFilters.requestHeader(treatment, name, value);
            });
            HttpFilters.pairs(headers.at("response", how)).forEach((name, value) -> {
                HttpFilters.responseHeader(treatment, name, value);
            });
        }
        headers.at("request", "remove").texts().forEach(name -> HttpFilters.requestHeader(treatment, name, ""));
        headers.at("response", "remove").texts().forEach(name -> HttpFilters.hide(treatment, name));
        if (headers.exists()) {
            treatment.effect(headers, RULE + "headers", "headers in nginx.conf.sigil");
        }
    }

    private static void redirect(Field redirect, Treatment treatment) {
        if (!redirect.exists()) {
            return;
        }
        treatment.answer = Optional.of(HttpFilters.redirect(
                redirect.at("redirectCode").number().orElse(301),
                redirect.at("scheme").text(""),
                redirect.at("authority").text(""),
                redirect.at("port").text(""),
                redirect.at("uri").text("")));
        treatment.effect(redirect, RULE + "redirect", "nginx itself sends the client elsewhere");
    }

    private static void rewrite(Field rewrite, Treatment treatment, String path, Route.Match how) {
        if (!rewrite.exists()) {
            return;
        }
        rewrite.at("authority").text().ifPresent(host -> HttpFilters.requestHeader(treatment, "Host", host));
        rewrite.at("uri").text().ifPresent(uri -> {
            if (how == Route.Match.START) {
                HttpFilters.replacePrefix(treatment, path, uri);
            } else {
                treatment.rewriting = Optional.of(new Treatment.Rewriting("^", uri));
            }
        });
        Field regex = rewrite.at("uriRegexRewrite");
        if (regex.exists()) {
            treatment.rewriting = Optional.of(new Treatment.Rewriting(
                    regex.at("match").text("^"), regex.at("rewrite").text("/").replaceAll("\\\\([0-9])", "\\$$1")));
        }
        treatment.effect(rewrite, RULE + "rewrite", "a rewrite in nginx.conf.sigil");
    }

    private static void cors(Field object, Field policy, Treatment treatment) {
        if (!policy.exists()) {
            return;
        }
        List<String> origins = new ArrayList<>(policy.at("allowOrigin").texts());
        policy.at("allowOrigins")
                .items()
                .forEach(origin -> origin.at("exact").text().ifPresent(origins::add));
        new Cors(
                        origins.stream().filter(Cors.ORIGIN.asMatchPredicate()).toList(),
                        String.join(", ", policy.at("allowMethods").texts()),
                        String.join(", ", policy.at("allowHeaders").texts()),
                        String.join(", ", policy.at("exposeHeaders").texts()),
                        policy.at("allowCredentials").is("true"),
                        policy.at("maxAge").text("").replaceAll("s$", ""))
                .addTo(
                        treatment,
                        Treatment.APP_VARIABLE + "_" + object.object().name().replaceAll("[^A-Za-z0-9]", "_"));
        treatment.effect(policy, RULE + "corsPolicy", "headers for other origins in nginx.conf.sigil");
    }
}
