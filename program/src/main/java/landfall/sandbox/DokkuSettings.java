package landfall.sandbox;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** {@code checks:*}, {@code resource:*}, {@code docker-options:*}: properties that are stored as given, hardly checked. */
final class DokkuSettings {
    /** No option holds it: ASCII's unit separator. */
    private static final String BETWEEN_OPTIONS = "\u001f";

    private static final List<String> RESOURCES =
            List.of("cpu", "memory", "memory-swap", "network", "network-ingress", "network-egress", "nvidia-gpu");

    private final DokkuHost host;

    DokkuSettings(DokkuHost host) {
        this.host = host;
    }

    /** Makes one app's report. */
    @FunctionalInterface
    interface Reporter {
        DokkuReport of(String app) throws IOException, DokkuFailure;
    }

    /** A report on the app named first, on {@code --global}, or on all apps. */
    static int each(DokkuHost host, DokkuCall call, Reporter reporter) throws IOException, DokkuFailure {
        String first = call.argument(0);
        boolean named = !first.isEmpty() && (!first.startsWith("--") || first.equals("--global"));
        List<String> flags = call.arguments().stream().skip(named ? 1 : 0).toList();
        List<String> apps = named ? List.of(first) : host.store().names("apps");
        for (String app : apps) {
            reporter.of(first.equals("--global") ? first : host.app(app)).print(call, flags);
        }
        return 0;
    }

    void register(Map<String, DokkuCommand> commands) {
        commands.put("checks:report", this::checksReport);
        commands.put("checks:run", this::checksRun);
        commands.put("checks:set", call -> set(call, "checks.", List.of("wait-to-retire"), "key", "keys"));
        for (String verb : List.of("enable", "disable", "skip")) {
            commands.put("checks:" + verb, this::checksToggle);
        }
        for (String kind : List.of("limit", "reserve")) {
            commands.put("resource:" + kind, this::resource);
            commands.put("resource:" + kind + "-clear", this::resourceClear);
        }
        commands.put("resource:report", this::resourceReport);
        commands.put("docker-options:add", this::dockerOptions);
        commands.put("docker-options:remove", this::dockerOptions);
        commands.put("docker-options:clear", this::dockerOptionsClear);
        commands.put("docker-options:report", this::dockerOptionsReport);
    }

    /** {@code X:set app key [value]}: no value unsets; the app's existence is not checked for nginx, as seen. */
    int set(DokkuCall call, String prefix, List<String> keys, String word, String plural)
            throws IOException, DokkuFailure {
        String app = call.argument(0);
        if (!app.equals("--global") && !prefix.equals("nginx.")) {
            host.app(app);
        }
        String key = call.argument(1);
        if (key.isEmpty()) {
            throw DokkuFailure.refused("No key specified");
        }
        if (!keys.contains(key)) {
            throw DokkuFailure.refused(
                    "Invalid " + word + " specified, valid " + plural + " include: " + String.join(", ", keys));
        }
        // The git family is split on blanks and drops surplus words.
        String value = prefix.equals("git.")
                ? call.argument(2)
                : String.join(" ", call.arguments().stream().skip(2).toList());
        call.heading(value.isEmpty() ? "=====> Unsetting " + key : "=====> Setting " + key + " to " + value);
        String scope = app.equals("--global") ? "global" : DokkuHost.scope(app);
        if (app.equals("--global") || host.isApp(app)) {
            host.store().set(scope, prefix + key, value);
        }
        return 0;
    }

    private int checksReport(DokkuCall call) throws IOException, DokkuFailure {
        return each(host, call, app -> {
            Map<String, String> values = new TreeMap<>();
            String global = host.store().get("global", "checks.wait-to-retire");
            String own = app.equals("--global") ? "" : host.store().get(DokkuHost.scope(app), "checks.wait-to-retire");
            values.put("checks-computed-wait-to-retire", !own.isEmpty() ? own : global.isEmpty() ? "60" : global);
            values.put("checks-global-wait-to-retire", global);
            if (!app.equals("--global")) {
                values.put("checks-wait-to-retire", own);
                for (String list : List.of("disabled", "skipped")) {
                    String types = host.store().get(DokkuHost.scope(app), "checks." + list);
                    values.put("checks-" + list + "-list", types.isEmpty() ? "none" : types.replace(' ', ','));
                }
            }
            return new DokkuReport(app + " checks information", "checks-", false, values);
        });
    }

