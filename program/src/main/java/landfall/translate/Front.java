package landfall.translate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import landfall.target.Place;
import landfall.target.Route;
import landfall.target.Site;

/**
 * All routes of the cluster's proxies, host by host: the app that answers the shortest path of a host has its name as a
 * domain; what Dokku's own template can't say becomes a site of that app's nginx.conf.sigil.
 */
final class Front {
    /** nginx takes exact names and wildcards before patterns: this one gets what nobody else is named for. */
    private static final List<String> ANY_HOST = List.of("\"\"", "~^");

    private final Draft draft;
    private final Map<String, List<FrontRoute>> byHost = new TreeMap<>();
    private final Map<AppDraft, List<Host>> byOwner = new LinkedHashMap<>();

    /** What {@code domains:set} takes: a name of RFC 1123, a wildcard before it at most. */
    private static final Pattern DOMAIN = Pattern.compile(
            "(\\*\\.)?[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*");

    Front(Draft draft) {
        this.draft = draft;
    }

    /** A host with its owner and its routes, the longest path first. */
    private record Host(String name, AppDraft owner, List<FrontRoute> routes, boolean patterns) {}

    void add(FrontRoute route) {
        if (!route.host().isEmpty() && !DOMAIN.matcher(route.host()).matches()) {
            unknown(route, "\"" + route.host() + "\" is no domain name: is it a placeholder?");
            return;
        }
        byHost.computeIfAbsent(route.host(), ignored -> new ArrayList<>()).add(route);
    }

    void place() {
        byHost.forEach(this::host);
        byOwner.forEach((owner, hosts) -> mainPort(main(hosts.getFirst())));
        byOwner.values().forEach(hosts -> hosts.forEach(host -> host.routes().forEach(Front::mainPort)));
        byOwner.forEach(this::owner);
        byOwner.values().forEach(hosts -> hosts.forEach(host -> host.routes().forEach(Front::otherApps)));
        byOwner.forEach((owner, hosts) -> {
            boolean inTemplate = !owner.sites.isEmpty();
            hosts.forEach(host -> host.routes().forEach(route -> settle(host, route, inTemplate)));
        });
    }

    private void host(String name, List<FrontRoute> all) {
        List<FrontRoute> known = new ArrayList<>();
        Map<String, FrontRoute> firsts = new LinkedHashMap<>();
        for (FrontRoute route : sorted(all)) {
            FrontRoute first = firsts.putIfAbsent(route.match() + route.path(), route);
            if (first != null && !first.target().equals(route.target())) {
                twice(route, first);
            } else if (first != null) {
                same(route, first);
                known.add(route);
            } else if (route.target() instanceof FrontTarget.Unknown unknown
                    && route.treatment().answer.isEmpty()) {
                unknown(route, unknown.why());
            } else {
                known.add(route);
            }
        }
        Optional<AppDraft> owner = known.stream()
                .filter(route -> route.target() instanceof FrontTarget.App)
                .min(Comparator.comparingInt((FrontRoute route) -> route.path().length())
                        .thenComparing(route -> route.origin().object().name()))
                .map(route -> ((FrontTarget.App) route.target()).app());
        if (owner.isEmpty()) {
            known.forEach(route -> unknown(route, "no app of this move answers the host"));
            return;
        }
        boolean patterns = known.stream().anyMatch(route -> route.treatment().patterns);
        byOwner.computeIfAbsent(owner.get(), ignored -> new ArrayList<>())
                .add(new Host(name, owner.get(), known, patterns));
    }

    /** Longest first, then in an order that doesn't depend on the order of the manifests. */
    private static List<FrontRoute> sorted(List<FrontRoute> routes) {
        return routes.stream()
                .sorted(Comparator.comparingInt(
                                (FrontRoute route) -> -route.path().length())
                        .thenComparing(FrontRoute::path)
                        .thenComparing(FrontRoute::match)
                        .thenComparing(route -> route.origin().object().kind())
                        .thenComparing(route -> route.origin().object().name()))
                .toList();
    }

    private static void same(FrontRoute route, FrontRoute first) {
        route.treatment().redirectsToHttps &= first.treatment().redirectsToHttps;
    }

    private void twice(FrontRoute route, FrontRoute first) {
        String id = "route-twice-" + route.origin().object().name();
        draft.ask(
                id,
                route.origin().object().shortName() + " and "
                        + first.origin().object().shortName() + " both route " + route.shown()
                        + ", to different apps. The cluster lets the older object win; the manifests don't say which that"
                        + " is, so the move takes " + first.origin().object().shortName() + ".",
                Draft.options(
                        "first",
                        first.origin().object().shortName() + " has the path",
                        "by-hand",
                        "I take one of them out of the manifests"),
                route.origin());
        route.fields().forEach(field -> field.decision(route.rule() + "paths", id, "another object has the same path"));
        route.hosts().forEach(field -> field.decision(route.rule() + "host", id, "another object has the same path"));
        route.treatment().unplaced(id, "another object has the same path");
    }

