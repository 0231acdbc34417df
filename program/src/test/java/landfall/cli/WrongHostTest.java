package landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import landfall.recipe.MoveFolder;
import landfall.recipe.MoveSettings;
import landfall.remote.ProcessSshServer;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hosts that aren't what they were taken for, met by {@code landfall apply} in a process of its own. */
final class WrongHostTest {
    private static final String SHELL_NOISE = "echo 'Welcome to Ubuntu 22.04.3 LTS'; ";

    @TempDir
    Path home;

    private Path move;

    @BeforeEach
    void writeMove() {
        MoveFolder folder = MoveFolder.at(home.resolve("move"));
        folder.write(folder.recipeFile(), "- tasks:\n    - dokku_app: {app: web}\n", false);
        folder.writeSettings(new MoveSettings(
                "web",
                new MoveSettings.Kubernetes(null, null, "web"),
                new MoveSettings.DokkuTarget(null, null, null, null),
                Map.of(),
                List.of(),
                List.of(),
                List.of()));
        move = folder.path();
    }

    private void refused(int exit, String host, List<String> options, String... parts) {
        List<String> words = new ArrayList<>(List.of("apply", move.toString(), "--dry-run", "--host", host));
        words.addAll(options);
        LandfallProcess.Ended ended = LandfallProcess.run(home, words.toArray(String[]::new));
        assertThat(ended.err()).contains(parts).doesNotContain("\tat ", "Exception");
        assertThat(ended.exit()).as(ended.err()).isEqualTo(exit);
    }

    private static List<String> options(ProcessSshServer server) {
        return List.of(
                "--identity",
                server.options().identity() + "",
                "--known-hosts",
                server.knownHosts().toString());
    }

    @Test
    void anAddressThatLeadsNowhereIsTold() throws Exception {
        refused(1, "nowhere.invalid", List.of(), "there is no host named nowhere.invalid", "Check the spelling");
        refused(2, "dokku@host:99999", List.of(), "is not an address of a Dokku host");
        try (ServerSocket web = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> answer(web));
            refused(
                    1,
                    "127.0.0.1:" + web.getLocalPort(),
                    List.of(),
                    "did not answer as an SSH server",
                    "Check the port");
        }
    }

    private static void answer(ServerSocket web) {
        try (Socket client = web.accept()) {
            client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void anAccountWithAShellIsTold() throws Exception {
        for (String prefix : List.of("", SHELL_NOISE)) {
            try (ProcessSshServer server = server("shell" + prefix.length(), prefix)) {
                refused(
                        2,
                        "me@127.0.0.1:" + server.port(),
                        options(server),
                        "me@127.0.0.1:" + server.port() + " is an account with a login shell",
                        "--host dokku@127.0.0.1",
                        "dokku ssh-keys:add");
            }
        }
    }

    @Test
    void aDokkuThatIsTooOldOrTalksBesidesIsTold() throws Exception {
        try (ProcessSshServer server = server("old", "version() { echo dokku version 0.25.1; }; ")) {
            refused(
                    4,
                    "127.0.0.1:" + server.port(),
                    options(server),
                    "Dokku 0.25.1",
                    "too old",
                    "apt-get install dokku");
        }
        try (ProcessSshServer server = server("noisy", SHELL_NOISE + "version() { echo dokku version 0.38.27; }; ")) {
            refused(
                    2,
                    "127.0.0.1:" + server.port(),
                    options(server),
                    "prints lines of its own",
                    "Welcome to Ubuntu",
                    ".bashrc");
        }
    }

    @Test
    void aChangedHostKeyIsTold() throws Exception {
        try (ProcessSshServer server = server("changed", "")) {
            server.writeKnownHost(KeyUtils.generateKeyPair("ssh-ed25519", 256));
            refused(
                    4,
                    "127.0.0.1:" + server.port(),
                    options(server),
                    "HAS CHANGED: it now shows " + server.fingerprint(),
                    server.knownHosts() + " line 1",
                    "ssh-keygen -R");
        }
    }

    private ProcessSshServer server(String name, String prefix) throws Exception {
        return new ProcessSshServer(
                Files.createDirectories(home.resolve(name)),
                line -> List.of("bash", "--norc", "-c", prefix + line),
                Map.of());
    }
}
