package landfall.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import landfall.base.LandfallException;
import landfall.base.Secret;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may in, which host it is, and how it is reached: with keys, known_hosts and configuration as OpenSSH has them. */
class SshLoginTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private Path home;
    private Path dotSsh;
    private ProcessSshServer server;
    private final Person person = new Person();

    /** Somebody at a terminal with prepared answers. */
    private static final class Person implements SshDialogue {
        private final List<String> asked = new ArrayList<>();
        private final List<String> passphrases = new ArrayList<>();
        private @Nullable Boolean yes;

        @Override
        public Optional<Secret> passphrase(String prompt) {
            asked.add(prompt);
            return passphrases.isEmpty() ? Optional.empty() : Optional.of(Secret.of(passphrases.removeFirst()));
        }

        @Override
        public Optional<Boolean> confirmed(String question) {
            asked.add(question);
            return Optional.ofNullable(yes);
        }
    }

    @BeforeEach
    void start() throws Exception {
        home = Files.createDirectories(folder.resolve("home"));
        dotSsh = Files.createDirectories(home.resolve(".ssh"));
        server = server("host");
    }

    private ProcessSshServer server(String name) throws Exception {
        Path place = Files.createDirectories(folder.resolve(name));
        return new ProcessSshServer(place, line -> List.of("bash", "-c", line), Map.of());
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private SshEnvironment environment(@Nullable Path agent) {
        return new SshEnvironment(home, List.of(dotSsh.resolve("config")), agent, person, PATIENCE);
    }

    private SshOptions options(@Nullable Path identity, @Nullable Path knownHosts) {
        return new SshOptions(identity, knownHosts, null, environment(null));
    }

    private static void works(SshTarget target, SshOptions options) throws Exception {
        try (SshConnection connection = SshConnection.connect(target, options)) {
            assertThat(connection
                            .exec("echo in", new byte[0], PATIENCE, line -> {})
                            .stdout())
                    .isEqualTo("in\n");
        }
    }

    private static String run(Map<String, String> environment, String... words) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }

    private Path encryptedKey(String type) throws Exception {
        assumeThat(new File("/usr/bin/ssh-keygen")).exists();
        Path file = folder.resolve("locked-" + type);
        run(Map.of(), "ssh-keygen", "-q", "-t", type, "-N", "open sesame", "-C", "t", "-f", file.toString());
        return file;
    }

    private ProcessSshServer serverFor(Path publicKey, String name) throws Exception {
        ProcessSshServer made = server(name);
        made.accept(AuthorizedKeyEntry.parseAuthorizedKeyEntry(
                        Files.readString(publicKey).strip())
                .resolvePublicKey(null, PublicKeyEntryResolver.FAILING));
        return made;
    }

    @Test
    void aLockedKeyIsOpenedAtTheTerminal() throws Exception {
        for (String type : List.of("ed25519", "rsa", "ecdsa")) {
            Path key = encryptedKey(type);
            try (ProcessSshServer own = serverFor(Path.of(key + ".pub"), "server-" + type)) {
                person.passphrases.addAll(List.of("wrong", "open sesame"));
                works(own.target(), options(key, own.knownHosts()));
                assertThat(person.asked)
                        .as(type)
                        .containsExactly(
                                "Enter passphrase for key '" + key + "': ", "Enter passphrase for key '" + key + "': ");
                person.asked.clear();
            }
        }
    }

    @Test
    void aLockedKeyWithoutATerminalIsLeftToTheAgent() throws Exception {
        assumeThat(new File("/usr/bin/ssh-agent")).exists();
        Path key = encryptedKey("ed25519");
        Path socket = folder.resolve("agent.sock");
        Process agent = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
                .redirectErrorStream(true)
                .start();
        try (ProcessSshServer own = serverFor(Path.of(key + ".pub"), "own")) {
            SshOptions plain = options(key, own.knownHosts());
            assertThatThrownBy(() -> SshConnection.connect(own.target(), plain))
                    .isInstanceOf(LandfallException.class)
                    .hasMessageContaining("protected by a passphrase")
                    .hasMessageContaining("ssh-add " + key);
            while (!Files.exists(socket)) {
                Thread.sleep(5);
            }
            Path askpass = folder.resolve("askpass");
            Files.writeString(askpass, "#!/bin/sh\necho open sesame\n");
            assertThat(askpass.toFile().setExecutable(true)).isTrue();
            Map<String, String> asked = Map.of(
                    "SSH_AUTH_SOCK", socket.toString(),
                    "SSH_ASKPASS", askpass.toString(),
                    "SSH_ASKPASS_REQUIRE", "force");
            for (int i = 0; i < 7; i++) {
                Path other = folder.resolve("other" + i);
                run(Map.of(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other.toString());
                run(asked, "ssh-add", other.toString());
            }
            run(asked, "ssh-add", key.toString());
            person.asked.clear();
            works(own.target(), new SshOptions(key, own.knownHosts(), null, environment(socket)));
            assertThat(person.asked).isEmpty();
        } finally {
            agent.destroy();
        }
    }

    @Test
    void anUnknownHostIsAskedAboutOnceAndRemembered() throws Exception {
        SshOptions plain = options(server.identity(), null);
        assertThatThrownBy(() -> SshConnection.connect(server.target(), plain))
                .hasMessageContaining("is not known")
                .hasMessageContaining("--host-key " + server.fingerprint());
        person.yes = false;
        assertThatThrownBy(() -> SshConnection.connect(server.target(), plain))
                .hasMessageContaining("was not accepted");
        person.asked.clear();
        person.yes = true;
        works(server.target(), plain);
        assertThat(person.asked).hasSize(1);
        assertThat(person.asked.getFirst()).contains(server.fingerprint(), "[127.0.0.1]:" + server.port());
        works(server.target(), plain);
        assertThat(person.asked).as("asked once").hasSize(1);
        assertThat(Files.readString(dotSsh.resolve("known_hosts")))
                .startsWith("[127.0.0.1]:" + server.port() + " ssh-ed25519 ");
    }

    @Test
    void aGivenFingerprintIsRememberedToo() throws Exception {
        Files.writeString(dotSsh.resolve("config"), "HashKnownHosts yes\n");
        works(server.target(), new SshOptions(server.identity(), null, server.fingerprint(), environment(null)));
        assertThat(Files.readString(dotSsh.resolve("known_hosts"))).startsWith("|1|");
        works(server.target(), options(server.identity(), null));
        if (new File("/usr/bin/ssh-keygen").exists()) {
            assertThat(run(
                            Map.of(),
                            "ssh-keygen",
                            "-F",
                            "[127.0.0.1]:" + server.port(),
                            "-f",
                            dotSsh.resolve("known_hosts").toString()))
                    .contains("found: line 1");
        }
    }

    @Test
    void knownHostsAreReadAsOpensshWritesThem() throws Exception {
        Path known = dotSsh.resolve("known_hosts");
        String line = "[127.0.0.1]:" + server.port() + " "
                + PublicKeyEntry.toString(server.hostKey().getPublic()) + "\n";
        String noise = "# a comment\n\nnot a host at all\nother.example ssh-ed25519 AAAAbroken\n";
        Files.writeString(known, noise + line);
        SshOptions plain = options(server.identity(), null);
        works(server.target(), plain);
        if (new File("/usr/bin/ssh-keygen").exists()) {
            Files.writeString(known, line);
            run(Map.of(), "ssh-keygen", "-q", "-H", "-f", known.toString());
            assertThat(Files.readString(known)).startsWith("|1|");
            works(server.target(), plain);
        }
        Files.writeString(
                known,
                line + "@revoked * " + PublicKeyEntry.toString(server.hostKey().getPublic()) + "\n");
        assertThatThrownBy(() -> SshConnection.connect(server.target(), plain))
                .hasMessageContaining("is revoked")
                .hasMessageContaining(known + " line 2");
        KeyPair old = KeyUtils.generateKeyPair("ssh-ed25519", 256);
        Files.writeString(
                known, "# one\n[127.0.0.1]:" + server.port() + " " + PublicKeyEntry.toString(old.getPublic()) + "\n");
        person.yes = true;
        assertThatThrownBy(() -> SshConnection.connect(server.target(), plain))
                .hasMessageContaining("HAS CHANGED: it now shows " + server.fingerprint())
                .hasMessageContaining(KeyUtils.getFingerPrint(old.getPublic()) + " (" + known + " line 2)")
                .hasMessageContaining("ssh-keygen -R '[127.0.0.1]:" + server.port() + "' -f " + known);
        assertThat(person.asked).as("a changed key is no question").isEmpty();
    }

    @Test
    void theUsersConfigurationTellsHowAHostIsReached() throws Exception {
        Files.createDirectories(dotSsh.resolve("conf.d"));
        Files.writeString(dotSsh.resolve("conf.d/dokku.conf"), """
                Host dokku-* !dokku-no
                    HostName 127.0.0.1
                    Port %d
                    IdentityFile "%s"
                    UserKnownHostsFile %s
                """.formatted(
                        server.port(), server.identity(), server.knownHosts()));
        Files.writeString(dotSsh.resolve("config"), """
                Include conf.d/*.conf
                Host *
                    Port 1
                    IdentitiesOnly=yes
                """);
        works(SshTarget.parse("dokku-live"), options(null, null));
        try (SshConnection connection = SshConnection.connect(SshTarget.parse("dokku-live"), options(null, null))) {
            assertThat(connection.target()).hasToString("dokku@dokku-live:" + server.port());
        }
        assertThatThrownBy(() -> SshConnection.connect(SshTarget.parse("dokku-no"), options(null, null)))
                .hasMessageContaining("there is no host named dokku-no");
        Files.writeString(dotSsh.resolve("config"), "Host far\n  ProxyCommand nc %h %p\n");
        assertThatThrownBy(() -> SshConnection.connect(SshTarget.parse("far"), options(null, null)))
                .hasMessageContaining("config:2")
                .hasMessageContaining("asks for a ProxyCommand");
    }

    @Test
    void aHostBehindTwoOthersIsReachedThroughThem() throws Exception {
        try (ProcessSshServer first = server("first");
                ProcessSshServer second = server("second")) {
            first.allowForwarding();
            second.allowForwarding();
            Files.writeString(dotSsh.resolve("config"), """
                    Host first
                      HostName 127.0.0.1
                      User jumper
                      Port %d
                      IdentityFile %s
                      UserKnownHostsFile %s
                    Host second
                      HostName 127.0.0.1
                      Port %d
                      IdentityFile %s
                      UserKnownHostsFile %s
                    Host inner
                      HostName 127.0.0.1
                      Port %d
                      IdentityFile %s
                      UserKnownHostsFile %s
                      ProxyJump first,second
                    Host gone
                      HostName 127.0.0.1
                      Port 1
                      ProxyJump first
                    Host circle
                      ProxyJump circle
                    """.formatted(
                            first.port(),
                            first.identity(),
                            first.knownHosts(),
                            second.port(),
                            second.identity(),
                            second.knownHosts(),
                            server.port(),
                            server.identity(),
                            server.knownHosts()));
            try (SshConnection connection = SshConnection.connect(SshTarget.parse("inner"), options(null, null))) {
                assertThat(connection
                                .exec("echo in", new byte[0], PATIENCE, line -> {})
                                .stdout())
                        .isEqualTo("in\n");
                first.dropConnections();
                long end = System.nanoTime() + PATIENCE.toNanos();
                while (connection.isOpen()) {
                    assertThat(System.nanoTime()).as("the loss is noticed").isLessThan(end);
                    Thread.sleep(2);
                }
                assertThat(connection
                                .exec("echo again", new byte[0], PATIENCE, line -> {})
                                .stdout())
                        .isEqualTo("again\n");
            }
            assertThatThrownBy(() -> SshConnection.connect(SshTarget.parse("gone"), options(null, null)))
                    .hasMessageContaining("cannot reach 127.0.0.1 port 1 through jumper@first");
            assertThatThrownBy(() -> SshConnection.connect(SshTarget.parse("circle"), options(null, null)))
                    .hasMessageContaining("more than 8 hosts");
        }
    }

    @Test
    void afterALossTheNextCommandConnectsAgain() throws Exception {
        try (SshConnection connection = server.connect()) {
            Path count = folder.resolve("count");
            Thread dropper = Thread.ofVirtual().start(() -> {
                while (!Files.exists(count)) {
                    Thread.onSpinWait();
                }
                server.dropConnections();
            });
            assertThatThrownBy(() ->
                            connection.exec("echo x >> " + count + "; sleep 20", new byte[0], PATIENCE, line -> {}))
                    .isInstanceOf(ConnectionLostException.class);
            dropper.join();
            assertThat(connection
                            .exec("cat " + count, new byte[0], PATIENCE, line -> {})
                            .stdout())
                    .as("not repeated")
                    .isEqualTo("x\n");
        }
    }

    @Test
    void commandsGivenWhileAConnectionIsLostEndOrSaySo() throws Exception {
        try (SshConnection connection = server.connect()) {
            for (int round = 0; round < 20; round++) {
                List<Thread> givers = new ArrayList<>();
                List<Throwable> surprises = Collections.synchronizedList(new ArrayList<>());
                for (int i = 0; i < 6; i++) {
                    givers.add(Thread.ofVirtual().start(() -> {
                        try {
                            connection.exec("true", new byte[0], PATIENCE, line -> {});
                        } catch (ConnectionLostException lost) {
                            assertThat(lost).hasMessageContaining("lost");
                        } catch (IOException | RuntimeException e) {
                            surprises.add(e);
                        }
                    }));
                }
                server.dropConnections();
                for (Thread giver : givers) {
                    giver.join();
                }
                assertThat(surprises).isEmpty();
            }
            assertThat(connection
                            .exec("true", new byte[0], PATIENCE, line -> {})
                            .exit())
                    .isZero();
        }
    }

    @Test
    void whatIsNoSshServerAndWhatIsSilentAreTold() throws Exception {
        SshEnvironment hasty = new SshEnvironment(home, List.of(), null, person, Duration.ofMillis(500));
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            SshTarget target = new SshTarget("dokku", "127.0.0.1", silent.getLocalPort());
            assertThatThrownBy(() -> SshConnection.connect(
                            target, new SshOptions(server.identity(), server.knownHosts(), null, hasty)))
                    .hasMessageContaining("does not answer")
                    .hasMessageContaining("within 0.5 s");
        }
        try (ServerSocket web = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> answer(web, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"));
            SshTarget target = new SshTarget("dokku", "127.0.0.1", web.getLocalPort());
            assertThatThrownBy(() -> SshConnection.connect(target, options(server.identity(), server.knownHosts())))
                    .hasMessageContaining("did not answer as an SSH server")
                    .hasMessageContaining("Check the port");
        }
    }

    private static void answer(ServerSocket web, String text) {
        try (Socket client = web.accept()) {
            client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            client.getOutputStream().flush();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aHostIsGivenInAllUsualForms() {
        assertThat(SshTarget.parse("dokku.example")).isEqualTo(new SshTarget("", "dokku.example", 0));
        assertThat(SshTarget.parse("me@host:2222")).isEqualTo(new SshTarget("me", "host", 2222));
        assertThat(SshTarget.parse("dokku@[2001:db8::1]:8022")).isEqualTo(new SshTarget("dokku", "2001:db8::1", 8022));
        assertThat(SshTarget.parse("dokku@[::1]")).isEqualTo(new SshTarget("dokku", "::1", 0));
        assertThat(SshTarget.parse("dokku@2001:db8::1")).isEqualTo(new SshTarget("dokku", "2001:db8::1", 0));
        assertThat(SshTarget.parse("dokku@fe80::1%eth0").host()).isEqualTo("fe80::1%eth0");
        assertThat(new SshTarget("dokku", "::1", 8022)).hasToString("dokku@[::1]:8022");
        for (String bad : List.of("", "@host", "dokku@", "-oProxyCommand=x", "a b", "host:0", "host:99999", "x@y@z")) {
            assertThatThrownBy(() -> SshTarget.parse(bad)).as(bad).hasMessageContaining("not an address");
        }
    }
}
