package landfall.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What is done with a service once it is there: dumps, copies, shells, backups, and which of several an app prefers. */
final class DokkuServiceCommands {
    private static final List<String> NETWORKS =
            List.of("initial-network", "post-create-network", "post-start-network");

    private final DokkuHost host;
    private final DokkuServices services;

    DokkuServiceCommands(DokkuHost host, DokkuServices services) {
        this.host = host;
        this.services = services;
    }

    void register(Map<String, DokkuCommand> commands) {
        services.exposures().register(commands, services);
        commands.put("postgres:connect", this::connect);
        commands.put("postgres:export", this::export);
        commands.put("postgres:import", this::restore);
        commands.put("postgres:clone", call -> copy(call, commands));
        commands.put("postgres:promote", this::promote);
        for (String kind : DokkuServices.KINDS) {
            commands.put(kind + ":enter", this::enter);
            commands.put(kind + ":set", this::set);
            commands.put(kind + ":upgrade", this::upgrade);
            commands.put(kind + ":backup", call -> {
                host.log("not emulated: backups to S3");
                throw DokkuFailure.refused("sandbox: backups to S3 are not emulated");
            });
            for (String silent : List.of(
                    "backup-auth",
                    "backup-deauth",
                    "backup-set-encryption",
                    "backup-set-public-key-encryption",
                    "backup-unset-encryption",
                    "backup-unset-public-key-encryption")) {
                commands.put(kind + ":" + silent, call -> {
                    services.name(call);
                    return 0;
                });
            }
            commands.put(kind + ":backup-schedule", this::schedule);
            commands.put(kind + ":backup-unschedule", call -> {
                host.store().set(scope(call), "schedule", "");
                return 0;
            });
            commands.put(kind + ":backup-schedule-cat", this::schedules);
        }
    }

    private String scope(DokkuCall call) throws DokkuFailure {
        return DokkuServices.scope(DokkuServices.kind(call), services.name(call));
    }

    private int schedule(DokkuCall call) throws IOException, DokkuFailure {
        String name = services.name(call);
        host.store()
                .set(
                        scope(call),
                        "schedule",
                        call.argument(1) + " dokku /usr/bin/dokku " + DokkuServices.kind(call) + ":backup " + name + " "
                                + call.argument(2) + " " + call.argument(3));
        return 0;
    }

    private int schedules(DokkuCall call) throws IOException, DokkuFailure {
        String schedule = host.store().get(scope(call), "schedule");
        if (schedule.isEmpty()) {
            throw DokkuFailure.refused("There is no scheduled backup for " + services.name(call) + ".");
        }
        call.out(schedule + "\n");
        return 0;
    }

    private int set(DokkuCall call) throws IOException, DokkuFailure {
        String scope = scope(call);
        String key = call.argument(1);
        if (!NETWORKS.contains(key)) {
            throw DokkuFailure.refused("Invalid key specified, valid keys include: " + String.join(", ", NETWORKS));
        }
        String value = call.argument(2);
        call.heading(value.isEmpty() ? "=====> Unsetting " + key : "=====> Setting " + key + " to " + value);
        host.store().set(scope, key, value);
        return 0;
    }

    private int upgrade(DokkuCall call) throws IOException, DokkuFailure {
        String name = services.name(call);
        String now = host.store().get(scope(call), "image");
        String version = DokkuServices.option(call, "--image-version", "-I");
        String image = DokkuServices.option(call, "--image", "-i");
        String wanted = (image.isEmpty() ? now.substring(0, now.lastIndexOf(':')) : image) + ":"
                + (version.isEmpty() ? now.substring(now.lastIndexOf(':') + 1) : version);
        if (wanted.equals(now)) {
            call.heading("-----> Service " + name + " already running " + now);
            return 0;
        }
        throw DokkuServices.unknownImage(DokkuServices.kind(call), wanted);
    }

    private int promote(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String name = services.name(call);
        String app = host.app(call.argument(1));
        DokkuConfig config = new DokkuConfig(host);
        Map<String, String> values = config.values(app);
        String address = "@" + DokkuServices.hostName("postgres", name) + ":";
        Optional<Map.Entry<String, String>> linked = values.entrySet().stream()
                .filter(entry -> entry.getValue().contains(address))
                .findFirst();
        if (linked.isEmpty()) {
            throw DokkuFailure.refused("Not linked to app " + app);
        }
        String first = values.getOrDefault("DATABASE_URL", "");
        if (first.contains(address)) {
            throw DokkuFailure.refused("Service " + name + " already promoted as DATABASE_URL");
        }
        Map<String, String> change =
                new TreeMap<>(Map.of("DATABASE_URL", linked.get().getValue()));
        if (!first.isEmpty()) {
            change.put(DokkuServices.coloured("postgres", values), first);
        }
        config.put(app, change);
        call.heading("-----> Setting config vars");
        call.out(DokkuConfig.pretty(change, "       "));
        return config.restart(call, app);
    }

