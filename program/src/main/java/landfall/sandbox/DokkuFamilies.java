package landfall.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The families that are little more than their properties: builders, registries and the other proxies. */
final class DokkuFamilies {
    private static final String ACME = "https://acme-v02.api.letsencrypt.org/directory";

    private static final List<DokkuProperties> ALL = List.of(
            DokkuProperties.of(
                    "builder",
                    true,
                    List.of("build-dir", "detected", "selected", "skip-cleanup"),
                    "build-dir=/agc",
                    "selected=/agc",
                    "skip-cleanup=false/agcC",
                    "detected=/a"),
            DokkuProperties.of(
                    "builder-dockerfile", false, List.of("dockerfile-path"), "dockerfile-path=Dockerfile/agcC"),
            DokkuProperties.of("builder-herokuish", false, List.of("allowed"), "allowed=true/agcC"),
            DokkuProperties.of("builder-lambda", false, List.of("lambdayml-path"), "lambdayml-path=lambda.yml/agcC"),
            DokkuProperties.of(
                    "builder-nixpacks", false, List.of("nixpackstoml-path"), "nixpackstoml-path=nixpacks.toml/agcC"),
            DokkuProperties.of(
                    "builder-pack", false, List.of("projecttoml-path"), "projecttoml-path=project.toml/agcC"),
            DokkuProperties.of(
                    "builder-railpack", false, List.of("railpackjson-path"), "railpackjson-path=railpack.json/agcC"),
            DokkuProperties.of("app-json", true, List.of("appjson-path"), "appjson-path=app.json/agcC"),
            DokkuProperties.of(
                    "registry",
                    true,
                    List.of("image-repo", "image-repo-template", "push-extra-tags", "push-on-release", "server"),
                    "image-repo=dokku/APP/ac",
                    "image-repo-template=/agc",
                    "push-extra-tags=/agc",
                    "push-on-release=false/agc",
                    "server=/agc",
                    "tag-version=/a"),
            DokkuProperties.of(
                    "caddy",
                    false,
                    List.of(
                            "image",
                            "letsencrypt-email",
                            "letsencrypt-server",
                            "log-level",
                            "polling-interval",
                            "tls-internal"),
                    "image=lucaslorentz/caddy-docker-proxy:2.13/gC",
                    "letsencrypt-email=/gC",
                    "letsencrypt-server=" + ACME + "/gC",
                    "log-level=ERROR/gC",
                    "polling-interval=5s/gC",
                    "tls-internal=false/agC"),
            DokkuProperties.of(
                    "haproxy",
                    false,
                    List.of("image", "letsencrypt-email", "letsencrypt-server", "log-level", "refresh-conf"),
                    "image=byjg/easy-haproxy:6.1.1/gC",
                    "letsencrypt-email=/gC",
                    "letsencrypt-server=" + ACME + "/gC",
                    "log-level=ERROR/gC",
                    "refresh-conf=10/gC"),
            DokkuProperties.of(
                    "traefik",
                    false,
                    List.of("api-enabled", "image", "letsencrypt-email", "letsencrypt-server", "log-level"),
                    "api-enabled=false/gC",
                    "api-entry-point=/gC",
                    "api-entry-point-address=/gC",
                    "api-vhost=traefik.dokku.me/gC",
                    "basic-auth-password=/gC",
                    "basic-auth-username=/gC",
                    "challenge-mode=tls/gC",
                    "dashboard-enabled=false/gC",
                    "dns-provider=/gC",
                    "http-entry-point=http/gC",
                    "https-entry-point=https/gC",
                    "image=traefik:v3.7.10/gC",
                    "letsencrypt-email=/gC",
                    "letsencrypt-server=" + ACME + "/gC",
                    "log-level=ERROR/gC"),
            openresty());

    private DokkuFamilies() {}