    private void unknown(FrontRoute route, String why) {
        String id = "ingress-" + route.origin().object().name();
        draft.ask(
                id,
                route.origin().object().shortName() + " routes " + route.shown() + " to something that is not an app of"
                        + " this move: " + why + ".",
                Draft.options("leave", "that path stays with the cluster"),
                route.origin());
        route.fields().forEach(field -> field.decision(route.rule() + "paths", id, why));
        route.hosts().forEach(field -> field.decision(route.rule() + "host", id, why));
        route.treatment().unplaced(id, why);
    }

    private void owner(AppDraft owner, List<Host> hosts) {
        FrontRoute main = main(hosts.getFirst());
        main.treatment().defaults.forEach(owner.nginx::putIfAbsent);
        main.treatment().properties.forEach(owner.nginx::put);
        for (Host host : hosts) {
            if (!host.name().isEmpty()) {
                owner.domains.add(host.name());
            }
            host.routes().forEach(route -> owner.domains.addAll(route.treatment().aliases));
            otherWww(host).ifPresent(owner.domains::add);
            for (FrontRoute route : host.routes()) {
                if (route.target() instanceof FrontTarget.App(AppDraft app, int port)) {
                    app.routedPorts.add(port);
                }
            }
        }
        if (hosts.stream().noneMatch(host -> needsTemplate(host, owner))) {
            return;
        }
        Map<Site, Set<String>> names = new LinkedHashMap<>();
        for (Host host : hosts) {
            Set<String> named = names.computeIfAbsent(site(host), ignored -> new LinkedHashSet<>());
            named.addAll(host.name().isEmpty() ? ANY_HOST : List.of(host.name()));
            host.routes().forEach(route -> named.addAll(route.treatment().aliases));
        }
        // One site for all of the app's domains takes whatever domain is added later, too.
        boolean isOne = names.size() == 1
                && hosts.stream()
                        .noneMatch(
                                host -> host.name().isEmpty() || otherWww(host).isPresent());
        names.forEach((site, of) -> owner.sites.add(new Site(
                isOne ? List.of() : List.copyOf(of), site.redirectsToHttps(), site.directives(), site.routes())));
        for (Host host : hosts) {
            otherWww(host).ifPresent(other -> owner.sites.add(redirect(other, host.name())));
            host.routes()
                    .forEach(route -> route.treatment()
                            .sharedBlocks
                            .forEach(block -> owner.proxyBlocks.add(Treatment.of(owner, block))));
        }
    }

    private static FrontRoute main(Host host) {
        return host.routes().stream()
                .filter(route ->
                        route.target() instanceof FrontTarget.App(AppDraft app, int ignored) && app == host.owner())
                .reduce((longer, shorter) -> shorter)
                .orElseThrow(() -> new IllegalStateException("this is a bug: a host whose owner answers nothing"));
    }

    private static Optional<String> otherWww(Host host) {
        if (host.name().isEmpty() || host.routes().stream().noneMatch(route -> route.treatment().redirectsOtherWww)) {
            return Optional.empty();
        }
        return Optional.of(host.name().startsWith("www.") ? host.name().substring(4) : "www." + host.name());
    }

    private static Site redirect(String from, String to) {
        Route all = new Route(
                Route.Match.START,
                "/",
                new Route.Answer.Redirect(308, "$scheme://" + to + "$request_uri"),
                List.of(),
                Map.of(),
                Map.of());
        return new Site(List.of(from), false, List.of(), List.of(all));
    }

    private static boolean needsTemplate(Host host, AppDraft owner) {
        boolean isWhole = host.routes().stream().anyMatch(FrontRoute::isRoot);
        return host.name().isEmpty() || !isWhole || host.routes().stream().anyMatch(route -> !isPlain(route, owner));
    }

    /** True if Dokku's own template does with the route what the cluster did. */
    private static boolean isPlain(FrontRoute route, AppDraft owner) {
        return route.target() instanceof FrontTarget.App(AppDraft app, int port)
                && app == owner
                && port == owner.mainPort.orElse(port)
                && !route.treatment().needsTemplate()
                && route.treatment().properties.entrySet().stream()
                        .allMatch(property -> property.getValue().equals(owner.nginx.get(property.getKey())));
    }

