package landfall.remote;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.sshd.agent.SshAgent;
import org.apache.sshd.agent.SshAgentFactory;
import org.apache.sshd.agent.SshAgentServer;
import org.apache.sshd.agent.common.AbstractAgentProxy;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.jspecify.annotations.Nullable;

/** Lets the user's ssh-agent sign: MINA's own proxy needs a native library for the socket, the JDK doesn't. */
final class SshAgentKeys implements SshAgentFactory {
    private final Path socket;
    private final @Nullable List<PublicKey> only;

    /** @param only the keys that may be used; null: all that the agent has */
    SshAgentKeys(Path socket, @Nullable List<PublicKey> only) {
        this.socket = socket;
        this.only = only == null ? null : List.copyOf(only);
    }

    @Override
    public List<ChannelFactory> getChannelForwardingFactories(FactoryManager manager) {
        return List.of();
    }

    @Override
    public SshAgent createClient(Session session, FactoryManager manager) throws IOException {
        return new Proxy(SocketChannel.open(UnixDomainSocketAddress.of(socket)), only);
    }

    @Override
    public SshAgentServer createServer(ConnectionService service) {
        throw new UnsupportedOperationException("the agent is not forwarded");
    }

    private static final class Proxy extends AbstractAgentProxy {
        private static final int REPLY_BYTES_MAX = 1 << 20;
        private final SocketChannel channel;

        private final @Nullable List<PublicKey> only;

        Proxy(SocketChannel channel, @Nullable List<PublicKey> only) {
            super(null);
            this.channel = channel;
            this.only = only;
        }

        /** A server gives up after a few wrong keys: an agent full of others must not use its patience up. */
        @Override
        public Iterable<? extends Map.Entry<PublicKey, String>> getIdentities() throws IOException {
            List<Map.Entry<PublicKey, String>> offered = new ArrayList<>();
            for (Map.Entry<PublicKey, String> identity : super.getIdentities()) {
                List<PublicKey> wanted = only;
                if (wanted == null || wanted.stream().anyMatch(key -> KeyUtils.compareKeys(key, identity.getKey()))) {
                    offered.add(identity);
                }
            }
            return offered;
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }

        @Override
        protected synchronized Buffer request(Buffer request) throws IOException {
            ByteBuffer out = ByteBuffer.wrap(request.getCompactData());
            while (out.hasRemaining()) {
                channel.write(out);
            }
            int length = read(4).getInt();
            if (length < 1 || length > REPLY_BYTES_MAX) {
                throw new IOException("ssh-agent answered with a length of " + length);
            }
            return new ByteArrayBuffer(read(length).array());
        }

        private ByteBuffer read(int length) throws IOException {
            ByteBuffer in = ByteBuffer.allocate(length);
            while (in.hasRemaining()) {
                if (channel.read(in) < 0) {
                    throw new EOFException("ssh-agent closed its socket");
                }
            }
            return in.flip();
        }
    }
}
