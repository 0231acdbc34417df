package landfall.sandbox.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UroServiceTest {
    private static EmbeddedPostgres postgres;
    private final List<Process> started = new ArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    @BeforeAll
    static void startPostgres() throws Exception {
        postgres = EmbeddedPostgres.start();
    }

    @AfterAll
    static void stopPostgres() throws Exception {
        postgres.close();
    }

    @AfterEach
    void stopServices() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    private String database(String name) throws Exception {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        return "postgres://postgres:unused@localhost:" + postgres.getPort() + "/" + name;
    }

    private Connection connection(String name) throws Exception {
        return DriverManager.getConnection(
                "jdbc:postgresql://localhost:" + postgres.getPort() + "/" + name, "postgres", "unused");
    }

    private Process run(Map<String, String> env, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                UroService.class.getName()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(env);
        builder.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile());
        builder.directory(folder.toFile());
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private record Service(Process process, String address) {}

    private Service start(String url) throws Exception {
        Process process = run(Map.of("DATABASE_URL", url, "PORT", "0"));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (System.nanoTime() < end && process.isAlive()) {
            String log = Files.readString(folder.resolve("log"));
            int at = log.indexOf("at port ");
            if (at > 0 && log.endsWith("\n")) {
                return new Service(
                        process,
                        "http://127.0.0.1:"
                                + log.substring(at + 8).lines().findFirst().orElseThrow());
            }
            Thread.sleep(20);
        }
        throw new AssertionError("not started: " + Files.readString(folder.resolve("log")));
    }

    private CompletableFuture<HttpResponse<String>> post(Service service, String path, String body) {
        return client.sendAsync(
                HttpRequest.newBuilder(URI.create(service.address() + path))
                        .timeout(Duration.ofSeconds(30))
                        .header("x-file-name", "some.bin")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String entry(int number) {
        return "{\"writer\":\"w\",\"number\":" + number + ",\"text\":\"t\"}";
    }

    @Test
    void withoutItsDatabaseAddressItEndsWithUrosMessage() throws Exception {
        Process process = run(Map.of("PORT", "0"));
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(Files.readString(folder.resolve("log")))
                .contains("Environment variable DATABASE_URL is required but not set.");
    }

    @Test
    void writesAreAcknowledgedWithTheServerThatTookThemAndUploadsLieUnderTheirNames() throws Exception {
        Service service = start(database("plain"));
        assertThat(post(service, "/entries", entry(1)).get().statusCode()).isEqualTo(201);
        assertThat(post(service, "/entries", entry(1)).get().statusCode()).isEqualTo(500);
        HttpResponse<String> upload = post(service, "/storage", "content").get();
        assertThat(upload.statusCode()).isEqualTo(200);
        Map<?, ?> file = Json.parseObject(upload.body());
        try (Connection connection = connection("plain");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT e.accepted_by, f.checksum, f.accepted_by" + " FROM entries e, shared_files f")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getString(1)).contains("@").isEqualTo(row.getString(3));
            assertThat(row.getString(2)).isEqualTo(file.get("checksum"));
        }
        String name = String.valueOf(file.get("url")).substring("/uploads/".length());
        assertThat(folder.resolve("app/shared_files").resolve(name)).hasContent("content");
    }

    @Test
    void aHundredRequestsWaitForALockAndTheServiceStartsWhileItIsHeld() throws Exception {
        String url = database("locked");
        Service service = start(url);
        post(service, "/entries", entry(0)).get();
        List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
        try (Connection connection = connection("locked");
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE entries, avatars, events IN ACCESS EXCLUSIVE MODE");
            for (int i = 1; i <= 100; i++) {
                waiting.add(post(service, "/entries", entry(i)));
            }
            start(url);
            Thread.sleep(500);
            assertThat(waiting).noneMatch(CompletableFuture::isDone);
            connection.commit();
        }
        for (CompletableFuture<HttpResponse<String>> answer : waiting) {
            assertThat(answer.get().statusCode()).isEqualTo(201);
        }
    }

    @Test
    void sessionsEndedByTheServerAreReplacedBeforeUse() throws Exception {
        Service service = start(database("ended"));
        post(service, "/entries", entry(1)).get();
        try (Connection connection = connection("ended");
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE datname = 'ended' AND pid <> pg_backend_pid()");
        }
        for (int i = 2; i < 25; i++) {
            assertThat(post(service, "/entries", entry(i)).get().statusCode()).isEqualTo(201);
        }
    }

    @Test
    void onSigtermItEndsWithZero() throws Exception {
        Service service = start(database("term"));
        service.process().destroy();
        assertThat(service.process().waitFor()).isZero();
        assertThat(Files.readString(folder.resolve("log"))).contains("SIGTERM received - shutting down");
    }

    @Test
    void theCronJobsWordsPruneOldSessions() throws Exception {
        String url = database("pruned");
        start(url).process().destroy();
        try (Connection connection = connection("pruned");
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO users (id, username, email, password_hash)"
                    + " VALUES ('00000000-0000-4000-8000-00000000000a', 'a', 'a', 'x');"
                    + "INSERT INTO sessions SELECT gen_random_uuid(), id, now() + n * interval '1 hour'"
                    + " FROM users, generate_series(-3, 1) n");
            assertThat(run(Map.of("DATABASE_URL", url), "/app/bin/uro", "prune-sessions")
                            .waitFor())
                    .isZero();
            try (ResultSet row = statement.executeQuery("SELECT count(*) FROM sessions")) {
                row.next();
                assertThat(row.getInt(1)).isEqualTo(1);
            }
        }
    }
}
