package landfall.sandbox;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * {@code objects:*}, Landfall's own plugin, with the real server behind it: what it does otherwise than the plugins of
 * databases. An app's keys are its own, may use the service's buckets and make none; the service's own keys may do all.
 */
final class DokkuObjects {
    static final String KIND = "objects";

    private static final String URL = "OBJECTS_URL";

    private final DokkuHost host;
    private final DokkuServices services;

    DokkuObjects(DokkuHost host, DokkuServices services) {
        this.host = host;
        this.services = services;
    }

    void register(Map<String, DokkuCommand> commands) {
        commands.put("objects:link", this::link);
        commands.put("objects:unlink", this::unlink);
        for (String command : List.of(
                "bucket-create",
                "bucket-destroy",
                "bucket-list",
                "bucket-set",
                "scrub",
                "usage",
                "user-create",
                "user-destroy",
                "user-key",
                "user-list")) {
            commands.put("objects:" + command, call -> inside(call, command));
        }
        for (String command : List.of("export", "import", "clone", "publish", "unpublish")) {
            commands.put("objects:" + command, call -> {
                services.name(call);
                host.log("not emulated: objects:" + command);
                throw DokkuFailure.refused("sandbox: objects:" + command + " is not emulated");
            });
        }
        commands.put("objects:promote", this::promote);
    }

    private String scope(String name) {
        return DokkuServices.scope(KIND, name);
    }

