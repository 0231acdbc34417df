package landfall.sandbox;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code cron:*}: the tasks that an app's app.json named at its last deploy. Nothing runs them but {@code cron:run}. */
final class DokkuCron {
    private static final List<String> KEYS = List.of("mailfrom", "mailto", "maintenance");
    private static final DokkuProperties PROPERTIES =
            DokkuProperties.of("cron", true, KEYS, "mailfrom=/gcC", "mailto=/gcC", "maintenance=false/agcC");

    private final DokkuHost host;

    DokkuCron(DokkuHost host) {
        this.host = host;
    }

    /** A line of app.json's cron. */
    private record Task(String id, String app, String command, String schedule, String concurrency, boolean suspended) {
        String json(boolean maintenance) {
            return "{\"id\":" + DokkuJson.string(id) + ",\"app\":" + DokkuJson.string(app) + ",\"command\":"
                    + DokkuJson.string(command) + ",\"schedule\":" + DokkuJson.string(schedule)
                    + ",\"concurrency_policy\":" + DokkuJson.string(concurrency) + ",\"app-in-maintenance\":"
                    + maintenance + ",\"task-in-maintenance\":" + suspended + ",\"maintenance\":"
                    + (maintenance || suspended) + "}";
        }
    }

    void register(Map<String, DokkuCommand> commands) {
        commands.put(
                "cron:report",
                call -> DokkuSettings.each(
                        host,
                        call,
                        app -> PROPERTIES.report(
                                host.store(),
                                app,
                                app.equals("--global")
                                        ? Map.of()
                                        : Map.of(
                                                "cron-task-count",
                                                String.valueOf(tasks(app).size())))));
        commands.put("cron:set", call -> new DokkuSettings(host).set(call, "cron.", KEYS, "property", "properties"));
        commands.put("cron:list", this::list);
        commands.put("cron:run", this::run);
        commands.put("cron:suspend", call -> suspend(call, true));
        commands.put("cron:resume", call -> suspend(call, false));
    }

    private List<Task> tasks(String app) throws IOException {
        String cron = host.store().get(DokkuHost.scope(app), "cron");
        List<Task> tasks = new ArrayList<>();
        if (!cron.isEmpty()) {
            for (JsonNode task : new JsonMapper().readTree(cron)) {
                String command = task.path("command").asString("");
                String schedule = task.path("schedule").asString("");
                String id = id(app + "===" + command + "===" + schedule);
                boolean suspended = !host.store()
                        .get(DokkuHost.scope(app), "cron.maintenance." + id)
                        .isEmpty();
                tasks.add(new Task(
                        id,
                        app,
                        command,
                        schedule,
                        task.path("concurrency_policy").asString("allow"),
                        suspended));
            }
        }
        return tasks;
    }

    /** The base 36 of what makes the task: the same task has the same name after every deploy. */
    private static String id(String task) {
        return new BigInteger(1, task.getBytes(StandardCharsets.UTF_8)).toString(36);
    }

    private boolean inMaintenance(String app) throws IOException {
        return host.store().get(DokkuHost.scope(app), "cron.maintenance").equals("true")
                || host.store().get("global", "cron.maintenance").equals("true");
    }

    private int list(DokkuCall call) throws IOException, DokkuFailure {
        String app = host.app(call.argument(0));
        boolean maintenance = inMaintenance(app);
        List<Task> tasks = tasks(app);
        if (call.arguments().contains("json") || call.arguments().contains("--format=json")) {
            call.out(tasks.stream().map(task -> task.json(maintenance)).collect(Collectors.joining(",", "[", "]\n")));
            return 0;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("ID", "Schedule", "Concurrency", "Maintenance", "Command"));
        for (Task task : tasks) {
            rows.add(List.of(
                    task.id(),
                    task.schedule(),
                    task.concurrency(),
                    String.valueOf(maintenance || task.suspended()),
                    task.command()));
        }
        DokkuTable.print(call, rows);
        return 0;
    }

    private int run(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String app = host.app(call.argument(0));
        String id = call.argument(1);
        Task task = tasks(app).stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow(() -> DokkuFailure.refused("No matching Cron ID found. Please specify a Cron ID from the"
                        + " output of 'dokku cron:list " + app + "'"));
        List<String> words = List.of("sh", "-c", task.command());
        DokkuRuns runs = new DokkuRuns(host);
        if (call.arguments().contains("--detach")) {
            call.out(runs.detached(app, "cron", words) + "\n");
            return 0;
        }
        return runs.attached(call, app, "cron", words, Map.of());
    }

    private int suspend(DokkuCall call, boolean suspended) throws IOException, DokkuFailure {
        String app = host.app(call.argument(0));
        String id = call.argument(1);
        if (tasks(app).stream().noneMatch(task -> task.id().equals(id))) {
            throw DokkuFailure.refused(
                    "Invalid task maintenance property, no matching task ID found: maintenance." + id);
        }
        call.heading(
                suspended ? "=====> Setting maintenance." + id + " to true" : "=====> Unsetting maintenance." + id);
        host.store().set(DokkuHost.scope(app), "cron.maintenance." + id, suspended ? "true" : "");
        if (tasks(app).stream().anyMatch(task -> !task.suspended())) {
            call.heading("-----> Updated schedule file");
        }
        return 0;
    }
}