    /** Openresty has nginx's properties but for a few, and some of its own. */
    private static DokkuProperties openresty() {
        List<String> keys = new ArrayList<>(DokkuNginx.KEYS);
        keys.removeAll(
                List.of("disable-custom-config", "nginx-conf-sigil-path", "nginx-service-command", "proxy-keepalive"));
        List<String> properties = new ArrayList<>(keys.stream()
                .map(key -> key + "=" + DokkuNginx.usual(key, "APP") + "/agcC")
                .toList());
        properties.add("allowed-letsencrypt-domains-func-base64=cmV0dXJuIHRydWU=/gC");
        properties.add("image=dokku/openresty-docker-proxy:0.12.1/gC");
        properties.add("letsencrypt-email=/gC");
        properties.add("letsencrypt-server=" + ACME + "/gC");
        properties.add("log-level=ERROR/gC");
        return DokkuProperties.of("openresty", false, keys, properties.toArray(String[]::new));
    }

    static void register(DokkuHost host, Map<String, DokkuCommand> commands) {
        ALL.forEach(family -> family.register(host, commands));
        registerEmpty(host, commands);
        // Labels can be set for these two proxies only where they run; they don't.
        commands.put("caddy:labels:show", call -> shownNothing(host, call));
        commands.put("traefik:labels:show", call -> shownNothing(host, call));
        DokkuProperties stacks =
                DokkuProperties.of("buildpacks", true, List.of("stack"), "stack=gliderlabs/herokuish:latest-24/agcC");
        commands.put(
                "buildpacks:report",
                call -> DokkuSettings.each(host, call, app -> {
                    String list = String.join(",", host.store().list(DokkuHost.scope(app), "buildpacks"));
                    return stacks.report(host.store(), app, Map.of("buildpacks-list", list));
                }));
        commands.put(
                "buildpacks:set-property",
                call -> new DokkuSettings(host).set(call, "buildpacks.", List.of("stack"), "property", "properties"));
        commands.put("buildpacks:list", call -> {
            DokkuHelp.refuseFlags(call);
            String app = host.app(call.argument(0));
            call.heading("-----> " + app + " buildpack urls");
            host.store().list(DokkuHost.scope(app), "buildpacks").forEach(url -> call.out("       " + url + "\n"));
            return 0;
        });
        commands.put("buildpacks:add", call -> {
            String app = host.app(call.argument(0));
            String url = call.argument(1);
            if (!url.matches("(https?://|git@|ssh://)\\S+|[a-z0-9-]+/[a-z0-9-]+")) {
                throw DokkuFailure.refused("Invalid buildpack specified: " + url);
            }
            List<String> urls = new ArrayList<>(host.store().list(DokkuHost.scope(app), "buildpacks"));
            urls.add(url);
            host.store().set(DokkuHost.scope(app), "buildpacks", String.join(" ", urls));
            return 0;
        });
        commands.put("buildpacks:clear", call -> {
            host.store().set(DokkuHost.scope(host.app(call.argument(0))), "buildpacks", "");
            return 0;
        });
    }

    /** Labels and annotations of storage, charts and profiles of k3s: there are none, which has its form too. */
    private static void registerEmpty(DokkuHost host, Map<String, DokkuCommand> commands) {
        for (String kind : List.of("annotations", "labels")) {
            commands.put("storage:" + kind + ":report", call -> {
                host.store().names("storage").forEach(entry -> call.out("{}\n"));
                return 0;
            });
        }
        commands.put("scheduler-k3s:charts:report", call -> printed(call, "{}"));
        commands.put("scheduler-k3s:labels:report", call -> {
            host.app(call.argument(0));
            return printed(call, "{}");
        });
        commands.put("scheduler-k3s:profiles:list", call -> printed(call, "[]"));
    }

    private static int printed(DokkuCall call, String line) {
        call.out(line + "\n");
        return 0;
    }

    private static int shownNothing(DokkuHost host, DokkuCall call) throws DokkuFailure {
        host.app(call.argument(0));
        return 0;
    }
}
