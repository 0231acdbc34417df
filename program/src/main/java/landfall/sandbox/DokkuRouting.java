package landfall.sandbox;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@code domains:*}, {@code ports:*}, {@code proxy:*}: which requests reach an app. */
final class DokkuRouting {
    private final DokkuHost host;

    DokkuRouting(DokkuHost host) {
        this.host = host;
    }

    /** One port mapping. */
    record Mapping(String scheme, int hostPort, int containerPort) {
        static Mapping parse(String text) throws DokkuFailure {
            String[] parts = text.split(":", -1);
            if (parts.length == 2) {
                throw DokkuFailure.refused("Invalid port map " + text + " [len=2]");
            }
            int hostPort = port(text, parts.length == 1 ? parts[0] : parts[1]);
            int containerPort = parts.length == 1 ? 5000 : port(text, parts[2]);
            return new Mapping(parts.length == 1 ? "http" : parts[0], hostPort, containerPort);
        }

        private static int port(String text, String digits) throws DokkuFailure {
            if (!digits.matches("-?[0-9]{1,9}")) {
                throw DokkuFailure.refused(
                        "Invalid port map " + text + " [err=strconv.Atoi: parsing \"" + digits + "\": invalid syntax]");
            }
            int port = Integer.parseInt(digits);
            if (port < 1 || port > 65_535) {
                throw DokkuFailure.refused("Invalid port map " + text + " [hostPort=" + port + "]");
            }
            return port;
        }

        String text() {
            return scheme + ":" + hostPort + ":" + containerPort;
        }

        String json() {
            return "{\"container_port\":" + containerPort + ",\"host_port\":" + hostPort + ",\"scheme\":"
                    + DokkuJson.string(scheme) + "}";
        }
    }

    void register(Map<String, DokkuCommand> commands) {
        commands.put("domains:report", this::domainsReport);
        commands.put("domains", this::domainsReport);
        for (String verb : List.of("add", "set", "remove", "clear", "reset")) {
            commands.put("domains:" + verb, this::changeDomains);
        }
        for (String verb : List.of("add", "set", "remove", "clear")) {
            commands.put("ports:" + verb, this::changePorts);
        }
        commands.put("ports:list", this::portsList);
        commands.put("ports:report", this::portsReport);
        commands.put("proxy:report", this::proxyReport);
        commands.put("proxy:disable", call -> toggleProxy(call, true));
        commands.put("proxy:enable", call -> toggleProxy(call, false));
        commands.put("proxy:build-config", call -> rebuild(call, host.app(call.argument(0))));
        commands.put("url", this::urls);
        commands.put("urls", this::urls);
    }

    private int domainsReport(DokkuCall call) throws IOException, DokkuFailure {
        return DokkuSettings.each(host, call, app -> {
            Map<String, String> values = new TreeMap<>();
            if (!app.equals("--global")) {
                values.put("domains-app-enabled", "true");
                values.put("domains-app-vhosts", host.store().get(DokkuHost.scope(app), "domains"));
            }
            values.put("domains-global-enabled", "true");
            values.put("domains-global-vhosts", DokkuHost.DOMAIN);
            return new DokkuReport(app + " domains information", "domains-", false, values);
        });
    }

    private int changeDomains(DokkuCall call) throws IOException, DokkuFailure {
        String app = host.app(call.argument(0));
        String scope = DokkuHost.scope(app);
        List<String> given = call.arguments().stream().skip(1).toList();
        Set<String> domains = new LinkedHashSet<>(host.store().list(scope, "domains"));
        String verb = call.command().substring("domains:".length());
        if (List.of("clear", "reset").contains(verb)) {
            host.store().set(scope, "domains", "");
            rebuild(call, app);
            call.heading("-----> Cleared domains in " + app);
            if (verb.equals("reset")) {
                call.heading("-----> Creating new app virtual host file...");
                host.store().set(scope, "domains", app + "." + DokkuHost.DOMAIN);
                rebuild(call, app);
                call.heading("-----> Reset domains for " + app);
            }
            return 0;
        }
        if (given.isEmpty()) {
            throw DokkuFailure.refused(
                    "Please specify a domain name. Usage: dokku " + app + "  <domain> [<domain> ...]");
        }
        for (String domain : given) {
            if (!domain.matches(
                    "(\\*\\.)?[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*")) {
                throw DokkuFailure.refused(domain + " is invalid. exiting...");
            }
        }
        if (verb.equals("set")) {
            domains = new LinkedHashSet<>(given);
            call.heading("-----> Set " + String.join(" ", given) + " for " + app);
        }
        for (String domain : given) {
            if (verb.equals("add")) {
                call.heading(
                        domains.add(domain)
                                ? "-----> Added " + domain + " to " + app
                                : "-----> Skipping: " + domain + " already added to " + app);
            } else if (verb.equals("remove")) {
                domains.remove(domain);
                call.heading("-----> Removed " + domain + " from " + app);
            }
        }
        host.store().set(scope, "domains", String.join(" ", domains));
        return rebuild(call, app);
    }

