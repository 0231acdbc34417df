package landfall.remote;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Origin;
import landfall.base.Problem;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;

/**
 * Makes authenticated sessions to one host, through others where ~/.ssh/config has a ProxyJump. Each host on the way is
 * checked and logged in to like any other.
 */
final class SshConnector implements AutoCloseable {
    private static final long WINDOW_BYTES = 8L << 20;
    private static final long PACKET_BYTES = 64L << 10;
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final int HEARTBEATS_UNANSWERED_MAX = 3;
    private static final int HOPS_MAX = 8;
    private static final Path SYSTEM_KNOWN_HOSTS = Path.of("/etc/ssh/ssh_known_hosts");

    private final SshTarget target;
    private final String hostName;
    private final SshKeys keys;
    private final HostKeyCheck hostKeyCheck;
    private final @Nullable Path agent;
    private final boolean onlyNamedKeys;
    private final @Nullable SshConnector via;
    private final SshEnvironment environment;
    private final SshFailures failures;
    private @Nullable SshClient client;
    private @Nullable ClientSession carrier;

    private SshConnector(
            SshTarget target,
            String hostName,
            SshKeys keys,
            HostKeyCheck hostKeyCheck,
            @Nullable Path agent,
            boolean onlyNamedKeys,
            @Nullable SshConnector via,
            SshEnvironment environment) {
        this.target = target;
        this.hostName = hostName;
        this.keys = keys;
        this.hostKeyCheck = hostKeyCheck;
        this.agent = agent;
        this.onlyNamedKeys = onlyNamedKeys;
        this.via = via;
        this.environment = environment;
        this.failures = new SshFailures(
                target, hostName, via == null ? null : via.target().toString(), environment.patience());
    }