    private int connect(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String name = services.name(call);
        List<String> words = new ArrayList<>();
        Optional<Path> psql = program("psql");
        if (psql.isPresent()) {
            words.addAll(List.of(psql.get().toString(), "-X", "-v", "ON_ERROR_STOP=1"));
        } else {
            words.addAll(JavaProcess.words(128));
            words.add(StandInPsql.class.getName());
        }
        words.addAll(List.of("-d", DokkuServices.database(name)));
        return call.stream(client(name, words), host.registry(), true);
    }

    private int export(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String name = services.name(call);
        return call.stream(client(name, dump(name)), host.registry(), false);
    }

    private static List<String> dump(String name) throws IOException, DokkuFailure {
        return List.of(needed("pg_dump"), "-Fc", "--no-acl", "--no-owner", "-w", "-d", DokkuServices.database(name));
    }

    private int restore(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String name = services.name(call);
        return call.stream(client(name, load(name)), host.registry(), true);
    }

    private static List<String> load(String name) throws IOException, DokkuFailure {
        return List.of(needed("pg_restore"), "-cO", "--if-exists", "-w", "-d", DokkuServices.database(name));
    }

    private int copy(DokkuCall call, Map<String, DokkuCommand> commands)
            throws IOException, InterruptedException, DokkuFailure {
        String name = services.name(call);
        String next = DokkuServices.valid(call.argument(1));
        if (host.store().exists(DokkuServices.scope("postgres", next))) {
            throw DokkuFailure.refused("Invalid service name " + next);
        }
        call.heading(
                "=====> Cloning " + name + " to " + next + " @ " + host.store().get(scope(call), "image"));
        DokkuCommand create = java.util.Objects.requireNonNull(commands.get("postgres:create"));
        int created = create.run(call.with(List.of("postgres:create", next), call.quiet(), call.force()));
        if (created != 0) {
            return created;
        }
        call.heading("-----> Copying data from " + name + " to " + next);
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        int dumped = call.answering(kept).stream(client(name, dump(name)), host.registry(), false);
        Process process = host.registry().start(client(next, load(next)), "dokku " + call.command());
        try (var in = process.getOutputStream()) {
            kept.writeTo(in);
        }
        call.err(new String(process.getErrorStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
        int loaded = process.waitFor();
        call.heading("=====> Done");
        return dumped != 0 ? dumped : loaded;
    }

    /** A client program as it runs inside the service's container. */
    private ProcessBuilder client(String name, List<String> words) throws DokkuFailure {
        EmbeddedServer server = services.server(name);
        List<String> command = new ArrayList<>(words);
        command.addAll(List.of("-h", "127.0.0.1", "-p", String.valueOf(server.port()), "-U", "postgres"));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().retainAll(List.of("PATH", "LANG"));
        builder.environment().put("PGPASSWORD", server.superuserPassword().reveal());
        builder.environment().put("HOME", services.root("postgres", name).toString());
        return builder;
    }

    private int enter(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        services.name(call);
        List<String> words = call.words().stream().skip(2).toList();
        call.heading("-----> Filesystem changes may not persist after container restarts");
        ProcessBuilder builder = new ProcessBuilder(words.isEmpty() ? List.of("sh") : words);
        builder.environment().keySet().retainAll(List.of("PATH", "LANG"));
        return call.stream(builder, host.registry(), call.pty());
    }

    private static String needed(String program) throws IOException, DokkuFailure {
        return program(program)
                .orElseThrow(() -> DokkuFailure.refused("sandbox: this machine has no " + program))
                .toString();
    }

    /** Debian's, since the embedded bundle has servers only. */
    private static Optional<Path> program(String name) throws IOException {
        List<Path> candidates = new ArrayList<>();
        for (String folder : System.getenv("PATH").split(":")) {
            candidates.add(Path.of(folder, name));
        }
        Path debian = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(debian)) {
            try (Stream<Path> versions = Files.list(debian)) {
                versions.forEach(
                        version -> candidates.add(version.resolve("bin").resolve(name)));
            }
        }
        return candidates.stream().filter(Files::isExecutable).findFirst();
    }
}