    List<Mapping> mappings(String app) throws IOException, DokkuFailure {
        List<Mapping> mappings = new ArrayList<>();
        for (String text : host.store().list(DokkuHost.scope(app), "ports")) {
            mappings.add(Mapping.parse(text));
        }
        return mappings;
    }

    /** What Dokku serves if no port was set: the image's EXPOSE, else 80 and, with a certificate, 443. */
    List<Mapping> detected(String app) throws IOException {
        int exposed = host.deploys().exposedPort(app);
        boolean tls = DokkuCertificates.has(host, app);
        List<Mapping> mappings = new ArrayList<>();
        if (exposed > 0 && !tls) {
            mappings.add(new Mapping("http", exposed, exposed));
            return mappings;
        }
        int port = exposed > 0 ? exposed : 5000;
        mappings.add(new Mapping("http", 80, port));
        if (tls) {
            mappings.add(new Mapping("https", 443, port));
        }
        return mappings;
    }

    private int changePorts(DokkuCall call) throws IOException, DokkuFailure {
        String app = host.app(call.argument(0));
        String verb = call.command().substring("ports:".length());
        List<String> given = call.arguments().stream().skip(1).toList();
        if (given.isEmpty() && !verb.equals("clear")) {
            throw DokkuFailure.refused("No port mapping specified");
        }
        List<Mapping> mappings = verb.equals("set") || verb.equals("clear") ? new ArrayList<>() : mappings(app);
        for (String text : given) {
            if (verb.equals("remove") && text.matches("[0-9]+")) {
                mappings.removeIf(mapping -> String.valueOf(mapping.hostPort()).equals(text));
            } else if (verb.equals("remove")) {
                mappings.remove(Mapping.parse(text));
            } else if (verb.equals("add") && text.matches("[0-9]+")) {
                // The real host keeps a bare number as an internal mapping that nothing serves.
                host.log("ports:add of the bare port " + text + " has no effect");
            } else if (!verb.equals("clear")) {
                mappings.add(Mapping.parse(text));
            }
        }
        Set<String> seen = new LinkedHashSet<>();
        for (Mapping mapping : mappings) {
            String key = mapping.scheme() + ":" + mapping.hostPort();
            if (!seen.add(key)) {
                throw DokkuFailure.refused(
                        "Error validating all port mappings: The same scheme:host-port is being reused: " + key);
            }
        }
        host.store()
                .set(
                        DokkuHost.scope(app),
                        "ports",
                        mappings.stream().map(Mapping::text).collect(Collectors.joining(" ")));
        return rebuild(call, app);
    }

    private int portsList(DokkuCall call) throws IOException, DokkuFailure {
        for (String word : call.arguments()) {
            if (word.startsWith("--")) {
                throw new DokkuFailure(2, "Usage of ports:list:\nunknown flag: " + word + "\n");
            }
        }
        String app = host.app(call.argument(0));
        List<Mapping> mappings = new ArrayList<>(mappings(app));
        if (mappings.isEmpty()) {
            throw DokkuFailure.refused("No port mappings configured for app");
        }
        // Sorted as text: 8080 stands before 80 because ":" follows the digits.
        mappings.sort(java.util.Comparator.comparing(Mapping::text));
        call.heading("-----> Port mappings for " + app);
        call.heading("    -----> scheme  host port  container port");
        mappings.forEach(mapping -> call.out("    " + DokkuReport.pad(mapping.scheme(), 15)
                + DokkuReport.pad(String.valueOf(mapping.hostPort()), 11) + mapping.containerPort() + "\n"));
        return 0;
    }

    private int portsReport(DokkuCall call) throws IOException, DokkuFailure {
        return DokkuSettings.each(host, call, app -> {
            Map<String, String> values = new TreeMap<>();
            values.put("ports-map", text(mappings(app)));
            values.put("ports-map-json", json(mappings(app)));
            values.put("ports-map-detected", text(detected(app)));
            values.put("ports-map-detected-json", json(detected(app)));
            return new DokkuReport(app + " ports information", "ports-", true, values);
        });
    }

    private static String text(List<Mapping> mappings) {
        return mappings.stream().map(Mapping::text).collect(Collectors.joining(" "));
    }

    private static String json(List<Mapping> mappings) {
        return mappings.isEmpty()
                ? "null"
                : mappings.stream().map(Mapping::json).collect(Collectors.joining(",", "[", "]"));
    }

