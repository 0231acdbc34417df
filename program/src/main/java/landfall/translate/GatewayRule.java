package landfall.translate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import landfall.target.Route;

/** HTTPRoute and GRPCRoute of the Gateway API: matches and filters as routes; the Gateways' certificates. */
final class GatewayRule {
    private static final String GROUP = "gateway.networking.k8s.io";

    private final Draft draft;
    private final Front front;
    private final Certificates certificates;
    private final Backends backends;

    GatewayRule(Draft draft, Front front, Certificates certificates) {
        this.draft = draft;
        this.front = front;
        this.certificates = certificates;
        this.backends = new Backends(draft);
    }

    void applyAll() {
        for (String kind : List.of("HTTPRoute", "GRPCRoute")) {
            draft.index.all(GROUP, kind).stream()
                    .sorted(Comparator.comparing(route -> route.object().name()))
                    .forEach(this::route);
        }
        draft.index.all(GROUP, "Gateway").forEach(this::gateway);
    }

    private void gateway(Field gateway) {
        MetadataRule.apply(gateway);
        for (Field listener : gateway.at("spec", "listeners").items()) {
            Set<String> hosts = new LinkedHashSet<>();
            listener.at("hostname").text().ifPresent(hosts::add);
            if (hosts.isEmpty()) {
                hosts.addAll(hostsOfRoutes());
            }
            for (Field reference : listener.at("tls", "certificateRefs").items()) {
                boolean isIssued =
                        !draft.index.all("cert-manager.io", "Certificate").isEmpty()
                                || gateway.at("metadata", "annotations").entries().keySet().stream()
                                        .anyMatch(key -> key.startsWith("cert-manager.io/"));
                certificates.add(hosts, reference.at("name").text(""), reference, "Gateway.certificate", isIssued);
            }
        }
    }

    private Set<String> hostsOfRoutes() {
        Set<String> hosts = new LinkedHashSet<>();
        draft.index
                .all(GROUP, "HTTPRoute")
                .forEach(route -> hosts.addAll(route.at("spec", "hostnames").texts()));
        return hosts;
    }

    private void route(Field route) {
        MetadataRule.apply(route);
        String rule = route.object().kind() + ".";
        Field spec = route.at("spec");
        if (spec.at("parentRefs").items().stream()
                .anyMatch(parent -> parent.at("kind").is("Service"))) {
            String id = "mesh-" + route.object().name();
            draft.ask(
                    id,
                    route.object().shortName()
                            + " is about traffic inside the cluster (its parent is a Service): on Dokku apps reach one"
                            + " another directly.",
                    Draft.options("leave", "it is left out; the apps call each other without it"),
                    spec);
            spec.decision(rule + "mesh", id, "traffic inside the cluster");
            return;
        }
        List<String> hosts = spec.at("hostnames").texts();
        for (Field part : spec.at("rules").items()) {
            part(route, rule, part, hosts, spec.at("hostnames"));
        }
    }

    private void part(Field route, String rule, Field part, List<String> hosts, Field hostField) {
        Treatment treatment = Treatment.ofOtherProxy();
        if (rule.startsWith("GRPC")) {
            treatment.protocol = "grpc";
            treatment.effect(hostField, rule + "grpc", "gRPC: grpc_pass in nginx.conf.sigil");
        }
        Field redirect = redirectOf(part);
        if (redirect.exists()
                && HttpFilters.isToHttpsOnly(
                        redirect.at("scheme").text(""),
                        redirect.at("hostname").text(""),
                        redirect.at("path").exists() ? "/" : "",
                        hosts)) {
            part.satisfied(rule + "redirect", "Dokku sends plain HTTP to HTTPS once the app has a certificate");
            hostField.satisfied(rule + "redirect", "Dokku sends plain HTTP to HTTPS once the app has a certificate");
            return;
        }
        times(route, rule, part, treatment);
        Field backend = backend(route, rule, part);
        FrontTarget target = target(backend);
        List<Field> matches = part.at("matches").items();
        if (matches.isEmpty()) {
            place(route, rule, part, hosts, hostField, treatment, target, backend, Optional.empty());
        }
        for (Field match : matches) {
            if (isConditional(match)) {
                conditions(route, rule, match);
            } else {
                place(route, rule, part, hosts, hostField, treatment, target, backend, Optional.of(match));
            }
        }
    }

    private static Field redirectOf(Field part) {
        return part.at("filters").items().stream()
                .map(filter -> filter.at("requestRedirect"))
                .filter(Field::exists)
                .findFirst()
                .orElse(part.at("requestRedirect"));
    }

    private static boolean isConditional(Field match) {
        return !match.at("headers").items().isEmpty()
                || !match.at("queryParams").items().isEmpty()
                || match.at("method").text().isPresent();
    }

