package landfall.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code logs*}, {@code events*} and {@code trace*}: what containers and Dokku itself say. */
final class DokkuLogs {
    private static final List<String> KEYS = List.of(
            "app-label-alias", "max-size", "vector-cron-sink", "vector-image", "vector-networks", "vector-sink");
    private static final DokkuProperties PROPERTIES = DokkuProperties.of(
            "logs",
            true,
            KEYS,
            "app-label-alias=com.dokku.app-name/agcC",
            "max-size=10m/agcC",
            "vector-cron-sink=/agcC",
            "vector-image=timberio/vector:0.57.0-debian/gcC",
            "vector-networks=/gcC",
            "vector-sink=/agcC");

    /** One per container, in turn. */
    private static final List<Integer> COLOURS = List.of(36, 33, 32, 35, 31);

    private final DokkuHost host;

    DokkuLogs(DokkuHost host) {
        this.host = host;
    }

    void register(Map<String, DokkuCommand> commands) {
        PROPERTIES.register(host, commands);
        commands.put("logs", this::logs);
        commands.put("logs:set", this::set);
        commands.put("logs:failed", this::failed);
        for (String verb : List.of("vector-logs", "vector-stop")) {
            commands.put("logs:" + verb, call -> {
                throw DokkuFailure.refused("Vector container does not exist");
            });
        }
        commands.put("events", call -> 0);
        commands.put("events:on", call -> switched(call, "true", "Enabling dokku events logger"));
        commands.put("events:off", call -> switched(call, "", "Disabling dokku events logger"));
        commands.put("events:list", this::events);
        commands.put("trace:on", call -> said(call, "-----> Enabling trace mode"));
        commands.put("trace:off", call -> said(call, "-----> Disabling trace mode"));
    }

    private static int said(DokkuCall call, String line) {
        call.out(line + "\n");
        return 0;
    }

    private int switched(DokkuCall call, String on, String line) throws IOException {
        host.store().set("global", "events", on);
        return said(call, line);
    }

    /** The triggers of the plugins that a host of this version has; none is really logged. */
    private int events(DokkuCall call) throws IOException {
        if (host.store().get("global", "events").isEmpty()) {
            call.warn("Events logger disabled");
            return 0;
        }
        try (InputStream in = DokkuLogs.class.getResourceAsStream("dokku-events.txt")) {
            call.out(new String(java.util.Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
        }
        return 0;
    }

    private int set(DokkuCall call) throws IOException, DokkuFailure {
        String key = call.argument(1);
        String value = call.argument(2);
        if (key.equals("max-size") && !value.isEmpty() && !value.matches("[0-9]+[kmg]|unlimited")) {
            throw DokkuFailure.refused("Invalid max-size unit measure, value must end in any of [k, m, g]");
        }
        int exit = new DokkuSettings(host).set(call, "logs.", KEYS, "property", "properties");
        if (List.of("vector-sink", "vector-cron-sink").contains(key)) {
            call.out("       Writing updated vector config to /var/lib/dokku/data/logs/vector.json\n");
        }
        return exit;
    }

    /** Containers of a failed deploy are gone at once here, as they were there. */
    private int failed(DokkuCall call) throws IOException, DokkuFailure {
        boolean all = call.arguments().contains("--all");
        for (String app : all ? host.store().names("apps") : List.of(host.app(call.argument(0)))) {
            if (all) {
                call.heading("-----> Running logs:failed against app " + app);
            }
            call.heading("=====> " + app + " failed deploy logs");
            call.warn("No failed containers found");
        }
        return 0;
    }

    /** What {@code logs} was asked for. */
    private record Wish(String app, int lines, String process, boolean quiet, boolean follow) {}

    private Wish wish(DokkuCall call) throws DokkuFailure {
        String app = "";
        String process = "";
        int lines = 100;
        boolean quiet = call.quiet();
        boolean follow = false;
        List<String> words = call.arguments();
        for (int i = 0; i < words.size(); i++) {
            String next = i + 1 < words.size() ? words.get(i + 1) : "";
            switch (words.get(i)) {
                case "-n", "--num" -> {
                    lines = next.matches("[0-9]{1,9}") ? Integer.parseInt(next) : lines;
                    i++;
                }
                case "-p", "--ps" -> {
                    process = next;
                    i++;
                }
                case "-q", "--quiet" -> quiet = true;
                case "-t", "--tail" -> follow = true;
                default -> {
                    if (words.get(i).startsWith("-")) {
                        throw DokkuHelp.unknownFlag("logs", words.get(i));
                    }
                    app = app.isEmpty() ? words.get(i) : app;
                }
            }
        }
        return new Wish(host.app(app), lines, process, quiet, follow);
    }

    private int logs(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        Wish wish = wish(call);
        if (!host.deploys().isDeployed(wish.app())) {
            throw DokkuFailure.refused("App " + wish.app() + " has not been deployed");
        }
        Map<String, Integer> seen = new HashMap<>();
        print(call, wish, wish.lines(), seen);
        while (wish.follow() && !call.isCancelled() && !call.link().isGone()) {
            Thread.sleep(50);
            print(call, wish, Integer.MAX_VALUE, seen);
        }
        return 0;
    }

    private void print(DokkuCall call, Wish wish, int lines, Map<String, Integer> seen) throws IOException {
        int printed = 0;
        for (DokkuContainer container : host.deploys().containers(wish.app())) {
            String name = container.type() + "." + container.index();
            if (wish.process().isEmpty()
                    || wish.process().equals(container.type())
                    || wish.process().equals(name)) {
                List<String> output = container.output();
                int from = Math.max(seen.getOrDefault(container.id(), 0), Math.max(0, output.size() - lines));
                int colour = COLOURS.get(printed++ % COLOURS.size());
                String label =
                        wish.quiet() ? "" : "\u001b[" + colour + "m" + Instant.now() + " app[" + name + "]:\u001b[0m ";
                output.subList(Math.min(from, output.size()), output.size())
                        .forEach(line -> call.out(label + line + "\n"));
                seen.put(container.id(), output.size());
            }
        }
    }
}
