package landfall.remote;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import landfall.base.Duplex;
import org.apache.sshd.client.channel.ChannelDirectTcpip;

/** One forwarded TCP connection; closing it closes its channel. */
final class SshForward implements Duplex {
    private static final Duration CLOSE = Duration.ofSeconds(10);

    private final ChannelDirectTcpip channel;
    private final Runnable release;
    private final AtomicBoolean closed = new AtomicBoolean();

    SshForward(ChannelDirectTcpip channel, Runnable release) {
        this.channel = channel;
        this.release = release;
    }

    @Override
    public InputStream input() {
        return channel.getInvertedOut();
    }

    @Override
    public OutputStream output() {
        return channel.getInvertedIn();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            Thread.ofVirtual().name("ssh close").start(this::closeChannel);
        }
    }

    /** Gracefully first: MINA's immediate close doesn't tell the host, whose connection would stay open. */
    private void closeChannel() {
        try {
            if (!channel.close(false).await(CLOSE)) {
                channel.close(true);
            }
        } catch (IOException e) {
            channel.close(true);
        } finally {
            release.run();
        }
    }
}
