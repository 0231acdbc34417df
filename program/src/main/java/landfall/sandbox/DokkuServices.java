package landfall.sandbox;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** {@code postgres:*} and {@code objects:*} with real servers, and {@code redis:*}, which is of the same plugin family. */
final class DokkuServices {
    private static final List<String> INFO = List.of(
            "config-dir",
            "config-options",
            "data-dir",
            "dsn",
            "exposed-ports",
            "id",
            "internal-ip",
            "initial-network",
            "links",
            "post-create-network",
            "post-start-network",
            "service-root",
            "status",
            "version");

    /** The options of {@code create} that have one letter; all take a value. */
    private static final String LETTERS = "cCdiImnNpPqRrsSu";

    private static final Set<String> FLAGS = Set.of(
            "--config-options",
            "--custom-env",
            "--image",
            "--image-version",
            "--initial-network",
            "--memory",
            "--password",
            "--post-create-network",
            "--post-start-network",
            "--root-password",
            "--shm-size");

    static final List<String> KINDS = List.of("postgres", "redis", DokkuObjects.KIND);

    private final DokkuHost host;
    private final DokkuExposures exposures;
    private final DokkuObjects objects;
    private final Map<String, Running> running = new ConcurrentHashMap<>();

    DokkuServices(DokkuHost host) {
        this.host = host;
        exposures = new DokkuExposures(host);
        objects = new DokkuObjects(host, this);
    }

    DokkuExposures exposures() {
        return exposures;
    }

    /** What serves a service now. */
    interface Running {
        void end() throws IOException;
    }

    private record Postgres(EmbeddedServer server, TcpForwarder door) implements Running {
        @Override
        public void end() throws IOException {
            door.close();
            server.close();
        }
    }

    private record Redis(Process process) implements Running {
        @Override
        public void end() {
            process.destroy();
        }
    }

    void register(Map<String, DokkuCommand> commands) {
        new DokkuServiceCommands(host, this).register(commands);
        for (String kind : KINDS) {
            commands.put(kind + ":create", this::create);
            commands.put(kind + ":exists", call -> {
                call.out("-----> Service " + name(call) + " exists\n");
                return 0;
            });
            commands.put(kind + ":list", this::list);
            commands.put(kind + ":info", this::info);
            commands.put(kind + ":link", this::link);
            commands.put(kind + ":unlink", this::unlink);
            commands.put(kind + ":linked", this::linked);
            commands.put(kind + ":links", call -> {
                links(kind, name(call)).forEach(app -> call.out(app + "\n"));
                return 0;
            });
            commands.put(kind + ":app-links", this::appLinks);
            commands.put(kind + ":destroy", this::destroy);
            commands.put(kind + ":start", this::start);
            commands.put(kind + ":stop", this::stop);
            commands.put(kind + ":pause", this::pause);
            commands.put(kind + ":restart", this::restartOne);
            commands.put(kind + ":logs", this::logs);
        }
        objects.register(commands);
    }

    static String kind(DokkuCall call) {
        return call.command().substring(0, call.command().indexOf(':'));
    }

    static String title(String kind) {
        return switch (kind) {
            case "postgres" -> "Postgres";
            case DokkuObjects.KIND -> "Objects";
            default -> "Redis";
        };
    }

    static String scope(String kind, String name) {
        return "services/" + kind + "/" + name;
    }

    static String hostName(String kind, String name) {
        return "dokku-" + kind + "-" + name;
    }

    static String valid(String name) throws DokkuFailure {
        if (!name.matches("[A-Za-z0-9_-]+")) {
            throw DokkuFailure.refused(
                    "Please specify a valid name for the service. Valid characters are: [A-Za-z0-9_]+");
        }
        return name;
    }

    String name(DokkuCall call) throws DokkuFailure {
        String name = valid(call.argument(0));
        if (!host.store().exists(scope(kind(call), name))) {
            throw DokkuFailure.refused(title(kind(call)) + " service " + name + " does not exist");
        }
        return name;
    }

