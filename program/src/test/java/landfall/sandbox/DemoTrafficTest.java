package landfall.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import landfall.sandbox.program.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTrafficTest {
    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void stop() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    private Process java(Path log, Map<String, String> env, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(env);
        builder.redirectErrorStream(true).redirectOutput(log.toFile()).directory(folder.toFile());
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private InetSocketAddress service(String name, String databaseUrl) throws Exception {
        Path log = folder.resolve(name + ".log");
        Process process =
                java(log, Map.of("DATABASE_URL", databaseUrl, "PORT", "0"), "landfall.sandbox.program.UroService");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (process.isAlive() && System.nanoTime() < end) {
            String text = Files.readString(log);
            int at = text.indexOf("at port ");
            if (at > 0 && text.endsWith("\n")) {
                String port = text.substring(at + 8).lines().findFirst().orElseThrow();
                return new InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), Integer.parseInt(port));
            }
            Thread.sleep(20);
        }
        throw new AssertionError(Files.readString(log));
    }

    private static void run(Connection connection, String sql) throws Exception {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void usersNoticeNothingOfAPodThatIsReplacedAndTheCheckFindsWhatIsTakenAway() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            String at = "localhost:" + postgres.getPort();
            String databaseUrl = "postgres://postgres:unused@" + at + "/postgres";
            InetSocketAddress first = service("first", databaseUrl);
            InetSocketAddress second = service("second", databaseUrl);
            AtomicReference<InetSocketAddress> chosen = new AtomicReference<>(first);
            try (TcpForwarder front = new TcpForwarder("127.0.0.1", 0, () -> Optional.of(chosen.get()));
                    Connection open =
                            DriverManager.getConnection("jdbc:postgresql://" + at + "/postgres?user=postgres");
                    Connection closed =
                            DriverManager.getConnection("jdbc:postgresql://" + at + "/template1?user=postgres")) {
                URI address = URI.create("http://127.0.0.1:" + front.port());
                Path traffic = folder.resolve("traffic");
                Path said = folder.resolve("traffic.log");
                Process users =
                        java(said, Map.of(), DemoTraffic.class.getName(), address.toString(), traffic.toString(), "w");
                Thread.sleep(2_000);
                chosen.set(second);
                started.getFirst().destroy();
                Thread.sleep(2_000);
                users.getOutputStream().close();
                assertThat(users.waitFor(30, TimeUnit.SECONDS)).isTrue();
                List<String> lines = Files.readAllLines(said);
                Map<?, ?> figures = Json.parseObject(lines.getLast());

                assertThat(figures.get("failedRequests"))
                        .as("%s", failures(traffic))
                        .isEqualTo(0L);
                run(closed, "CREATE TABLE entries (writer text, number bigint, accepted_by text)");
                run(closed, "CREATE TABLE shared_files (id uuid, accepted_by text)");
                DemoCheck.Result whole = DemoCheck.check(traffic, open, Optional.of(closed), address);
                assertThat(whole.acknowledged())
                        .isEqualTo(figures.get("acknowledged"))
                        .isGreaterThan(200);
                assertThat(whole.lost()).isZero();
                assertThat(whole.acceptedByBoth()).isZero();

                run(open, "DELETE FROM entries WHERE writer = 'w-row-1' AND number = 7");
                Path upload;
                try (Stream<Path> files = Files.list(folder.resolve("app/shared_files"))) {
                    upload = files.findFirst().orElseThrow();
                }
                Files.writeString(upload, "changed");
                run(closed, "INSERT INTO entries VALUES ('w-row-2', 5, 'elsewhere')");
                DemoCheck.Result broken = DemoCheck.check(traffic, open, Optional.of(closed), address);
                assertThat(broken.missing())
                        .hasSize(2)
                        .anyMatch(name -> name.startsWith("w-row-1 7 "))
                        .anyMatch(name -> name.startsWith("the file of upload "));
                assertThat(broken.acceptedByBoth()).isEqualTo(1);
            }
        }
    }

    private static String failures(Path traffic) throws Exception {
        Path failed = traffic.resolve(DemoTraffic.FAILED);
        return Files.exists(failed) ? Files.readString(failed) : "";
    }
}
