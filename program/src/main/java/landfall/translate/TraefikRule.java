package landfall.translate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Traefik's IngressRoute: its rules as routes, its middlewares as their treatment, its certificates. */
final class TraefikRule {
    private static final String RULE = "IngressRoute.";

    private final Draft draft;
    private final Front front;
    private final Certificates certificates;
    private final Backends backends;

    TraefikRule(Draft draft, Front front, Certificates certificates) {
        this.draft = draft;
        this.front = front;
        this.certificates = certificates;
        this.backends = new Backends(draft);
    }

    void applyAll() {
        for (String group : List.of("traefik.io", "traefik.containo.us")) {
            draft.index.all(group, "IngressRoute").stream()
                    .sorted(Comparator.comparing(route -> route.object().name()))
                    .forEach(this::route);
        }
    }

    private void route(Field object) {
        MetadataRule.apply(object);
        Set<String> hosts = new LinkedHashSet<>();
        for (Field route : object.at("spec", "routes").items()) {
            part(object, route, hosts);
        }
        tls(object, hosts);
    }

    private void tls(Field object, Set<String> hosts) {
        Field tls = object.at("spec", "tls");
        if (!tls.exists()) {
            return;
        }
        Set<String> named = new LinkedHashSet<>();
        for (Field domain : tls.at("domains").items()) {
            domain.at("main").text().ifPresent(named::add);
            named.addAll(domain.at("sans").texts());
        }
        named.addAll(hosts);
        boolean isIssued = tls.at("certResolver").exists();
        Field at = tls.at("secretName").exists() ? tls.at("secretName") : tls;
        certificates.add(named, tls.at("secretName").text(""), at, RULE + "tls", isIssued);
        if (tls.at("secretName").exists()) {
            tls.at("certResolver").satisfied(RULE + "tls", "the Secret has the certificate");
            tls.at("domains").satisfied(RULE + "tls", "Dokku's certificate is for all of the app's domains");
        }
    }

    private void part(Field object, Field route, Set<String> hosts) {
        String text = route.at("match").text("");
        Optional<TraefikMatch> match = TraefikMatch.of(text);
        if (match.isEmpty()) {
            String id = "conditions-" + object.object().name();
            draft.ask(
                    id,
                    object.object().shortName() + " chooses by more than hosts and paths (" + text
                            + "); nginx on Dokku is given hosts and paths only.",
                    Draft.options("leave", "the route is left out", "by-hand", "I write it into nginx.conf.sigil"),
                    route);
            route.decision(RULE + "match", id, "more than hosts and paths");
            return;
        }
        match.get().parts().forEach(part -> hosts.add(part.host()));
        route.at("priority")
                .satisfied(RULE + "priority", "nginx takes the longest path first, as Traefik does by itself");
        route.at("kind").irrelevant(RULE + "kind", "there is one kind of rule");
        Treatment treatment = Treatment.ofOtherProxy();
        Field chosen = service(object, route);
        if (chosen.at("scheme").is("https") || chosen.at("scheme").is("h2c")) {
            treatment.protocol = chosen.at("scheme").is("https") ? "https" : "grpc";
            treatment.effect(chosen.at("scheme"), RULE + "scheme", "the protocol that nginx speaks to the app");
        }
        if (chosen.at("passHostHeader").is("false")) {
            HttpFilters.requestHeader(treatment, "Host", "$proxy_host");
            treatment.effect(
                    chosen.at("passHostHeader"), RULE + "passHostHeader", "the header Host in nginx.conf.sigil");
        }
        FrontTarget target = target(chosen);
        for (TraefikMatch.Part part : match.get().parts()) {
            Treatment own = treatment.copy();
            TraefikMiddleware middlewares = new TraefikMiddleware(draft, own, part, object);
            boolean isDokkus = false;
            for (Field reference : route.at("middlewares").items()) {
                isDokkus |= middlewares.apply(reference);
            }
            if (isDokkus) {
                String note = "Dokku sends plain HTTP to HTTPS once the app has a certificate";
                List.of(route.at("match"), chosen, route.at("middlewares"))
                        .forEach(field -> field.satisfied(RULE + "redirect", note));
                continue;
            }
            List<Field> fields = new ArrayList<>(List.of(
                    chosen.at("name"),
                    chosen.at("port"),
                    chosen.at("kind"),
                    chosen.at("namespace"),
                    route.at("match")));
            front.add(new FrontRoute(
                    part.host().toLowerCase(Locale.ROOT),
                    part.match(),
                    part.path(),
                    target,
                    own,
                    RULE,
                    object,
                    fields,
                    List.of()));
        }
    }

    private Field service(Field object, Field route) {
        List<Field> services = route.at("services").items();
        Field chosen = services.stream()
                .max(Comparator.comparingInt(
                        service -> service.at("weight").number().orElse(1)))
                .orElse(route.at("services"));
        for (Field service : services) {
            if (!service.equals(chosen)) {
                String id = "split-" + object.object().name();
                draft.ask(
                        id,
                        object.object().shortName()
                                + " shares its traffic between several Services. Dokku sends all of it to one.",
                        Draft.options("heaviest", "the one with the greatest weight gets all"),
                        route);
                service.decision(RULE + "services", id, "a share of the traffic");
            }
        }
        return chosen;
    }

    private FrontTarget target(Field service) {
        if (!service.at("kind").text("Service").equals("Service")) {
            return new FrontTarget.Unknown("it names a " + service.at("kind").text("") + " of Traefik ("
                    + service.at("name").text("") + ")");
        }
        return backends.find(service.at("name").text(""), service.at("port").text(""));
    }
}
