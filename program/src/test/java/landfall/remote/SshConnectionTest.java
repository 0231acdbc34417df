package landfall.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import landfall.base.Duplex;
import landfall.base.LandfallException;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SshConnectionTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private ProcessSshServer server;

    @BeforeEach
    void startServer() throws Exception {
        server = new ProcessSshServer(folder, line -> List.of("bash", "-c", line), Map.of());
    }

    @AfterEach
    void stopServer() throws Exception {
        server.close();
    }

    @Test
    void aCommandTellsItsOutputItsErrorsAndItsExitCode() throws Exception {
        try (SshConnection connection = server.connect()) {
            List<String> lines = new ArrayList<>();
            ExecResult result = connection.exec(
                    "cat; echo two; echo oh >&2; exit 20",
                    "one\n".getBytes(StandardCharsets.UTF_8),
                    PATIENCE,
                    lines::add);
            assertThat(result).isEqualTo(new ExecResult(20, "one\ntwo\n", "oh\n"));
            assertThat(lines).containsExactly("one", "two");
        }
    }

    @Test
    void aCommandThatDoesNotEndIsGivenUp() {
        try (SshConnection connection = server.connect()) {
            assertThatThrownBy(() -> connection.exec("sleep 30", new byte[0], Duration.ofMillis(300), line -> {}))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void moreStreamsThanOneConnectionCarriesOpenAnother() throws Exception {
        try (SshConnection connection = server.connect()) {
            List<Duplex> streams = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                streams.add(connection.open("cat"));
            }
            assertThat(connection.connections()).isEqualTo(2);
            for (Duplex stream : streams) {
                stream.output().write('x');
                stream.output().flush();
                assertThat(stream.input().read()).isEqualTo('x');
                stream.close();
            }
            assertThat(connection
                            .exec("echo ok", new byte[0], PATIENCE, line -> {})
                            .stdout())
                    .isEqualTo("ok\n");
        }
    }

    @Test
    void anUnknownHostKeyIsRefusedWithItsFingerprintAndMayBeAccepted() throws Exception {
        Files.writeString(server.knownHosts(), "");
        assertThatThrownBy(server::connect)
                .isInstanceOf(LandfallException.class)
                .hasMessageContaining("is not known")
                .hasMessageContaining(server.fingerprint())
                .hasMessageContaining("--host-key");
        SshOptions accepting = new SshOptions(server.options().identity(), server.knownHosts(), server.fingerprint());
        SshConnection.connect(server.target(), accepting).close();
    }

    @Test
    void aChangedHostKeyIsRefusedWhateverIsAccepted() throws Exception {
        server.writeKnownHost(KeyUtils.generateKeyPair("ssh-ed25519", 256));
        SshOptions accepting = new SshOptions(server.options().identity(), server.knownHosts(), server.fingerprint());
        assertThatThrownBy(() -> SshConnection.connect(server.target(), accepting))
                .isInstanceOf(LandfallException.class)
                .hasMessageContaining("HAS CHANGED")
                .hasMessageContaining("ssh-keygen -R");
    }

    @Test
    void aWrongKeyIsToldWithTheKeysTried() throws Exception {
        Path other = ProcessSshServer.writeKey(folder.resolve("other"), KeyUtils.generateKeyPair("ssh-ed25519", 256));
        assertThatThrownBy(
                        () -> SshConnection.connect(server.target(), new SshOptions(other, server.knownHosts(), null)))
                .isInstanceOf(LandfallException.class)
                .hasMessageContaining("Permission denied (publickey)")
                .hasMessageContaining(other.toString());
    }

    @Test
    void eachWayNotToReachAHostIsItsOwnProblem() throws Exception {
        int closedPort;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closedPort = socket.getLocalPort();
        }
        assertThatThrownBy(
                        () -> SshConnection.connect(new SshTarget("dokku", "127.0.0.1", closedPort), server.options()))
                .hasMessageContaining("refused")
                .hasMessageContaining("nothing listens");
        assertThatThrownBy(() -> SshConnection.connect(new SshTarget("dokku", "nowhere.invalid", 22), server.options()))
                .hasMessageContaining("no host named nowhere.invalid");
        assertThatThrownBy(() -> SshTarget.parse("dokku@host:99999")).hasMessageContaining("not an address");
        assertThat(SshTarget.parse("dokku@dokku.example:8022"))
                .isEqualTo(new SshTarget("dokku", "dokku.example", 8022));
    }
}
