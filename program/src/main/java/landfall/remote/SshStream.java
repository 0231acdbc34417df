package landfall.remote;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicBoolean;
import landfall.base.Duplex;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.jspecify.annotations.Nullable;

/** One remote command as a stream both ways; closing it closes its channel, which ends the command. */
public final class SshStream implements Duplex {
    private static final Duration CLOSE = Duration.ofSeconds(10);
    private static final int STDERR_BYTES_MAX = 16 << 10;

    private final ChannelExec channel;
    private final Runnable release;
    private final AtomicBoolean closed = new AtomicBoolean();

    @SuppressWarnings("JdkObsolete") // written by one thread, read by another
    private final StringBuffer stderr = new StringBuffer();

    private final Thread stderrReader;

    SshStream(ChannelExec channel, Runnable release) {
        this.channel = channel;
        this.release = release;
        this.stderrReader = Thread.ofVirtual().name("ssh stderr").start(this::readStderr);
    }

    private void readStderr() {
        byte[] buffer = new byte[4096];
        try (InputStream errors = channel.getInvertedErr()) {
            for (int count = errors.read(buffer); count >= 0; count = errors.read(buffer)) {
                // Read on beyond the bound: a command must not hang because nobody reads its complaints.
                int room = Math.min(count, STDERR_BYTES_MAX - stderr.length());
                if (room > 0) {
                    stderr.append(new String(buffer, 0, room, StandardCharsets.UTF_8));
                }
            }
        } catch (IOException e) {
            stderr.append("(stderr ended early: ").append(e.getMessage()).append(')');
        }
    }

    @Override
    public InputStream input() {
        return channel.getInvertedOut();
    }

    @Override
    public OutputStream output() {
        return channel.getInvertedIn();
    }

    /** What the command wrote to stderr so far, bounded. */
    public String stderr() {
        return stderr.toString();
    }

    /** Waits for the command's end; null when it didn't end in time or left no exit code (connection lost, killed). */
    public @Nullable Integer awaitExit(Duration patience) {
        channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), patience.toMillis());
        try {
            stderrReader.join(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return channel.getExitStatus();
    }

    /** Ends a command that took too long, from a watching thread. */
    void abandon() {
        close();
    }

    /** Doesn't wait: the host is told, and the slot is free once it has answered. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            Thread.ofVirtual().name("ssh close").start(this::closeChannel);
        }
    }

    /** Gracefully first: MINA's immediate close doesn't tell the host, whose command would run on. */
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
