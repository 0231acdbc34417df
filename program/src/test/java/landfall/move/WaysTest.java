package landfall.move;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import landfall.base.Events;
import landfall.base.LandfallException;
import landfall.dokku.DokkuHost;
import landfall.kube.Cluster;
import landfall.postgres.Database;
import landfall.recipe.MoveFolder;
import landfall.recipe.MoveSettings;
import landfall.remote.ProcessSshServer;
import landfall.remote.SshConnection;
import landfall.sandbox.EmbeddedServer;
import landfall.sandbox.ProcessRegistry;
import landfall.sandbox.TcpForwarder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Relay, then tunnel, then exposed port: over real SSH, with each of them made impossible in turn. */
final class WaysTest {
    private static final String PSQL = "/usr/lib/postgresql/15/bin/psql";
    private static final String REFUSES = "echo ' !     Service is not running' >&2; exit 1";

    @TempDir
    Path folder;

    private final List<String> notes = new ArrayList<>();
    private EmbeddedServer server;
    private TcpForwarder container;
    private MoveFolder move;
    /** The service's container on the host: PostgreSQL's own port, which only the host reaches. */
    private String address;

    @BeforeEach
    void start() throws Exception {
        assumeThat(Path.of(PSQL)).exists();
        server = EmbeddedServer.start(folder.resolve("data"), Map.of("fsync", "off"), ProcessRegistry.in(folder));
        ThreadLocalRandom random = ThreadLocalRandom.current();
        address = "127." + random.nextInt(60, 120) + "." + random.nextInt(1, 250) + "." + random.nextInt(1, 250);
        container =
                new TcpForwarder(address, 5432, () -> Optional.of(new InetSocketAddress("127.0.0.1", server.port())));
        move = MoveFolder.at(folder.resolve("move"));
    }

    @AfterEach
    void stop() throws Exception {
        if (container != null) {
            container.close();
            server.close();
        }
    }

    private ProcessSshServer dokku(String connect) throws Exception {
        String dsn = "postgres://postgres:" + server.superuserPassword().reveal() + "@dokku-postgres-db:5432/postgres";
        return new ProcessSshServer(
                Files.createDirectories(folder.resolve("dokku" + connect.hashCode())),
                line -> switch (line) {
                    case "--quiet postgres:info db --dsn" -> List.of("echo", dsn);
                    case "--quiet postgres:info db --internal-ip" -> List.of("echo", address);
                    case "postgres:connect db" -> List.of("bash", "-c", connect);
                    default -> List.of("bash", "-c", "echo unexpected: \"$0\" >&2; exit 9", line);
                },
                Map.of("PGPASSWORD", server.superuserPassword().reveal(), "PSQLRC", "/dev/null"));
    }

    private String working() {
        return PSQL + " -h 127.0.0.1 -p " + server.port() + " -U postgres postgres";
    }

    private MoveSettings settings(ProcessSshServer dokku, @Nullable String admin, @Nullable String targetUrl) {
        return new MoveSettings(
                "web",
                new MoveSettings.Kubernetes(null, null, "web"),
                new MoveSettings.DokkuTarget(
                        dokku.target().toString(),
                        dokku.identity().toString(),
                        dokku.knownHosts().toString(),
                        null,
                        admin),
                Map.of(),
                List.of(),
                List.of(new MoveSettings.Database(
                        "db",
                        "postgres",
                        "app",
                        "app-password",
                        new MoveSettings.DatabaseSource("Deployment/db", 5432, "app", "app", "db/password"),
                        new MoveSettings.DatabaseChoices(false, Map.of(), null, targetUrl))),
                List.of());
    }

    /** What is told, in order, when the target is looked for and one statement is run there. */
    @SuppressWarnings("NullAway") // the cluster plays no part on this side
    private List<String> found(ProcessSshServer dokku, @Nullable String admin, @Nullable String targetUrl)
            throws Exception {
        notes.clear();
        Events events = event -> notes.add(String.valueOf(event.fields().get("message")));
        Cluster none = null;
        try (SshConnection connection = dokku.connect();
                Ways ways =
                        new Ways(move, settings(dokku, admin, targetUrl), none, new DokkuHost(connection), events)) {
            Database target = ways.target();
            try (Connection session = target.connect("test");
                    var rows = session.createStatement().executeQuery("select 42")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(42);
            }
        }
        return notes;
    }

    private String kept() throws Exception {
        return String.valueOf(
                StatusReport.read(move, java.time.Clock.systemUTC()).get("target"));
    }

    @Test
    void theWaysAreTriedInOrderAndTheChoiceIsTold() throws Exception {
        String exposed = "postgres://127.0.0.1:" + server.port() + "/?sslmode=disable";
        try (ProcessSshServer working = dokku(working());
                ProcessSshServer refusing = dokku(REFUSES);
                ProcessSshServer without = dokku("export PATH=/nowhere; exec " + working())) {
            move.writeSettings(settings(working, null, null));
            assertThat(kept()).isEqualTo("not reached yet");
            assertThat(found(working, "root@127.0.0.1:1", exposed))
                    .containsExactly("the target's database is reached by relay (postgres:connect db)");
            assertThat(kept()).isEqualTo("reached by relay (postgres:connect db)");

            // The account that may forward is another server with the same keys here.
            refusing.allowForwarding();
            String admin = "root@127.0.0.1:" + refusing.port();
            assertThat(found(refusing, admin, exposed))
                    .satisfiesExactly(
                            relay -> assertThat(relay).contains("by relay", "Service is not running"),
                            chosen -> assertThat(chosen)
                                    .isEqualTo("the target's database is reached by tunnel (" + admin + ")"));
            assertThat(kept()).isEqualTo("reached by tunnel (" + admin + ")");

            // Nobody answers for the administrator, so the exposed port is what is left.
            assertThat(found(without, "root@127.0.0.1:1", exposed))
                    .satisfiesExactly(
                            relay -> assertThat(relay).contains("by relay", "none of bash, socat, perl and nc"),
                            tunnel -> assertThat(tunnel).contains("by tunnel (root@127.0.0.1:1)"),
                            chosen -> assertThat(chosen)
                                    .isEqualTo("the target's database is reached by exposed port (" + exposed + ")"));
            assertThat(kept()).isEqualTo("reached by exposed port (" + exposed + ")");

            assertThatThrownBy(() -> found(without, null, null))
                    .isInstanceOfSatisfying(
                            LandfallException.class,
                            e -> assertThat(e.problems().getLast().sentence())
                                    .contains(
                                            "No way leads",
                                            "--admin root@HOST",
                                            "postgres:expose db",
                                            "`url: postgres://HOST:PORT`"));
            System.out.println(String.join("\n", notes));

            // A server that answers is the same by every way.
            assertThatThrownBy(() -> found(wrongPassword(), "root@127.0.0.1:" + refusing.port(), exposed))
                    .isInstanceOfSatisfying(
                            LandfallException.class,
                            e -> assertThat(e.problems())
                                    .singleElement()
                                    .satisfies(problem ->
                                            assertThat(problem.sentence()).contains("28P01")));
        }
    }

    private ProcessSshServer wrongPassword() throws Exception {
        Path own = Files.createDirectories(folder.resolve("wrong"));
        return new ProcessSshServer(
                own,
                line -> line.contains("--dsn")
                        ? List.of("echo", "postgres://postgres:wrong@dokku-postgres-db:5432/postgres")
                        : List.of("bash", "-c", working()),
                Map.of("PGPASSWORD", server.superuserPassword().reveal(), "PSQLRC", "/dev/null"));
    }
}
