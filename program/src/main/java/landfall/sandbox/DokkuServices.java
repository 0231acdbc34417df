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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** {@code postgres:*} with real servers, and {@code redis:*}, which is of the same plugin family. */
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

    private final DokkuHost host;
    private final Map<String, Running> running = new ConcurrentHashMap<>();

    DokkuServices(DokkuHost host) {
        this.host = host;
    }

    /** What serves a service now. */
    private sealed interface Running {
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
        for (String kind : List.of("postgres", "redis")) {
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
            commands.put(kind + ":restart", this::restartOne);
            commands.put(kind + ":logs", this::logs);
        }
        commands.put("postgres:connect", this::connect);
    }

    private static String kind(DokkuCall call) {
        return call.command().substring(0, call.command().indexOf(':'));
    }

    private static String title(String kind) {
        return kind.equals("postgres") ? "Postgres" : "Redis";
    }

    private static String scope(String kind, String name) {
        return "services/" + kind + "/" + name;
    }

    private static String hostName(String kind, String name) {
        return "dokku-" + kind + "-" + name;
    }

    private static String valid(String name) throws DokkuFailure {
        if (!name.matches("[A-Za-z0-9_-]+")) {
            throw DokkuFailure.refused(
                    "Please specify a valid name for the service. Valid characters are: [A-Za-z0-9_]+");
        }
        return name;
    }

    private String name(DokkuCall call) throws DokkuFailure {
        String name = valid(call.argument(0));
        if (!host.store().exists(scope(kind(call), name))) {
            throw DokkuFailure.refused(title(kind(call)) + " service " + name + " does not exist");
        }
        return name;
    }

    private Path root(String kind, String name) {
        return host.store().folder().resolve("service-data").resolve(kind).resolve(name);
    }

    static String database(String name) {
        return name.replace('-', '_').replace('.', '_');
    }

    private String dsn(String kind, String name) throws IOException {
        String password = host.store().get(scope(kind, name), "password");
        return kind.equals("postgres")
                ? "postgres://postgres:" + password + "@" + hostName(kind, name) + ":5432/" + database(name)
                : "redis://:" + password + "@" + hostName(kind, name) + ":6379";
    }

    private int create(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String kind = kind(call);
        String name = valid(call.argument(0));
        String version = option(call, "--image-version", "-I");
        String image = option(call, "--image", "-i");
        String reference = (image.isEmpty() ? kind : image) + ":"
                + (version.isEmpty() ? kind.equals("postgres") ? "15" : "7" : version);
        if (host.image(reference).isEmpty() || (kind.equals("postgres") && !reference.contains(":15"))) {
            throw new DokkuFailure(
                    1,
                    "Error response from daemon: Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup"
                            + " registry-1.docker.io on 10.255.255.53:53: no such host\n !     " + title(kind)
                            + " image " + reference + " pull failed\n");
        }
        if (!host.store().create(scope(kind, name))) {
            throw DokkuFailure.refused(title(kind) + " service " + name + " already exists");
        }
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        host.store().set(scope(kind, name), "password", HexFormat.of().formatHex(random));
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
        call.out("       Creating container database\n       Securing connection to database\n");
        call.heading("=====> " + title(kind) + " container created: " + name);
        print(call, kind, name);
        return 0;
    }

    private static String option(DokkuCall call, String name, String letter) {
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

    private void launch(String kind, String name) throws IOException, InterruptedException, DokkuFailure {
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
        Map<String, String> values = new TreeMap<>();
        INFO.forEach(key -> values.put(key, ""));
        String root = "/var/lib/dokku/services/" + kind + "/" + name;
        values.put("config-dir", root + "/data");
        values.put("data-dir", root + "/data");
        values.put("service-root", root);
        values.put("config-options", host.store().get(scope(kind, name), "config-options"));
        values.put("dsn", dsn(kind, name));
        values.put("exposed-ports", "-");
        values.put("id", host.store().get(scope(kind, name), "id"));
        values.put("internal-ip", host.store().get(scope(kind, name), "address"));
        List<String> links = links(kind, name);
        values.put("links", links.isEmpty() ? "-" : String.join(" ", links));
        values.put("status", running.containsKey(kind + "/" + name) ? "running" : "missing");
        values.put("version", host.store().get(scope(kind, name), "image"));
        return values;
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

    private List<String> links(String kind, String name) throws IOException {
        return host.store().list(scope(kind, name), "links");
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
            key = "DOKKU_" + kind.toUpperCase(java.util.Locale.ROOT) + "_"
                    + List.of("AQUA", "BLACK", "BLUE", "FUCHSIA", "GRAY").get(Math.floorMod(name.hashCode(), 5))
                    + "_URL";
        }
        String query = option(call, "--querystring", "-q");
        Map<String, String> change = Map.of(key, url + (query.isEmpty() ? "" : "?" + query));
        config.put(app, change);
        List<String> links = new ArrayList<>(links(kind, name));
        links.remove(app);
        links.add(app);
        host.store().set(scope(kind, name), "links", String.join(" ", links));
        String option = "--link dokku." + kind + "." + name + ":" + hostName(kind, name);
        for (String phase : List.of("build", "deploy", "run")) {
            DokkuSettings.addDockerOption(host, DokkuHost.scope(app), phase, option);
        }
        call.heading("-----> Setting config vars");
        call.out(DokkuConfig.pretty(change, "       "));
        return after(call, app, config);
    }

    private static int skipped(DokkuCall call) {
        call.out("       Skipping restart of linked app\n");
        return 0;
    }

    private static int after(DokkuCall call, String app, DokkuConfig config)
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

    private void removeLink(String kind, String name, String app) throws IOException {
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
    void forgetApp(DokkuCall call, String app) throws IOException {
        for (String kind : List.of("postgres", "redis")) {
            for (String name : host.store().names("services/" + kind)) {
                call.heading("       Unlinking from " + name);
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

    private boolean halt(String kind, String name) throws IOException {
        Running now = running.remove(kind + "/" + name);
        if (now != null) {
            now.end();
        }
        return now != null;
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
        call.heading("=====> Starting container");
        launch(kind(call), name);
        host.store().set(scope(kind(call), name), "stopped", "");
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
        Path log = kind(call).equals("postgres")
                ? root("postgres", name).resolve("data.log")
                : host.containers().log("dokku.redis." + name);
        String tail = call.argument(1).replaceAll("[^0-9]", "");
        List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
        int wanted = tail.isEmpty() ? lines.size() : Integer.parseInt(tail);
        lines.stream().skip(Math.max(0, lines.size() - wanted)).forEach(line -> call.out(line + "\n"));
        return 0;
    }

    private int connect(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String name = name(call);
        if (!(running.get("postgres/" + name) instanceof Postgres postgres)) {
            throw DokkuFailure.refused("Service " + name + " is not running");
        }
        List<String> command = new ArrayList<>();
        Optional<Path> psql = psql();
        if (psql.isPresent()) {
            command.addAll(List.of(psql.get().toString(), "-X", "-v", "ON_ERROR_STOP=1"));
        } else {
            command.addAll(JavaProcess.words(128));
            command.add(StandInPsql.class.getName());
        }
        command.addAll(List.of(
                "-h", "127.0.0.1", "-p", String.valueOf(postgres.server().port())));
        command.addAll(List.of("-U", "postgres", "-d", database(name)));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().retainAll(List.of("PATH", "LANG"));
        builder.environment()
                .put("PGPASSWORD", postgres.server().superuserPassword().reveal());
        builder.environment().put("HOME", root("postgres", name).toString());
        return call.stream(builder, host.registry(), true);
    }

    private static Optional<Path> psql() throws IOException {
        List<Path> candidates = new ArrayList<>();
        for (String folder : System.getenv("PATH").split(":")) {
            candidates.add(Path.of(folder, "psql"));
        }
        Path debian = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(debian)) {
            try (Stream<Path> versions = Files.list(debian)) {
                versions.forEach(version -> candidates.add(version.resolve("bin/psql")));
            }
        }
        return candidates.stream().filter(Files::isExecutable).findFirst();
    }

    /** After a restart of the sandbox. */
    void restart() throws IOException, InterruptedException {
        for (String kind : List.of("postgres", "redis")) {
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
