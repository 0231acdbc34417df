package landfall.sandbox;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
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
    private static final AtomicInteger RUNS = new AtomicInteger();
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
        commands.put("ps:set", call -> new DokkuSettings(host).set(call, "ps.", KEYS, "property", "properties"));
        commands.put("run", this::run);
        commands.put("enter", this::enter);
        commands.put("logs", this::logs);
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
        int width = 1 + now.keySet().stream().mapToInt(String::length).max().orElse(0);
        now.forEach((type, count) ->
                call.out(DokkuReport.pad(type + ":", Math.max(5, width) + (width > 5 ? 1 : 0)) + count + "\n"));
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
        return host.deploys().release(call, app, false);
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
        if (!host.deploys().isDeployed(app)) {
            call.warn("App " + app + " has not been deployed");
            return 0;
        }
        call.heading("-----> Stopping " + app);
        host.deploys().stop(app, false);
        host.store().set(DokkuHost.scope(app), "ps.restore", "false");
        return 0;
    }

    private int start(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String app = host.app(call.argument(0));
        if (!host.deploys().isDeployed(app)) {
            call.warn("App " + app + " has not been deployed");
            return 0;
        }
        List<DokkuContainer> containers = host.deploys().containers(app);
        if (!containers.isEmpty() && containers.stream().allMatch(DokkuContainer::alive)) {
            call.warn("App " + app + " already running");
            return new DokkuRouting(host).rebuild(call, app);
        }
        call.warn("App has been detected as not running, releasing");
        return host.deploys().release(call, app, true);
    }

    private int inspect(DokkuCall call) throws DokkuFailure {
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

    private int run(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        List<String> words =
                new ArrayList<>(call.words().subList(1, call.words().size()));
        Map<String, String> env = new LinkedHashMap<>();
        while (!words.isEmpty() && words.getFirst().startsWith("-")) {
            String flag = words.removeFirst();
            String pair = flag.startsWith("--env=") ? flag.substring("--env=".length()) : "";
            if (flag.equals("--env") && !words.isEmpty()) {
                pair = words.removeFirst();
            }
            if (pair.contains("=")) {
                env.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
            }
        }
        String app = words.isEmpty() ? "" : words.removeFirst();
        if (!host.isApp(app)) {
            throw new DokkuFailure(20, " !     App " + app + " does not exist\n");
        }
        if (!host.deploys().isDeployed(app)) {
            throw new DokkuFailure(
                    1,
                    " !     App image (dokku/" + app + ":latest) not found\nError: No such image: \n"
                            + " !     Invalid image stage detected: expected 'release', got ''\n"
                            + " !     Successfully deploy your app to fix dokku run calls\n");
        }
        if (words.isEmpty()) {
            return 0;
        }
        if (DokkuRollout.hasTooLongValue(new DokkuConfig(host).merged(app))) {
            throw new DokkuFailure(126, DokkuRollout.TOO_LONG);
        }
        DokkuRollout rollout = new DokkuRollout(host, call, app, host.deploys().build(app), DokkuRollout.Kind.RESTART);
        Containers.Spec spec = rollout.spec(
                "run." + RUNS.incrementAndGet(), words, host.addresses().nextDokkuContainer());
        Map<String, String> all = new TreeMap<>(spec.env());
        all.putAll(env);
        return exec(
                call,
                new Containers.Spec(spec.name(), spec.program(), spec.words(), all, spec.address(), spec.mounts()));
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
        return exec(
                call,
                new Containers.Spec(
                        app + ".enter." + RUNS.incrementAndGet(),
                        new Program(spec.program().image(), Program.SHELL, 0, "/"),
                        words.isEmpty() ? List.of("sh") : words,
                        spec.env(),
                        spec.address(),
                        spec.mounts()));
    }

    /** Without a pty nothing arrives on stdin, as on the real host. */
    private int exec(DokkuCall call, Containers.Spec spec) throws IOException, InterruptedException {
        ProcessBuilder builder = host.containers().builder(spec);
        try {
            return call.stream(builder, host.registry(), call.pty());
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).startsWith("Cannot run program")) {
                throw e;
            }
            call.err("Error response from daemon: failed to create shim task: OCI runtime create failed: runc create"
                    + " failed: unable to start container process: exec: "
                    + DokkuJson.string(spec.words().getFirst())
                    + ": executable file not found in $PATH: unknown\n");
            return 1;
        }
    }

    private int logs(DokkuCall call) throws IOException, DokkuFailure {
        String app = host.app(call.argument(0));
        List<String> words = call.arguments();
        int n = words.indexOf("-n") >= 0 ? Integer.parseInt(words.get(words.indexOf("-n") + 1)) : 100;
        String type = words.indexOf("-p") >= 0 ? words.get(words.indexOf("-p") + 1) : "";
        if (words.contains("-t")) {
            host.log("not emulated: logs -t");
            throw DokkuFailure.refused("sandbox: logs -t (follow) is not emulated");
        }
        for (DokkuContainer container : host.deploys().containers(app)) {
            if (type.isEmpty() || container.type().equals(type)) {
                List<String> output = container.output();
                String label = java.time.Instant.now() + " app[" + container.type() + "." + container.index() + "]:";
                output.stream()
                        .skip(Math.max(0, output.size() - n))
                        .forEach(line -> call.out("\u001b[36m" + label + "\u001b[0m " + line + "\n"));
            }
        }
        return 0;
    }
}
