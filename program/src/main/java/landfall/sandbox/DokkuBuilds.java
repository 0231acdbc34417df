package landfall.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/** {@code builds:*}: what was built and deployed of an app, failures included. */
final class DokkuBuilds {
    private static final int RETENTION = 20;

    /** The least number of eleven digits to the base 36. */
    private static final long LEAST_OF_ELEVEN = 3_656_158_440_062_976L;

    private final DokkuHost host;

    DokkuBuilds(DokkuHost host) {
        this.host = host;
    }

    /**
     * One build or deploy.
     *
     * @param finished empty while it runs
     */
    private record Build(
            String id, String kind, String pid, String source, String started, String finished, String exit) {
        static Build parse(String line) {
            String[] parts = line.split("\t", -1);
            return new Build(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6]);
        }

        String line() {
            return String.join("\t", id, kind, pid, source, started, finished, exit);
        }

        String status() {
            return finished.isEmpty() ? "running" : exit.equals("0") ? "succeeded" : "failed";
        }

        String duration() {
            Instant end = finished.isEmpty() ? Instant.now() : Instant.parse(finished);
            long seconds = Duration.between(Instant.parse(started), end).toSeconds();
            return seconds < 60 ? seconds + "s" : seconds / 60 + "m" + seconds % 60 + "s";
        }

        String json(String app) {
            return "{\"id\":" + DokkuJson.string(id) + ",\"app\":" + DokkuJson.string(app) + ",\"kind\":"
                    + DokkuJson.string(kind) + ",\"pid\":" + pid + ",\"started_at\":" + DokkuJson.string(started)
                    + (finished.isEmpty() ? "" : ",\"finished_at\":" + DokkuJson.string(finished)) + ",\"status\":"
                    + DokkuJson.string(status()) + ",\"source\":" + DokkuJson.string(source)
                    + (finished.isEmpty() ? "" : ",\"exit_code\":" + exit) + ",\"display_status\":"
                    + DokkuJson.string(status()) + ",\"duration\":" + DokkuJson.string(duration())
                    + ",\"log_path\":\"/var/lib/dokku/data/builds/" + app + "/" + id + ".log\"}";
        }
    }

    void register(Map<String, DokkuCommand> commands) {
        commands.put("builds:list", this::list);
        commands.put("builds:report", call -> DokkuSettings.each(host, call, this::report));
        commands.put("builds:cancel", call -> {
            String app = host.app(call.argument(0));
            if (host.deploys().lock(app).isLocked()) {
                host.log("not emulated: builds:cancel of a running build");
                throw DokkuFailure.refused("sandbox: builds:cancel doesn't end a running build");
            }
            call.out("-----> App not currently deploying\n");
            return 0;
        });
    }

    /** Runs what builds or deploys an app and keeps how it ended. */
    int recorded(DokkuCall call, String app, String kind, String source, DokkuCommand body)
            throws IOException, InterruptedException, DokkuFailure {
        String id = "mws" + Long.toString(ThreadLocalRandom.current().nextLong(LEAST_OF_ELEVEN, Long.MAX_VALUE), 36);
        String pid = String.valueOf(ThreadLocalRandom.current().nextInt(10_000, 32_768));
        Build running = new Build(id.substring(0, 14), kind, pid, source, now(), "", "");
        keep(app, running);
        int exit = 1;
        try {
            exit = body.run(call);
        } finally {
            if (host.isApp(app)) {
                keep(app, new Build(running.id(), kind, pid, source, running.started(), now(), String.valueOf(exit)));
            }
        }
        return exit;
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.NANOS).toString();
    }

    private Path file(String app) {
        return host.store().folder().resolve("apps").resolve(app).resolve("builds");
    }

    /** The newest first. */
    private List<Build> builds(String app) throws IOException {
        return Files.exists(file(app))
                ? Files.readAllLines(file(app)).stream().map(Build::parse).toList()
                : List.of();
    }

    private synchronized void keep(String app, Build build) throws IOException {
        List<Build> all = new ArrayList<>(builds(app));
        all.removeIf(other -> other.id().equals(build.id()));
        all.addFirst(build);
        Files.createDirectories(file(app).resolveSibling("."));
        Files.write(file(app), all.stream().limit(RETENTION).map(Build::line).toList());
    }

    private int list(DokkuCall call) throws IOException, DokkuFailure {
        List<String> words = new ArrayList<>(call.arguments());
        String format = option(words, "--format");
        String status = option(words, "--status");
        String app = host.app(words.isEmpty() ? "" : words.getFirst());
        List<Build> builds = builds(app).stream()
                .filter(build -> status.isEmpty() || build.status().equals(status))
                .toList();
        if (format.equals("json")) {
            call.out(builds.stream().map(build -> build.json(app)).collect(Collectors.joining(",", "[", "]\n")));
            return 0;
        }
        if (builds.isEmpty()) {
            call.out("No builds recorded for this app\n");
            return 0;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("Build ID", "Kind", "Status", "PID", "Source", "Started", "Duration"));
        for (Build build : builds) {
            rows.add(List.of(
                    build.id(),
                    build.kind(),
                    build.status(),
                    build.pid(),
                    build.source(),
                    Instant.parse(build.started())
                            .truncatedTo(ChronoUnit.SECONDS)
                            .toString(),
                    build.duration()));
        }
        table(call, rows);
        return 0;
    }

    private static void table(DokkuCall call, List<List<String>> rows) {
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size() - 1; i++) {
                int column = i;
                int width = rows.stream()
                        .mapToInt(other -> other.get(column).length())
                        .max()
                        .orElse(0);
                line.append(DokkuReport.pad(row.get(i), width + 2));
            }
            call.out(line.append(row.getLast()).append('\n').toString());
        }
    }

    private static String option(List<String> words, String name) {
        int at = words.indexOf(name);
        if (at < 0 || at + 1 >= words.size()) {
            return "";
        }
        words.remove(at);
        return words.remove(at);
    }

    private DokkuReport report(String app) throws IOException {
        Map<String, String> values = new TreeMap<>();
        values.put("builds-computed-retention", String.valueOf(RETENTION));
        values.put("builds-global-retention", "");
        if (!app.equals("--global")) {
            values.put("builds-retention", "");
            Build last = builds(app).stream().findFirst().orElse(null);
            values.put("build-exit-code", last == null ? "" : last.exit());
            values.put("build-finished-at", last == null ? "" : seconds(last.finished()));
            values.put("build-id", last == null ? "" : last.id());
            values.put("build-kind", last == null ? "" : last.kind());
            values.put("build-pid", last == null ? "" : last.pid());
            values.put("build-source", last == null ? "" : last.source());
            values.put("build-started-at", last == null ? "" : seconds(last.started()));
            values.put("build-status", last == null ? "" : last.status());
        }
        return new DokkuReport(app + " builds information", "builds-", true, values);
    }

    private static String seconds(String time) {
        return time.isEmpty()
                ? ""
                : Instant.parse(time).truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