    /** Its headings name no index and a temporary file instead, as on the real host. */
    private int checksRun(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String app = host.app(call.argument(0));
        call.out("-----> Running pre-flight checks\n");
        List<DokkuContainer> containers = host.deploys().containers(app);
        if (containers.isEmpty()) {
            throw DokkuFailure.refused("Invalid container index specified (" + app + ".web.1)");
        }
        DokkuRollout rollout = new DokkuRollout(host, call, app, host.deploys().build(app), DokkuRollout.Kind.RESTART);
        for (DokkuContainer container : containers) {
            call.out(
                    "-----> Running checks for app (" + app + "." + container.type() + "." + container.index() + ")\n");
            int exit = rollout.checked(container);
            if (exit != 0) {
                return exit;
            }
        }
        return 0;
    }

    private int checksToggle(DokkuCall call) throws IOException, DokkuFailure {
        String app = host.app(call.argument(0));
        String scope = DokkuHost.scope(app);
        String verb = call.command().substring("checks:".length());
        Set<String> types = new LinkedHashSet<>();
        if (!call.argument(1).isEmpty()) {
            types.addAll(List.of(call.argument(1).split(",")));
        }
        boolean all = types.isEmpty();
        for (String list : List.of("disabled", "skipped")) {
            Set<String> now = new LinkedHashSet<>(host.store().list(scope, "checks." + list));
            now.removeAll(all ? List.copyOf(now) : types);
            boolean target = (verb.equals("disable") && list.equals("disabled"))
                    || (verb.equals("skip") && list.equals("skipped"));
            if (target) {
                now.addAll(all ? List.of("_all_") : types);
            }
            host.store().set(scope, "checks." + list, String.join(" ", now));
        }
        String doing = Map.of("enable", "Enabling", "disable", "Disabling", "skip", "Skipping")
                .get(verb);
        String whom = all && !verb.equals("enable") ? "app (" : "app's (";
        call.heading("-----> " + doing + " zero downtime for " + whom + app + ")"
                + (all ? "" : " proctypes (" + String.join(",", types) + ")"));
        return 0;
    }

    private int resource(DokkuCall call) throws IOException, DokkuFailure {
        boolean limit = call.command().equals("resource:limit");
        Map<String, String> given = new LinkedHashMap<>();
        List<String> rest = new ArrayList<>();
        String type = flags(call, given, rest);
        String app = host.app(rest.isEmpty() ? "" : rest.getFirst());
        String prefix = "resource." + (type.isEmpty() ? "_default_" : type) + (limit ? ".limit." : ".reserve.");
        String what = limit ? "limits" : "reservation";
        if (given.isEmpty()) {
            call.heading("=====> resource " + what + " " + app + " information "
                    + (type.isEmpty() ? "[defaults]" : "(" + type + ")"));
            for (String key : RESOURCES) {
                call.out("       " + key + ": " + host.store().get(DokkuHost.scope(app), prefix + key) + "\n");
            }
            return 0;
        }
        call.heading("=====> Setting resource " + what + " for " + app + (type.isEmpty() ? "" : " (" + type + ")"));
        for (String key : RESOURCES) {
            String value = given.get(key);
            if (value != null) {
                call.out("       " + key + ": " + value + "\n");
                host.store().set(DokkuHost.scope(app), prefix + key, value);
            }
        }
        return 0;
    }

