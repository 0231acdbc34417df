package landfall.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code nginx:*}: each app's nginx.conf, and the validation of all of them together. Values are taken unchecked, so one
 * app's wrong value or key makes {@code nginx -t} fail for the whole host: no rebuild of any app reaches nginx then.
 */
final class DokkuNginx {
    /** In the order in which nginx:set names them. */
    static final List<String> KEYS =
            List.of(("access-log-format access-log-path bind-address-ipv4 bind-address-ipv6 client-body-timeout"
                            + " client-header-timeout client-max-body-size disable-custom-config error-log-path hsts"
                            + " hsts-include-subdomains hsts-preload hsts-max-age keepalive-timeout lingering-timeout"
                            + " nginx-conf-sigil-path nginx-service-command proxy-buffer-size proxy-buffering"
                            + " proxy-buffers proxy-busy-buffers-size proxy-connect-timeout proxy-read-timeout"
                            + " proxy-send-timeout proxy-keepalive send-timeout underscore-in-headers"
                            + " x-forwarded-for-value x-forwarded-port-value x-forwarded-proto-value x-forwarded-ssl")
                    .split(" "));

    private static final Map<String, String> USUAL = Map.ofEntries(
            Map.entry("bind-address-ipv6", "::"),
            Map.entry("client-body-timeout", "60s"),
            Map.entry("client-header-timeout", "60s"),
            Map.entry("client-max-body-size", "1m"),
            Map.entry("disable-custom-config", "false"),
            Map.entry("hsts", "true"),
            Map.entry("hsts-include-subdomains", "true"),
            Map.entry("hsts-max-age", "15724800"),
            Map.entry("hsts-preload", "false"),
            Map.entry("keepalive-timeout", "75s"),
            Map.entry("lingering-timeout", "5s"),
            Map.entry("nginx-conf-sigil-path", "nginx.conf.sigil"),
            Map.entry("proxy-buffer-size", "4k"),
            Map.entry("proxy-buffering", "on"),
            Map.entry("proxy-buffers", "8 4k"),
            Map.entry("proxy-busy-buffers-size", "8k"),
            Map.entry("proxy-connect-timeout", "60s"),
            Map.entry("proxy-read-timeout", "60s"),
            Map.entry("proxy-send-timeout", "60s"),
            Map.entry("send-timeout", "60s"),
            Map.entry("underscore-in-headers", "off"),
            Map.entry("x-forwarded-for-value", "$remote_addr"),
            Map.entry("x-forwarded-port-value", "$server_port"),
            Map.entry("x-forwarded-proto-value", "$scheme"));

    /** Directives and what nginx takes for them; of the others the sandbox checks nothing. */
    private static final Map<String, String> VALID = Map.of(
            "client_max_body_size", "[0-9]+[kKmMgG]?",
            "client_body_timeout", "[0-9]+(ms|s|m|h|d)?",
            "client_header_timeout", "[0-9]+(ms|s|m|h|d)?",
            "keepalive_timeout", "[0-9]+(ms|s|m|h|d)?",
            "proxy_connect_timeout", "[0-9]+(ms|s|m|h|d)?",
            "proxy_read_timeout", "[0-9]+(ms|s|m|h|d)?",
            "proxy_send_timeout", "[0-9]+(ms|s|m|h|d)?",
            "send_timeout", "[0-9]+(ms|s|m|h|d)?",
            "proxy_buffering", "on|off",
            "underscores_in_headers", "on|off");

    private static final Pattern DIRECTIVE = Pattern.compile("\\s+([a-z_]+) +(.*);\\s*");

    private final DokkuHost host;

    DokkuNginx(DokkuHost host) {
        this.host = host;
    }

    static String usual(String key, String app) {
        return switch (key) {
            case "access-log-path" -> "/var/log/nginx/" + app + "-access.log";
            case "error-log-path" -> "/var/log/nginx/" + app + "-error.log";
            default -> USUAL.getOrDefault(key, "");
        };
    }

    void register(Map<String, DokkuCommand> commands) {
        String[] shown =
                KEYS.stream().map(key -> key + "=" + usual(key, "APP") + "/agc").toArray(String[]::new);
        DokkuProperties properties = DokkuProperties.of("nginx", false, KEYS, shown);
        commands.put(
                "nginx:report",
                call -> DokkuSettings.each(
                        host,
                        call,
                        app -> properties.report(
                                host.store(),
                                app,
                                app.equals("--global") ? Map.of() : Map.of("nginx-last-visited-at", ""))));
        commands.put("nginx:set", call -> new DokkuSettings(host).set(call, "nginx.", KEYS, "key", "keys"));
        commands.put("nginx:show-config", this::show);
        commands.put("nginx:validate-config", call -> validate(call, call.argument(0), ""));
        commands.put("nginx:access-logs", call -> logs(call));
        commands.put("nginx:error-logs", call -> logs(call));
        commands.put("nginx:reload", call -> {
            new DokkuRouting(host).route();
            return 0;
        });
    }

