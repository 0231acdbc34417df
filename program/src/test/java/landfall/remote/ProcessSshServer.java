package landfall.remote;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.forward.AcceptAllForwardingFilter;

/** A real SSH server on loopback whose commands are real processes, chosen by the test. */
public final class ProcessSshServer implements AutoCloseable {
    private final SshServer server = SshServer.setUpDefaultServer();
    private final List<Process> processes = new CopyOnWriteArrayList<>();
    private final Path identity;
    private final Path knownHosts;
    private final KeyPair hostKey;

    public ProcessSshServer(Path folder, Function<String, List<String>> processOf, Map<String, String> environment)
            throws Exception {
        hostKey = KeyUtils.generateKeyPair("ssh-ed25519", 256);
        KeyPair clientKey = KeyUtils.generateKeyPair("ssh-ed25519", 256);
        identity = writeKey(folder.resolve("id_ed25519"), clientKey);
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(session -> List.of(hostKey));
        server.setPublickeyAuthenticator((user, key, session) -> KeyUtils.compareKeys(key, clientKey.getPublic()));
        server.setCommandFactory((channel, line) -> new ProcessCommand(processOf.apply(line), environment));
        CoreModuleProperties.TCP_NODELAY.set(server, true);
        server.start();
        knownHosts = folder.resolve("known_hosts");
        writeKnownHost(hostKey);
    }

    public static Path writeKey(Path file, KeyPair pair) throws Exception {
        try (OutputStream out = Files.newOutputStream(file)) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "test", null, out);
        }
        return file;
    }

    public void writeKnownHost(KeyPair pair) throws IOException {
        Files.writeString(
                knownHosts, "[127.0.0.1]:" + server.getPort() + " " + PublicKeyEntry.toString(pair.getPublic()) + "\n");
    }

    /** Lets another key in, and no longer its own. */
    public void accept(PublicKey other) {
        server.setPublickeyAuthenticator((user, key, session) -> KeyUtils.compareKeys(key, other));
    }

    /** Lets others be reached through this server. */
    public void allowForwarding() {
        server.setForwardingFilter(AcceptAllForwardingFilter.INSTANCE);
    }

    /** Ends every connection, as a host that goes down does. */
    public void dropConnections() {
        server.getActiveSessions().forEach(session -> session.close(true));
    }

    public Path identity() {
        return identity;
    }

    KeyPair hostKey() {
        return hostKey;
    }

    public int port() {
        return server.getPort();
    }

    public SshTarget target() {
        return new SshTarget("dokku", "127.0.0.1", server.getPort());
    }

    public Path knownHosts() {
        return knownHosts;
    }

    public String fingerprint() {
        return KeyUtils.getFingerPrint(hostKey.getPublic());
    }

    public SshOptions options() {
        return new SshOptions(identity, knownHosts, null);
    }

    public SshConnection connect() {
        return SshConnection.connect(target(), options());
    }

    public long running() {
        return processes.stream().filter(Process::isAlive).count();
    }

    @Override
    public void close() throws IOException {
        server.stop(true);
        processes.forEach(Process::destroyForcibly);
    }

    private final class ProcessCommand implements Command {
        private final List<String> argv;
        private final Map<String, String> environment;
        private InputStream in = InputStream.nullInputStream();
        private OutputStream out = OutputStream.nullOutputStream();
        private OutputStream err = OutputStream.nullOutputStream();
        private volatile @org.jspecify.annotations.Nullable Process started;
        private ExitCallback callback = (code, message, immediately) -> {};

        ProcessCommand(List<String> argv, Map<String, String> environment) {
            this.argv = argv;
            this.environment = environment;
        }

        @Override
        public void setInputStream(InputStream input) {
            in = input;
        }

        @Override
        public void setOutputStream(OutputStream output) {
            out = output;
        }

        @Override
        public void setErrorStream(OutputStream error) {
            err = error;
        }

        @Override
        public void setExitCallback(ExitCallback exit) {
            callback = exit;
        }

        @Override
        public void start(ChannelSession channel, Environment env) throws IOException {
            ProcessBuilder builder = new ProcessBuilder(argv);
            builder.environment().putAll(environment);
            Process process = builder.start();
            processes.add(process);
            started = process;
            Thread.ofVirtual().start(() -> copy(in, process.getOutputStream(), true));
            Thread errors = Thread.ofVirtual().start(() -> copy(process.getErrorStream(), err, false));
            Thread.ofVirtual().start(() -> {
                copy(process.getInputStream(), out, false);
                try {
                    errors.join();
                    callback.onExit(process.waitFor());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        private void copy(InputStream from, OutputStream to, boolean close) {
            byte[] buffer = new byte[64 << 10];
            try {
                for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                    to.write(buffer, 0, count);
                    to.flush();
                }
            } catch (IOException e) {
                // One side has gone; the other is told by the close below or by the exit.
            } finally {
                if (close) {
                    close(to);
                }
            }
        }

        private static void close(java.io.Closeable stream) {
            try {
                stream.close();
            } catch (IOException e) {
                // The process has ended already.
            }
        }

        @Override
        public void destroy(ChannelSession channel) {
            // As sshd does: the process sees its pipes closed, and is not killed.
            Process process = started;
            if (process != null) {
                close(process.getOutputStream());
                close(process.getInputStream());
            }
        }
    }
}
