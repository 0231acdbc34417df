package landfall.sandbox;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@code ps:*}, {@code run}, {@code enter}, {@code logs}. */
final class DokkuProcesses {
    private static final List<String> KEYS = List.of(
            "dockerfile-start-cmd",
            "procfile-path",
            "restart-policy",
            "restore",
            "skip-deploy",
            "start-cmd",
            "stop-timeout-seconds");
    private final DokkuHost host;

    DokkuProcesses(DokkuHost host) {
        this.host = host;
    }

    void register(Map<String, DokkuCommand> commands) {
        commands.put("ps:scale", this::scale);
        commands.put("ps:report", this::report);
        commands.put("ps:restart", this::restart);
        commands.put("ps:rebuild", this::rebuild);
        commands.put("ps:stop", this::stop);
        commands.put("ps:start", this::start);
        commands.put("ps:inspect", this::inspect);
        commands.put("ps:set", this::set);
        commands.put("ps:restore", this::restore);
        commands.put("enter", this::enter);
    }

    private int set(DokkuCall call) throws IOException, DokkuFailure {
        String value = call.argument(2);
        if (call.argument(1).equals("restart-policy")
                && !value.isEmpty()
                && !value.matches("no|always|unless-stopped|on-failure(:[0-9]+)?")) {
            throw DokkuFailure.refused("Invalid restart-policy specified");
        }
        return new DokkuSettings(host).set(call, "ps.", KEYS, "property", "properties");
    }

    /** What the real host does for each app as it comes up. */
    private int restore(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        for (String app :
                call.argument(0).isEmpty() ? host.store().names("apps") : List.of(host.app(call.argument(0)))) {
            call.heading("-----> Clearing potentially invalid proxy configuration");
            call.heading("-----> Starting app");
            start(call, app);
        }
        return 0;
    }

    private int scale(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        List<String> words = new ArrayList<>(call.arguments());
        boolean skip = words.remove("--skip-deploy");
        boolean json = words.removeIf(word -> word.equals("json") || word.equals("--format=json"));
        words.remove("--format");
        String app = host.app(words.isEmpty() ? "" : words.getFirst());
        String scope = DokkuHost.scope(app);
        Map<String, String> now = new TreeMap<>(Map.of("web", "1"));
        host.store().all(scope).forEach((key, value) -> {
            if (key.startsWith("scale.")) {
                now.put(key.substring("scale.".length()), value);
            }
        });
        List<String> changes = words.subList(1, words.size());
        if (changes.isEmpty()) {
            list(call, app, now, json);
            return 0;
        }
        if (!host.store().get(scope, "formation").isEmpty()) {
            throw DokkuFailure.refused("App " + app + " contains an app.json file with a formations key and cannot be"
                    + " manually scaled");
        }
        call.heading("-----> Scaling " + app + " processes: " + String.join(" ", changes));
        boolean changed = false;
        for (String change : changes) {
            String[] parts = change.split("=", 2);
            if (parts.length < 2) {
                throw DokkuFailure.refused("Missing count for process type " + parts[0]);
            }
            if (!parts[1].matches("-?[0-9]{1,6}")) {
                throw DokkuFailure.refused("Invalid count for process type " + parts[0]);
            }
            changed |= !parts[1].equals(now.getOrDefault(parts[0], "0"));
            host.store().set(scope, "scale." + parts[0], parts[1]);
        }
        return changed && !skip && host.deploys().isDeployed(app)
                ? host.deploys().release(call, app, false)
                : 0;
    }

    private static void list(DokkuCall call, String app, Map<String, String> now, boolean json) {
        if (json) {
            call.out(now.entrySet().stream()
                    .map(entry -> "{\"process_type\":" + DokkuJson.string(entry.getKey()) + ",\"quantity\":"
                            + entry.getValue() + "}")
                    .collect(Collectors.joining(",", "[", "]\n")));
            return;
        }
        call.heading("-----> Scaling for " + app);
        call.heading("proctype: qty");
        call.heading("--------: ---");
        now.forEach((type, count) -> call.out(DokkuReport.pad(type + ":", 5) + " " + count + "\n"));
    }

    private int report(DokkuCall call) throws IOException, DokkuFailure {
        return DokkuSettings.each(host, call, app -> {
            Map<String, String> values = new TreeMap<>();
            boolean global = app.equals("--global");
            for (String key : List.of("procfile-path", "restart-policy", "skip-deploy", "stop-timeout-seconds")) {
                String own = global ? "" : host.store().get(DokkuHost.scope(app), "ps." + key);
                String usual = Map.of(
                                "procfile-path", "Procfile",
                                "restart-policy", "on-failure:10",
                                "skip-deploy", "false",
                                "stop-timeout-seconds", "30")
                        .getOrDefault(key, "");
                values.put("ps-computed-" + key, own.isEmpty() ? usual : own);
                values.put("ps-global-" + key, "");
                if (!global) {
                    values.put("ps-" + key, own);
                }
            }
            if (!global) {
                own(app, values);
            }
            return new DokkuReport(app + " ps information", "ps-", true, values);
        });
    }