    private void conditions(Field route, String rule, Field match) {
        String id = "conditions-" + route.object().name();
        draft.ask(
                id,
                route.object().shortName()
                        + " chooses by method, headers or query, not by host and path alone; nginx on Dokku"
                        + " is given paths only.",
                Draft.options(
                        "leave", "these matches are left out; what fits the path alone answers",
                        "by-hand", "I write them into nginx.conf.sigil"),
                match);
        match.decision(rule + "conditions", id, "a condition beside the path");
    }

    private void place(
            Field route,
            String rule,
            Field part,
            List<String> hosts,
            Field hostField,
            Treatment ofPart,
            FrontTarget target,
            Field backend,
            Optional<Field> match) {
        Treatment treatment = ofPart.copy();
        String path = match.map(field -> path(field)).orElse("/");
        Route.Match how = match.map(GatewayRule::how).orElse(Route.Match.PREFIX);
        filters(route, rule, part.at("filters").items(), treatment, path);
        filters(route, rule, backend.at("filters").items(), treatment, path);
        List<Field> fields = new ArrayList<>(List.of(backend));
        match.ifPresent(fields::add);
        for (String host : hosts.isEmpty() ? List.of("") : hosts) {
            front.add(new FrontRoute(
                    host.toLowerCase(Locale.ROOT),
                    how,
                    path,
                    target,
                    treatment,
                    rule,
                    route,
                    fields,
                    List.of(hostField)));
        }
    }

    private static String path(Field match) {
        Field method = match.at("method");
        if (method.entries().isEmpty()) {
            return match.at("path", "value").text("/");
        }
        return "/" + method.at("service").text("")
                + method.at("method").text().map(name -> "/" + name).orElse("");
    }

    private static Route.Match how(Field match) {
        String type = match.at("path", "type").text("PathPrefix");
        return switch (type) {
            case "Exact" -> Route.Match.EXACT;
            case "RegularExpression" -> Route.Match.REGEX;
            default -> Route.Match.PREFIX;
        };
    }

    /** The one that gets the traffic; a choice between several is asked about. */
    private Field backend(Field route, String rule, Field part) {
        List<Field> weighted = part.at("backendRefs").items().stream()
                .filter(reference -> !reference.at("weight").is("0"))
                .toList();
        Field chosen = weighted.stream()
                .max(Comparator.comparingInt(
                        reference -> reference.at("weight").number().orElse(1)))
                .orElse(part.at("backendRefs"));
        for (Field reference : part.at("backendRefs").items()) {
            if (reference.equals(chosen)) {
                continue;
            }
            if (reference.at("weight").is("0")) {
                reference.irrelevant(rule + "backendRefs", "gets no traffic (weight 0)");
                continue;
            }
            String id = "split-" + route.object().name();
            draft.ask(
                    id,
                    route.object().shortName()
                            + " shares its traffic between several Services. Dokku sends all of it to one.",
                    Draft.options("heaviest", "the one with the greatest weight gets all"),
                    part);
            reference.decision(rule + "backendRefs", id, "a share of the traffic");
        }
        return chosen;
    }

    private FrontTarget target(Field backend) {
        if (backend.at("namespace").exists() && !backend.at("namespace").is(draft.namespace)) {
            return new FrontTarget.Unknown(
                    "its Service is in namespace " + backend.at("namespace").text(""));
        }
        if (!backend.at("kind").text("Service").equals("Service")) {
            return new FrontTarget.Unknown("it names a " + backend.at("kind").text(""));
        }
        return backends.find(backend.at("name").text(""), backend.at("port").text(""));
    }

    private void times(Field route, String rule, Field part, Treatment treatment) {
        part.at("timeouts")
                .entries()
                .forEach((name, field) -> HttpFilters.duration(field.text(""))
                        .ifPresentOrElse(
                                time -> treatment.property(field, rule + "timeouts", "proxy-read-timeout", time),
                                () -> field.decision(
                                        rule + "timeouts",
                                        ask(route, "timeout", "has a time limit that isn't one"),
                                        "no time")));
        if (part.at("retry").exists()) {
            draft.lost(route.object().shortName(), "retries of the proxy", "let the client or the app try again");
            part.at("retry").lost(rule + "retry", "retries of the proxy: let the client or the app try again");
        }
        if (part.at("sessionPersistence").exists()) {
            part.at("sessionPersistence")
                    .lost(rule + "sessionPersistence", "sticky sessions: run one process, or keep sessions in Redis");
            draft.lost(route.object().shortName(), "sticky sessions", "run one process, or keep sessions in Redis");
        }
        part.at("name").irrelevant(rule + "name", "names the rule for the cluster's own tools");
    }

