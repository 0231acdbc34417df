package landfall.remote;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Limits;
import landfall.base.Origin;
import landfall.base.Problem;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.ConfigFileHostEntryResolver;
import org.apache.sshd.client.config.hosts.HostConfigEntry;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;

/** Makes authenticated sessions to one target, and turns each way to fail into its own problem. */
final class SshConnector {
    private static final long WINDOW_BYTES = 8L << 20;
    private static final long PACKET_BYTES = 64L << 10;
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final int HEARTBEATS_UNANSWERED_MAX = 3;

    private final SshTarget target;
    private final String host;
    private final int port;
    private final SshKeys keys;
    private final HostKeyCheck hostKeyCheck;
    private final @Nullable Path agent;

    private SshConnector(
            SshTarget target, String host, int port, SshKeys keys, HostKeyCheck hostKeyCheck, @Nullable Path agent) {
        this.target = target;
        this.host = host;
        this.port = port;
        this.keys = keys;
        this.hostKeyCheck = hostKeyCheck;
        this.agent = agent;
    }

    static SshConnector of(SshTarget target, SshOptions options) {
        Path home = Path.of(System.getProperty("user.home"));
        HostConfigEntry configured = configured(target, home.resolve(".ssh").resolve("config"));
        String host = target.host();
        int port = target.port();
        List<Path> files = new ArrayList<>();
        if (configured != null) {
            String named = configured.getHostName();
            host = named == null || named.isBlank() ? host : named;
            port = port == 22 && configured.getPort() > 0 ? configured.getPort() : port;
            configured.getIdentities().forEach(file -> files.add(Path.of(expanded(file, home))));
        }
        SshKeys keys = SshKeys.load(options.identity(), files, home);
        String socket = System.getenv("SSH_AUTH_SOCK");
        boolean useAgent =
                options.identity() == null && socket != null && !socket.isEmpty() && Files.exists(Path.of(socket));
        return new SshConnector(
                target, host, port, keys, HostKeyCheck.of(host, port, options), useAgent ? Path.of(socket) : null);
    }

    private static String expanded(String file, Path home) {
        return file.startsWith("~/") ? home.resolve(file.substring(2)).toString() : file;
    }

