package landfall.sandbox;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code proxy:*}: whether an app is behind nginx; switching it deploys a deployed app anew. */
final class DokkuProxySettings {
    private static final List<String> KEYS = List.of("disabled", "proxy-port", "proxy-ssl-port", "type");
    private final DokkuHost host;

    DokkuProxySettings(DokkuHost host) {
        this.host = host;
    }

    void register(Map<String, DokkuCommand> commands) {
        commands.put("proxy:report", call -> DokkuSettings.each(host, call, this::report));
        commands.put("proxy:disable", call -> toggle(call, true));
        commands.put("proxy:enable", call -> toggle(call, false));
        commands.put("proxy:build-config", this::build);
        commands.put("proxy:clear-config", call -> {
            for (String app : apps(call)) {
                new DokkuNginx(host).clear(app);
            }
            new DokkuRouting(host).route();
            return 0;
        });
        commands.put("proxy:set", this::set);
    }

    static boolean isDisabled(DokkuHost host, String app) throws IOException {
        return host.store().get(DokkuHost.scope(app), "proxy.disabled").equals("true");
    }

    /** The proxy that serves an app; any name is taken, and only nginx is there. */
    static String type(DokkuHost host, String app) throws IOException {
        String own = host.store().get(DokkuHost.scope(app), "proxy.type");
        String everywhere = own.isEmpty() ? host.store().get("global", "proxy.type") : own;
        return everywhere.isEmpty() ? "nginx" : everywhere;
    }

    private List<String> apps(DokkuCall call) throws IOException, DokkuFailure {
        List<String> words = new ArrayList<>(call.arguments());
        int parallel = words.indexOf("--parallel");
        if (parallel >= 0) {
            words.subList(parallel, Math.min(words.size(), parallel + 2)).clear();
        }
        return words.contains("--all")
                ? host.store().names("apps")
                : List.of(host.app(words.isEmpty() ? "" : words.getFirst()));
    }

    private int build(DokkuCall call) throws IOException, DokkuFailure {
        int exit = 0;
        for (String app : apps(call)) {
            if (!host.deploys().listeners(app).isEmpty()) {
                call.out("-----> Ensuring network configuration is in sync for " + app + "\n");
            }
            exit = Math.max(exit, new DokkuRouting(host).rebuild(call, app));
        }
        return exit;
    }

    private int set(DokkuCall call) throws IOException, DokkuFailure {
        boolean shortForm = call.arguments().size() == 2 && !KEYS.contains(call.argument(1));
        DokkuCall whole = shortForm
                ? call.with(
                        List.of(call.command(), call.argument(0), "type", call.argument(1)), call.quiet(), call.force())
                : call;
        return new DokkuSettings(host).set(whole, "proxy.", KEYS, "property", "properties");
    }

    private DokkuReport report(String app) throws IOException {
        Map<String, String> values = new TreeMap<>();
        for (String key : List.of("proxy-port", "proxy-ssl-port", "type")) {
            values.put("proxy-global-" + key, host.store().get("global", "proxy." + key));
        }
        if (app.equals("--global")) {
            String everywhere = values.getOrDefault("proxy-global-type", "");
            values.put("proxy-computed-type", everywhere.isEmpty() ? "nginx" : everywhere);
            values.put("proxy-computed-proxy-port", values.getOrDefault("proxy-global-proxy-port", ""));
            values.put("proxy-computed-proxy-ssl-port", values.getOrDefault("proxy-global-proxy-ssl-port", ""));
            return new DokkuReport(app + " proxy information", "proxy-", true, values);
        }
        boolean disabled = isDisabled(host, app);
        values.put("proxy-disabled", host.store().get(DokkuHost.scope(app), "proxy.disabled"));
        values.put("proxy-computed-disabled", String.valueOf(disabled));
        values.put("proxy-enabled", String.valueOf(!disabled));
        values.put("proxy-type", host.store().get(DokkuHost.scope(app), "proxy.type"));
        values.put("proxy-computed-type", type(host, app));
        String secure = !disabled && DokkuCertificates.has(host, app) ? "443" : "";
        for (String key : List.of("proxy-", "proxy-computed-")) {
            values.put(key + "proxy-port", disabled ? "" : "80");
            values.put(key + "proxy-ssl-port", secure);
        }
        return new DokkuReport(app + " proxy information", "proxy-", true, values);
    }

    private int toggle(DokkuCall call, boolean disable) throws IOException, InterruptedException, DokkuFailure {
        String app = host.app(call.argument(0));
        if (isDisabled(host, app) == disable) {
            call.out("-----> Proxy is already " + (disable ? "disable" : "enabled") + " for app\n");
            return 0;
        }
        call.out("-----> " + (disable ? "Disabling" : "Enabling") + " proxy for app\n");
        host.store().set(DokkuHost.scope(app), "proxy.disabled", disable ? "true" : "");
        if (disable) {
            call.out("-----> App virtual host support disabled\n");
        }
        int exit = new DokkuRouting(host).rebuild(call, app);
        if (exit != 0) {
            return exit;
        }
        if (!host.deploys().isDeployed(app)) {
            call.warn("App " + app + " has not been deployed");
            return 0;
        }
        return host.deploys().release(call, app, false);
    }
}