    private void own(String app, Map<String, String> values) throws IOException {
        List<DokkuContainer> containers = host.deploys().containers(app);
        String scope = DokkuHost.scope(app);
        boolean alive = !containers.isEmpty() && containers.stream().allMatch(DokkuContainer::alive);
        values.put("deployed", String.valueOf(host.deploys().isDeployed(app)));
        values.put("processes", String.valueOf(containers.size()));
        values.put(
                "ps-can-scale",
                String.valueOf(host.store().get(scope, "formation").isEmpty()));
        values.put("restore", host.store().get(scope, "ps.restore").equals("false") ? "false" : "true");
        values.put("running", String.valueOf(alive));
        for (String key : List.of("dockerfile-start-cmd", "start-cmd")) {
            String own = host.store().get(scope, "ps." + key);
            values.put("ps-" + key, own);
            values.put("ps-computed-" + key, own);
        }
        containers.forEach(container -> values.put(
                "status-" + container.type() + "." + container.index(),
                (container.alive() ? "running" : "exited") + " (CID: "
                        + container.id().substring(0, 11) + ")"));
    }

    private int restart(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String app = host.app(call.argument(0));
        if (!host.deploys().isDeployed(app)) {
            call.out(" !     App " + app + " has not been deployed\n");
            return 0;
        }
        return host.deploys().restart(call, app, call.argument(1));
    }

    private int rebuild(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String app = host.app(call.argument(0));
        if (host.store().get(DokkuHost.scope(app), "deploy-source").isEmpty()) {
            call.out("\u001b[1G\u001b[K-----> WARNING: Cannot build from 'master' as there are no commits stored at"
                    + " that branch.\n");
            return 1;
        }
        DokkuDeploys.built(call, app, host.deploys().build(app));
        return host.deploys().release(call.merged(), app, true);
    }

    private int stop(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String app = host.app(call.argument(0));
        host.store().set(DokkuHost.scope(app), "ps.restore", "false");
        if (!host.deploys().isDeployed(app)) {
            call.warn("App " + app + " has not been deployed");
            return 0;
        }
        call.heading("-----> Stopping " + app);
        host.deploys().stop(app, false);
        return 0;
    }

    private int start(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        return start(call, host.app(call.argument(0)));
    }

    private int start(DokkuCall call, String app) throws IOException, InterruptedException, DokkuFailure {
        if (!host.deploys().isDeployed(app)) {
            call.warn("App " + app + " has not been deployed");
            return 0;
        }
        host.store().set(DokkuHost.scope(app), "ps.restore", "");
        List<DokkuContainer> containers = host.deploys().containers(app);
        if (!containers.isEmpty() && containers.stream().allMatch(DokkuContainer::alive)) {
            call.warn("App " + app + " already running");
        } else {
            call.warn("App has been detected as not running, releasing");
            int exit = host.deploys().release(call, app, true);
            if (exit != 0) {
                return exit;
            }
        }
        call.heading("-----> Ensuring network configuration is in sync for " + app);
        return new DokkuRouting(host).rebuild(call, app);
    }

    private int inspect(DokkuCall call) throws DokkuFailure {
        DokkuHelp.refuseFlags(call);
        String app = host.app(call.argument(0));
        List<DokkuContainer> containers = host.deploys().containers(app);
        if (containers.isEmpty()) {
            throw new DokkuFailure(1, "docker: 'docker container inspect' requires at least 1 argument\n");
        }
        call.out(containers.stream()
                .map(container -> "    {\n        \"Id\": " + DokkuJson.string(container.id())
                        + ",\n        \"Name\": "
                        + DokkuJson.string("/" + app + "." + container.type() + "." + container.index())
                        + ",\n        \"RestartCount\": " + container.restarts()
                        + ",\n        \"State\": {\"Running\": "
                        + container.alive() + "},\n        \"NetworkSettings\": {\"IPAddress\": "
                        + DokkuJson.string(container.address()) + "}\n    }")
                .collect(Collectors.joining(",\n", "[\n", "\n]\n")));
        return 0;
    }

    private int enter(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String app = host.app(call.argument(0));
        String type = call.argument(1).isEmpty() ? "web" : call.argument(1);
        String plain = type.replaceFirst("\\.[0-9]+$", "");
        DokkuContainer container = host.deploys().containers(app).stream()
                .filter(other ->
                        other.type().equals(plain) && (plain.equals(type) || type.equals(plain + "." + other.index())))
                .findFirst()
                .orElse(null);
        if (container == null) {
            String types = host.deploys().containers(app).stream()
                    .map(DokkuContainer::type)
                    .distinct()
                    .collect(Collectors.joining(" "));
            throw new DokkuFailure(
                    1,
                    " !     No containers found for type '" + plain + "'\n !     Available types for app (" + app
                            + "): " + types + "\n");
        }
        List<String> words = call.words().stream().skip(3).toList();
        Containers.Spec spec = container.spec();
        return new DokkuRuns(host)
                .exec(
                        call,
                        new Containers.Spec(
                                app + ".enter." + DokkuRuns.number(),
                                new Program(spec.program().image(), Program.SHELL, 0, "/"),
                                words.isEmpty() ? List.of("sh") : words,
                                spec.env(),
                                spec.address(),
                                spec.mounts()));
    }
}
