package landfall.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code config:*}: values are echoed in clear, there is no lock, and some values corrupt the file, as seen. */
final class DokkuConfig {
    /** What each command takes; {@code config} alone takes anything. */
    private static final Map<String, List<String>> FLAGS = Map.of(
            "config:set", List.of("--encoded", "--global", "--no-restart"),
            "config:get", List.of("--global", "--quoted"),
            "config:keys", List.of("--global", "--merged"),
            "config:show", List.of("--global", "--merged"),
            "config:unset", List.of("--global", "--no-restart"),
            "config:clear", List.of("--global", "--no-restart"),
            "config:bundle", List.of("--global", "--merged"),
            "config:export", List.of("--format", "--global", "--merged"),
            "config:import", List.of("--format", "--global", "--no-restart", "--replace"));

    /** How long a real command has the values in hand before it writes them: another's change in between is lost. */
    private static final double SECONDS_UNGUARDED = 0.1;

    private final DokkuHost host;

    DokkuConfig(DokkuHost host) {
        this.host = host;
    }

    /** Flags taken off, {@code --format}'s value kept apart. */
    private record Words(List<String> flags, String format, List<String> rest) {
        boolean has(String flag) {
            return flags.contains(flag);
        }
    }

    void register(Map<String, DokkuCommand> commands) {
        commands.put("config:set", this::set);
        commands.put("config:get", this::get);
        commands.put("config:keys", this::keys);
        commands.put("config:unset", this::unset);
        commands.put("config:clear", this::clear);
        commands.put("config:show", this::show);
        commands.put("config", this::show);
        commands.put("config:export", this::export);
        commands.put("config:import", this::importAll);
        commands.put("config:bundle", this::bundle);
    }

    private static Words words(DokkuCall call) throws DokkuFailure {
        List<String> flags = new ArrayList<>();
        List<String> rest = new ArrayList<>();
        String format = "";
        List<String> all = call.arguments();
        List<String> known = FLAGS.getOrDefault(call.command(), List.of("--format", "--global", "--merged"));
        for (int i = 0; i < all.size(); i++) {
            String word = all.get(i);
            String name = word.startsWith("--format=") ? "--format" : word;
            if (word.startsWith("--") && !known.contains(name)) {
                throw DokkuHelp.unknownFlag(call.command(), word);
            }
            if (word.startsWith("--format=")) {
                format = word.substring("--format=".length());
            } else if (word.equals("--format") && i + 1 < all.size()) {
                format = all.get(++i);
            } else if (word.startsWith("--")) {
                flags.add(word);
            } else {
                rest.add(word);
            }
        }
        if (flags.contains("--global")) {
            rest.addFirst("--global");
        }
        return new Words(flags, format, rest);
    }

    private String target(Words words) throws DokkuFailure {
        if (words.has("--global")) {
            return "--global";
        }
        return host.app(words.rest().isEmpty() ? "" : words.rest().getFirst());
    }

    private Path file(String app) {
        return host.store().folder().resolve("config").resolve(app).resolve("ENV");
    }

    Map<String, String> values(String app) throws IOException, DokkuFailure {
        return DokkuEnvironment.read(file(app));
    }

    /** Global values under the app's own, as an app gets them. */
    Map<String, String> merged(String app) throws IOException, DokkuFailure {
        Map<String, String> all = values("--global");
        all.putAll(values(app));
        return all;
    }

    void put(String app, Map<String, String> changes) throws IOException, InterruptedException, DokkuFailure {
        Map<String, String> all = values(app);
        host.pause(SECONDS_UNGUARDED);
        all.putAll(changes);
        host.store().checkSpace(file(app).toString());
        DokkuEnvironment.write(file(app), all);
    }

    void drop(String app, List<String> keys) throws IOException, InterruptedException, DokkuFailure {
        Map<String, String> all = values(app);
        host.pause(SECONDS_UNGUARDED);
        keys.forEach(all::remove);
        host.store().checkSpace(file(app).toString());
        DokkuEnvironment.write(file(app), all);
    }