    private static @Nullable HostConfigEntry configured(SshTarget target, Path file) {
        if (!Files.isReadable(file)) {
            return null;
        }
        try {
            HostConfigEntry entry = new ConfigFileHostEntryResolver(file)
                    .resolveEffectiveHost(target.host(), 0, null, target.user(), null, null);
            // "none" makes MINA 2.20.0 throw when it connects; we connect to the resolved name ourselves.
            String jump = entry == null ? null : entry.getProxyJump();
            if (jump != null
                    && !jump.isBlank()
                    && !jump.toLowerCase(Locale.ROOT).equals("none")) {
                throw new LandfallException(
                        ExitCode.BAD_INPUT,
                        Problem.error(
                                Origin.file(file.toString()),
                                "asks for ProxyJump " + jump + " to reach " + target.host(),
                                "Landfall connects directly only",
                                "Forward a local port (ssh -L 2222:" + target.host() + ":22 JUMPHOST) and give --host "
                                        + target.user() + "@127.0.0.1:2222."));
            }
            return entry;
        } catch (IOException | IllegalArgumentException e) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            Origin.file(file.toString()),
                            "cannot be understood",
                            String.valueOf(e.getMessage()),
                            "Mend the entry for " + target.host() + "."),
                    e);
        }
    }

    SshTarget target() {
        return target;
    }

    SshClient client() {
        SshClient client = SshClient.setUpDefaultClient();
        client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.setServerKeyVerifier(hostKeyCheck);
        if (agent != null) {
            client.setAgentFactory(new SshAgentKeys(agent));
        }
        // Without it each command waits 40 ms twice for a delayed ACK.
        CoreModuleProperties.TCP_NODELAY.set(client, true);
        CoreModuleProperties.SOCKET_KEEPALIVE.set(client, true);
        CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
        CoreModuleProperties.WINDOW_SIZE.set(client, WINDOW_BYTES);
        CoreModuleProperties.MAX_PACKET_SIZE.set(client, PACKET_BYTES);
        CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(client, HEARTBEATS_UNANSWERED_MAX);
        CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, HEARTBEAT);
        // MINA prefers ChaCha20, which it does in plain Java; AES-GCM has instructions of its own.
        client.setCipherFactories(List.of(
                BuiltinCiphers.aes128gcm,
                BuiltinCiphers.aes256gcm,
                BuiltinCiphers.aes128ctr,
                BuiltinCiphers.aes256ctr,
                BuiltinCiphers.cc20p1305_openssh));
        Set<String> known = hostKeyCheck.knownTypes();
        client.setSignatureFactories(client.getSignatureFactories().stream()
                .sorted(Comparator.comparing(
                        factory -> !known.contains(KeyUtils.getCanonicalKeyType(factory.getName()))))
                .toList());
        client.start();
        return client;
    }

    ClientSession session(SshClient client) {
        resolve();
        ClientSession session = null;
        try {
            session = client.connect(target.user(), host, port)
                    .verify(Limits.SSH_CONNECT)
                    .getSession();
            keys.pairs().forEach(session::addPublicKeyIdentity);
            session.auth().verify(Limits.SSH_CONNECT);
            return session;
        } catch (IOException e) {
            boolean connected = session != null;
            if (session != null) {
                session.close(true);
            }
            throw failed(e, connected);
        }
    }

    private void resolve() {
        try {
            InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw problem(
                    "there is no host named " + host,
                    "its name does not resolve to an address",
                    "Check the spelling of --host, or your DNS.",
                    e);
        }
    }

    private LandfallException failed(IOException failure, boolean connected) {
        Problem refusal = hostKeyCheck.refusal();
        if (refusal != null) {
            return new LandfallException(ExitCode.REFUSED, refusal, failure);
        }
        String place = host + " port " + port;
        if (!connected) {
            return switch (root(failure)) {
                case NoRouteToHostException e -> unreachable(place, e);
                case ConnectException e
                when String.valueOf(e.getMessage()).contains("nreachable") -> unreachable(place, e);
                case ConnectException e ->
                    problem(
                            "connection to " + place + " refused",
                            "nothing listens there",
                            "Check the port (--host dokku@HOST:PORT) and that sshd runs.",
                            e);
                case TimeoutException e -> timedOut(place, e);
                case Throwable e ->
                    problem(
                            "cannot connect to " + place,
                            String.valueOf(e.getMessage()),
                            "Check that it is an SSH server and reachable from here.",
                            e);
            };
        }
        if (root(failure) instanceof TimeoutException e) {
            return timedOut(place, e);
        }
        String message = String.valueOf(failure.getMessage());
        if (message.contains("No more authentication methods")) {
            return denied(failure);
        }
        return problem(
                "the SSH server at " + place + " ended the login",
                message,
                "Check that it is a Dokku host's sshd; its log (journalctl -u ssh) tells more.",
                failure);
    }

    private LandfallException denied(IOException cause) {
        List<String> tried = new ArrayList<>(keys.described());
        if (agent != null) {
            tried.add("the keys of ssh-agent");
        }
        String keysTried = tried.isEmpty() ? "no key was found to try" : "tried " + String.join(", ", tried);
        return problem(
                target + ": Permission denied (publickey)",
                keysTried,
                "Give the right key with --identity FILE, or have the host's admin add yours: cat KEY.pub | ssh root@"
                        + target.host() + " dokku ssh-keys:add NAME.",
                cause);
    }

    private static LandfallException unreachable(String place, Exception cause) {
        return problem(
                place + " is unreachable",
                String.valueOf(cause.getMessage()),
                "Check the network between here and there.",
                cause);
    }

    private static LandfallException timedOut(String place, Exception cause) {
        return problem(
                place + " does not answer",
                "nothing came within " + Limits.SSH_CONNECT.toSeconds() + " s",
                "Check the address, the port and firewalls.",
                cause);
    }

    private static LandfallException problem(String what, String why, String nextStep, Throwable cause) {
        return new LandfallException(ExitCode.FAILED, Problem.error(what, why, nextStep), cause);
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root;
    }
}
