package landfall.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import landfall.base.Problems;
import landfall.dokku.DokkuCommand;
import landfall.dokku.DokkuHost;
import landfall.kube.Cluster;
import landfall.postgres.Database;
import landfall.recipe.MoveFolder;
import landfall.recipe.MoveSettings;
import landfall.remote.SshConnection;
import landfall.remote.SshOptions;
import landfall.remote.SshTarget;
import landfall.sandbox.JavaProcess;
import landfall.sandbox.SandboxProcess;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the launcher runs once after a build to make the start-up cache: it uses, on a small sandbox, what the commands
 * use, so that their classes are in the cache. The sandbox is another process: each class in the cache costs every start
 * a little. Nothing but the time of later starts depends on it.
 */
final class Train {
    private static final String RECIPE = """
            - tasks:
                - dokku_app: {app: train}
                - dokku_config: {app: train, config: {KEY: value}}
                - dokku_domains: {app: train, domains: [train.example.com], state: set}
                - dokku_ports: {app: train, port_mappings: [{scheme: http, host: 80, container: 5000}], state: set}
                - dokku_storage_entry: {name: train-files}
                - dokku_storage_mount: {app: train, entry_name: train-files, container_dir: /data}
                - dokku_checks_property: {app: train, property: wait-to-retire, value: "30"}
                - dokku_resource_limit: {app: train, resources: {memory: 512m}}
                - dokku_ps_scale: {app: train, scale: {web: 1}, skip_deploy: true}
                - dokku_nginx_property: {app: train, property: client-max-body-size, value: 50m}
                - dokku_service_link: {app: train, service: postgres, name: train}
            """;

    private static final JsonMapper JSON = new JsonMapper();

    private Train() {}

    public static void main(String[] arguments) throws IOException, InterruptedException, SQLException {
        Path folder = Files.createTempDirectory("landfall-train");
        SandboxProcess sandbox = new SandboxProcess(folder.resolve("sandbox"));
        try {
            Main.run("--help");
            Main.run(
                    "plan",
                    JavaProcess.home().resolve("examples/v-sekai/k8s").toString(),
                    "-o",
                    folder.resolve("move").toString(),
                    "--draft",
                    "--json");
            useSandbox(folder, sandbox);
        } finally {
            sandbox.stop();
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
        // Threads of libraries must not keep the trainer alive.
        System.exit(0);
    }

    private static void useSandbox(Path folder, SandboxProcess sandbox)
            throws IOException, InterruptedException, SQLException {
        Path manifests = JavaProcess.home().resolve("examples/v-sekai/k8s/config.yaml");
        String addresses = sandbox.start(List.of(manifests), line -> {});
        String host = address(addresses, "dokkuSsh");
        SshOptions options = new SshOptions(
                Path.of(address(addresses, "identity")), Path.of(address(addresses, "knownHosts")), null);
        useHost(host, options);
        apply(folder.resolve("applied"), host, options);
        try (Cluster live = Cluster.connect(Path.of(address(addresses, "kubeconfig")), null, "vsekai")) {
            live.read(new Problems());
        }
    }

    private static String address(String addresses, String name) {
        return JSON.readTree(addresses).path(name).asString();
    }

    private static void useHost(String address, SshOptions options) throws SQLException {
        try (SshConnection connection = SshConnection.connect(SshTarget.parse(address), options)) {
            DokkuHost host = new DokkuHost(connection);
            host.version();
            host.demand(DokkuCommand.of("postgres:create", "train"));
            Database database = Database.fromUrl("training", host.postgresRelay("train"), host.postgresDsn("train"));
            try (Connection session = database.connect("train")) {
                session.createStatement().execute("select 1");
            }
        }
    }

    /** Twice, as most people will: the second time there is nothing to change. */
    private static void apply(Path folder, String host, SshOptions options) {
        MoveFolder move = MoveFolder.at(folder);
        move.write(move.recipeFile(), RECIPE, false);
        move.writeSecrets(Map.of());
        move.writeSettings(new MoveSettings(
                "train",
                new MoveSettings.Kubernetes(null, null, "train"),
                new MoveSettings.DokkuTarget(
                        host, String.valueOf(options.identity()), String.valueOf(options.knownHosts()), null),
                Map.of(),
                List.of(),
                List.of(),
                List.of()));
        Main.run("apply", folder.toString(), "--yes");
        Main.run("apply", folder.toString(), "--yes");
    }
}