    Path root(String kind, String name) {
        return host.store().folder().resolve("service-data").resolve(kind).resolve(name);
    }

    static String database(String name) {
        return name.replace('-', '_').replace('.', '_');
    }

    String dsn(String kind, String name) throws IOException {
        if (kind.equals(DokkuObjects.KIND)) {
            return objects.dsn(name);
        }
        String password = host.store().get(scope(kind, name), "password");
        return kind.equals("postgres")
                ? "postgres://postgres:" + password + "@" + hostName(kind, name) + ":5432/" + database(name)
                : "redis://:" + password + "@" + hostName(kind, name) + ":6379";
    }

    private int create(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String kind = kind(call);
        String name = valid(call.argument(0));
        call.err(illegalOptions(call));
        String version = option(call, "--image-version", "-I");
        String image = option(call, "--image", "-i");
        boolean isObjects = kind.equals(DokkuObjects.KIND);
        String usual = isObjects ? "0.1" : kind.equals("postgres") ? "15-local" : "7";
        String reference = (image.isEmpty() ? isObjects ? "landfall/objects" : kind : image) + ":"
                + (version.isEmpty() ? usual : version);
        boolean isThere = isObjects
                ? reference.equals("landfall/objects:0.1")
                : host.image(reference).isPresent();
        if (!isThere || (kind.equals("postgres") && !reference.contains(":15"))) {
            throw unknownImage(kind, reference);
        }
        if (!host.store().create(scope(kind, name))) {
            throw DokkuFailure.refused(title(kind) + " service " + name + " already exists");
        }
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        String password = isObjects ? option(call, "--password", "-p") : "";
        host.store()
                .set(
                        scope(kind, name),
                        "password",
                        password.isEmpty() ? HexFormat.of().formatHex(random) : password);
        host.store().set(scope(kind, name), "custom-env", option(call, "--custom-env", "-C"));
        host.store().set(scope(kind, name), "image", reference);
        host.store().set(scope(kind, name), "id", DokkuDeploys.sha(name + System.nanoTime()) + "0".repeat(24));
        host.store().set(scope(kind, name), "config-options", option(call, "--config-options", "-c"));
        try {
            call.out("       Waiting for container to be ready\n");
            launch(kind, name);
        } catch (IOException e) {
            host.store().delete(scope(kind, name));
            throw e;
        }
        call.out(
                isObjects
                        ? "       Creating buckets\n"
                        : "       Creating container database\n       Securing connection to database\n");
        call.heading("=====> " + title(kind) + " container created: " + name);
        print(call, kind, name);
        return 0;
    }

    static DokkuFailure unknownImage(String kind, String reference) {
        return new DokkuFailure(
                1,
                "Error response from daemon: Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup"
                        + " registry-1.docker.io on 10.255.255.53:53: no such host\n !     " + title(kind) + " image "
                        + reference + " pull failed\n");
    }

    /** What bash's getopts says of a long option that the plugin doesn't know: it reads its letters one by one. */
    private static String illegalOptions(DokkuCall call) {
        StringBuilder text = new StringBuilder();
        for (String word : call.arguments()) {
            if (word.startsWith("--") && !FLAGS.contains(word.split("=", 2)[0])) {
                for (int i = 1; i < word.length() && LETTERS.indexOf(word.charAt(i)) < 0; i++) {
                    text.append("/var/lib/dokku/plugins/enabled/")
                            .append(kind(call))
                            .append("/subcommands/create: illegal option -- ")
                            .append(word.charAt(i))
                            .append('\n');
                }
            }
        }
        return text.toString();
    }

