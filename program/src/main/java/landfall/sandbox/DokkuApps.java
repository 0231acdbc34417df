package landfall.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** {@code apps:*}, and what creating and destroying an app means. */
final class DokkuApps {
    private final DokkuHost host;

    DokkuApps(DokkuHost host) {
        this.host = host;
    }

    void register(Map<String, DokkuCommand> commands) {
        commands.put("apps:create", this::create);
        commands.put(
                "apps:set",
                call -> new DokkuSettings(host)
                        .set(
                                call,
                                "apps.",
                                List.of("deploy-source", "deploy-source-metadata", "disable-autocreation"),
                                "property",
                                "properties"));
        commands.put("apps:exists", call -> {
            DokkuHelp.refuseFlags(call);
            host.app(call.argument(0));
            return 0;
        });
        commands.put("apps:list", this::list);
        commands.put("apps", this::list);
        commands.put("apps:report", this::report);
        commands.put("apps:destroy", this::destroy);
        commands.put("apps:lock", this::lock);
        commands.put("apps:unlock", this::unlock);
        commands.put("apps:locked", this::locked);
    }

    private int create(DokkuCall call) throws IOException, DokkuFailure {
        String name = call.argument(0);
        if (name.length() > 1 && name.startsWith("-")) {
            throw DokkuHelp.unknownFlag(call.command(), name);
        }
        if (name.isEmpty()) {
            throw DokkuFailure.refused("Please specify an app to run the command on");
        }
        DokkuHost.checkName(name);
        make(call, name);
        return 0;
    }

    /** A new app, with its domain and its nginx.conf. */
    void make(DokkuCall call, String name) throws IOException, DokkuFailure {
        if (!host.store().create(DokkuHost.scope(name))) {
            throw DokkuFailure.refused("Name is already taken");
        }
        host.store()
                .set(
                        DokkuHost.scope(name),
                        "created-at",
                        String.valueOf(Instant.now().getEpochSecond()));
        call.heading("-----> Creating " + name + "...");
        call.heading("-----> Creating new app virtual host file...");
        host.store().set(DokkuHost.scope(name), "domains", new DokkuDomains(host).usual(name));
        new DokkuRouting(host).rebuild(call, name);
    }

    private int list(DokkuCall call) throws IOException, DokkuFailure {
        List<String> apps = host.store().names("apps");
        for (String word : call.arguments()) {
            if (word.startsWith("-") && !word.startsWith("--format")) {
                throw DokkuHelp.unknownFlag("apps:list", word);
            }
        }
        if (call.arguments().equals(List.of("--format", "json"))
                || call.argument(0).equals("--format=json")) {
            call.out("[" + String.join(",", apps.stream().map(DokkuJson::string).toList()) + "]\n");
            return 0;
        }
        call.heading("=====> My Apps");
        apps.forEach(app -> call.out(app + "\n"));
        return 0;
    }

    private int report(DokkuCall call) throws IOException, DokkuFailure {
        return DokkuSettings.each(host, call, app -> {
            Map<String, String> values = new TreeMap<>();
            values.put("app-global-disable-autocreation", host.store().get("global", "apps.disable-autocreation"));
            if (app.equals("--global")) {
                return new DokkuReport(app + " app information", "app-", true, values);
            }
            String scope = DokkuHost.scope(app);
            values.put("app-created-at", host.store().get(scope, "created-at"));
            values.put("app-deploy-source", host.store().get(scope, "deploy-source"));
            values.put("app-deploy-source-metadata", host.store().get(scope, "deploy-source-metadata"));
            values.put("app-dir", "/home/dokku/" + app);
            values.put("app-locked", isLocked(app) ? "true" : "false");
            return new DokkuReport(app + " app information", "app-", true, values);
        });
    }

    private int destroy(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String app = host.app(call.argument(0));
        if (!call.confirmed("This command will destroy app " + app + ".", app, "> ")) {
            throw DokkuFailure.refused("EOF");
        }
        destroy(call, app);
        return 0;
    }

    void destroy(DokkuCall call, String app) throws IOException, InterruptedException, DokkuFailure {
        call.out("-----> Destroying " + app + " (including all add-ons)\n");
        host.services().forgetApp(call, app);
        List<String> containers =
                host.deploys().containers(app).stream().map(DokkuContainer::id).toList();
        host.deploys().stop(app, true);
        host.store().delete(DokkuHost.scope(app));
        remove(host.store().folder().resolve("config").resolve(app));
        remove(host.store().folder().resolve("apps").resolve(app));
        new DokkuRouting(host).route();
        call.out("-----> Cleaning up...\n");
        call.out("-----> Retiring old containers and images\n");
        containers.forEach(id -> call.out("       Attempting to retire " + app + " container " + id + "\n"));
    }

    static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private int lock(DokkuCall call) throws IOException, DokkuFailure {
        host.store().set(DokkuHost.scope(host.app(call.argument(0))), "locked", "true");
        call.heading("-----> Deploy lock created");
        return 0;
    }

    private int unlock(DokkuCall call) throws IOException, DokkuFailure {
        String scope = DokkuHost.scope(host.app(call.argument(0)));
        if (host.store().get(scope, "locked").isEmpty()) {
            throw DokkuFailure.refused("Unable to remove deploy lock");
        }
        host.store().set(scope, "locked", "");
        call.heading("-----> Deploy lock removed");
        return 0;
    }

    private boolean isLocked(String app) throws IOException {
        return host.deploys().isBeingDeployed(app)
                || !host.store().get(DokkuHost.scope(app), "locked").isEmpty();
    }

    private int locked(DokkuCall call) throws IOException, DokkuFailure {
        DokkuHelp.refuseFlags(call);
        if (!isLocked(host.app(call.argument(0)))) {
            throw DokkuFailure.refused("Deploy lock does not exist");
        }
        call.out("Deploy lock exists\n");
        return 0;
    }
}
