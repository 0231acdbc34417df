package landfall.sandbox;

import java.io.IOException;
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

    DokkuNetworks(DokkuHost host) {
        this.host = host;
    }

    void register(Map<String, DokkuCommand> commands) {
        commands.put("network:create", this::create);
        commands.put("network:exists", this::exists);
        commands.put("network:list", this::list);
        commands.put("network:destroy", this::destroy);
        commands.put(
                "network:set", call -> new DokkuSettings(host).set(call, "network.", KEYS, "property", "properties"));
        commands.put("network:report", this::report);
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
        if (!names().contains(call.argument(0))) {
            throw DokkuFailure.refused("Network does not exist");
        }
        call.heading("-----> Network exists");
        return 0;
    }

    private int list(DokkuCall call) throws IOException {
        if (call.arguments().contains("json")) {
            List<String> objects = new ArrayList<>();
            for (String name : names()) {
                boolean ours = host.store().exists(scope(name));
                if (ours || !call.arguments().contains("--dokku-managed")) {
                    objects.add("{\"DokkuManaged\":" + ours + ",\"Driver\":\"bridge\",\"Name\":"
                            + DokkuJson.string(name) + ",\"Scope\":\"local\"}");
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