    /** No log is kept, so there is never a line in it. */
    private int logs(DokkuCall call) throws DokkuFailure {
        host.app(call.argument(0));
        return 0;
    }

    Path config(String app) {
        return host.store().folder().resolve("apps").resolve(app).resolve("nginx.conf");
    }

    boolean isConfigured(String app) {
        return Files.exists(config(app));
    }

    private String setting(String app, String key) {
        try {
            String own = host.store().get(DokkuHost.scope(app), "nginx." + key);
            String everywhere = own.isEmpty() ? host.store().get("global", "nginx." + key) : own;
            return everywhere.isEmpty() ? usual(key, app) : everywhere;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    void write(String app, List<String> domains, List<DokkuRouting.Mapping> mappings) throws IOException {
        List<String> listeners = host.deploys().listeners(app).stream()
                .map(DokkuDeploys.Listener::address)
                .toList();
        DokkuNginxConfig config = new DokkuNginxConfig(
                app,
                DokkuCertificates.has(host, app),
                String.join(" ", domains),
                mappings,
                listeners,
                key -> setting(app, key));
        Files.createDirectories(config(app).resolveSibling("."));
        Files.writeString(config(app), config.text());
    }

    void clear(String app) throws IOException {
        Files.deleteIfExists(config(app));
    }

    private int show(DokkuCall call) throws IOException, DokkuFailure {
        String app = host.app(call.argument(0));
        if (!isConfigured(app)) {
            throw DokkuFailure.refused("No nginx.conf exists for " + app);
        }
        call.out(Files.readString(config(app)));
        return 0;
    }

    /** Why nginx would not take any configuration now: the first app's error, as nginx words it. */
    Optional<String> problem() throws IOException {
        for (String app : host.store().names("apps")) {
            Optional<String> problem = problem(app);
            if (problem.isPresent()) {
                return problem;
            }
        }
        return Optional.empty();
    }

    private Optional<String> problem(String app) throws IOException {
        if (!isConfigured(app)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(config(app));
        for (int i = 0; i < lines.size(); i++) {
            Matcher directive = DIRECTIVE.matcher(lines.get(i));
            if (!directive.matches()) {
                continue;
            }
            String name = directive.group(1);
            String value = directive.group(2).strip();
            if (!value.matches(VALID.getOrDefault(name, ".*"))) {
                String why = name.equals("proxy_buffering") || name.equals("underscores_in_headers")
                        ? "invalid value \"" + value + "\" in \"" + name + "\" directive, it must be \"on\" or \"off\""
                        : "\"" + name + "\" directive invalid value";
                return Optional.of(why + " in /home/dokku/" + app + "/nginx.conf:" + (i + 1));
            }
            if (name.equals("ssl_certificate_key") && !DokkuCertificates.fits(host, app)) {
                return Optional.of("SSL_CTX_use_PrivateKey(\"" + value + "\") failed (SSL: error:05800074:x509"
                        + " certificate routines::key values mismatch)");
            }
        }
        return Optional.empty();
    }

    /** What Dokku does before each reload: exit 1 if nginx refuses what all apps' files say together. */
    int validate(DokkuCall call, String only, String flag) throws IOException, DokkuFailure {
        Optional<String> problem = problem();
        if (problem.isEmpty()) {
            return 0;
        }
        boolean clean = call.arguments().contains("--clean") || flag.equals("--clean");
        List<String> apps =
                only.isEmpty() || only.equals("--clean") ? host.store().names("apps") : List.of(host.app(only));
        for (String app : apps) {
            if (!isConfigured(app)) {
                call.quietWarn("No nginx config found for " + app);
            } else if (problem(app).isPresent()) {
                call.warn("Failed to validate nginx config for " + app + ". Contents below...");
                call.out(Files.readString(config(app)));
                if (clean) {
                    call.warn("Removing invalid nginx file");
                    clear(app);
                }
            }
        }
        Optional<String> still = problem();
        if (still.isEmpty()) {
            return 0;
        }
        long process = ProcessHandle.current().pid();
        call.err(LocalDateTime.now(java.time.ZoneOffset.UTC).format(DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm:ss"))
                + " [emerg] " + process + "#" + process + ": " + still.get()
                + "\nnginx: configuration file /etc/nginx/nginx.conf test failed\n");
        return 1;
    }
}