    private int set(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        Words words = words(call);
        String app = target(words);
        List<String> pairs = words.rest().stream().skip(1).toList();
        if (pairs.isEmpty()) {
            throw DokkuFailure.refused("At least one env pair must be given");
        }
        Map<String, String> changes = new TreeMap<>();
        for (String pair : pairs) {
            int at = pair.indexOf('=');
            if (at < 0) {
                throw DokkuFailure.refused("Invalid env pair: " + pair);
            }
            String key = pair.substring(0, at);
            checkKey(key);
            changes.put(key, words.has("--encoded") ? decoded(key, pair.substring(at + 1)) : pair.substring(at + 1));
        }
        return apply(call, app, changes, words.has("--no-restart"));
    }

    private static void checkKey(String key) throws DokkuFailure {
        if (!key.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            throw DokkuFailure.refused("Invalid key name: '" + key + "'");
        }
    }

    private static String decoded(String key, String value) throws DokkuFailure {
        try {
            return new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            int at = 0;
            while (at < value.length() && String.valueOf(value.charAt(at)).matches("[A-Za-z0-9+/=]")) {
                at++;
            }
            throw DokkuFailure.refused("illegal base64 data at input byte " + at + " for key '" + key + "'");
        }
    }

    private int apply(DokkuCall call, String app, Map<String, String> changes, boolean noRestart)
            throws IOException, InterruptedException, DokkuFailure {
        put(app, changes);
        call.heading("-----> Setting config vars");
        call.out(pretty(changes, "       "));
        return noRestart ? 0 : restart(call, app);
    }

    int restart(DokkuCall call, String app) throws IOException, InterruptedException, DokkuFailure {
        if (app.equals("--global") || !host.deploys().isDeployed(app)) {
            return 0;
        }
        call.heading("-----> Restarting app " + app);
        return new DokkuBuilds(host)
                .recorded(
                        call,
                        app,
                        "deploy",
                        "config-redeploy",
                        body -> host.deploys().release(body, app, true));
    }

    static String pretty(Map<String, String> values, String indent) {
        int width = 2 + values.keySet().stream().mapToInt(String::length).max().orElse(0) + 1;
        return new TreeMap<>(values)
                .entrySet().stream()
                        .map(entry -> indent + DokkuReport.pad(entry.getKey() + ":", width) + shown(entry.getValue()))
                        .collect(Collectors.joining("\n", "", "\n"));
    }

    /** The table's cells lose blanks at their ends. */
    private static String shown(String value) {
        return value.replaceAll("^ +| +$", "").replaceAll("\n$", "");
    }

    private int get(DokkuCall call) throws IOException, DokkuFailure {
        Words words = words(call);
        String app = target(words);
        if (words.rest().size() < 2) {
            throw DokkuFailure.refused("Expected: key");
        }
        if (words.rest().size() > 2) {
            throw DokkuFailure.refused("Unexpected argument(s): ["
                    + String.join(" ", words.rest().subList(2, words.rest().size())) + "]");
        }
        String value;
        try {
            value = values(app).get(words.rest().get(1));
        } catch (DokkuFailure unreadable) {
            // This one command says nothing of a file that can't be parsed.
            return 1;
        }
        if (value == null) {
            return 1;
        }
        call.out((words.has("--quoted") ? single(value) : value) + "\n");
        return 0;
    }

    private static String single(String value) {
        return "'" + value.replace("'", "'\\''") + "'";
    }

    private Map<String, String> read(Words words) throws IOException, DokkuFailure {
        String app = target(words);
        return words.has("--merged") ? merged(app) : values(app);
    }

    private int keys(DokkuCall call) throws IOException, DokkuFailure {
        read(words(call)).keySet().forEach(key -> call.out(key + "\n"));
        return 0;
    }

    private int show(DokkuCall call) throws IOException, DokkuFailure {
        Words words = words(call);
        Map<String, String> values = read(words);
        call.heading("=====> " + (words.has("--global") ? "global" : target(words)) + " env vars");
        call.out(pretty(values, ""));
        return 0;
    }

    private int unset(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        Words words = words(call);
        String app = target(words);
        List<String> keys = words.rest().stream().skip(1).toList();
        if (keys.isEmpty()) {
            throw DokkuFailure.refused("At least one key must be given");
        }
        return remove(call, app, keys, words.has("--no-restart"));
    }

    private int clear(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        Words words = words(call);
        String app = target(words);
        return remove(call, app, List.copyOf(values(app).keySet()), words.has("--no-restart"));
    }

