package landfall.sandbox;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One deploy: tasks, new containers beside the old ones, checks, the proxy's switch, the old ones asked to end. */
final class DokkuRollout {
    private static final AtomicInteger COUNTER = new AtomicInteger();
    static final String TOO_LONG = "/var/lib/dokku/plugins/available/scheduler-docker-local/internal-functions: line"
            + " 312: /usr/local/bin/docker: Argument list too long\n";
    private static final String RED = "\u001b[1m\u001b[31m !     \u001b[0m\u001b[0m";

    private final Kind kind;
    private final boolean whole;
    private final DokkuHost host;
    private final DokkuCall call;
    private final String app;
    private final DokkuBuild build;
    private final Map<String, String> env;
    private final int port;
    private final boolean portGiven;
    private boolean toldToFail;
    private String only = "";
    /** What a health check last got in answer, if that was the reason to refuse. */
    private String answered = "";

    /** What a rollout begins with: a new build, the same build released again, or containers only. */
    enum Kind {
        BUILD,
        RELEASE,
        RESTART
    }

    DokkuRollout(DokkuHost host, DokkuCall call, String app, DokkuBuild build, Kind kind)
            throws IOException, DokkuFailure {
        this.kind = kind;
        this.whole = kind != Kind.RESTART;
        this.host = host;
        this.call = call;
        this.app = app;
        this.build = build;
        env = new TreeMap<>(build.env());
        env.putAll(new DokkuConfig(host).merged(app));
        portGiven = env.containsKey("PORT");
        String wanted = env.getOrDefault("PORT", "");
        port = wanted.matches("[0-9]{1,5}") ? Integer.parseInt(wanted) : build.port() > 0 ? build.port() : 5000;
        env.put("PORT", String.valueOf(port));
    }

    int run() throws IOException, InterruptedException, DokkuFailure {
        ReentrantLock lock = host.deploys().lock(app);
        boolean others = host.misbehaviour().lockedApp().equals(java.util.Optional.of(app));
        if (others || !lock.tryLock()) {
            call.out(" !     " + app + " currently has a deploy lock in place. Exiting...\n"
                    + " !     Run 'apps:unlock' to release the existing deploy lock\n");
            return 1;
        }
        try {
            return locked();
        } finally {
            lock.unlock();
        }
    }

    /** Without the lock, and without a word about it: a restart beside a deploy leaks what the slower one started. */
    int only(String wanted) throws IOException, InterruptedException, DokkuFailure {
        only = wanted;
        return locked();
    }

    private int locked() throws IOException, InterruptedException, DokkuFailure {
        toldToFail = host.misbehaviour().failsChecks();
        if (whole && !released()) {
            return 1;
        }
        List<DokkuContainer> old = host.deploys().containers(app);
        List<DokkuContainer> next = new ArrayList<>();
        if (!started(old, next)) {
            next.stream().filter(container -> !old.contains(container)).forEach(DokkuContainer::kill);
            host.deploys().replace(app, old);
            new DokkuRouting(host).route();
            return 1;
        }
        String scope = DokkuHost.scope(app);
        host.store().set(scope, "deployed", "true");
        host.store().set(scope, "ps.restore", "");
        host.store().set(scope, "locked", "");
        replaced(old, next);
        name(next);
        orphaned(old, next);
        call.out("-----> Running post-deploy\n");
        int proxied = next.isEmpty() ? new DokkuRouting(host).rebuild(call, app) : proxied();
        call.out("-----> Renaming containers\n");
        renamed(next, old);
        List<DokkuContainer> over =
                old.stream().filter(container -> !next.contains(container)).toList();
        over.forEach(DokkuContainer::retire);
        if (proxied != 0
                || task("postdeploy", script("postdeploy"), "postdeploy task from app.json in ephemeral container")
                        != 0) {
            return 1;
        }
        scheduled();
        if (!over.isEmpty()) {
            call.out("-----> Shutting down old containers in " + retireSeconds() + " seconds\n");
        }
        if (whole) {
            call.out("=====> Application deployed:\n");
            new DokkuRouting(host).urlsOf(app).forEach(url -> call.out("       " + url + "\n"));
            call.out("\n");
        }
        return 0;
    }