    private int proxyReport(DokkuCall call) throws IOException, DokkuFailure {
        return DokkuSettings.each(host, call, app -> {
            Map<String, String> values = new TreeMap<>();
            for (String key :
                    List.of("disabled", "global-proxy-port", "global-proxy-ssl-port", "global-type", "type")) {
                values.put("proxy-" + key, "");
            }
            boolean disabled = !app.equals("--global") && isDisabled(app);
            values.put("proxy-computed-disabled", String.valueOf(disabled));
            values.put("proxy-enabled", String.valueOf(!disabled));
            values.put("proxy-computed-type", "nginx");
            String tls = DokkuCertificates.has(host, app) ? "443" : "";
            for (String key : List.of("proxy-proxy-port", "proxy-computed-proxy-port")) {
                values.put(key, "80");
            }
            values.put("proxy-proxy-ssl-port", tls);
            values.put("proxy-computed-proxy-ssl-port", tls);
            return new DokkuReport(app + " proxy information", "proxy-", true, values);
        });
    }

    private boolean isDisabled(String app) throws IOException {
        return "true".equals(host.store().get(DokkuHost.scope(app), "proxy.disabled"));
    }

    private int toggleProxy(DokkuCall call, boolean disable) throws IOException, DokkuFailure {
        String app = host.app(call.argument(0));
        if (isDisabled(app) == disable) {
            call.heading("-----> Proxy is already " + (disable ? "disable" : "enabled") + " for app");
            return 0;
        }
        call.heading("-----> " + (disable ? "Disabling" : "Enabling") + " proxy for app");
        host.store().set(DokkuHost.scope(app), "proxy.disabled", disable ? "true" : "");
        if (!disable) {
            return rebuild(call, app);
        }
        call.heading("-----> App virtual host support disabled");
        call.heading("-----> Nginx support is disabled for app (" + app + ")");
        call.heading("-----> Deleting nginx.conf");
        route();
        return 0;
    }

    private int urls(DokkuCall call) throws IOException, DokkuFailure {
        String app = host.app(call.argument(0));
        List<String> urls = urlsOf(app);
        (call.command().equals("url") ? urls.stream().limit(1) : urls.stream()).forEach(url -> call.out(url + "\n"));
        return 0;
    }

    List<String> urlsOf(String app) throws IOException, DokkuFailure {
        List<Mapping> mappings = mappings(app).isEmpty() ? detected(app) : mappings(app);
        List<String> urls = new ArrayList<>();
        for (String domain : host.store().list(DokkuHost.scope(app), "domains")) {
            for (Mapping mapping : mappings) {
                boolean usual = mapping.hostPort() == (mapping.scheme().equals("https") ? 443 : 80);
                urls.add(mapping.scheme() + "://" + domain + (usual ? "" : ":" + mapping.hostPort()));
            }
        }
        return urls;
    }

    /** Writes the app's proxy configuration and reloads, with the words of the real host. */
    int rebuild(DokkuCall call, String app) throws IOException, DokkuFailure {
        host.counts().nginxRebuilt();
        boolean tls = DokkuCertificates.has(host, app);
        List<String> domains = host.store().list(DokkuHost.scope(app), "domains").stream()
                .sorted()
                .toList();
        domains.forEach(domain -> call.heading("-----> Configuring " + domain + "...(using built-in template)"));
        if (host.deploys().sourceFile(app, "nginx.conf.sigil").isPresent()) {
            call.warn("sandbox: nginx.conf.sigil is kept but not interpreted");
            host.log("nginx.conf.sigil of " + app + " is not interpreted");
        }
        call.heading("-----> Creating " + (tls ? "https" : "http") + " nginx.conf");
        for (Mapping mapping : mappings(app)) {
            if (mapping.scheme().equals("https") && !tls) {
                call.warn("Ignoring detected https port mapping without an accompanying ssl certificate ("
                        + mapping.text() + ")");
            }
        }
        if (host.deploys().listeners(app).isEmpty()) {
            call.warn("No web listeners specified for " + app);
        }
        route();
        call.out("       Reloading nginx\n");
        return 0;
    }

    /** Puts what all apps now say before the proxy; requests under way go on as they began. */
    void route() throws IOException, DokkuFailure {
        List<DokkuProxy.Route> routes = new ArrayList<>();
        for (String app : host.store().names("apps")) {
            List<DokkuDeploys.Listener> listeners = host.deploys().listeners(app);
            if (listeners.isEmpty() || isDisabled(app)) {
                continue;
            }
            boolean tls = DokkuCertificates.has(host, app);
            for (Mapping mapping : mappings(app).isEmpty() ? detected(app) : mappings(app)) {
                boolean secure = mapping.scheme().equals("https");
                if (!List.of("http", "https").contains(mapping.scheme()) || (secure && !tls)) {
                    continue;
                }
                routes.add(new DokkuProxy.Route(
                        app,
                        mapping.hostPort(),
                        host.store().list(DokkuHost.scope(app), "domains"),
                        listeners.stream()
                                .map(listener -> listener.at(mapping.containerPort()))
                                .toList(),
                        DokkuProxy.Limits.of(host.store().all(DokkuHost.scope(app))),
                        mapping.hostPort() == 80 && tls,
                        secure ? DokkuCertificates.load(host, app) : null));
            }
        }
        host.proxy().route(routes);
    }
}