    static String option(DokkuCall call, String name, String letter) {
        List<String> words = call.arguments();
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            if ((word.equals(name) || word.equals(letter)) && i + 1 < words.size()) {
                return words.get(i + 1);
            }
            if (word.startsWith(name + "=")) {
                return word.substring(name.length() + 1);
            }
        }
        return "";
    }

    /** {@code -c a=b -c d=e} as the server's own settings. */
    private static Map<String, String> settings(String options) {
        Map<String, String> settings = new TreeMap<>();
        for (String word : options.split("\\s+")) {
            String pair = word.startsWith("-c") ? word.substring(2) : word;
            int equals = pair.indexOf('=');
            if (equals > 0) {
                settings.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        return settings;
    }

    void launch(String kind, String name) throws IOException, InterruptedException, DokkuFailure {
        String address = host.addresses().nextDokkuContainer();
        Path root = Files.createDirectories(root(kind, name));
        if (kind.equals("postgres")) {
            String options = host.store().get(scope(kind, name), "config-options");
            EmbeddedServer server = EmbeddedServer.start(root.resolve("data"), settings(options), host.registry());
            host.store()
                    .set(
                            scope(kind, name),
                            "password",
                            server.superuserPassword().reveal());
            createDatabase(server, database(name));
            InetSocketAddress backend = new InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), server.port());
            TcpForwarder door = new TcpForwarder(address, 5432, () -> Optional.of(backend));
            running.put(kind + "/" + name, new Postgres(server, door));
            exposures.open(kind, name, backend);
        } else if (kind.equals(DokkuObjects.KIND)) {
            running.put(kind + "/" + name, objects.start(name, address));
            exposures.open(kind, name, new InetSocketAddress(address, ObjectsServer.PORT));
        } else {
            Program program = host.image(host.store().get(scope(kind, name), "image"))
                    .orElseThrow(() -> DokkuFailure.refused("no image for " + name));
            Files.createDirectories(root.resolve("data"));
            // The plugin's config file holds the password; the program takes it from its environment.
            Process process = host.containers()
                    .start(new Containers.Spec(
                            "dokku." + kind + "." + name,
                            program,
                            List.of(),
                            Map.of("REDIS_PASSWORD", host.store().get(scope(kind, name), "password")),
                            address,
                            Map.of("/data", root.resolve("data").toAbsolutePath())));
            running.put(kind + "/" + name, new Redis(process));
        }
        host.addresses().name(hostName(kind, name), address);
        host.store().set(scope(kind, name), "address", address);
        host.containers().hostsFile();
    }

    private static void createDatabase(EmbeddedServer server, String database) throws IOException {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            boolean exists;
            try (var rows = statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + database + "'")) {
                exists = rows.next();
            }
            if (!exists) {
                statement.execute("CREATE DATABASE \"" + database + "\"");
            }
        } catch (SQLException e) {
            throw new IOException("could not create database " + database + ": " + e.getMessage(), e);
        }
    }

    private int list(DokkuCall call) throws IOException {
        call.heading("=====> " + title(kind(call)) + " services");
        host.store().names("services/" + kind(call)).forEach(name -> call.out(name + "\n"));
        return 0;
    }

    private Map<String, String> infoOf(String kind, String name) throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        INFO.forEach(key -> values.put(key, ""));
        String root = "/var/lib/dokku/services/" + kind + "/" + name;
        values.put("config-dir", root + "/data");
        values.put("data-dir", root + "/data");
        values.put("service-root", root);
        values.put("config-options", host.store().get(scope(kind, name), "config-options"));
        values.put("dsn", dsn(kind, name));
        String exposed = host.store().get(scope(kind, name), "exposed");
        values.put("exposed-ports", exposed.isEmpty() ? "-" : exposed + " ");
        for (String key : List.of("initial-network", "post-create-network", "post-start-network")) {
            values.put(key, host.store().get(scope(kind, name), key));
        }
        values.put("id", host.store().get(scope(kind, name), "id"));
        values.put("internal-ip", host.store().get(scope(kind, name), "address"));
        List<String> links = links(kind, name);
        values.put("links", links.isEmpty() ? "-" : String.join(" ", links));
        values.put("status", status(kind, name));
        values.put("version", host.store().get(scope(kind, name), "image"));
        return values;
    }

    private String status(String kind, String name) throws IOException {
        if (running.containsKey(kind + "/" + name)) {
            return "running";
        }
        return host.store().get(scope(kind, name), "stopped").equals("paused") ? "exited" : "missing";
    }

    private void print(DokkuCall call, String kind, String name) throws IOException {
        call.heading("=====> " + name + " " + kind + " service information");
        infoOf(kind, name).forEach((key, value) -> {
            String words = key.replace('-', ' ');
            String label = Character.toUpperCase(words.charAt(0)) + words.substring(1) + ":";
            call.out("       " + DokkuReport.pad(label, 21) + DokkuReport.pad(value, 25) + "\n");
        });
    }

    private int info(DokkuCall call) throws IOException, DokkuFailure {
        String name = name(call);
        String flag = call.argument(1);
        if (flag.isEmpty()) {
            print(call, kind(call), name);
            return 0;
        }
        String key = flag.replaceFirst("^--", "");
        // "--version" and "--format" are refused although the message lists the first: as seen.
        if (!INFO.contains(key) || key.equals("version")) {
            throw DokkuFailure.refused("Invalid flag passed, valid flags: "
                    + String.join(" ", INFO.stream().map(word -> "--" + word).toList()));
        }
        call.out(infoOf(kind(call), name).get(key) + "\n");
        return 0;
    }

    List<String> links(String kind, String name) throws IOException {
        return host.store().list(scope(kind, name), "links").stream().sorted().toList();
    }

    private int linked(DokkuCall call) throws IOException, DokkuFailure {
        String name = name(call);
        String app = host.app(call.argument(1));
        if (!links(kind(call), name).contains(app)) {
            throw DokkuFailure.refused("Service " + name + " is not linked to " + app);
        }
        call.out("-----> Service " + name + " is linked to " + app + "\n");
        return 0;
    }

    private int appLinks(DokkuCall call) throws IOException, DokkuFailure {
        String app = host.app(call.argument(0));
        for (String name : host.store().names("services/" + kind(call))) {
            if (links(kind(call), name).contains(app)) {
                call.out(name + "\n");
            }
        }
        return 0;
    }

    private int link(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String kind = kind(call);
        String name = name(call);
        String app = host.app(call.argument(1));
        DokkuConfig config = new DokkuConfig(host);
        String usual = kind.equals("postgres") ? "DATABASE" : "REDIS";
        Map<String, String> values = config.values(app);
        String url = dsn(kind, name);
        for (Map.Entry<String, String> entry : values.entrySet()) {
            if (entry.getValue().startsWith(url)) {
                throw DokkuFailure.refused("Already linked as " + entry.getKey());
            }
        }
        String alias = option(call, "--alias", "-a");
        String key = (alias.isEmpty() ? usual : alias) + "_URL";
        if (alias.isEmpty() && values.containsKey(key)) {
            key = coloured(kind, values);
        }
        String query = option(call, "--querystring", "-q");
        Map<String, String> change = Map.of(key, url + (query.isEmpty() ? "" : "?" + query));
        config.put(app, change);
        addLink(kind, name, app);
        call.heading("-----> Setting config vars");
        call.out(DokkuConfig.pretty(change, "       "));
        return after(call, app, config);
    }

    void addLink(String kind, String name, String app) throws IOException {
        List<String> links = new ArrayList<>(links(kind, name));
        links.remove(app);
        links.add(app);
        host.store().set(scope(kind, name), "links", String.join(" ", links));
        String option = "--link dokku." + kind + "." + name + ":" + hostName(kind, name);
        for (String phase : List.of("build", "deploy", "run")) {
            DokkuSettings.addDockerOption(host, DokkuHost.scope(app), phase, option);
        }
    }

    /** A name for the URL of a further service: the first colour that no variable has. */
    static String coloured(String kind, Map<String, String> taken) {
        String before = "DOKKU_" + kind.toUpperCase(java.util.Locale.ROOT) + "_";
        return Stream.of(
                        "AQUA", "BLACK", "BLUE", "FUCHSIA", "GRAY", "GREEN", "LIME", "MAROON", "NAVY", "OLIVE",
                        "PURPLE", "RED", "SILVER", "TEAL", "WHITE", "YELLOW")
                .map(colour -> before + colour + "_URL")
                .filter(name -> !taken.containsKey(name))
                .findFirst()
                .orElse(before + "URL");
    }

    private static int skipped(DokkuCall call) {
        call.out("       Skipping restart of linked app\n");
        return 0;
    }

    static int after(DokkuCall call, String app, DokkuConfig config)
            throws IOException, InterruptedException, DokkuFailure {
        boolean noRestart =
                call.arguments().contains("--no-restart") || call.arguments().contains("-n");
        return noRestart ? skipped(call) : config.restart(call, app);
    }

    private int unlink(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String kind = kind(call);
        String name = name(call);
        String app = host.app(call.argument(1));
        if (!links(kind, name).contains(app)) {
            throw DokkuFailure.refused("Not linked to app " + app);
        }
        DokkuConfig config = new DokkuConfig(host);
        List<String> keys = config.values(app).entrySet().stream()
                .filter(entry -> entry.getValue().contains("@" + hostName(kind, name) + ":"))
                .map(Map.Entry::getKey)
                .toList();
        removeLink(kind, name, app);
        config.drop(app, keys);
        keys.forEach(key -> call.heading("-----> Unsetting " + key));
        return after(call, app, config);
    }

    void removeLink(String kind, String name, String app) throws IOException {
        List<String> links = new ArrayList<>(links(kind, name));
        links.remove(app);
        host.store().set(scope(kind, name), "links", String.join(" ", links));
        String option = "--link dokku." + kind + "." + name + ":" + hostName(kind, name);
        for (String phase : List.of("build", "deploy", "run")) {
            List<String> options = new ArrayList<>(DokkuSettings.dockerOptions(host, DokkuHost.scope(app), phase));
            options.removeIf(option::equals);
            DokkuSettings.setDockerOptions(host, DokkuHost.scope(app), phase, options);
        }
    }

    /** apps:destroy prints this for every service, linked or not. */
    void forgetApp(DokkuCall call, String app) throws IOException, InterruptedException, DokkuFailure {
        for (String kind : KINDS) {
            for (String name : host.store().names("services/" + kind)) {
                call.heading("       Unlinking from " + name);
                if (kind.equals(DokkuObjects.KIND)) {
                    objects.forget(name, app);
                }
                removeLink(kind, name, app);
            }
        }
    }

    private int destroy(DokkuCall call) throws IOException, DokkuFailure {
        String kind = kind(call);
        String name = name(call);
        if (!links(kind, name).isEmpty()) {
            throw DokkuFailure.refused("Cannot delete linked service");
        }
        if (!call.confirmed("This command will destroy " + name + " " + title(kind) + " service.", name, "\n")) {
            return 1;
        }
        call.heading("=====> Deleting " + name);
        halt(kind, name);
        call.heading("=====> Pausing container");
        call.out("       Container paused\n       Removing container\n       Removing data\n");
        DokkuApps.remove(root(kind, name));
        host.addresses().forget(hostName(kind, name));
        host.store().delete(scope(kind, name));
        call.heading("=====> " + title(kind) + " container deleted: " + name);
        return 0;
    }

    boolean halt(String kind, String name) throws IOException {
        Running now = running.remove(kind + "/" + name);
        exposures.close(kind, name);
        if (now != null) {
            now.end();
        }
        return now != null;
    }

    private int pause(DokkuCall call) throws IOException, DokkuFailure {
        String name = name(call);
        if (!halt(kind(call), name)) {
            call.warn("Service is already paused");
            return 0;
        }
        host.store().set(scope(kind(call), name), "stopped", "paused");
        call.heading("=====> Pausing container");
        call.out("       Container paused\n");
        return 0;
    }

    private int stop(DokkuCall call) throws IOException, DokkuFailure {
        String name = name(call);
        if (!halt(kind(call), name)) {
            call.warn("Service is already paused");
            return 0;
        }
        host.store().set(scope(kind(call), name), "stopped", "true");
        call.heading("=====> Pausing container");
        call.out("       Container paused\n       Removing container\n");
        return 0;
    }

    private int start(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String name = name(call);
        if (running.containsKey(kind(call) + "/" + name)) {
            call.warn("Service is already started");
            return 0;
        }
        boolean paused = host.store().get(scope(kind(call), name), "stopped").equals("paused");
        call.heading("=====> Starting container");
        launch(kind(call), name);
        host.store().set(scope(kind(call), name), "stopped", "");
        if (paused) {
            call.heading("=====> Container started");
            return 0;
        }
        List<String> steps = kind(call).equals(DokkuObjects.KIND)
                ? List.of("Waiting for container to be ready")
                : List.of(
                        "Waiting for container to be ready",
                        "Creating container database",
                        "Already exists",
                        "Securing connection to database");
        steps.forEach(step -> call.out("       " + step + "\n"));
        call.heading("=====> " + title(kind(call)) + " container created: " + name);
        print(call, kind(call), name);
        return 0;
    }

    private int restartOne(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String name = name(call);
        halt(kind(call), name);
        call.heading("=====> Pausing container");
        call.out("       Container paused\n");
        launch(kind(call), name);
        call.heading("=====> Starting container");
        call.heading("=====> Container started");
        call.heading("-----> Please call dokku ps:restart on all linked apps");
        return 0;
    }

    private int logs(DokkuCall call) throws IOException, DokkuFailure {
        String name = name(call);
        Path log = switch (kind(call)) {
            case "postgres" -> root("postgres", name).resolve("data.log");
            case DokkuObjects.KIND -> ObjectsServer.log(root(DokkuObjects.KIND, name));
            default -> host.containers().log("dokku.redis." + name);
        };
        String tail = call.argument(1).replaceAll("[^0-9]", "");
        List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
        int wanted = tail.isEmpty() ? lines.size() : Integer.parseInt(tail);
        lines.stream().skip(Math.max(0, lines.size() - wanted)).forEach(line -> call.out(line + "\n"));
        return 0;
    }

    /** The server of a service, or the refusal of one that does not run. */
    EmbeddedServer server(String name) throws DokkuFailure {
        if (!(running.get("postgres/" + name) instanceof Postgres postgres)) {
            throw DokkuFailure.refused("Service " + name + " is not running");
        }
        return postgres.server();
    }

    /** The object store of a service, or the refusal of one that does not run. */
    ObjectsServer objects(String name) throws DokkuFailure {
        if (!(running.get(DokkuObjects.KIND + "/" + name) instanceof ObjectsServer server)) {
            throw DokkuFailure.refused("Service " + name + " is not running");
        }
        return server;
    }

    /** Where a service's server listens. */
    InetSocketAddress backend(String kind, String name) throws IOException, DokkuFailure {
        if (kind.equals(DokkuObjects.KIND)) {
            objects(name);
            return new InetSocketAddress(host.store().get(scope(kind, name), "address"), ObjectsServer.PORT);
        }
        return new InetSocketAddress(
                java.net.InetAddress.getLoopbackAddress(), server(name).port());
    }

    /** After a restart of the sandbox. */
    void restart() throws IOException, InterruptedException {
        for (String kind : KINDS) {
            for (String name : host.store().names("services/" + kind)) {
                if (host.store().get(scope(kind, name), "stopped").isEmpty()) {
                    try {
                        launch(kind, name);
                    } catch (DokkuFailure failure) {
                        host.log("service " + name + " not started again: "
                                + failure.text().strip());
                    }
                }
            }
        }
    }

    void close() {
        exposures.closeAll();
        running.forEach((name, service) -> {
            try {
                service.end();
            } catch (IOException e) {
                host.log("service " + name + " did not end cleanly: " + e.getMessage());
            }
        });
        running.clear();
    }
}
