package landfall.dokku;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import landfall.base.Duplex;
import landfall.remote.ProcessSshServer;
import landfall.remote.SshConnection;
import landfall.sandbox.EmbeddedServer;
import landfall.sandbox.ProcessRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The relay through Debian's psql, to a real PostgreSQL. */
class PostgresRelayTest {
    private static final Path PSQL = Path.of("/usr/lib/postgresql/15/bin/psql");

    @TempDir
    Path folder;

    @Test
    void aRelayReachesPostgresAndLeavesNothingRunning() throws Exception {
        assumeThat(PSQL).exists();
        try (EmbeddedServer postgres =
                        EmbeddedServer.start(folder.resolve("data"), Map.of(), ProcessRegistry.in(folder));
                ProcessSshServer server = server(postgres);
                SshConnection connection = server.connect()) {
            Duplex.Dialer relay = new DokkuHost(connection).postgresRelay("uro-db");
            List<Duplex> streams = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                streams.add(relay.dial());
            }
            // SSLRequest: 8 bytes, code 80877103; a server answers with one letter.
            for (Duplex stream : streams) {
                stream.output().write(new byte[] {0, 0, 0, 8, 4, (byte) 0xd2, 0x16, 0x2f});
                stream.output().flush();
                assertThat((char) stream.input().read()).isIn('N', 'S');
            }
            streams.getFirst().close();
            // A startup message of nonsense makes the server end the stream: that end arrives here.
            streams.get(1).output().write(new byte[] {0, 0, 0, 8, 1, 2, 3, 4});
            streams.get(1).output().flush();
            streams.get(1).input().readAllBytes();
            for (Duplex stream : streams) {
                stream.close();
            }
            awaitNoProcess(server);
        }
    }

    @Test
    void bytesPassUnchangedBothWays() throws Exception {
        assumeThat(PSQL).exists();
        byte[] bytes = new byte[64 << 20];
        new Random(7).nextBytes(bytes);
        try (EmbeddedServer postgres =
                        EmbeddedServer.start(folder.resolve("data"), Map.of(), ProcessRegistry.in(folder));
                ServerSocket echo = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                ProcessSshServer server = server(postgres, "\\set PORT " + echo.getLocalPort() + "\n");
                SshConnection connection = server.connect()) {
            Thread.ofVirtual().start(() -> echo(echo));
            Instant begin = Instant.now();
            try (Duplex stream =
                    new DokkuHost(connection).postgresRelay("uro-db").dial()) {
                Thread writer = Thread.ofVirtual().start(() -> {
                    try {
                        stream.output().write(bytes);
                        stream.output().flush();
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
                byte[] back = new byte[bytes.length];
                new DataInputStream(stream.input()).readFully(back);
                writer.join();
                assertThat(java.util.Arrays.equals(back, bytes)).isTrue();
            }
            long millis = Duration.between(begin, Instant.now()).toMillis();
            System.getLogger("test").log(System.Logger.Level.INFO, "64 MiB there and back in {0} ms", millis);
            awaitNoProcess(server);
        }
    }

    @Test
    void aFailureShowsWhatPsqlSaid() throws Exception {
        assumeThat(PSQL).exists();
        try (ProcessSshServer server = new ProcessSshServer(
                        folder, line -> List.of(PSQL.toString(), "-h", "127.0.0.1", "-p", "1", "-U", "x"), Map.of());
                SshConnection connection = server.connect()) {
            assertThatThrownBy(() ->
                            new DokkuHost(connection).postgresRelay("uro-db").dial())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("onnection refused");
        }
    }

    private ProcessSshServer server(EmbeddedServer postgres) throws Exception {
        return server(postgres, "");
    }

    /** @param before psql commands that run first, as a psqlrc would */
    private ProcessSshServer server(EmbeddedServer postgres, String before) throws Exception {
        Path start = folder.resolve("psqlrc");
        java.nio.file.Files.writeString(start, before);
        return new ProcessSshServer(
                folder,
                line -> {
                    assertThat(line).isEqualTo("postgres:connect uro-db");
                    return List.of(
                            PSQL.toString(),
                            "-h",
                            "127.0.0.1",
                            "-p",
                            "" + postgres.port(),
                            "-U",
                            "postgres",
                            "postgres");
                },
                Map.of("PGPASSWORD", postgres.superuserPassword().reveal(), "PSQLRC", start.toString()));
    }

    private static void echo(ServerSocket server) {
        try (Socket socket = server.accept()) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException e) {
            // The test has closed it.
        }
    }

    private static void awaitNoProcess(ProcessSshServer server) throws InterruptedException {
        Instant end = Instant.now().plusSeconds(10);
        while (server.running() > 0 && Instant.now().isBefore(end)) {
            Thread.sleep(20);
        }
        assertThat(server.running()).isZero();
    }
}
