package landfall.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** {@code run*} and what else starts a container beside those of a deploy. */
final class DokkuRuns {
    private static final AtomicInteger NUMBERS = new AtomicInteger(1_000);
    private static final DateTimeFormatter CREATED =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss '+0000 UTC'").withZone(ZoneOffset.UTC);

    private final DokkuHost host;

    DokkuRuns(DokkuHost host) {
        this.host = host;
    }

    /** A container that runs on its own. */
    record Detached(String app, String name, String command, Instant created, Process process) {}

    /** Those that were started since the host came up, by name. */
    static final class Started {
        private final Map<String, Detached> byName = new ConcurrentHashMap<>();

        List<Detached> of(String app) {
            return byName.values().stream()
                    .filter(run -> run.app().equals(app) && run.process().isAlive())
                    .sorted(java.util.Comparator.comparing(Detached::created).reversed())
                    .toList();
        }

        void endAll() {
            byName.values().forEach(run -> run.process().destroyForcibly());
            byName.clear();
        }
    }

    static int number() {
        return NUMBERS.incrementAndGet();
    }

    void register(Map<String, DokkuCommand> commands) {
        commands.put("run", this::run);
        commands.put("run:detached", call -> {
            Line line = line(call);
            call.out(detached(line.app(), "run", line.words()) + "\n");
            return 0;
        });
        commands.put("run:list", this::list);
        commands.put("run:logs", this::logs);
        commands.put("run:stop", this::stop);
        commands.put("run:retire", call -> {
            String app = host.app(call.argument(0));
            call.heading("-----> Retiring run and cron containers for app " + app);
            return 0;
        });
        commands.put("cleanup", call -> {
            call.heading("-----> Cleaning up...");
            return 0;
        });
        for (String silent : List.of("repo:gc", "repo:purge-cache")) {
            commands.put(silent, call -> {
                host.app(call.argument(0));
                return 0;
            });
        }
    }

    /** The words of a {@code run}. */
    private record Line(String app, List<String> words, Map<String, String> env) {}

    private Line line(DokkuCall call) throws DokkuFailure {
        List<String> words =
                new ArrayList<>(call.words().subList(1, call.words().size()));
        Map<String, String> env = new LinkedHashMap<>();
        while (!words.isEmpty() && words.getFirst().startsWith("-")) {
            String flag = words.removeFirst();
            String pair = flag.startsWith("--env=") ? flag.substring("--env=".length()) : "";
            if (flag.equals("--env") && !words.isEmpty()) {
                pair = words.removeFirst();
            }
            if (flag.equals("-e")) {
                // The help names it; the command loses the app by it.
                throw new DokkuFailure(20, " !     App  does not exist\n");
            }
            if (pair.contains("=")) {
                env.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
            }
        }
        String app = words.isEmpty() ? "" : words.removeFirst();
        if (!host.isApp(app)) {
            throw new DokkuFailure(20, " !     App " + app + " does not exist\n");
        }
        return new Line(app, words, env);
    }

    private int run(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        Line line = line(call);
        checkDeployed(line.app());
        if (line.words().isEmpty()) {
            return 0;
        }
        return attached(call, line.app(), "run", line.words(), line.env());
    }

    private void checkDeployed(String app) throws IOException, DokkuFailure {
        if (!host.deploys().isDeployed(app)) {
            throw new DokkuFailure(
                    1,
                    " !     App image (dokku/" + app + ":latest) not found\nError: No such image: \n"
                            + " !     Invalid image stage detected: expected 'release', got ''\n"
                            + " !     Successfully deploy your app to fix dokku run calls\n");
        }
    }

    private Containers.Spec spec(String app, String kind, List<String> words, Map<String, String> env)
            throws IOException, DokkuFailure {
        if (DokkuRollout.hasTooLongValue(new DokkuConfig(host).merged(app))) {
            throw new DokkuFailure(126, DokkuRollout.TOO_LONG);
        }
        DokkuCall silent = new DokkuCall(
                List.of(),
                true,
                false,
                false,
                java.io.InputStream.nullInputStream(),
                java.io.OutputStream.nullOutputStream(),
                java.io.OutputStream.nullOutputStream());
        DokkuRollout rollout =
                new DokkuRollout(host, silent, app, host.deploys().build(app), DokkuRollout.Kind.RESTART);
        Containers.Spec spec =
                rollout.spec(kind + "." + number(), words, host.addresses().nextDokkuContainer());
        Map<String, String> all = new TreeMap<>(spec.env());
        all.putAll(env);
        return new Containers.Spec(spec.name(), spec.program(), spec.words(), all, spec.address(), spec.mounts());
    }

