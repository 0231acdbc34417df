package landfall.sandbox;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@code ports:*}, and the building of the proxy's configuration: which requests reach an app. */
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
        for (String verb : List.of("add", "set", "remove", "clear")) {
            commands.put("ports:" + verb, this::changePorts);
        }
        commands.put("ports:list", this::portsList);
        commands.put("ports:report", this::portsReport);
        commands.put("url", this::urls);
        commands.put("urls", this::urls);
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
        DokkuHelp.refuseFlags(call);
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

    /** Writes the app's nginx.conf and reloads, with the words of the real host; 1 if nginx refuses the whole. */
    int rebuild(DokkuCall call, String app) throws IOException, DokkuFailure {
        DokkuNginx nginx = new DokkuNginx(host);
        if (!DokkuProxySettings.type(host, app).equals("nginx")) {
            return 0;
        }
        if (DokkuProxySettings.isDisabled(host, app)) {
            return withoutProxy(call, app, nginx);
        }
        boolean tls = DokkuCertificates.has(host, app);
        List<Mapping> served = new ArrayList<>();
        for (Mapping mapping : mappings(app).isEmpty() ? detected(app) : mappings(app)) {
            if (mapping.scheme().equals("https") && !tls) {
                call.warn("Ignoring detected https port mapping without an accompanying ssl certificate ("
                        + mapping.text() + ")");
            } else {
                served.add(mapping);
            }
        }
        List<String> domains = host.store().list(DokkuHost.scope(app), "domains");
        if (tls) {
            warnOfForeignCertificate(call, app, domains);
        }
        boolean listening = !host.deploys().listeners(app).isEmpty();
        if (!listening) {
            call.quietWarn("No web listeners specified for " + app);
        }
        if (!listening && served.isEmpty()) {
            return 0;
        }
        domains.stream()
                .sorted()
                .forEach(domain -> call.out("-----> Configuring " + domain + "...(using built-in template)\n"));
        if (host.deploys().sourceFile(app, "nginx.conf.sigil").isPresent()) {
            call.warn("sandbox: nginx.conf.sigil is kept but not interpreted");
            host.log("nginx.conf.sigil of " + app + " is not interpreted");
        }
        call.out("-----> Creating " + (tls ? "https" : "http") + " nginx.conf\n");
        nginx.write(app, domains, served);
        host.counts().nginxRebuilt();
        call.out("       Reloading nginx\n");
        int exit = nginx.validate(call, "", "");
        if (exit == 0) {
            route();
        }
        return exit;
    }

    private int withoutProxy(DokkuCall call, String app, DokkuNginx nginx) throws IOException, DokkuFailure {
        call.out("-----> Nginx support is disabled for app (" + app + ")\n");
        if (!nginx.isConfigured(app)) {
            return 0;
        }
        call.out("-----> Deleting nginx.conf\n");
        nginx.clear(app);
        if (host.deploys().isDeployed(app)) {
            call.out("-----> Reloading nginx after nginx.conf deletion\n");
            int exit = nginx.validate(call, "", "");
            if (exit != 0) {
                return exit;
            }
        }
        route();
        return 0;
    }

    /** Dokku compares with a pattern anchored at the first name's beginning and the last name's end only. */
    private void warnOfForeignCertificate(DokkuCall call, String app, List<String> domains)
            throws IOException, DokkuFailure {
        List<String> certified = DokkuCertificates.hostnames(host, app);
        String pattern = certified.stream()
                .map(name -> name.replace(".", "\\.").replace("*", "[^.]*"))
                .collect(Collectors.joining("|", "^", "$"));
        if (domains.stream()
                .anyMatch(domain ->
                        java.util.regex.Pattern.compile(pattern).matcher(domain).find())) {
            return;
        }
        call.out("-----> No matching configured domains for " + app + " found in SSL certificate. Your app will show"
                + " as insecure in a browser if accessed via SSL\n");
        call.out("-----> Please add appropriate domains via the dokku domains command\n");
        if (!domains.isEmpty()) {
            call.out("-----> Configured domains for app:\n");
            domains.forEach(domain -> call.out("=====> " + domain + "\n"));
        }
        call.out("-----> Domains found in SSL certificate:\n");
        certified.forEach(name -> call.out("=====> " + name + "\n"));
    }

    /** Puts what all apps now say before the proxy; requests under way go on as they began. */
    void route() throws IOException, DokkuFailure {
        DokkuNginx nginx = new DokkuNginx(host);
        Optional<String> refused = nginx.problem();
        if (refused.isPresent()) {
            host.log("nginx is not reloaded: " + refused.get());
            return;
        }
        List<DokkuProxy.Route> routes = new ArrayList<>();
        for (String app : host.store().names("apps")) {
            List<DokkuDeploys.Listener> listeners = host.deploys().listeners(app);
            if (listeners.isEmpty() || !nginx.isConfigured(app)) {
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