    private static Site site(Host host) {
        AppDraft owner = host.owner();
        Set<String> directives = new LinkedHashSet<>();
        List<Route> routes = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (FrontRoute route : host.routes()) {
            directives.addAll(route.treatment().serverDirectives.stream()
                    .map(line -> Treatment.of(owner, line))
                    .toList());
            boolean isFirst = seen.add(route.match() + " " + route.path());
            // What the app itself answers without more ado, the location of its root does, unless a pattern catches it.
            boolean isRootsOwn = isPlain(route, owner) && (route.isRoot() || (isRootPlain(host) && !host.patterns()));
            if (isFirst && !isRootsOwn) {
                routes.add(route(route, owner, host.patterns()));
            }
        }
        if (host.routes().stream().noneMatch(FrontRoute::isRoot)) {
            routes.add(new Route(Route.Match.START, "/", new Route.Answer.Status(404), List.of(), Map.of(), Map.of()));
        }
        boolean redirects = host.routes().stream().allMatch(route -> route.treatment().redirectsToHttps);
        return new Site(List.of(), redirects, List.copyOf(directives), routes);
    }

    private static boolean isRootPlain(Host host) {
        return host.routes().stream()
                        .anyMatch(route -> route.isRoot()
                                && route.target() instanceof FrontTarget.App(AppDraft app, int ignored)
                                && app == host.owner())
                && host.routes().stream().allMatch(route -> route.match() != Route.Match.REGEX);
    }

    private static Route route(FrontRoute route, AppDraft owner, boolean patterns) {
        Treatment treatment = route.treatment();
        Route.Match match = patterns && !route.isRoot() ? Route.Match.REGEX : route.match();
        String path = route.path().isEmpty() ? "/" : route.path();
        Route.Answer answer = treatment.answer.orElseGet(() -> answer(route.target(), owner));
        return new Route(
                match,
                Treatment.literal(path),
                answer,
                treatment.directives(owner, path).stream()
                        .map(line -> Treatment.of(owner, line))
                        .toList(),
                headers(treatment.requestHeaders, owner),
                headers(treatment.responseHeaders, owner));
    }

    private static Map<String, String> headers(Map<String, String> headers, AppDraft owner) {
        Map<String, String> named = new LinkedHashMap<>();
        headers.forEach((name, value) -> named.put(name, Treatment.of(owner, value)));
        return named;
    }

    private static Route.Answer answer(FrontTarget target, AppDraft owner) {
        return switch (target) {
            case FrontTarget.App(AppDraft app, int port)
            when app == owner ->
                port == owner.mainPort.orElse(port) ? new Route.Answer.Own() : new Route.Answer.OwnPort(port);
            case FrontTarget.App(AppDraft app, int port) -> new Route.Answer.Other(app.name + "-" + port);
            case FrontTarget.Outside(String scheme, String address) -> new Route.Answer.Outside(scheme, address);
            case FrontTarget.Unknown ignored -> new Route.Answer.Status(503);
        };
    }

    /** What port 80 of the host leads to: the port that the shortest route to the app names. */
    private static void mainPort(FrontRoute route) {
        if (route.target() instanceof FrontTarget.App(AppDraft app, int port) && app.mainPort.isEmpty()) {
            app.mainPort = OptionalInt.of(port);
        }
    }

    /** Apps that answer paths of another's host are reached by their own name too: with the same limits. */
    private static void otherApps(FrontRoute route) {
        if (route.target() instanceof FrontTarget.App(AppDraft app, int ignored)) {
            route.treatment().properties.forEach(app.nginx::putIfAbsent);
            route.treatment().defaults.forEach(app.nginx::putIfAbsent);
        }
    }

    private void settle(Host host, FrontRoute route, boolean inTemplate) {
        AppDraft owner = host.owner();
        if (route.target() instanceof FrontTarget.Outside(String ignored, String address)
                && address.matches(".*[A-Za-z].*")) {
            draft.changed(
                    owner.name,
                    route.shown() + " is answered by " + address
                            + ", whose address nginx looks up when it loads: while the"
                            + " name can't be found, nginx loads no new configuration");
        }
        String domains = Place.task(owner.name, "domains");
        String template = Place.appFile(owner.name, "nginx.conf.sigil");
        AppDraft answering = route.target() instanceof FrontTarget.App(AppDraft app, int ignored) ? app : owner;
        for (Field field : route.hosts()) {
            if (host.name().isEmpty()) {
                field.adapted(route.rule() + "host", template, "answers every host name that no other app has");
            } else {
                field.carried(route.rule() + "host", domains);
            }
        }
        boolean isOwn = isPlain(route, owner);
        for (Field field : route.fields()) {
            if (isOwn && !host.name().isEmpty()) {
                field.carried(route.rule() + "paths", domains, "the app answers its host's paths");
            } else {
                field.adapted(
                        route.rule() + "paths",
                        template,
                        "a location in the nginx configuration of " + owner.name + ", which has the host's name");
            }
        }
        route.treatment().placed(owner, answering, inTemplate && !isOwn);
    }
}
