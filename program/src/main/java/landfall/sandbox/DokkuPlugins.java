package landfall.sandbox;

import java.util.List;
import java.util.Map;

/** {@code plugin:*} and {@code ssh-keys:*}: what may be read; changing either takes root. */
final class DokkuPlugins {
    private static final List<String> CORE =
            List.of(("00_dokku-standard 20_events app-json apps builder builder-dockerfile builder-herokuish"
                            + " builder-lambda builder-nixpacks builder-null builder-pack builder-railpack buildpacks"
                            + " builds caddy-vhosts certs checks common config cron docker-options domains enter git"
                            + " haproxy-vhosts logs network nginx-vhosts openresty-vhosts plugin ports proxy ps"
                            + " registry repo resource run scheduler scheduler-docker-local scheduler-k3s"
                            + " scheduler-null shell ssh-keys storage trace traefik-vhosts")
                    .split(" "));
    private static final Map<String, String> SERVICES =
            Map.of("postgres", "1.48.0", "redis", "1.43.0", "objects", "0.1.0");
    private static final Map<String, String> WORDS =
            Map.of("00_dokku-standard", "standard", "20_events", "events logging", "certs", "certificate management");
    private static final String OPTIONS = "no-agent-forwarding,no-user-rc,no-X11-forwarding,no-port-forwarding";

    private final DokkuHost host;

    DokkuPlugins(DokkuHost host) {
        this.host = host;
    }

    void register(Map<String, DokkuCommand> commands) {
        commands.put("plugin:list", this::list);
        for (String verb : List.of(
                "disable",
                "enable",
                "install",
                "install-dependencies",
                "installed",
                "trigger",
                "uninstall",
                "update")) {
            commands.put("plugin:" + verb, DokkuPlugins::root);
        }
        commands.put("ssh-keys:list", this::keys);
        commands.put("ssh-keys:add", DokkuPlugins::root);
        commands.put("ssh-keys:remove", DokkuPlugins::root);
    }

    private static int root(DokkuCall call) throws DokkuFailure {
        throw DokkuFailure.refused("This command must be run as root");
    }

    /** A plugin as both forms show it. */
    private record Plugin(String name, String version, boolean core) {
        String description() {
            return core
                    ? "dokku core " + WORDS.getOrDefault(name, name) + " plugin"
                    : "dokku " + name + " service plugin";
        }

        String text() {
            return "  " + DokkuReport.pad(name, 20) + " " + version + " enabled    " + description();
        }

        String json() {
            return "{\"name\":" + DokkuJson.string(name) + ",\"version\":" + DokkuJson.string(version)
                    + ",\"enabled\":true,\"core\":" + core + ",\"description\":" + DokkuJson.string(description())
                    + ",\"source_url\":" + DokkuJson.string(core ? "" : "https://github.com/dokku/dokku-" + name)
                    + ",\"committish\":" + DokkuJson.string(core ? "" : DokkuDeploys.sha(name + version))
                    + ",\"branch\":" + DokkuJson.string(core ? "" : "master") + "}";
        }
    }

    private List<Plugin> installed() {
        List<Plugin> plugins = new java.util.ArrayList<>();
        // The builds plugin says of itself that it is older.
        CORE.forEach(name -> plugins.add(new Plugin(name, name.equals("builds") ? "0.34.0" : "0.38.27", true)));
        SERVICES.forEach((name, version) -> {
            if (!host.misbehaviour().lacks(name)) {
                plugins.add(new Plugin(name, version, false));
            }
        });
        plugins.sort(java.util.Comparator.comparing(Plugin::name));
        return plugins;
    }

    private int list(DokkuCall call) {
        if (isJson(call)) {
            call.out(installed().stream()
                    .map(Plugin::json)
                    .collect(java.util.stream.Collectors.joining(",", "[", "]\n")));
        } else {
            installed().forEach(plugin -> call.out(plugin.text() + "\n"));
        }
        return 0;
    }

    private static boolean isJson(DokkuCall call) {
        List<String> words = call.arguments();
        int at = words.indexOf("--format");
        return (at >= 0 && at + 1 < words.size() && words.get(at + 1).equals("json"))
                || words.contains("--format=json");
    }

    /** One key, as sshcommand lists it: with blanks between, but for the form that names a key. */
    private int keys(DokkuCall call) {
        String name = call.arguments().stream()
                .filter(word -> !word.startsWith("--") && !word.equals("json") && !word.equals("text"))
                .findFirst()
                .orElse("");
        if (!name.isEmpty() && !name.equals("lab")) {
            return 1;
        }
        String key = host.clientKey();
        String fingerprint = host.clientKeyFingerprint();
        if (!isJson(call)) {
            call.out(fingerprint + " NAME=\"lab\" SSHCOMMAND_ALLOWED_KEYS=\"" + OPTIONS + "\"\n");
            return 0;
        }
        String json = "[{ \"fingerprint\": " + DokkuJson.string(fingerprint) + ", \"name\": \"lab\","
                + " \"SSHCOMMAND_ALLOWED_KEYS\": " + DokkuJson.string(OPTIONS) + ", \"public-key\": "
                + DokkuJson.string(key + " lab@dokku") + " }]\n";
        call.out(
                name.isEmpty()
                        ? json
                        : json.replace("\": ", "\":")
                                .replace(", \"", ",\"")
                                .replace("{ ", "{")
                                .replace(" }", "}"));
        return 0;
    }
}
