package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import landfall.base.Duplex;
import landfall.base.TaskGroup;
import landfall.dokku.DokkuHost;
import landfall.remote.ProcessSshServer;
import landfall.remote.SshConnection;
import landfall.sandbox.EmbeddedServer;
import landfall.sandbox.ProcessRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** Sessions through {@code postgres:connect}: real SSH, a real psql, real relays, and containers of every kind. */
@Timeout(60)
final class RelayTest {
    private static final Path PSQL = Path.of("/usr/lib/postgresql/15/bin/psql");

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static EmbeddedServer server;

    @BeforeAll
    static void start() throws Exception {
        server = EmbeddedServer.start(shared.resolve("data"), Map.of("fsync", "off"), ProcessRegistry.in(shared));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void demandPsql() {
        assumeThat(PSQL).exists();
    }

    /** A host whose psql runs as it would in a container with these programs and this psqlrc. */
    private ProcessSshServer host(List<String> programs, String psqlrc) throws Exception {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        for (String program : programs) {
            Files.createSymbolicLink(
                    bin.resolve(program), found(program).orElseThrow(() -> new TestAbortedException("no " + program)));
        }
        Path start = Files.writeString(folder.resolve("psqlrc"), psqlrc);
        return new ProcessSshServer(
                folder,
                line -> {
                    assertThat(line).isEqualTo("postgres:connect uro-db");
                    return psql();
                },
                Map.of(
                        "PGPASSWORD",
                        server.superuserPassword().reveal(),
                        "PSQLRC",
                        start.toString(),
                        "PATH",
                        bin.toString()));
    }

    private static Optional<Path> found(String program) {
        return Stream.of("/usr/bin/", "/bin/", "/usr/local/bin/")
                .map(place -> Path.of(place + program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static List<String> psql() {
        return List.of(
                PSQL.toString(), "-h", "127.0.0.1", "-p", "" + server.port(), "-U", "postgres", "-d", "postgres");
    }

    private static Database through(Duplex.Dialer relay) {
        return new Database("target", relay, "postgres", "postgres", server.superuserPassword());
    }

    private static Database through(SshConnection connection) {
        return through(new DokkuHost(connection).postgresRelay("uro-db"));
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.sleep(20);
        }
    }

    /** What runs in the container besides the server: psql, and whatever has the environment that the relay sets. */
    private static long left(ProcessSshServer host) {
        String mark = "LANDFALL_PORT=" + server.port();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return host.running()
                    + processes
                            .filter(process -> process.getFileName().toString().matches("\\d+"))
                            .filter(process -> environment(process).contains(mark))
                            .count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String environment(Path process) {
        try {
            return Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // It has ended, or is not ours to look into.
            return "";
        }
    }

    private static long number(Database database, String sql) throws SQLException {
        try (Connection connection = database.connect("test")) {
            return Sql.number(connection, sql);
        }
    }

    @Test
    void twentySessionsAtOnceAndACancelLeaveNothingBehind() throws Exception {
        try (ProcessSshServer host = host(List.of("bash", "cat"), "");
                SshConnection connection = host.connect()) {
            assertThat(left(host)).isZero();
            Database target = through(connection);
            try (TaskGroup group = TaskGroup.open(20)) {
                List<Future<Long>> all = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    all.add(group.fork(() -> number(
                            target, "select sum(length(repeat(md5(n::text), 30))) from generate_series(1, 2000) n")));
                }
                for (Future<Long> each : all) {
                    assertThat(each.get()).isEqualTo(2000L * 960);
                }
            }
            try (Connection busy = target.connect("busy");
                    Statement statement = busy.createStatement();
                    TaskGroup group = TaskGroup.open(1)) {
                Future<SQLException> ended = group.fork(() -> {
                    try {
                        statement.execute("select pg_sleep(600)");
                        throw new AssertionError("not cancelled");
                    } catch (SQLException e) {
                        return e;
                    }
                });
                await("it sleeps", () -> sleepers() == 1);
                statement.cancel();
                assertThat(ended.get().getSQLState()).isEqualTo("57014");
                assertThat(busy.isValid(5)).isTrue();
            }
            await("nothing is left in the container", () -> left(host) == 0);
        }
    }

    private static long sleepers() {
        try (Connection connection = server.connect("postgres")) {
            return Sql.number(connection, "select count(*) from pg_stat_activity where wait_event = 'PgSleep'");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aMoverThatIsKilledLeavesNothingRunning() throws Exception {
        for (List<String> programs : List.of(List.of("bash", "cat"), List.of("perl", "cat"))) {
            folder = Files.createDirectories(folder.resolve(programs.getFirst()));
            try (ProcessSshServer host = host(programs, "");
                    SshConnection connection = host.connect();
                    TaskGroup group = TaskGroup.open(2)) {
                Database target = through(connection);
                try (Connection idle = target.connect("idle");
                        Connection busy = target.connect("busy")) {
                    assertThat(idle.isValid(5)).isTrue();
                    Future<Boolean> ended = group.fork(() -> {
                        assertThatThrownBy(() -> Sql.execute(busy, "select pg_sleep(600)"))
                                .isInstanceOf(SQLException.class);
                        return true;
                    });
                    await("it sleeps", () -> sleepers() == 1);
                    assertThat(left(host)).isPositive();
                    host.dropConnections();
                    await("nothing is left in the container", () -> left(host) == 0);
                    assertThat(ended.get()).isTrue();
                }
                // The server notices at its next word to the client; the statement is ours to end here.
                try (Connection server = RelayTest.server.connect("postgres")) {
                    Sql.strings(
                            server,
                            "select pg_terminate_backend(pid)::text from pg_stat_activity where wait_event = 'PgSleep'");
                }
                await("no sleeper", () -> sleepers() == 0);
            }
        }
    }

    @Test
    void everyProgramThatAnImageMayHaveMakesARelay() throws Exception {
        String noise = """
                \\echo Welcome to the database
                \\pset pager off
                \\timing on
                \\set ECHO all
                select version();
                """;
        int tried = 0;
        for (List<String> programs : List.of(
                List.of("bash", "cat"), List.of("perl", "cat"), List.of("socat", "cat"), List.of("nc", "cat"))) {
            folder = Files.createDirectories(folder.resolve(programs.getFirst()));
            if (found(programs.getFirst()).isEmpty()) {
                continue;
            }
            tried++;
            System.out.println("a relay by " + programs.getFirst());
            try (ProcessSshServer host = host(programs, noise);
                    SshConnection connection = host.connect()) {
                try (Connection session = through(connection).connect("test")) {
                    assertThat(Sql.text(session, "select repeat('x', 3000000)")).hasSize(3_000_000);
                    assertThat(Sql.number(session, "select length(?)", "ä".repeat(1_000_000)))
                            .isEqualTo(1_000_000);
                }
                await("nothing is left of " + programs, () -> left(host) == 0);
            }
        }
        assertThat(tried).isGreaterThanOrEqualTo(2);
    }

    @Test
    void anImageWithoutAnyOfThemIsRefusedAtOnce() throws Exception {
        try (ProcessSshServer host = host(List.of("cat"), "");
                SshConnection connection = host.connect()) {
            assertThatThrownBy(() -> through(connection).connect("test"))
                    .isInstanceOfSatisfying(SQLException.class, e -> {
                        assertThat(Database.isUnreachable(e)).isTrue();
                        assertThat(Failures.reason(e)).contains("none of bash, socat, perl and nc");
                    });
            await("nothing is left", () -> left(host) == 0);
        }
    }

    @Test
    void aPsqlWithoutAShellIsRefusedAtOnce() throws Exception {
        Path stub = Files.writeString(
                folder.resolve("psql"),
                "while read -r line; do case $line in '\\!'*) echo 'invalid command \\!' >&2;; esac; done\n");
        try (ProcessSshServer host = new ProcessSshServer(folder, line -> List.of("bash", stub.toString()), Map.of());
                SshConnection connection = host.connect()) {
            long begin = System.nanoTime();
            assertThatThrownBy(() -> through(connection).connect("test"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(Failures.reason(e)).contains("invalid command \\!"));
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
            await("nothing is left", () -> left(host) == 0);
        }
    }

    @Test
    void theReadyLineMayComeInPieces() throws Exception {
        Path drip = Files.writeString(
                folder.resolve("drip.pl"),
                "$| = 1; print \"Last login: never\\nno newline here: \"; "
                        + "for (1 .. 300) { exit unless sysread(STDIN, $b, 1); syswrite(STDOUT, $b); select(undef, undef, undef, 0.002); } "
                        + "while ($n = sysread(STDIN, $b, 65536)) { syswrite(STDOUT, $b, $n) }\n");
        String piped = String.join(" ", psql()) + " | perl " + drip;
        try (ProcessSshServer host = new ProcessSshServer(
                        folder,
                        line -> List.of("bash", "-c", piped),
                        Map.of("PGPASSWORD", server.superuserPassword().reveal(), "PSQLRC", "/dev/null"));
                SshConnection connection = host.connect()) {
            assertThat(number(through(connection), "select 41 + 1")).isEqualTo(42);
            await("nothing is left", () -> left(host) == 0);
        }
    }
}
