package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import landfall.base.Duplex;
import landfall.base.Events;
import landfall.base.LandfallException;
import landfall.base.Secret;
import landfall.sandbox.EmbeddedServer;
import landfall.sandbox.ProcessRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Databases by URL, with TLS or without, and what is said where one can't be reached. */
final class ReachTest {
    @TempDir
    static Path folder;

    private static EmbeddedServer server;

    @BeforeAll
    static void start() throws Exception {
        certificate("localhost");
        server = EmbeddedServer.start(
                folder.resolve("tls"),
                Map.of(
                        "wal_level", "logical",
                        "fsync", "off",
                        "ssl", "on",
                        "ssl_cert_file", folder.resolve("localhost.crt").toString(),
                        "ssl_key_file", folder.resolve("localhost.key").toString()),
                ProcessRegistry.in(folder));
        try (Connection connection = server.connect("postgres")) {
            Sql.execute(connection, "create database shop");
            Sql.execute(connection, "create role crowded login password 'c' connection limit 0");
            Path rules = server.dataFolder().resolve("pg_hba.conf");
            Files.writeString(
                    rules,
                    "hostssl shop all 127.0.0.1/32 scram-sha-256\nhost postgres all 127.0.0.1/32 scram-sha-256\n");
            Sql.execute(connection, "select pg_reload_conf()");
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void certificate(String host) throws Exception {
        Path store = folder.resolve(host + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "k",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-storetype",
                        "PKCS12",
                        "-dname",
                        "CN=" + host,
                        "-ext",
                        "SAN=dns:" + host,
                        "-ext",
                        "BC=ca:true",
                        "-validity",
                        "30",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(output).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        pem(host + ".crt", "CERTIFICATE", keys.getCertificate("k").getEncoded());
        pem(
                host + ".key",
                "PRIVATE KEY",
                keys.getKey("k", "changeit".toCharArray()).getEncoded());
    }

    private static void pem(String name, String kind, byte[] content) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(
                file,
                "-----BEGIN " + kind + "-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + kind
                        + "-----\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private static Database database(String host, String query) {
        ServerAddress.Parsed parsed =
                ServerAddress.parse("postgres://postgres@" + host + ":" + server.port() + "/shop" + query);
        return new Database(
                "source",
                parsed.address().dialer(),
                parsed.database().orElseThrow(),
                parsed.user().orElseThrow(),
                server.superuserPassword(),
                parsed.address());
    }

    private static boolean encrypted(Database database) throws SQLException {
        try (Connection connection = database.connect("test")) {
            return Sql.truth(connection, "select ssl from pg_stat_ssl where pid = pg_backend_pid()");
        }
    }

    private static String refusal(Database database) {
        try (Connection connection = database.connect("test")) {
            throw new AssertionError("connected: " + connection);
        } catch (SQLException e) {
            return Database.problem("not reached", e).sentence();
        }
    }

    @Test
    void aServerThatDemandsTlsIsReachedWithItAndProvedToBeTheOne() throws Exception {
        String trusted = "&sslrootcert=" + folder.resolve("localhost.crt");
        assertThat(encrypted(database("localhost", "?sslmode=require"))).isTrue();
        assertThat(encrypted(database("localhost", ""))).as("libpq's default").isTrue();
        assertThat(encrypted(database("localhost", "?sslmode=verify-full" + trusted)))
                .isTrue();
        assertThat(refusal(database("localhost", "?sslmode=disable"))).contains("28000", "?sslmode=require");
        assertThat(refusal(database("127.0.0.1", "?sslmode=verify-full" + trusted)))
                .contains("certificate fits the sslmode");
        certificate("elsewhere");
        assertThat(refusal(database("localhost", "?sslmode=verify-ca&sslrootcert=" + folder.resolve("elsewhere.crt"))))
                .contains("certificate fits the sslmode");
    }

    @Test
    void aCopyGoesThroughTlsSchemaToolIncluded() throws Exception {
        Servers.Move move = Servers.move();
        Database source = database("localhost", "?sslmode=verify-full&sslrootcert=" + folder.resolve("localhost.crt"));
        Servers.run(source, "create table t (id int primary key)", "insert into t select generate_series(1, 100)");
        assertThat(new SnapshotCopy(source, move.target(), move.naming(), move.role(), Events.NONE)
                        .run()
                        .rows())
                .isEqualTo(100);
        try (Follower follower = Follower.start(source, move.target(), Direction.FORWARD, move.naming(), Events.NONE)) {
            assertThat(follower.verify().problems()).isEmpty();
        }
        CleanUp.remove(source, move.naming());
    }

    @Test
    void whatIsWrongIsSaidWithWhatToDo() throws Exception {
        Database there = database("localhost", "?sslmode=require");
        assertThat(refusal(there.as("postgres", Secret.of("wrong")))).contains("28P01", "password-secret");
        assertThat(refusal(there.as("crowded", Secret.of("c")))).contains("53300", "max_connections");
        assertThat(refusal(there.named("nowhere"))).contains("28000");
        assertThat(refusal(new Database(
                                "source",
                                new Servers.Line(server.port()),
                                "postgres",
                                "postgres",
                                server.superuserPassword())
                        .named("nowhere")))
                .contains("28000");
        Servers.Move move = Servers.move();
        assertThat(refusal(move.source().named("nowhere"))).contains("3D000", "create the database");
        assertThat(refusal(new Database("source", new Servers.Line(1), "a", "b", Secret.of("c"))))
                .contains("can be reached");
    }

    @Test
    void aServerThatIsStartingUpIsAskedAgain() throws Exception {
        Servers.Move move = Servers.move();
        AtomicInteger dialled = new AtomicInteger();
        Duplex.Dialer starting = () -> dialled.incrementAndGet() > 2
                ? move.sourceLine().dial()
                : new Canned("SFATAL\0C57P03\0Mthe database system is starting up\0\0");
        Database database = move.source().by(starting, ServerAddress.STREAM);
        try (Connection connection = database.connect("test")) {
            assertThat(connection.isValid(5)).isTrue();
        }
        assertThat(dialled.get()).isEqualTo(3);
    }

    /** A server that says one thing and hangs up. */
    private record Canned(String error) implements Duplex {
        @Override
        public InputStream input() {
            byte[] body = error.getBytes(StandardCharsets.UTF_8);
            byte[] message = new byte[body.length + 5];
            message[0] = 'E';
            message[4] = (byte) (body.length + 4);
            System.arraycopy(body, 0, message, 5, body.length);
            return new ByteArrayInputStream(message);
        }

        @Override
        public OutputStream output() {
            return OutputStream.nullOutputStream();
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }

    @Test
    void urlsAreReadAsLibpqReadsThem() {
        ServerAddress.Parsed six = ServerAddress.parse(
                "postgresql://some%40one@[::1]:6000/a%20b?sslmode=verify-full&options=-c%20work_mem%3D3MB");
        assertThat(six.address()).isEqualTo(new ServerAddress("::1", 6000, "verify-full", null, "-c work_mem=3MB"));
        assertThat(six.address().urlHost()).isEqualTo("[::1]");
        assertThat(six.user()).contains("some@one");
        assertThat(six.database()).contains("a b");
        for (String wrong : List.of(
                "postgres://u@h/d?sslmode=always", "postgres://u@h/d?target_session_attrs=any", "postgres:///d")) {
            assertThatThrownBy(() -> ServerAddress.parse(wrong))
                    .isInstanceOf(LandfallException.class)
                    .hasMessageContaining("can't be used");
        }
    }

    @Test
    void optionsOfTheUrlHoldInTheSession() throws Exception {
        Database database = database("localhost", "?sslmode=require&options=-c%20work_mem%3D3MB");
        assertThat(Servers.read(database, "show work_mem")).isEqualTo("3MB");
    }
}