    private boolean released() throws IOException, InterruptedException {
        call.out("-----> Releasing " + app + "...\n");
        String release = build.processes().getOrDefault("release", "");
        if (task("predeploy", script("predeploy"), "predeploy task from app.json") != 0
                || task("release", release, "release task from Procfile in ephemeral container") != 0) {
            return false;
        }
        if (kind == Kind.BUILD && !host.deploys().isDeployed(app)) {
            call.out("-----> Checking for heroku.postdeploy task\n");
            call.out("       No heroku.postdeploy task found, skipping\n");
        }
        call.out("=====> Processing deployment checks\n");
        if (checks("web").isEmpty()) {
            call.out(RED + "No healthchecks found in app.json for web process type\n");
            call.out("       No web healthchecks found in app.json. Simple container checks will be performed.\n");
            call.out("       For more efficient zero downtime deployments, add healthchecks to your app.json. See"
                    + " https://dokku.com/docs/deployment/zero-downtime-deploys/ for examples\n");
        }
        call.out("-----> Deploying " + app + " via the docker-local scheduler...\n");
        return true;
    }

    /** Web first: the proxy turns to its new containers before those of other types start. */
    private boolean started(List<DokkuContainer> old, List<DokkuContainer> next)
            throws IOException, InterruptedException, DokkuFailure {
        for (Map.Entry<String, Integer> scale : scale().entrySet()) {
            if (!only.isEmpty() && !only.equals(scale.getKey())) {
                old.stream()
                        .filter(container -> container.type().equals(scale.getKey()))
                        .forEach(next::add);
                continue;
            }
            if (!deployed(scale.getKey(), scale.getValue(), next)) {
                return false;
            }
            if (scale.getKey().equals("web")) {
                List<DokkuContainer> mixed = new ArrayList<>(next);
                old.stream()
                        .filter(container -> !container.type().equals("web") || scale.getValue() < 1)
                        .forEach(mixed::add);
                host.deploys().replace(app, mixed);
                name(next);
                call.out("=====> Triggering early nginx proxy rebuild\n");
                // Of an app that was stopped, the early one does nothing.
                boolean stopped =
                        host.store().get(DokkuHost.scope(app), "ps.restore").equals("false");
                if (!stopped && proxied() != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    private int proxied() throws IOException, DokkuFailure {
        call.out("-----> Ensuring network configuration is in sync for " + app + "\n");
        return new DokkuRouting(host).rebuild(call, app);
    }

    private void scheduled() throws IOException {
        String cron = cron();
        boolean had = !host.store().get(DokkuHost.scope(app), "cron").isEmpty();
        host.store().set(DokkuHost.scope(app), "cron", cron);
        if (whole && had && cron.isEmpty()) {
            call.out("-----> Removed\n");
        }
        if (whole && !cron.isEmpty()) {
            call.out("-----> Updated schedule file\n");
        }
    }

    private String retireSeconds() throws IOException {
        String own = host.store().get(DokkuHost.scope(app), "checks.wait-to-retire");
        return own.isEmpty() ? "60" : own;
    }

    /** A restart takes no lock: what another deploy put in place meanwhile, nobody will stop. */
    private void replaced(List<DokkuContainer> old, List<DokkuContainer> next) {
        List<DokkuContainer> before = host.deploys().replace(app, next);
        host.deploys()
                .leak(
                        app,
                        before.stream()
                                .filter(container -> !old.contains(container) && !next.contains(container))
                                .toList());
    }

    private void orphaned(List<DokkuContainer> old, List<DokkuContainer> next) throws IOException {
        for (DokkuContainer container : old) {
            boolean stays = next.stream()
                    .anyMatch(other -> other.type().equals(container.type()) && other.index() == container.index());
            if (!stays) {
                String name = container.type() + "." + container.index();
                call.out("       Scheduling orphaned container shutdown in " + retireSeconds() + " seconds (" + name
                        + ")\n");
                host.deploys().stopped(app).put(name, container);
            }
        }
    }

    private void renamed(List<DokkuContainer> next, List<DokkuContainer> old) {
        for (DokkuContainer container : next) {
            String name = app + "." + container.type() + "." + container.index();
            DokkuContainer stopped = host.deploys().stopped(app).remove(container.type() + "." + container.index());
            String upcoming =
                    old.contains(container) ? "." + Instant.now().getEpochSecond() : ".upcoming-" + COUNTER.get();
            java.util.stream.Stream.concat(old.stream(), java.util.stream.Stream.ofNullable(stopped))
                    .filter(other -> other.type().equals(container.type()) && other.index() == container.index())
                    // Those of a renamed app bear its old name.
                    .filter(other -> other.spec().name().startsWith(app + "."))
                    .findFirst()
                    .ifPresent(other -> {
                        String id = other.id().substring(0, 12);
                        call.out("       Found previous container(s) (" + id + ") named " + name + "\n");
                        call.out("       Renaming container (" + id + ") " + name + " to " + name + "."
                                + Instant.now().getEpochSecond() + "\n");
                    });
            call.out("       Renaming container " + name + upcoming + " ("
                    + container.id().substring(0, 12) + ") to " + name + "\n");
        }
    }

    private void name(List<DokkuContainer> next) throws IOException {
        next.stream()
                .filter(container -> container.index() == 1)
                .forEach(container -> host.addresses().name(app + "." + container.type(), container.address()));
        host.containers().hostsFile();
    }

    private @Nullable JsonNode settings(String name) {
        JsonNode settings = build.settings();
        return settings == null ? null : settings.get(name);
    }

    private String script(String name) {
        JsonNode scripts = settings("scripts");
        JsonNode dokku = scripts == null ? null : scripts.get("dokku");
        JsonNode script = dokku == null ? null : dokku.get(name);
        return script == null ? "" : script.asString();
    }

    private String cron() {
        JsonNode cron = settings("cron");
        return cron == null ? "" : cron.toString();
    }

    private List<JsonNode> checks(String type) {
        List<JsonNode> checks = new ArrayList<>();
        JsonNode all = settings("healthchecks");
        JsonNode mine = all == null ? null : all.get(type);
        if (mine != null) {
            for (JsonNode check : mine) {
                if (text(check, "type", "startup").equals("startup")) {
                    checks.add(check);
                }
            }
        }
        return checks;
    }

    private static String text(JsonNode node, String key, String usual) {
        JsonNode value = node.get(key);
        return value == null || value.isNull() ? usual : value.asString();
    }

    private static int number(JsonNode node, String key, int usual) {
        JsonNode value = node.get(key);
        return value == null || !value.isNumber() ? usual : value.asInt();
    }

    /** Web first, then the others by name. */
    private Map<String, Integer> scale() throws IOException {
        Map<String, Integer> scale = new LinkedHashMap<>();
        Set<String> types = new TreeSet<>(build.processes().keySet());
        // A type that once had a scale is deployed on, with or without a line in the Procfile.
        host.store().all(DokkuHost.scope(app)).keySet().stream()
                .filter(key -> key.startsWith("scale."))
                .map(key -> key.substring("scale.".length()))
                .forEach(types::add);
        types.add("web");
        scale.put("web", quantity("web"));
        for (String type : types) {
            scale.putIfAbsent(type, quantity(type));
        }
        return scale;
    }

    private int quantity(String type) throws IOException {
        JsonNode formation = settings("formation");
        JsonNode mine = formation == null ? null : formation.get(type);
        int usual = type.equals("web") ? 1 : 0;
        if (mine != null) {
            int quantity = number(mine, "quantity", usual);
            host.store().set(DokkuHost.scope(app), "scale." + type, String.valueOf(quantity));
            host.store().set(DokkuHost.scope(app), "formation", "true");
            return quantity;
        }
        String set = host.store().get(DokkuHost.scope(app), "scale." + type);
        if (set.isEmpty()) {
            host.store().set(DokkuHost.scope(app), "scale." + type, String.valueOf(usual));
            return usual;
        }
        return Integer.parseInt(set);
    }

    private int task(String name, String command, String what) throws IOException, InterruptedException {
        call.heading("-----> Checking for " + name + " task");
        if (command.isEmpty()) {
            call.out("       No " + name + " task found, skipping\n");
            return 0;
        }
        call.out("       Executing " + what + ": " + command + "\n");
        String id = DokkuDeploys.sha(name + System.nanoTime()).substring(0, 9);
        Containers.Spec spec = spec(name + "." + COUNTER.incrementAndGet(), List.of("sh", "-c", command), "");
        ProcessBuilder builder = host.containers().builder(spec).redirectErrorStream(true);
        builder.redirectInput(Path.of("/dev/null").toFile());
        Process process = host.registry().start(builder, spec.name());
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = process.waitFor();
        call.heading("=====> Start of " + app + " " + name + " task (" + id + ") output");
        DokkuDeploys.indented(output.lines().toList()).forEach(call::out);
        call.heading("=====> End of " + app + " " + name + " task (" + id + ") output");
        if (exit != 0) {
            call.warn("Execution of " + name + " task failed: " + command);
        }
        return exit;
    }

    /** The process of one container; {@code sh -c} lines that name the image's own program are handed to it. */
    Containers.Spec spec(String name, List<String> words, String address) throws IOException {
        Map<String, Path> mounts = new LinkedHashMap<>(build.mounts());
        mounts.putAll(new DokkuStorage(host).mounts(app));
        List<String> command = words;
        if (words.size() == 3 && words.get(0).equals("sh") && words.get(1).equals("-c")) {
            List<String> plain = DokkuWords.split(words.get(2)).words();
            boolean simple = !words.get(2).matches("(?s).*[;|&<>$`(].*");
            if (simple && !plain.isEmpty() && ours(plain.getFirst(), mounts)) {
                command = plain;
            }
        }
        boolean shell = !command.isEmpty() && !ours(command.getFirst(), mounts);
        Program program = shell ? new Program(build.image(), Program.SHELL, 0, "/") : build.program();
        return new Containers.Spec(app + "." + name, program, command, env, address, mounts);
    }

    /** Whether a word is for the image's own program: one of ours, and unknown to the machine. */
    private boolean ours(String word, Map<String, Path> mounts) {
        if (build.program().mainClass().equals(Program.SHELL)) {
            return false;
        }
        String mapped = Containers.mapped(word, mounts);
        if (mapped.contains("/")) {
            return !Files.isExecutable(Path.of(mapped));
        }
        for (String folder : System.getenv("PATH").split(":")) {
            if (Files.isExecutable(Path.of(folder, mapped))) {
                return false;
            }
        }
        return true;
    }

    List<DokkuContainer> startAll() throws IOException {
        List<DokkuContainer> next = new ArrayList<>();
        for (Map.Entry<String, Integer> scale : scale().entrySet()) {
            for (int i = 1; i <= scale.getValue(); i++) {
                next.add(start(scale.getKey(), i));
            }
        }
        name(next);
        return next;
    }

    private DokkuContainer start(String type, int index) throws IOException {
        String address = host.addresses().nextDokkuContainer();
        String line = build.processes().getOrDefault(type, "");
        List<String> words = line.isEmpty() ? build.words() : List.of("sh", "-c", line);
        Containers.Spec spec = spec(type + "." + index + "." + COUNTER.incrementAndGet(), words, address);
        if (!type.equals("web") && !portGiven) {
            // Only what the proxy leads to is told a port.
            Map<String, String> without = new TreeMap<>(spec.env());
            without.remove("PORT");
            spec = new Containers.Spec(
                    spec.name(), spec.program(), spec.words(), without, spec.address(), spec.mounts());
        }
        return new DokkuContainer(host.containers(), spec, type, index, port);
    }

    /** The kernel refuses one argument of 128 KiB, which docker gets as {@code --env=KEY=VALUE}. */
    static boolean hasTooLongValue(Map<String, String> env) {
        return env.entrySet().stream()
                .anyMatch(entry -> ("--env=" + entry.getKey() + "=" + entry.getValue() + "\0")
                                .getBytes(StandardCharsets.UTF_8)
                                .length
                        > 131_072);
    }

    /** What a deploy that dies with its connection leaves running, the host leaks until the app goes. */
    private boolean deployed(String type, int count, List<DokkuContainer> next)
            throws IOException, InterruptedException {
        try {
            return deployType(type, count, next);
        } catch (IOException | InterruptedException | RuntimeException e) {
            host.deploys().leak(app, next);
            throw e;
        }
    }

    private boolean disabled(String type) throws IOException {
        List<String> disabled = host.store().list(DokkuHost.scope(app), "checks.disabled");
        return disabled.contains("_all_") || disabled.contains(type);
    }

    /** Without zero downtime: the old ones end first, and nobody looks at the new ones. */
    private boolean interrupted(String type, int count, List<DokkuContainer> next) throws IOException {
        List<DokkuContainer> before = host.deploys().containers(app).stream()
                .filter(container -> container.type().equals(type))
                .toList();
        if (!before.isEmpty()) {
            call.out("       Zero downtime is disabled, stopping currently running containers  (" + type + ")\n");
        }
        for (DokkuContainer container : before) {
            call.out("       Stopping " + container.id() + " (" + type + ")\n");
            container.retire();
        }
        for (int i = 1; i <= count; i++) {
            next.add(start(type, i));
            int index = i;
            if (before.stream().anyMatch(container -> container.index() == index)) {
                call.out("       Scheduling old container shutdown in " + retireSeconds() + " seconds (" + type + "."
                        + i + ")\n");
            }
        }
        return true;
    }

    private boolean deployType(String type, int count, List<DokkuContainer> next)
            throws IOException, InterruptedException {
        call.heading("-----> Deploying " + type + " (count=" + count + ")");
        if (disabled(type)) {
            return interrupted(type, count, next);
        }
        if (count > 0 && hasTooLongValue(env)) {
            String script = "/var/lib/dokku/plugins/available/scheduler-docker-local/bin/"
                    + "scheduler-deploy-process-container " + app + " dockerfile dokku/" + app + ":latest latest "
                    + type + " 1 1\n";
            call.out(TOO_LONG + "parallel: This job failed:\n" + script);
            call.out(" !     " + TOO_LONG + "parallel: This job failed:\n" + script + "\n");
            return false;
        }
        for (int i = 1; i <= count; i++) {
            String label = type + "." + i;
            call.out("       Attempting pre-flight checks (" + label + ")\n");
            DokkuContainer container = start(type, i);
            next.add(container);
            String problem = check(container, type);
            if (!problem.isEmpty()) {
                call.out(problem);
                call.out(container.id() + "\n");
                call.out(" !     Could not start due to 1 failed checks (" + label + ")\n");
                output(container, label);
                output(container, label);
                call.out("parallel: This job failed:\n"
                        + "/var/lib/dokku/plugins/available/scheduler-docker-local/bin/"
                        + "scheduler-deploy-process-container " + app + " dockerfile dokku/" + app + ":latest latest "
                        + type + " " + i + " " + count + "\n\n");
                return false;
            }
            call.out("       All checks successful (" + label + ")\n");
            output(container, label);
            int index = i;
            if (host.deploys().containers(app).stream()
                    .anyMatch(other -> other.type().equals(type) && other.index() == index)) {
                call.out("       Scheduling old container shutdown in " + retireSeconds() + " seconds (" + label
                        + ")\n");
            }
        }
        return true;
    }

    /** Checks a container that runs already. */
    int checked(DokkuContainer container) throws IOException, InterruptedException {
        String problem = check(container, container.type());
        if (!problem.isEmpty()) {
            call.out(problem);
            call.out(" !     Could not start due to 1 failed checks (" + container.type() + ".)\n");
            return 1;
        }
        call.out("       All checks successful (" + container.type() + ".)\n");
        output(
                container,
                container.type() + "./tmp/dokku-" + ProcessHandle.current().pid()
                        + "-trigger-scheduler-docker-local-check-deploy.AAAAAA");
        return 0;
    }

    private void output(DokkuContainer container, String label) throws IOException {
        String who = app + " container output (" + container.id().substring(0, 12) + " " + label + ")";
        call.heading("=====> Start of " + who);
        DokkuDeploys.indented(container.output()).forEach(call::out);
        call.heading("=====> End of " + who);
    }

    /** Empty if the container is well, else what the checker says. */
    private String check(DokkuContainer container, String type) throws InterruptedException {
        List<JsonNode> checks = checks(type);
        boolean web = type.equals("web");
        if (toldToFail) {
            return failure(container, "default", "container has restarted 3 times");
        }
        call.heading("-----> Executing " + (Math.max(1, checks.size()) + (web ? 1 : 0)) + " healthchecks");
        if (web) {
            call.out("       Running healthcheck name='port listening check' attempts=3 port=" + port
                    + " retries=2 timeout=5 type='listening' wait=5\n");
            if (!listens(container)) {
                return failure(container, "port listening check", "nothing listens on port " + port);
            }
            call.out("       Healthcheck succeeded name='port listening check'\n");
        }
        if (checks.isEmpty()) {
            call.out("       Running healthcheck name='default' type='uptime' uptime=10\n");
            host.pause(10);
            if (!container.alive() || container.restarts() > 0) {
                return failure(container, "default", "container has restarted " + container.restarts() + " times");
            }
            call.out("       Healthcheck succeeded name='default'\n");
        }
        for (JsonNode check : checks) {
            String problem = check(container, check);
            String name = text(check, "name", "default");
            if (!problem.isEmpty()) {
                return failure(container, name, problem);
            }
            call.out("       Healthcheck succeeded name='" + name + "'\n");
        }
        return "";
    }

    private String failure(DokkuContainer container, String name, String why) {
        List<String> seen = answered.isEmpty()
                ? List.of("state=" + (container.alive() ? "running" : "restarting"))
                : answered.lines().toList();
        return "=====> Start healthcheck output\n" + String.join("", DokkuDeploys.indented(seen))
                + "=====> End healthcheck output\n" + RED + "Failure in name='" + name + "': " + why + "\n";
    }

    /** Up to three attempts of five seconds, in real time, since a program's start is not scaled; ends as it listens. */
    private boolean listens(DokkuContainer container) throws InterruptedException {
        long end = System.nanoTime() + 15_000_000_000L;
        while (System.nanoTime() < end && container.restarts() < 3) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(container.address(), container.port()), 1_000);
                return true;
            } catch (IOException e) {
                Thread.sleep(20);
            }
        }
        return false;
    }

    private String check(DokkuContainer container, JsonNode check) throws InterruptedException {
        int attempts = Math.max(1, number(check, "attempts", 3));
        int wait = number(check, "wait", 5);
        int timeout = Math.max(1, number(check, "timeout", 5));
        String path = text(check, "path", "");
        int checkPort = number(check, "port", port);
        call.out("       Running healthcheck name='" + text(check, "name", "default") + "' delay=0 path='" + path
                + "' retries=" + (attempts - 1) + " timeout=" + timeout + " type='path'\n");
        if (path.isEmpty()) {
            host.log("not emulated: health check without a path in app.json of " + app);
            return "sandbox: only health checks with a path are emulated";
        }
        host.pause(number(check, "initialDelay", 0));
        String problem = "";
        for (int i = 0; i < attempts; i++) {
            if (i > 0) {
                host.pause(wait);
            }
            problem = request(container, checkPort, path, timeout, text(check, "content", ""));
            if (problem.isEmpty()) {
                return "";
            }
        }
        return problem;
    }

    private String request(DokkuContainer container, int port, String path, int timeout, String content) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create("http://" + container.address() + ":" + port + path)
                            .toURL()
                            .openConnection();
            connection.setConnectTimeout(timeout * 1_000);
            connection.setReadTimeout(timeout * 1_000);
            connection.setInstanceFollowRedirects(false);
            int status = connection.getResponseCode();
            if (status < 200 || status >= 400) {
                try (java.io.InputStream body = connection.getErrorStream()) {
                    answered = body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8);
                }
                connection.disconnect();
                return "unexpected status code: " + status;
            }
            String body = new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return body.contains(content) ? "" : "unable to find expected content in response body: " + content;
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