    private static String flags(DokkuCall call, Map<String, String> given, List<String> rest) throws DokkuFailure {
        String type = "";
        List<String> words = call.arguments();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (!word.startsWith("--")) {
                rest.add(word);
                continue;
            }
            int equals = word.indexOf('=');
            String name = word.substring(2, equals < 0 ? word.length() : equals);
            if (!RESOURCES.contains(name) && !name.equals("process-type")) {
                throw DokkuHelp.unknownFlag(call.command(), word);
            }
            String value = equals >= 0 ? word.substring(equals + 1) : i + 1 < words.size() ? words.get(++i) : "";
            if (name.equals("process-type")) {
                type = value;
            } else {
                given.put(name, value);
            }
        }
        return type;
    }

    private int resourceClear(DokkuCall call) throws IOException, DokkuFailure {
        boolean limit = call.command().equals("resource:limit-clear");
        List<String> rest = new ArrayList<>();
        String type = flags(call, new LinkedHashMap<>(), rest);
        String app = host.app(rest.isEmpty() ? "" : rest.getFirst());
        String prefix = "resource." + type + (limit ? ".limit." : ".reserve.");
        call.heading("=====> clearing " + app + (limit ? " limits" : " reservation")
                + (type.isEmpty() ? "" : " (" + type + ")"));
        String part = limit ? ".limit." : ".reserve.";
        for (String key : host.store().all(DokkuHost.scope(app)).keySet()) {
            boolean mine = type.isEmpty() ? key.startsWith("resource.") && key.contains(part) : key.startsWith(prefix);
            if (mine) {
                host.store().set(DokkuHost.scope(app), key, "");
            }
        }
        return 0;
    }

    private int resourceReport(DokkuCall call) throws IOException, DokkuFailure {
        return each(host, call, app -> {
            Map<String, String> values = new TreeMap<>();
            if (!app.equals("--global")) {
                host.store().all(DokkuHost.scope(app)).forEach((key, value) -> {
                    if (key.startsWith("resource.")) {
                        values.put("resource-" + key.substring("resource.".length()), value);
                    }
                });
            }
            return new DokkuReport(app + " resource information", "resource-", true, values);
        });
    }

    private static List<String> phases(String word) throws DokkuFailure {
        List<String> phases = List.of(word.split(","));
        if (!List.of("build", "deploy", "run").containsAll(phases)) {
            throw DokkuFailure.refused("Phase(s) must be one of [build deploy run]");
        }
        return phases;
    }

    /** Adding an option twice keeps it twice; removing one takes every copy, and one that isn't there is no error. */
    private int dockerOptions(DokkuCall call) throws IOException, DokkuFailure {
        String scope = DokkuHost.scope(host.app(call.argument(0)));
        List<String> phases = phases(call.argument(1));
        String option = String.join(" ", call.arguments().stream().skip(2).toList());
        if (option.isEmpty()) {
            throw DokkuFailure.refused("Please specify docker options to add to the phase");
        }
        for (String phase : phases) {
            if (call.command().equals("docker-options:remove")) {
                List<String> options = new ArrayList<>(dockerOptions(host, scope, phase));
                options.removeIf(option::equals);
                setDockerOptions(host, scope, phase, options);
            } else {
                addDockerOption(host, scope, phase, option);
                host.log("docker option kept but without effect: " + option);
            }
        }
        return 0;
    }

    private int dockerOptionsClear(DokkuCall call) throws IOException, DokkuFailure {
        String app = host.app(call.argument(0));
        boolean all = call.argument(1).isEmpty();
        List<String> phases = all ? List.of("build", "deploy", "run") : phases(call.argument(1));
        call.heading("-----> Clearing docker-options for " + app + " on "
                + (all ? "all phases" : "phase(s) " + call.argument(1)));
        for (String phase : phases) {
            setDockerOptions(host, DokkuHost.scope(app), phase, List.of());
        }
        return 0;
    }

    /** The options of a phase, in the order they were added; each may hold blanks. */
    static List<String> dockerOptions(DokkuHost host, String scope, String phase) throws IOException {
        String all = host.store().get(scope, "docker." + phase);
        return all.isEmpty() ? List.of() : List.of(all.split(BETWEEN_OPTIONS));
    }

    static void addDockerOption(DokkuHost host, String scope, String phase, String option) throws IOException {
        List<String> options = new ArrayList<>(dockerOptions(host, scope, phase));
        options.add(option);
        setDockerOptions(host, scope, phase, options);
    }

    static void setDockerOptions(DokkuHost host, String scope, String phase, List<String> options) throws IOException {
        host.store().set(scope, "docker." + phase, String.join(BETWEEN_OPTIONS, options));
    }

    private int dockerOptionsReport(DokkuCall call) throws IOException, DokkuFailure {
        return each(host, call, app -> {
            Map<String, String> values = new TreeMap<>();
            Map<String, List<String>> lists = new TreeMap<>();
            if (app.equals("--global")) {
                return new DokkuReport(app + " docker-options information", "docker-options-", true, values, lists);
            }
            for (String phase : List.of("build", "deploy", "run")) {
                List<String> options = dockerOptions(host, DokkuHost.scope(app), phase);
                values.put("docker-options-" + phase, String.join(" ", options));
                lists.put(phase + "-list", options);
            }
            return new DokkuReport(app + " docker-options information", "docker-options-", true, values, lists);
        });
    }
}
