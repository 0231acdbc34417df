package landfall.report;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import landfall.target.Route;
import landfall.target.StorageEntry;
import landfall.target.Target;
import landfall.target.TargetApp;
import landfall.target.TargetService;
import landfall.target.Value;

/** The Dokku host as a drawing: nginx, apps, and what they keep their data in. */
final class HostPicture {
    private HostPicture() {}

    static Drawing of(Target target) {
        Drawing drawing = new Drawing(List.of("Dokku's nginx", "Apps", "Services and storage"));
        for (TargetService service : target.services()) {
            String below = service.type()
                    + service.imageVersion().map(version -> " " + version).orElse("");
            drawing.box("service " + service.name(), 2, service.name(), below, "data");
        }
        for (StorageEntry entry : target.entries()) {
            String below = entry.source().isPresent() ? "storage, files moved" : "storage";
            drawing.box("entry " + entry.name(), 2, entry.name(), below, "data");
        }
        for (TargetApp app : target.apps()) {
            drawing.box("app " + app.name(), 1, app.name(), below(app), "app");
        }
        target.apps().forEach(app -> lines(drawing, app, target));
        return drawing;
    }

    private static String below(TargetApp app) {
        List<String> parts = new ArrayList<>();
        parts.add(app.processes() + (app.processes() == 1 ? " process" : " processes"));
        if (!app.cron().isEmpty()) {
            parts.add(app.cron().size() + " cron");
        }
        return String.join(", ", parts);
    }

    private static void lines(Drawing drawing, TargetApp app, Target target) {
        String id = "app " + app.name();
        if (!app.web().domains().isEmpty()) {
            String route = "domains of " + app.name();
            String first = app.web().domains().getFirst();
            int more = app.web().domains().size() - 1;
            List<Route> routed = app.web().template().sites().stream()
                    .flatMap(site -> site.routes().stream())
                    .filter(path -> !(path.answer() instanceof Route.Answer.Own))
                    .toList();
            int routes = routed.size();
            drawing.box(
                    route,
                    0,
                    first + (more > 0 ? " +" + more : ""),
                    routes > 0 ? routes + (routes == 1 ? " path elsewhere" : " paths elsewhere") : "domain",
                    "route");
            drawing.line(route, id);
            for (Route path : routed) {
                if (path.answer() instanceof Route.Answer.Other(String upstream)) {
                    target.apps().stream()
                            .filter(other -> upstream.matches(Pattern.quote(other.name()) + "-[0-9]+"))
                            .forEach(other -> drawing.line(route, "app " + other.name()));
                }
            }
        }
        app.bridges().forEach(bridge -> {
            String port = "port " + bridge.dokkuPort();
            drawing.box(port, 0, port, "bridge of Service/" + bridge.service(), "route");
            drawing.line(port, id);
        });
        app.links().forEach(link -> drawing.line(id, "service " + link.service()));
        app.mounts().forEach(mount -> drawing.line(id, "entry " + mount.entry()));
        if (target.apps().size() > Drawing.CONNECTED_MAX) {
            return; // more than can be drawn, and the search is quadratic
        }
        for (TargetApp other : target.apps()) {
            Pattern name = Pattern.compile("(?<![A-Za-z0-9.-])" + Pattern.quote(other.name()) + "\\.[a-z]+\\b");
            boolean isNamed = app.environment().values().stream()
                    .anyMatch(value -> value instanceof Value.Plain(String text)
                            && name.matcher(text).find());
            if (isNamed && !other.name().equals(app.name())) {
                drawing.line(id, "app " + other.name());
            }
        }
    }
}