    static SshConnector of(SshTarget given, SshOptions options) {
        Path knownHosts = options.knownHosts();
        if (knownHosts != null && !Files.isReadable(knownHosts)) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            Origin.file(knownHosts.toString()),
                            "the known_hosts file cannot be read",
                            Files.exists(knownHosts) ? "no permission" : "there is no such file",
                            "Check --known-hosts."));
        }
        SshConfig config = SshConfig.of(given.host(), options.environment());
        return made(given, SshTarget.USER_DEFAULT, config, options, through(config, options.environment(), 0));
    }

    /** The last of the hosts that this one is reached through, connected through those before it. */
    private static @Nullable SshConnector through(SshConfig config, SshEnvironment environment, int depth) {
        Origin command = config.proxyCommand();
        if (command != null) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            command,
                            "asks for a ProxyCommand",
                            "Landfall runs no other program to connect",
                            "Use ProxyJump instead, or forward a port (ssh -L 2222:DOKKUHOST:22 …) and give --host"
                                    + " dokku@127.0.0.1:2222."));
        }
        SshConnector last = null;
        for (String jump : config.jumps()) {
            if (depth >= HOPS_MAX) {
                throw new LandfallException(
                        ExitCode.BAD_INPUT,
                        Problem.error(
                                "~/.ssh/config leads through more than " + HOPS_MAX + " hosts",
                                "a circle of ProxyJump, perhaps",
                                "Mend it."));
            }
            SshTarget hop = SshTarget.parse(jump.replaceFirst("^ssh://", ""));
            SshConfig hopConfig = SshConfig.of(hop.host(), environment);
            // As OpenSSH has it: only the first one's own ProxyJump counts.
            SshConnector before = last == null ? through(hopConfig, environment, depth + 1) : last;
            SshOptions plain = new SshOptions(null, null, null, environment);
            last = made(hop, System.getProperty("user.name"), hopConfig, plain, before);
        }
        return last;
    }

    private static SshConnector made(
            SshTarget given, String userDefault, SshConfig config, SshOptions options, @Nullable SshConnector via) {
        SshEnvironment environment = options.environment();
        String user = !given.user().isEmpty() ? given.user() : config.user().isEmpty() ? userDefault : config.user();
        int port = given.port() > 0 ? given.port() : config.port() > 0 ? config.port() : SshTarget.PORT_DEFAULT;
        SshTarget target = new SshTarget(user, given.host(), port);
        String hostName = config.hostName().isEmpty() ? given.host() : config.hostName();
        SshTarget reached = new SshTarget(user, hostName, port);
        SshKeys keys = SshKeys.load(
                options.identity(), config.identityFiles(reached), config.identitiesOnly(), environment.home());
        return new SshConnector(
                target,
                hostName,
                keys,
                new HostKeyCheck(knownHosts(config, reached, options), options.acceptedFingerprint()),
                agent(config, reached, environment),
                options.identity() != null || config.identitiesOnly(),
                via,
                environment);
    }

    private static KnownHosts knownHosts(SshConfig config, SshTarget reached, SshOptions options) {
        Path given = options.knownHosts();
        List<Path> configured = config.knownHostsFiles(reached);
        Path ssh = options.environment().home().resolve(".ssh");
        List<Path> files = given != null
                ? List.of(given)
                : !configured.isEmpty()
                        ? configured
                        : List.of(ssh.resolve("known_hosts"), ssh.resolve("known_hosts2"), SYSTEM_KNOWN_HOSTS);
        String alias = config.hostKeyAlias();
        return alias.isEmpty()
                ? KnownHosts.read(reached.host(), reached.port(), files, config.hashKnownHosts())
                : KnownHosts.read(alias, SshTarget.PORT_DEFAULT, files, config.hashKnownHosts());
    }

    private static @Nullable Path agent(SshConfig config, SshTarget reached, SshEnvironment environment) {
        String named = config.identityAgent();
        if (named.equalsIgnoreCase("none")) {
            return null;
        }
        Path socket = named.isEmpty() || named.equals("SSH_AUTH_SOCK") || named.startsWith("$")
                ? environment.agentSocket()
                : config.expanded(named, reached);
        return socket != null && Files.exists(socket) ? socket : null;
    }

    /** Whom it logs in as, where, by the name that was given. */
    SshTarget target() {
        return target;
    }

    private synchronized SshClient client() {
        SshClient running = client;
        if (running != null) {
            return running;
        }
        SshClient made = SshClient.setUpDefaultClient();
        made.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        made.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        made.setServerKeyVerifier(hostKeyCheck);
        if (agent != null) {
            List<PublicKey> only = onlyNamedKeys ? keys.named() : null;
            made.setAgentFactory(new SshAgentKeys(agent, only));
        }
        // Without it each command waits 40 ms twice for a delayed ACK.
        CoreModuleProperties.TCP_NODELAY.set(made, true);
        CoreModuleProperties.SOCKET_KEEPALIVE.set(made, true);
        CoreModuleProperties.IDLE_TIMEOUT.set(made, Duration.ZERO);
        CoreModuleProperties.WINDOW_SIZE.set(made, WINDOW_BYTES);
        CoreModuleProperties.MAX_PACKET_SIZE.set(made, PACKET_BYTES);
        CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(made, HEARTBEATS_UNANSWERED_MAX);
        CoreModuleProperties.HEARTBEAT_INTERVAL.set(made, HEARTBEAT);
        // MINA prefers ChaCha20, which it does in plain Java; AES-GCM has instructions of its own.
        made.setCipherFactories(List.of(
                BuiltinCiphers.aes128gcm,
                BuiltinCiphers.aes256gcm,
                BuiltinCiphers.aes128ctr,
                BuiltinCiphers.aes256ctr,
                BuiltinCiphers.cc20p1305_openssh));
        Set<String> known = hostKeyCheck.knownTypes();
        made.setSignatureFactories(made.getSignatureFactories().stream()
                .sorted(Comparator.comparing(
                        factory -> !known.contains(KeyUtils.getCanonicalKeyType(factory.getName()))))
                .toList());
        made.start();
        client = made;
        return made;
    }

    /**
     * One more session, logged in.
     *
     * @throws LandfallException telling which of the ways to fail it was and what to do
     */
    synchronized ClientSession session() {
        if (keys.pairs().isEmpty() && agent == null) {
            keys.unlock(environment.dialogue());
        }
        while (true) {
            switch (attempt()) {
                case Attempt.Open(ClientSession session) -> {
                    hostKeyCheck.remember();
                    return session;
                }
                case Attempt.Failed(IOException failure, boolean connected) -> {
                    if (!mended(failure)) {
                        throw problem(failure, connected);
                    }
                }
            }
        }
    }

    /** How one try to log in ended. */
    private sealed interface Attempt {
        record Open(ClientSession session) implements Attempt {}

        record Failed(IOException failure, boolean connected) implements Attempt {}
    }

    /** Whether somebody at the terminal took the obstacle away: an unknown host, a locked key. */
    private boolean mended(IOException failure) {
        if (hostKeyCheck.refusal() != null) {
            Optional<Boolean> answer = hostKeyCheck.asked(environment.dialogue());
            if (answer.isPresent() && !answer.get()) {
                throw new LandfallException(ExitCode.REFUSED, hostKeyCheck.declined(), failure);
            }
            return answer.orElse(false);
        }
        return SshFailures.isDenied(failure) && keys.unlock(environment.dialogue());
    }

    private LandfallException problem(IOException failure, boolean connected) {
        Problem refusal = hostKeyCheck.refusal();
        if (refusal != null) {
            return new LandfallException(ExitCode.REFUSED, refusal, failure);
        }
        if (!connected) {
            return failures.connecting(failure);
        }
        return SshFailures.isDenied(failure)
                ? failures.denied(keys, agent != null, failure)
                : failures.loggingIn(failure);
    }

    private Attempt attempt() {
        ClientSession session = null;
        try {
            SshdSocketAddress address = address();
            session = client().connect(target.user(), address.getHostName(), address.getPort())
                    .verify(environment.patience())
                    .getSession();
            keys.pairs().forEach(session::addPublicKeyIdentity);
            session.auth().verify(environment.patience());
            return new Attempt.Open(session);
        } catch (IOException e) {
            if (session != null) {
                session.close(true);
            }
            return new Attempt.Failed(e, session != null);
        }
    }

    private SshdSocketAddress address() throws IOException {
        if (via != null) {
            return via.forwarded(new SshdSocketAddress(hostName, target.port()));
        }
        try {
            return new SshdSocketAddress(InetAddress.getByName(hostName).getHostAddress(), target.port());
        } catch (UnknownHostException e) {
            throw failures.unknownHost(e);
        }
    }

    /** A port of this machine behind which the host lies, as seen from here; one session carries all of them. */
    private synchronized SshdSocketAddress forwarded(SshdSocketAddress host) throws IOException {
        ClientSession session = carrier;
        if (session == null || !session.isOpen()) {
            session = session();
            carrier = session;
        }
        return session.startLocalPortForwarding(new SshdSocketAddress("127.0.0.1", 0), host);
    }

    synchronized boolean isOpen() {
        SshClient running = client;
        return running != null && running.isOpen();
    }

    @Override
    public synchronized void close() {
        SshClient running = client;
        if (running != null) {
            running.close(true);
            running.stop();
        }
        if (via != null) {
            via.close();
        }
    }
}