    /** Runs to the end, with the call's streams. */
    int attached(DokkuCall call, String app, String kind, List<String> words, Map<String, String> env)
            throws IOException, InterruptedException, DokkuFailure {
        String first = words.getFirst();
        if (!first.contains("/") && !isInstalled(first)) {
            return notFound(call, first);
        }
        return exec(call, spec(app, kind, words, env));
    }

    private static boolean isInstalled(String word) {
        for (String folder : System.getenv("PATH").split(":")) {
            if (Files.isExecutable(Path.of(folder, word))) {
                return true;
            }
        }
        return false;
    }

    private static int notFound(DokkuCall call, String word) {
        call.err("Error response from daemon: failed to create shim task: OCI runtime create failed: runc create"
                + " failed: unable to start container process: exec: " + DokkuJson.string(word)
                + ": executable file not found in $PATH: unknown\n");
        return 1;
    }

    /** Without a pty nothing arrives on stdin, as on the real host. */
    int exec(DokkuCall call, Containers.Spec spec) throws IOException, InterruptedException {
        ProcessBuilder builder = host.containers().builder(spec);
        try {
            return call.stream(builder, host.registry(), call.pty());
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).startsWith("Cannot run program")) {
                throw e;
            }
            return notFound(call, spec.words().getFirst());
        }
    }

    /** Starts it and leaves it. @return its name */
    String detached(String app, String kind, List<String> words) throws IOException, DokkuFailure {
        checkDeployed(app);
        Containers.Spec spec = spec(app, kind, words, Map.of());
        Process process = host.containers().start(spec);
        host.runs()
                .byName
                .put(spec.name(), new Detached(app, spec.name(), String.join(" ", words), Instant.now(), process));
        return spec.name();
    }

    private int list(DokkuCall call) throws DokkuFailure {
        String app = host.app(call.argument(0));
        List<Detached> runs = host.runs().of(app);
        if (call.arguments().contains("json") || call.arguments().contains("--format=json")) {
            call.out(
                    runs.isEmpty()
                            ? "[]\n"
                            : runs.stream()
                                    .map(run -> "  {\n    \"name\": " + DokkuJson.string(run.name())
                                            + ",\n    \"state\": \"running\",\n    \"command\": "
                                            + DokkuJson.string("\"" + run.command() + "\"")
                                            + ",\n    \"created_at\": "
                                            + DokkuJson.string(CREATED.format(run.created())) + "\n  }")
                                    .collect(Collectors.joining(",\n", "[\n", "\n]\n")));
            return 0;
        }
        call.heading("=====> " + app + " run containers");
        int names = runs.stream().mapToInt(run -> run.name().length()).max().orElse(5);
        int commands =
                runs.stream().mapToInt(run -> run.command().length() + 2).max().orElse(7);
        call.out(DokkuReport.pad("NAMES", names + 3) + DokkuReport.pad("COMMAND", Math.max(7, commands) + 3)
                + "CREATED\n");
        runs.forEach(run -> call.out(DokkuReport.pad(run.name(), names + 3)
                + DokkuReport.pad("\"" + run.command() + "\"", Math.max(7, commands) + 3)
                + ago(Duration.between(run.created(), Instant.now()).toSeconds()) + "\n"));
        return 0;
    }

    private static String ago(long seconds) {
        if (seconds < 60) {
            return seconds < 1 ? "Less than a second ago" : seconds + (seconds == 1 ? " second ago" : " seconds ago");
        }
        return seconds < 120 ? "About a minute ago" : seconds / 60 + " minutes ago";
    }

    /** Those of an app, or the one that {@code --container} names. */
    private List<Detached> wanted(DokkuCall call) throws DokkuFailure {
        List<String> words = call.arguments();
        int flag = words.indexOf("--container");
        if (flag >= 0 && flag + 1 < words.size()) {
            return Optional.ofNullable(host.runs().byName.get(words.get(flag + 1))).stream()
                    .toList();
        }
        return host.runs().of(host.app(call.argument(0)));
    }

    private int logs(DokkuCall call) throws IOException, DokkuFailure {
        List<Detached> runs = wanted(call);
        if (runs.isEmpty() && !call.arguments().contains("--container")) {
            call.out("""
                    docker: 'docker logs' requires 1 argument

                    Usage:  docker logs [OPTIONS] CONTAINER

                    Run 'docker logs --help' for more information
                    """);
        }
        for (Detached run : runs) {
            Path log = host.containers().log(run.name());
            if (Files.exists(log)) {
                call.out(Files.readString(log));
            }
        }
        return 0;
    }

    private int stop(DokkuCall call) throws DokkuFailure {
        List<Detached> runs = wanted(call);
        if (runs.isEmpty()) {
            call.out("No run containers exist\n");
        }
        for (Detached run : runs) {
            run.process().descendants().forEach(ProcessHandle::destroyForcibly);
            run.process().destroyForcibly();
            host.runs().byName.remove(run.name());
            call.out(run.name() + "\n");
        }
        return 0;
    }
}
