package landfall.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code registry:login} and {@code registry:logout}. There is no network here: a registry whose name ends in
 * {@code .test} takes any login and gives its images to those logged in only; another one can't be reached.
 */
final class DokkuRegistry {
    private static final String REACHABLE = ".test";

    private final DokkuHost host;

    DokkuRegistry(DokkuHost host) {
        this.host = host;
    }

    void register(Map<String, DokkuCommand> commands) {
        commands.put("registry:login", this::login);
        commands.put("registry:logout", this::logout);
    }

    /** Whether docker may pull it for the app. */
    static boolean mayPull(DokkuHost host, String app, String image) throws IOException {
        int slash = image.indexOf('/');
        String server = slash < 0 ? "" : image.substring(0, slash);
        return !server.endsWith(REACHABLE)
                || !host.store().get(DokkuHost.scope(app), key(server)).isEmpty()
                || !host.store().get("global", key(server)).isEmpty();
    }

    private static String key(String server) {
        return "registry-login." + server;
    }

    private int login(DokkuCall call) throws IOException, DokkuFailure {
        List<String> words = new ArrayList<>(call.arguments());
        boolean stdin = words.remove("--password-stdin");
        boolean global = words.remove("--global");
        int perApp = stdin ? 3 : 4;
        if (!global && words.size() < perApp) {
            call.warn("Deprecated: please use --global flag for global registry login");
            global = true;
        }
        String app = global ? "" : words.removeFirst();
        String password = stdin
                ? new String(call.in().readAllBytes(), StandardCharsets.UTF_8).strip()
                : words.size() > 2 ? words.get(2) : "";
        String server = words.isEmpty() ? "" : words.getFirst();
        String user = words.size() > 1 ? words.get(1) : "";
        if (server.isEmpty() || user.isEmpty() || password.isEmpty()) {
            throw DokkuFailure.refused("Missing "
                    + (server.isEmpty() ? "server" : user.isEmpty() ? "username" : "password") + " argument");
        }
        if (!app.isEmpty()) {
            host.app(app);
        }
        if (!server.endsWith(REACHABLE)) {
            throw DokkuFailure.refused("Unable to run docker login: Error response from daemon: Get \"https://" + server
                    + "/v2/\": dial tcp: lookup " + server + " on 10.255.255.53:53: no such host");
        }
        host.store().set(app.isEmpty() ? "global" : DokkuHost.scope(app), key(server), user);
        call.warn("Login Succeeded for " + (app.isEmpty() ? "global registry" : app));
        return 0;
    }

    private int logout(DokkuCall call) throws IOException, DokkuFailure {
        List<String> words = new ArrayList<>(call.arguments());
        boolean global = words.remove("--global") || words.size() == 1;
        String scope = global ? "global" : DokkuHost.scope(host.app(words.removeFirst()));
        if (words.isEmpty()) {
            throw DokkuFailure.refused("Missing server argument");
        }
        host.store().set(scope, key(words.getFirst()), "");
        return 0;
    }
}
