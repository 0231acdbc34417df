package landfall.translate;

import java.util.List;
import landfall.target.TargetApp;

/** The proxy in front is part of the app: the ports that nginx answers on, and what changes for whoever comes through it. */
final class ProxyParity {
    private ProxyParity() {}

    static void apply(Draft draft, AppDraft app) {
        List<Field> services = app.all().stream()
                .flatMap(process -> draft.index.servicesOf(process.workload).stream())
                .distinct()
                .toList();
        if (app.firstPort().isEmpty() && services.isEmpty()) {
            return;
        }
        int container = webPort(services, app);
        app.ports.removeIf(port -> port.host() == 80 || port.host() == 443);
        app.ports.addFirst(new TargetApp.Port("http", 80, container));
        if (app.certificate.isPresent()) {
            app.ports.add(1, new TargetApp.Port("https", 443, container));
        }
        boolean isBridged = app.isBridged() && !app.bridges.isEmpty();
        if (isBridged) {
            bridge(draft, app);
        }
        boolean isDirect = services.stream()
                .anyMatch(service -> service.at("spec", "type").is("LoadBalancer")
                        || service.at("spec", "type").is("NodePort"));
        boolean isRouted = !app.domains.isEmpty() || !app.sites.isEmpty() || isRoutedTo(draft, app);
        if (isRouted) {
            routed(draft, app);
        } else if (isDirect) {
            direct(draft, app);
        } else if (!isBridged) {
            app.isInternal = true;
            draft.changed(
                    app.name,
                    "was reached from inside the cluster only: nginx doesn't lead to it (proxy:disable), apps of its network"
                            + " reach it as " + app.name + ".web");
        } else {
            draft.changed(
                    app.name,
                    "was reached from inside the cluster only; while the move lasts nginx leads to it for the bridges. After"
                            + " `landfall finish`, `dokku proxy:disable " + app.name + "` keeps strangers out");
        }
    }

    private static boolean isRoutedTo(Draft draft, AppDraft app) {
        return draft.apps.values().stream()
                .flatMap(owner -> owner.sites.stream())
                .flatMap(site -> site.routes().stream())
                .anyMatch(route -> route.answer() instanceof landfall.target.Route.Answer.Other(String upstream)
                        && upstream.startsWith(app.name + "-")
                        && upstream.substring(app.name.length() + 1).matches("[0-9]+"));
    }

    private static void bridge(Draft draft, AppDraft app) {
        app.nginx.put("keepalive-timeout", "0");
        draft.changed(
                app.name,
                "nginx closes each client's connection after its answer while the move lasts (keepalive-timeout 0), so"
                        + " that none sticks to one side; `landfall finish` takes that back");
        if (app.nginx.putIfAbsent("client-max-body-size", "0") == null) {
            draft.changed(app.name, "nginx bounds no request body, as the Service did");
        }
    }

    /** Behind a proxy of the cluster before, behind nginx now. */
    private static void routed(Draft draft, AppDraft app) {
        if (app.sites.isEmpty() && !app.domains.isEmpty()) {
            draft.changed(
                    app.name,
                    "nginx compresses text (gzip, which weakens ETags) and answers errors of its own with HTML pages; the cluster"
                            + " did not");
            draft.changed(
                    app.name,
                    "nginx tells the client's address in X-Forwarded-For alone (no X-Real-IP), and keeps no connections to the"
                            + " app open (nginx:set proxy-keepalive)");
        }
    }

    /** No proxy before: what nginx must not begin to do. */
    private static void direct(Draft draft, AppDraft app) {
        app.nginx.putIfAbsent("client-max-body-size", "0");
        app.nginx.putIfAbsent("proxy-buffering", "off");
        app.nginx.putIfAbsent("hsts", "false");
        draft.changed(
                app.name,
                "nginx stands where nothing stood between clients and the app: it adds X-Forwarded headers, compresses text (gzip)"
                        + " and ends a connection after 60 s without a byte (nginx:set proxy-read-timeout)");
    }

    private static int webPort(List<Field> services, AppDraft app) {
        if (app.mainPort.isPresent()) {
            return app.mainPort.getAsInt();
        }
        return services.stream()
                .flatMap(service -> service.at("spec", "ports").items().stream())
                .filter(port -> ServicePort.of(port).isHttp())
                .map(ServicePort::target)
                .map(app::containerPort)
                .filter(port -> port.isPresent())
                .findFirst()
                .map(port -> port.getAsInt())
                .orElse(app.firstPort().orElse(80));
    }
}