    private String ask(Field route, String topic, String what) {
        String id = topic + "-" + route.object().name();
        draft.ask(
                id,
                route.object().shortName() + " " + what + ".",
                Draft.options("leave", "it is left out", "by-hand", "I write it into nginx.conf.sigil"),
                route);
        return id;
    }

    private void filters(Field route, String rule, List<Field> filters, Treatment treatment, String path) {
        for (Field filter : filters) {
            String type = filter.at("type").text("");
            switch (type) {
                case "RequestHeaderModifier" -> headers(filter.at("requestHeaderModifier"), treatment, true);
                case "ResponseHeaderModifier" -> headers(filter.at("responseHeaderModifier"), treatment, false);
                case "RequestRedirect" -> redirect(filter.at("requestRedirect"), treatment, path);
                case "URLRewrite" -> rewrite(filter.at("urlRewrite"), treatment, path);
                case "CORS" -> cors(route, filter.at("cors"), treatment);
                case "ExternalAuth" -> {
                    String id = ask(
                            route,
                            "external-auth",
                            "has every request allowed by another service; nobody gets in" + " until it is seen to");
                    treatment.locationDirectives.add("deny all");
                    filter.decision(rule + "filters", id, "authentication by another service");
                    continue;
                }
                case "RequestMirror" -> {
                    filter.decision(
                            rule + "filters",
                            ask(route, "mirror", "sends a copy of each request to another Service"),
                            "copies of requests");
                    continue;
                }
                default -> {
                    filter.decision(
                            rule + "filters",
                            ask(
                                    route,
                                    "filter",
                                    "has a filter of its gateway's own ("
                                            + filter.at("extensionRef", "kind").text(type) + ")"),
                            "a filter of the gateway's own");
                    continue;
                }
            }
            treatment.effect(filter, rule + "filters", "written into nginx.conf.sigil");
        }
    }

    private static void headers(Field modifier, Treatment treatment, boolean ofRequest) {
        for (String how : List.of("set", "add")) {
            HttpFilters.pairs(modifier.at(how)).forEach((name, value) -> {
                if (ofRequest) {
                    HttpFilters.requestHeader(treatment, name, value);
                } else if (how.equals("add")) {
                    treatment.responseHeaders.put(name, Treatment.literal(Treatment.quoted(value)));
                } else {
                    HttpFilters.responseHeader(treatment, name, value);
                }
            });
        }
        for (String name : modifier.at("remove").texts()) {
            if (ofRequest) {
                HttpFilters.requestHeader(treatment, name, "");
            } else {
                HttpFilters.hide(treatment, name);
            }
        }
    }

    private static void redirect(Field redirect, Treatment treatment, String path) {
        int code = redirect.at("statusCode").number().orElse(302);
        String full = redirect.at("path", "replaceFullPath").text("");
        String prefix = redirect.at("path", "replacePrefixMatch").text("");
        String scheme = redirect.at("scheme").text("");
        String host = redirect.at("hostname").text("");
        String port = redirect.at("port").text("");
        if (prefix.isEmpty()) {
            treatment.answer = Optional.of(HttpFilters.redirect(code, scheme, host, port, full));
            return;
        }
        treatment.locationDirectives.add(HttpFilters.prefixRedirect(code, scheme, host, port, path, prefix));
        treatment.answer = Optional.of(new Route.Answer.Status(404));
    }

    private static void rewrite(Field rewrite, Treatment treatment, String path) {
        rewrite.at("hostname").text().ifPresent(host -> HttpFilters.requestHeader(treatment, "Host", host));
        rewrite.at("path", "replaceFullPath")
                .text()
                .ifPresent(full -> treatment.rewriting = Optional.of(new Treatment.Rewriting("^", full)));
        rewrite.at("path", "replacePrefixMatch")
                .text()
                .ifPresent(prefix -> HttpFilters.replacePrefix(treatment, path, prefix));
    }

    private static void cors(Field route, Field cors, Treatment treatment) {
        List<String> origins = cors.at("allowOrigins").texts().stream()
                .filter(Cors.ORIGIN.asMatchPredicate())
                .toList();
        new Cors(
                        origins,
                        String.join(", ", cors.at("allowMethods").texts()),
                        String.join(", ", cors.at("allowHeaders").texts()),
                        String.join(", ", cors.at("exposeHeaders").texts()),
                        cors.at("allowCredentials").is("true"),
                        cors.at("maxAge").text("5"))
                .addTo(
                        treatment,
                        Treatment.APP_VARIABLE + "_" + route.object().name().replaceAll("[^A-Za-z0-9]", "_"));
    }
}
