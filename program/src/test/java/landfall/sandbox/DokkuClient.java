package landfall.sandbox;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.channel.PtyCapableChannelSession;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.apache.sshd.core.CoreModuleProperties;

/** An SSH client of the emulated host, for tests. */
final class DokkuClient implements AutoCloseable {
    private final SshClient client = SshClient.setUpDefaultClient();
    private final ClientSession session;

    DokkuClient(EmulatedDokku dokku) throws Exception {
        client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
        CoreModuleProperties.TCP_NODELAY.set(client, true);
        client.start();
        session = client.connect("dokku", dokku.sshAddress())
                .verify(Duration.ofSeconds(10))
                .getSession();
        session.addPublicKeyIdentity(new FileKeyPairProvider(dokku.clientKeyFile())
                .loadKeys(session)
                .iterator()
                .next());
        session.auth().verify(Duration.ofSeconds(10));
    }

    /** What a command gave. */
    record Answer(int exit, String stdout, String stderr) {}

    ClientSession session() {
        return session;
    }

    Answer run(String line) throws Exception {
        return run(line, new byte[0]);
    }

    Answer run(String line, byte[] stdin) throws Exception {
        return run(line, stdin, false, false);
    }

    /** @param endless whether the command never ends by itself and is left after a second */
    Answer run(String line, byte[] stdin, boolean terminal, boolean endless) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        // OpenSSH asks for a shell where no command is given.
        try (PtyCapableChannelSession channel =
                line.isEmpty() ? session.createShellChannel() : session.createExecChannel(line)) {
            channel.setUsePty(false);
            if (terminal) {
                channel.setUsePty(true);
                channel.setPtyType("xterm");
            }
            channel.setIn(new ByteArrayInputStream(stdin));
            channel.setOut(out);
            channel.setErr(err);
            channel.open().verify(Duration.ofSeconds(10));
            channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), Duration.ofSeconds(endless ? 1 : 30));
            Integer exit = channel.getExitStatus();
            return new Answer(
                    exit == null ? -1 : exit,
                    out.toString(StandardCharsets.UTF_8),
                    err.toString(StandardCharsets.UTF_8));
        }
    }

    @Override
    public void close() throws java.io.IOException {
        session.close();
        client.stop();
    }
}
