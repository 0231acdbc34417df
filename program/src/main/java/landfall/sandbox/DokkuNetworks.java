package landfall.sandbox;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code network:*}: names only, since every address of the sandbox reaches every other. */
final class DokkuNetworks {
    private static final List<String> KEYS = List.of(
            "attach-post-create",
            "attach-post-deploy",
            "bind-all-interfaces",
            "initial-network",
            "static-web-listener",
            "tld");
    private final DokkuHost host;

    /** When Docker made its own networks. */
    private static final String BOOTED = "2026-01-01T00:00:00Z";

    DokkuNetworks(DokkuHost host) {
        this.host = host;
    }

    void register(Map<String, DokkuCommand> commands) {
        commands.put("network:create", this::create);
        commands.put("network:exists", this::exists);
        commands.put("network:list", this::list);
        commands.put("network:info", this::info);
        commands.put("network:destroy", this::destroy);
        commands.put(
                "network:set", call -> new DokkuSettings(host).set(call, "network.", KEYS, "property", "properties"));
        commands.put("network:report", this::report);
        commands.put("network:rebuild", call -> {
            if (host.isApp(call.argument(0))) {
                call.heading("-----> Ensuring network configuration is in sync for " + call.argument(0));
            }
            return 0;
        });
        commands.put("network:rebuildall", call -> {
            for (String app : host.store().names("apps")) {
                call.heading("-----> Ensuring network configuration is in sync for " + app);
            }
            return 0;
        });
    }

    private static String scope(String name) {
        return "networks/" + java.net.URLEncoder.encode(name, java.nio.charset.StandardCharsets.UTF_8);
    }

    private int create(DokkuCall call) throws IOException, DokkuFailure {
        String name = call.argument(0);
        call.heading("-----> Creating network " + name);
        if (name.isEmpty() || !host.store().create(scope(name))) {
            throw DokkuFailure.refused("Unable to create network: Error response from daemon: network with name " + name
                    + " already exists\n");
        }
        host.store().set(scope(name), "created", Instant.now().toString());
        return 0;
    }

    private List<String> names() throws IOException {
        List<String> names = new ArrayList<>(List.of("bridge", "host", "none"));
        for (String name : host.store().names("networks")) {
            names.add(java.net.URLDecoder.decode(name, java.nio.charset.StandardCharsets.UTF_8));
        }
        names.sort(null);
        return names;
    }

    private int exists(DokkuCall call) throws IOException, DokkuFailure {
        DokkuHelp.refuseFlags(call);
        if (!names().contains(call.argument(0))) {
            throw DokkuFailure.refused("Network does not exist");
        }
        call.heading("-----> Network exists");
        return 0;
    }

    private int info(DokkuCall call) throws IOException, DokkuFailure {
        String name = call.argument(0);
        if (!names().contains(name)) {
            throw DokkuFailure.refused("Network does not exist");
        }
        if (call.arguments().contains("json") || call.arguments().contains("--format=json")) {
            call.out(json(name) + "\n");
            return 0;
        }
        call.heading("=====> " + name + " network information");
        call.out("       ID:             " + DokkuDeploys.sha(name).substring(0, 12) + "\n       Name:           "
                + name
                + "\n       Driver:         " + driver(name) + "\n       Scope:          local\n       Dokku managed:  "
                + host.store().exists(scope(name)) + "\n");
        return 0;
    }

    private static String driver(String name) {
        return switch (name) {
            case "host" -> "host";
            case "none" -> "null";
            default -> "bridge";
        };
    }

    private String json(String name) throws IOException {
        boolean ours = host.store().exists(scope(name));
        String created = host.store().get(scope(name), "created");
        String labels = ours ? "{\"com.dokku.network-name\":" + DokkuJson.string(name) + "}" : "{}";
        return "{\"CreatedAt\":" + DokkuJson.string(created.isEmpty() ? BOOTED : created) + ",\"DokkuManaged\":" + ours
                + ",\"Driver\":" + DokkuJson.string(driver(name)) + ",\"ID\":"
                + DokkuJson.string(DokkuDeploys.sha(name).substring(0, 12))
                + ",\"Internal\":false,\"IPv6\":false,\"Labels\":" + labels + ",\"Name\":" + DokkuJson.string(name)
                + ",\"Scope\":\"local\"}";
    }

    private int list(DokkuCall call) throws IOException {
        if (call.arguments().contains("json")) {
            List<String> objects = new ArrayList<>();
            for (String name : names()) {
                boolean ours = host.store().exists(scope(name));
                if (ours || !call.arguments().contains("--dokku-managed")) {
                    objects.add(json(name));
                }
            }
            call.out("[" + String.join(",", objects) + "]\n");
            return 0;
        }
        call.heading("=====> Networks");
        names().forEach(name -> call.out(name + "\n"));
        return 0;
    }

    private int destroy(DokkuCall call) throws IOException, DokkuFailure {
        String name = call.argument(0);
        if (!call.confirmed("This command will destroy network " + name + ".", name, "> ")) {
            throw DokkuFailure.refused("EOF");
        }
        call.heading("-----> Destroying network " + name);
        if (!host.store().exists(scope(name))) {
            throw DokkuFailure.refused("Unable to destroy network: Error response from daemon: network " + name
                    + " not found\nexit status 1\n");
        }
        host.store().delete(scope(name));
        return 0;
    }

    private int report(DokkuCall call) throws IOException, DokkuFailure {
        return DokkuSettings.each(host, call, app -> {
            Map<String, String> values = new TreeMap<>();
            boolean global = app.equals("--global");
            for (String key : KEYS) {
                String everywhere = host.store().get("global", "network." + key);
                String own = global ? "" : host.store().get(DokkuHost.scope(app), "network." + key);
                if (!key.equals("static-web-listener")) {
                    values.put("network-global-" + key, everywhere);
                    String computed = own.isEmpty() ? everywhere : own;
                    values.put(
                            "network-computed-" + key,
                            computed.isEmpty() && key.equals("bind-all-interfaces") ? "false" : computed);
                }
                if (!global) {
                    values.put("network-" + key, own);
                }
            }
            if (!global) {
                List<String> listeners = host.deploys().listeners(app).stream()
                        .map(listener -> listener.at(listener.port()))
                        .map(address -> address.getHostString() + ":" + address.getPort())
                        .toList();
                values.put("network-web-listeners", String.join(" ", listeners));
            }
            return new DokkuReport(app + " network information", "network-", true, values);
        });
    }
}