    private int remove(DokkuCall call, String app, List<String> keys, boolean noRestart)
            throws IOException, InterruptedException, DokkuFailure {
        Map<String, String> before = values(app);
        for (String key : keys) {
            call.heading(
                    before.containsKey(key)
                            ? "-----> Unsetting " + key
                            : "-----> Skipping " + key + ", it is not set in the environment");
        }
        if (keys.stream().noneMatch(before::containsKey)) {
            return 0;
        }
        drop(app, keys);
        return noRestart ? 0 : restart(call, app);
    }

    private int export(DokkuCall call) throws IOException, DokkuFailure {
        Words words = words(call);
        Map<String, String> values = read(words);
        String text = switch (words.format()) {
            case "", "exports" -> lines(values, "export %s=%s", "\n") + "\n";
            case "envfile" -> values.isEmpty() ? "\n" : DokkuEnvironment.marshal(values);
            case "json" -> DokkuJson.object(values) + "\n";
            case "json-list" ->
                values.entrySet().stream()
                                .map(entry -> "{\"name\":" + DokkuJson.string(entry.getKey()) + ",\"value\":"
                                        + DokkuJson.string(entry.getValue()) + "}")
                                .collect(Collectors.joining(",", "[", "]"))
                        + "\n";
            case "shell" -> lines(values, "%s=%s", " ") + " ";
            case "docker-args" -> lines(values, "--env=%s=%s", " ") + "\n";
            case "docker-args-keys" -> lines(values, "--env=%1$s", " ") + "\n";
            case "pack-keys" -> lines(values, "--env %1$s", " ") + "\n";
            case "pretty" -> pretty(values, "");
            default -> throw DokkuFailure.refused("Unknown export format: " + words.format());
        };
        call.out(text);
        return 0;
    }

    /** A tar with a file for each value. */
    private int bundle(DokkuCall call) throws IOException, DokkuFailure {
        Map<String, String> values = read(words(call));
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, 512)) {
            for (Map.Entry<String, String> value : values.entrySet()) {
                byte[] content = value.getValue().getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry entry = new TarArchiveEntry(value.getKey());
                entry.setSize(content.length);
                entry.setMode(0600);
                entry.setModTime(0L);
                entry.setIds(0, 0);
                entry.setNames("", "");
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        call.outStream().write(bytes.toByteArray());
        return 0;
    }

    private static String lines(Map<String, String> values, String format, String between) {
        return values.entrySet().stream()
                .map(entry -> format.replace("%1$s", entry.getKey())
                        .replaceFirst("%s", entry.getKey())
                        .replace("%s", single(entry.getValue())))
                .collect(Collectors.joining(between));
    }

    private int importAll(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        Words words = words(call);
        String app = target(words);
        if (words.rest().size() < 2 || !words.rest().get(1).equals("-")) {
            throw DokkuFailure.refused("No config vars to set");
        }
        call.heading("-----> Reading config vars from stdin");
        String text = new String(call.in().readAllBytes(), StandardCharsets.UTF_8);
        Map<String, String> changes = words.format().equals("json") ? json(text) : DokkuEnvironment.parse(text);
        if (changes.isEmpty()) {
            throw DokkuFailure.refused("No config vars to set");
        }
        for (Map.Entry<String, String> entry : changes.entrySet()) {
            checkKey(entry.getKey());
            call.heading("-----> Setting config var " + entry.getKey() + "=" + entry.getValue());
        }
        if (words.has("--replace")) {
            Map<String, String> before = values(app);
            DokkuEnvironment.write(file(app), Map.of());
            host.log("config:import --replace on " + app + " dropped " + before.size() + " values");
        }
        return apply(call, app, changes, words.has("--no-restart"));
    }

    private static Map<String, String> json(String text) throws DokkuFailure {
        Map<String, String> values = new TreeMap<>();
        try {
            JsonNode node = new JsonMapper().readTree(text);
            for (Map.Entry<String, JsonNode> entry : node.properties()) {
                values.put(entry.getKey(), entry.getValue().asString());
            }
        } catch (JacksonException e) {
            throw DokkuFailure.refused("invalid character in JSON: " + e.getOriginalMessage());
        }
        return values;
    }
}
