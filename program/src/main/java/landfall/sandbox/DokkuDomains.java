package landfall.sandbox;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** {@code domains:*}: every change, needed or not, rebuilds the app's nginx.conf; nothing locks the list. */
final class DokkuDomains {
    private static final String DOMAIN =
            "(\\*\\.)?[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*";
    private static final String CREATING = "-----> Creating new app virtual host file...\n";
    /** How long a real command has the list in hand before it writes it: another's change in between is lost. */
    private static final double SECONDS_UNGUARDED = 0.05;

    private final DokkuHost host;
    private final DokkuRouting routing;

    DokkuDomains(DokkuHost host) {
        this.host = host;
        routing = new DokkuRouting(host);
    }

    void register(Map<String, DokkuCommand> commands) {
        commands.put("domains:report", call -> DokkuSettings.each(host, call, this::report));
        for (String verb : List.of("add", "set", "remove")) {
            commands.put("domains:" + verb, this::change);
            commands.put("domains:" + verb + "-global", this::changeGlobal);
        }
        commands.put("domains:clear-global", this::changeGlobal);
        commands.put("domains:clear", call -> clear(call, host.app(call.argument(0))));
        commands.put("domains:reset", this::reset);
        commands.put("domains:disable", this::disable);
        commands.put("domains:enable", this::enable);
    }

    private List<String> global() throws IOException {
        return host.store().exists("global") && host.store().all("global").containsKey("domains")
                ? List.of(host.store().get("global", "domains").strip().split(" +"))
                : List.of(DokkuHost.DOMAIN);
    }

    /** The domains of a new app: its name if that has a dot, else one below each domain of the host. */
    String usual(String app) throws IOException {
        return app.contains(".")
                ? app
                : String.join(
                        " ",
                        global().stream()
                                .filter(domain -> !domain.isEmpty())
                                .map(domain -> app + "." + domain)
                                .toList());
    }

    private boolean isDisabled(String app) throws IOException {
        return host.store().get(DokkuHost.scope(app), "domains.disabled").equals("true");
    }

    private DokkuReport report(String app) throws IOException {
        Map<String, String> values = new TreeMap<>();
        if (!app.equals("--global")) {
            values.put("domains-app-enabled", String.valueOf(!isDisabled(app)));
            values.put("domains-app-vhosts", host.store().get(DokkuHost.scope(app), "domains"));
        }
        values.put("domains-global-enabled", "true");
        values.put("domains-global-vhosts", String.join(" ", global()).strip());
        return new DokkuReport(app + " domains information", "domains-", false, values);
    }

    private static void check(List<String> given, String whom) throws DokkuFailure {
        if (given.isEmpty()) {
            throw DokkuFailure.refused(
                    "Please specify a domain name. Usage: dokku " + whom + "  <domain> [<domain> ...]");
        }
        for (String domain : given) {
            if (!domain.matches(DOMAIN)) {
                throw DokkuFailure.refused(domain + " is invalid. exiting...");
            }
        }
    }

    private int change(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String app = host.app(call.argument(0));
        String scope = DokkuHost.scope(app);
        List<String> given = call.arguments().stream().skip(1).toList();
        check(given, app);
        Set<String> domains = new LinkedHashSet<>(host.store().list(scope, "domains"));
        host.pause(SECONDS_UNGUARDED);
        String verb = call.command().substring("domains:".length());
        if (verb.equals("set")) {
            domains = new LinkedHashSet<>(given);
            call.out("-----> Set " + String.join(" ", given) + " for " + app + "\n");
        }
        for (String domain : given) {
            if (verb.equals("add")) {
                call.out(
                        domains.add(domain)
                                ? "-----> Added " + domain + " to " + app + "\n"
                                : "-----> Skipping: " + domain + " already added to " + app + "\n");
            } else if (verb.equals("remove")) {
                domains.remove(domain);
                call.out("-----> Removed " + domain + " from " + app + "\n");
            }
        }
        if (isDisabled(app) && verb.equals("add")) {
            // As seen: the app gets its usual domain back, and the one that was to be added is lost.
            host.store().set(scope, "domains.disabled", "");
            host.store().set(scope, "domains", usual(app));
            routing.rebuild(call, app);
        } else {
            host.store().set(scope, "domains", String.join(" ", domains));
        }
        return routing.rebuild(call, app);
    }

    private int changeGlobal(DokkuCall call) throws IOException, DokkuFailure {
        List<String> given = call.arguments();
        String verb = call.command().substring("domains:".length());
        if (verb.equals("clear-global")) {
            // A blank stands for "none": without the key the host's own name holds.
            host.store().set("global", "domains", " ");
            call.out("-----> Cleared global domains\n");
            return 0;
        }
        check(given, "--global");
        Set<String> domains = new LinkedHashSet<>(verb.equals("set-global") ? given : global());
        if (verb.equals("set-global")) {
            call.out("-----> Set " + String.join(" ", given) + "\n");
        }
        for (String domain : given) {
            if (verb.equals("add-global")) {
                call.out(
                        domains.add(domain)
                                ? "-----> Added " + domain + "\n"
                                : "-----> Skipping " + domain + ": already added\n");
            } else if (verb.equals("remove-global")) {
                domains.remove(domain);
                call.out("-----> Removed " + domain + "\n");
            }
        }
        host.store().set("global", "domains", domains.isEmpty() ? " " : String.join(" ", domains));
        return 0;
    }

    private int clear(DokkuCall call, String app) throws IOException, DokkuFailure {
        host.store().set(DokkuHost.scope(app), "domains", "");
        int exit = routing.rebuild(call, app);
        if (exit == 0) {
            call.out("-----> Cleared domains in " + app + "\n");
        }
        return exit;
    }

    private int reset(DokkuCall call) throws IOException, DokkuFailure {
        String app = host.app(call.argument(0));
        int exit = clear(call, app);
        if (exit != 0) {
            return exit;
        }
        call.out(CREATING);
        host.store().set(DokkuHost.scope(app), "domains", usual(app));
        exit = routing.rebuild(call, app);
        if (exit == 0) {
            call.out("-----> Reset domains for " + app + "\n");
        }
        return exit;
    }

    private int disable(DokkuCall call) throws IOException, DokkuFailure {
        String app = host.app(call.argument(0));
        if (isDisabled(app)) {
            call.out("-----> Domains (VHOST) support is already disabled for app (" + app + ")\n");
            return 0;
        }
        host.store().set(DokkuHost.scope(app), "domains.disabled", "true");
        host.store().set(DokkuHost.scope(app), "domains", "");
        call.out("-----> App virtual host support disabled\n");
        call.out("-----> No port set, setting to random open high port\n");
        int port = java.util.concurrent.ThreadLocalRandom.current().nextInt(1_025, 65_535);
        call.out("-----> Random port " + port + "\n");
        host.log("domains:disable " + app + ": the random port " + port + " is not served here");
        return routing.rebuild(call, app);
    }

    private int enable(DokkuCall call) throws IOException, DokkuFailure {
        String app = host.app(call.argument(0));
        if (!isDisabled(app)) {
            call.out("-----> Domains (VHOST) support is already enabled for app (" + app + ")\n");
            return 0;
        }
        host.store().set(DokkuHost.scope(app), "domains.disabled", "");
        host.store().set(DokkuHost.scope(app), "domains", usual(app));
        call.out(CREATING);
        return routing.rebuild(call, app);
    }
}