    /** {@code --custom-env "A=1;B=2"}. */
    private Map<String, String> settings(String name) throws IOException {
        Map<String, String> settings = new TreeMap<>();
        for (String pair : host.store().get(scope(name), "custom-env").split(";")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                settings.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        settings.putIfAbsent("OBJECTS_BUCKETS", bucket(name));
        return settings;
    }

    /** A service's own bucket: names of services may hold what names of buckets may not. */
    private static String bucket(String name) {
        String plain = name.toLowerCase(Locale.ROOT).replace('_', '-');
        return plain.length() < 3 ? plain + "-bucket" : plain;
    }

    private List<String> buckets(String name) throws IOException {
        return List.of(settings(name).getOrDefault("OBJECTS_BUCKETS", "").split(","));
    }

    private String region(String name) throws IOException {
        return settings(name).getOrDefault("OBJECTS_REGION", "us-east-1");
    }

    private static String endpoint(String name) {
        return "http://" + DokkuServices.hostName(KIND, name) + ":" + ObjectsServer.PORT;
    }

    /** The administrator's address: the service's name is the access key, as the database plugins have a user of it. */
    String dsn(String name) throws IOException {
        return dsn(
                name,
                name,
                host.store().get(scope(name), "password"),
                buckets(name).getFirst());
    }

    private static String dsn(String name, String accessKey, String secret, String bucket) {
        return "s3://" + accessKey + ":" + secret + "@" + DokkuServices.hostName(KIND, name) + ":" + ObjectsServer.PORT
                + "/" + bucket + "?region=us-east-1";
    }

    DokkuServices.Running start(String name, String address) throws IOException, InterruptedException, DokkuFailure {
        return ObjectsServer.start(
                services.root(KIND, name),
                address,
                name,
                host.store().get(scope(name), "password"),
                settings(name),
                host.registry());
    }

    private int link(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String name = services.name(call);
        String app = host.app(call.argument(1));
        DokkuConfig config = new DokkuConfig(host);
        Map<String, String> values = config.values(app);
        Optional<String> linked = url(values, name);
        if (linked.isPresent()) {
            throw DokkuFailure.refused("Already linked as " + linked.get());
        }
        String wanted = DokkuServices.option(call, "--bucket", "-b");
        List<String> buckets = wanted.isEmpty() ? buckets(name) : List.of(wanted);
        List<String> words = new ArrayList<>(List.of("user-create", app));
        buckets.forEach(bucket -> words.addAll(List.of("--bucket", bucket)));
        Map<String, String> keys = pairs(answer(name, words, ""));
        String url = dsn(
                name,
                keys.getOrDefault("AWS_ACCESS_KEY_ID", ""),
                keys.getOrDefault("AWS_SECRET_ACCESS_KEY", ""),
                buckets.getFirst());
        Map<String, String> change = new LinkedHashMap<>();
        String alias = DokkuServices.option(call, "--alias", "-a");
        String key = alias.isEmpty() ? URL : alias + "_URL";
        change.put(alias.isEmpty() && values.containsKey(key) ? DokkuServices.coloured(KIND, values) : key, url);
        Map<String, String> settings = settings(name, keys, buckets.getFirst());
        // Keys of one store and the address of another would be worse than none: all of them or just the URL.
        if (settings.keySet().stream().noneMatch(values::containsKey)) {
            change.putAll(settings);
        }
        config.put(app, change);
        services.addLink(KIND, name, app);
        call.heading("-----> Setting config vars");
        call.out(DokkuConfig.pretty(new TreeMap<>(change), "       "));
        return DokkuServices.after(call, app, config);
    }

    private Map<String, String> settings(String name, Map<String, String> keys, String bucket) throws IOException {
        Map<String, String> settings = new TreeMap<>(keys);
        settings.put("AWS_ENDPOINT_URL_S3", endpoint(name));
        settings.put("AWS_REGION", region(name));
        settings.put("S3_BUCKET", bucket);
        return settings;
    }

    /** The variable that holds a service's URL. */
    private static Optional<String> url(Map<String, String> values, String name) {
        String address = "@" + DokkuServices.hostName(KIND, name) + ":";
        return values.entrySet().stream()
                .filter(entry ->
                        entry.getKey().endsWith("_URL") && entry.getValue().contains(address))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private int unlink(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String name = services.name(call);
        String app = host.app(call.argument(1));
        if (!services.links(KIND, name).contains(app)) {
            throw DokkuFailure.refused("Not linked to app " + app);
        }
        DokkuConfig config = new DokkuConfig(host);
        Map<String, String> values = config.values(app);
        List<String> keys = url(values, name).stream()
                .flatMap(url -> made(values, name, values.getOrDefault(url, ""), url).stream())
                .toList();
        services.removeLink(KIND, name, app);
        config.drop(app, keys);
        answer(name, List.of("user-destroy", app), "");
        keys.forEach(key -> call.heading("-----> Unsetting " + key));
        return DokkuServices.after(call, app, config);
    }

    /** What a link has set: the URL, and the settings that say the same as it does. */
    private static List<String> made(Map<String, String> values, String name, String url, String variable) {
        String login = url.replaceFirst("^s3://", "").replaceFirst("@.*$", "");
        Map<String, String> parts = Map.of(
                "AWS_ACCESS_KEY_ID",
                login.replaceFirst(":.*$", ""),
                "AWS_SECRET_ACCESS_KEY",
                login.replaceFirst("^[^:]*:", ""));
        List<String> made = new ArrayList<>(List.of(variable));
        boolean isWhole =
                parts.entrySet().stream().allMatch(part -> part.getValue().equals(values.get(part.getKey())));
        if (isWhole && endpoint(name).equals(values.get("AWS_ENDPOINT_URL_S3"))) {
            made.addAll(List.of(
                    "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL_S3", "AWS_REGION", "AWS_SECRET_ACCESS_KEY", "S3_BUCKET"));
            made.removeIf(key -> !values.containsKey(key));
        }
        return made;
    }

    private int promote(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String name = services.name(call);
        String app = host.app(call.argument(1));
        DokkuConfig config = new DokkuConfig(host);
        Map<String, String> values = config.values(app);
        String linked = url(values, name).orElseThrow(() -> DokkuFailure.refused("Not linked to app " + app));
        if (linked.equals(URL)) {
            throw DokkuFailure.refused("Service " + name + " already promoted as " + URL);
        }
        String url = values.getOrDefault(linked, "");
        String[] login = url.replaceFirst("^s3://", "").replaceFirst("@.*$", "").split(":", 2);
        Map<String, String> change = new TreeMap<>(settings(
                name,
                Map.of("AWS_ACCESS_KEY_ID", login[0], "AWS_SECRET_ACCESS_KEY", login[1]),
                url.substring(url.lastIndexOf('/') + 1)));
        change.put(URL, url);
        String first = values.getOrDefault(URL, "");
        if (!first.isEmpty()) {
            change.put(DokkuServices.coloured(KIND, values), first);
        }
        config.put(app, change);
        call.heading("-----> Setting config vars");
        call.out(DokkuConfig.pretty(change, "       "));
        return config.restart(call, app);
    }

    /** The service's forget of an app that is destroyed. */
    void forget(String name, String app) throws IOException, InterruptedException, DokkuFailure {
        if (services.links(KIND, name).contains(app)) {
            answer(name, List.of("user-destroy", app), "");
        }
    }

    private static Map<String, String> pairs(String lines) {
        return lines.lines()
                .filter(line -> line.indexOf('=') > 0)
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf('=')), line -> line.substring(line.indexOf('=') + 1)));
    }

    private String answer(String name, List<String> words, String input)
            throws IOException, InterruptedException, DokkuFailure {
        ObjectsServer.Answer answer = services.objects(name).ask(words, input);
        if (answer.exit() != 0) {
            throw DokkuFailure.refused(answer.err().strip().replaceFirst("^objects: ", ""));
        }
        return answer.out();
    }

    /** Buckets and users: the words behind the service's name are the server's own command's, streams included. */
    private int inside(DokkuCall call, String command) throws IOException, InterruptedException, DokkuFailure {
        String name = services.name(call);
        List<String> words = new ArrayList<>(List.of(command));
        words.addAll(call.words().stream().skip(2).toList());
        boolean reads = words.contains("--secret-stdin");
        return call.stream(services.objects(name).command(words), host.registry(), reads);
    }
}
