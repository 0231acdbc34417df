package landfall.sandbox;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.channel.ChannelSessionFactory;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.apache.sshd.server.session.ServerSession;

/**
 * A Dokku 0.38 host for the sandbox, bad manners included: an SSH server with its one forced command, a reverse proxy in
 * place of nginx, processes in place of containers and real PostgreSQL servers as services. What it knows is kept in the
 * folder's {@code dokku/} and survives a restart. A command it doesn't have answers as the real host answers an unknown
 * one and is written to {@code logs/dokku.log} as "not emulated".
 *
 * <p>Time is scaled: pauses that the real host makes (uptime checks, waits between attempts) are shortened by
 * {@link #PACE}; a health check's patience with an app that does not listen yet is not.
 */
public final class EmulatedDokku implements AutoCloseable {
    /** One second of the real host's pauses lasts this many seconds here. */
    public static final double PACE = 0.04;

    private static final int SESSIONS_MAX = 10;
    private static final AttributeKey<Long> ARRIVED = new AttributeKey<>();
    private static final AttributeKey<AtomicInteger> SESSIONS = new AttributeKey<>();

    private static final Duration UP_MAX = Duration.ofSeconds(30);

    private final DokkuHost host;
    private final Supplier<SshServer> servers;
    private volatile SshServer server;
    private volatile Optional<DokkuLatency> network = Optional.empty();
    private volatile boolean down;
    private final Addresses addresses;
    private final Path folder;
    private final KeyPair hostKey;

    private EmulatedDokku(
            DokkuHost host, Supplier<SshServer> servers, Addresses addresses, Path folder, KeyPair hostKey) {
        this.host = host;
        this.servers = servers;
        this.server = servers.get();
        this.addresses = addresses;
        this.folder = folder;
        this.hostKey = hostKey;
    }

    public static EmulatedDokku start(Path folder, Addresses addresses, Containers containers, ProcessRegistry registry)
            throws IOException {
        return start(folder, addresses, containers, registry, Program::find, PACE);
    }

    /** @param images what an image reference stands for; tests bring their own */
    static EmulatedDokku start(
            Path folder,
            Addresses addresses,
            Containers containers,
            ProcessRegistry registry,
            Function<String, Optional<Program>> images,
            double pace)
            throws IOException {
        Files.createDirectories(folder.resolve("dokku"));
        DokkuHost host = new DokkuHost(folder, addresses, containers, registry, images, pace);
        try {
            KeyPair hostKey = key(folder.resolve("dokku").resolve("host_key"));
            KeyPair clientKey = key(folder.resolve("id_ed25519"));
            host.authorize(clientKey.getPublic());
            EmulatedDokku dokku = new EmulatedDokku(
                    host, () -> server(host, addresses, hostKey, clientKey), addresses, folder, hostKey);
            host.misbehaviour().onReboot(dokku::reboot);
            Files.writeString(dokku.knownHostsFile(), dokku.knownHostsLine() + "\n");
            host.powerOn();
            dokku.server.start();
            return dokku;
        } catch (IOException | GeneralSecurityException e) {
            host.close();
            throw new IOException("the emulated Dokku host did not start: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            host.close();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while starting the emulated Dokku host", e);
        }
    }

    private static SshServer server(DokkuHost host, Addresses addresses, KeyPair hostKey, KeyPair clientKey) {
        SshServer server = SshServer.setUpDefaultServer();
        server.setHost(addresses.dokkuHost());
        server.setPort(Addresses.listenPort(22));
        server.setKeyPairProvider(session -> List.of(hostKey));
        server.setPublickeyAuthenticator((user, key, session) -> letIn(host, session)
                && DokkuAccount.named(user).isPresent()
                && KeyUtils.compareKeys(key, clientKey.getPublic())
                && !host.misbehaviour().refusesKey());
        server.addSessionListener(new SessionListener() {
            @Override
            public void sessionEstablished(Session session) {
                host.counts().connected();
                session.setAttribute(ARRIVED, System.nanoTime());
                if (host.misbehaviour().refusesConnection()) {
                    session.close(true);
                }
            }
        });
        server.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
        server.setCommandFactory((channel, line) -> new DokkuSession(host, account(channel.getSession()), line));
        server.setShellFactory(channel -> new DokkuSession(host, account(channel.getSession()), ""));
        server.setChannelFactories(List.of(new BoundedSessions()));
        CoreModuleProperties.TCP_NODELAY.set(server, true);
        CoreModuleProperties.IDLE_TIMEOUT.set(server, Duration.ZERO);
        // A channel that the client closed has nobody to wait for: what it runs ends at once.
        CoreModuleProperties.COMMAND_EXIT_TIMEOUT.set(server, Duration.ofMillis(100));
        return server;
    }

    /** Lets the time pass that a handshake takes on the real host; here it takes less. */
    private static boolean letIn(DokkuHost host, Session session) {
        Long arrived = session.getAttribute(ARRIVED);
        if (arrived != null && host.costs().isPresent()) {
            long left = arrived + host.costs().get().handshake().toNanos() - System.nanoTime();
            try {
                TimeUnit.NANOSECONDS.sleep(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return true;
    }

    private static DokkuAccount account(ServerSession session) {
        return DokkuAccount.named(session.getUsername()).orElse(DokkuAccount.DOKKU);
    }

    private static KeyPair key(Path file) throws IOException, GeneralSecurityException {
        if (Files.exists(file)) {
            return new FileKeyPairProvider(file).loadKeys(null).iterator().next();
        }
        KeyPair pair = KeyUtils.generateKeyPair("ssh-ed25519", 256);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (OutputStream out = Files.newOutputStream(file)) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "landfall-sandbox", null, out);
        }
        return pair;
    }

    DokkuHost host() {
        return host;
    }

    public InetSocketAddress sshAddress() {
        return new InetSocketAddress(addresses.dokkuHost(), Addresses.listenPort(22));
    }

    /** {@code dokku@ADDRESS:PORT}, as move.yaml has it. */
    public String destination() {
        return "dokku@" + addresses.dokkuHost() + ":" + Addresses.listenPort(22);
    }

    /** {@code SHA256:...} as {@code ssh-keygen -l} prints it. */
    public String hostKeyFingerprint() {
        return KeyUtils.getFingerPrint(hostKey.getPublic());
    }

    public String knownHostsLine() {
        return "[" + addresses.dokkuHost() + "]:" + Addresses.listenPort(22) + " "
                + PublicKeyEntry.toString(hostKey.getPublic());
    }

    public Path knownHostsFile() {
        return folder.resolve("known_hosts");
    }

    /** The private key, mode 0600, of the one authorised client. */
    public Path clientKeyFile() {
        return folder.resolve("id_ed25519");
    }

    /** Misbehaves like this from now on, and like nothing given before; with none it behaves. */
    public void misbehave(DokkuFault... faults) {
        host.misbehaviour().set(List.of(faults));
    }

    /** How many commands it was given since it last was told how to misbehave, or since its start. */
    public int commandsGiven() {
        return host.misbehaviour().commands();
    }

    /**
     * Takes from now on the time that the real, quiet host takes: for a handshake, for each command, and for the network.
     * Connections made before end.
     */
    public void takeRealTime(Duration roundTrip) throws IOException {
        // Banner, keys and the way to authentication: three round trips pass while the client is let in.
        host.takeRealTime(DokkuCosts.recorded(roundTrip.multipliedBy(3)));
        if (!roundTrip.isZero()) {
            server.stop(true);
            server = servers.get();
            server.setPort(0);
            server.start();
            network = Optional.of(new DokkuLatency(
                    sshAddress(), () -> new InetSocketAddress(addresses.dokkuHost(), server.getPort()), roundTrip));
        }
    }

    /** What clients asked for so far. */
    public DokkuCounts.Snapshot counts() {
        return host.counts().snapshot();
    }

    private void reboot(DokkuFault.Reboot fault) {
        down = true;
        Thread.ofVirtual().name("reboot").start(() -> {
            try {
                server.stop(true);
                host.powerOff();
                Thread.sleep(fault.down());
                host.powerOn();
                SshServer next = servers.get();
                if (network.isPresent()) {
                    next.setPort(0);
                }
                server = next;
                server.start();
            } catch (IOException e) {
                throw new UncheckedIOException("the emulated Dokku host did not come up again", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                down = false;
            }
        });
    }

    /** Waits until a reboot, if there is one, is over and what died with its connection has ended. */
    public void awaitUp() throws InterruptedException {
        long end = System.nanoTime() + UP_MAX.toNanos();
        while ((down || host.isBusy()) && System.nanoTime() < end) {
            Thread.sleep(2);
        }
    }

    @Override
    public void close() throws IOException {
        if (network.isPresent()) {
            network.get().close();
        }
        server.stop(true);
        host.close();
    }

    /** OpenSSH's MaxSessions: the eleventh session of one connection is refused. */
    private static final class BoundedSessions extends ChannelSessionFactory {
        @Override
        public Channel createChannel(Session session) {
            return new ChannelSession() {
                @Override
                public void handleClose() throws IOException {
                    endCommand();
                    super.handleClose();
                }

                // The status before the end of the output: a client that hangs up at the latter would miss it.
                @Override
                protected void closeShell(int exitValue, boolean immediately) throws IOException {
                    if (!isClosing()) {
                        out.flush();
                        err.flush();
                        sendExitStatus(exitValue);
                    }
                    super.closeShell(exitValue, immediately);
                }

                @Override
                protected void preClose() {
                    endCommand();
                    super.preClose();
                }

                private void endCommand() {
                    if (commandInstance instanceof DokkuSession running) {
                        running.destroy(this);
                    }
                }

                @Override
                public OpenFuture open(long recipient, long window, long packet, Buffer buffer) {
                    AtomicInteger open = getSession().computeAttributeIfAbsent(SESSIONS, key -> new AtomicInteger());
                    if (open == null || open.incrementAndGet() > SESSIONS_MAX) {
                        if (open != null) {
                            open.decrementAndGet();
                        }
                        OpenFuture refused = new DefaultOpenFuture(this, this);
                        refused.setException(new SshChannelOpenException(
                                getChannelId(), SshConstants.SSH_OPEN_CONNECT_FAILED, "open failed"));
                        return refused;
                    }
                    addCloseFutureListener(future -> open.decrementAndGet());
                    return super.open(recipient, window, packet, buffer);
                }
            };
        }
    }
}
