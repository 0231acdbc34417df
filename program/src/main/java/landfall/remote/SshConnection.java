package landfall.remote;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import landfall.base.Duplex;
import landfall.base.LandfallException;
import landfall.base.Limits;
import org.apache.sshd.client.channel.ChannelDirectTcpip;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.channel.PtyMode;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * SSH to one host: commands and streams as channels, with a further connection opened where the channels of the first
 * are taken. After a loss the next command connects again; the command that was cut off is not repeated here, as only
 * its caller knows whether it changed something.
 */
public final class SshConnection implements AutoCloseable {
    private static final int OUTPUT_BYTES_MAX = 16 << 20;

    private final SshConnector connector;
    private volatile boolean closed;
    private final List<Line> lines = new ArrayList<>();

    /** One TCP connection and how many of its channels are in use. */
    private static final class Line {
        private final ClientSession session;
        private int channels;
        /** A channel was asked for and no answer came in time; heartbeats will tell whether the host is there. */
        private volatile boolean doubtful;

        Line(ClientSession session) {
            this.session = session;
        }
    }

    /** Writes a command's standard input. */
    @FunctionalInterface
    public interface Body {
        void writeTo(OutputStream output) throws IOException;
    }

    private SshConnection(SshConnector connector) {
        this.connector = connector;
    }

    /** @throws landfall.base.LandfallException telling which of the ways to fail it was and what to do */
    public static SshConnection connect(SshTarget target, SshOptions options) {
        SshConnector connector = SshConnector.of(target, options);
        try {
            SshConnection connection = new SshConnection(connector);
            connection.lines.add(new Line(connector.session()));
            return connection;
        } catch (RuntimeException e) {
            connector.close();
            throw e;
        }
    }

    /** Whom and where, with what ~/.ssh/config adds; the host is named as it was given. */
    public SshTarget target() {
        return connector.target();
    }

    public ExecResult exec(String commandLine, byte[] stdin, Duration timeout, Consumer<String> stdoutLine)
            throws IOException {
        return exec(
                commandLine,
                output -> {
                    if (stdin.length > 0) {
                        output.write(stdin);
                        output.flush();
                    }
                },
                timeout,
                stdoutLine);
    }

    /**
     * Runs a command to its end.
     *
     * @param stdoutLine told each line of stdout as it comes, without its line end
     * @throws IOException if it cannot be started, takes longer than the timeout, prints too much, or the connection
     *     breaks
     */
    public ExecResult exec(String commandLine, Body stdin, Duration timeout, Consumer<String> stdoutLine)
            throws IOException {
        try (SshStream stream = stream(commandLine, false)) {
            AtomicReference<@Nullable IOException> writeFailure = new AtomicReference<>();
            Thread writer = Thread.ofVirtual().name("ssh stdin").start(() -> write(stream, stdin, writeFailure));
            AtomicReference<@Nullable Boolean> late = new AtomicReference<>();
            Thread watchdog = Thread.ofVirtual().name("ssh timeout").start(() -> {
                try {
                    Thread.sleep(timeout);
                    late.set(true);
                    stream.abandon();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            String stdout;
            try {
                stdout = read(stream.input(), stdoutLine);
            } finally {
                watchdog.interrupt();
            }
            Integer exit = stream.awaitExit(Limits.SSH_CONNECT);
            writer.interrupt();
            if (late.get() != null) {
                throw new IOException("no end after " + timeout.toSeconds() + " s");
            }
            if (exit == null) {
                throw new ConnectionLostException(
                        "the connection was lost while the command ran"
                                + (stream.stderr().isBlank()
                                        ? ""
                                        : ": " + stream.stderr().strip()),
                        null);
            }
            IOException failure = writeFailure.get();
            if (failure != null && exit == 0) {
                throw new IOException("its input was not taken whole: " + failure.getMessage(), failure);
            }
            return new ExecResult(exit, stdout, stream.stderr());
        }
    }

    private static void write(SshStream stream, Body stdin, AtomicReference<@Nullable IOException> failure) {
        boolean written = false;
        try (OutputStream output = stream.output()) {
            stdin.writeTo(output);
            written = true;
        } catch (IOException e) {
            // Once all is written, a command that has ended meanwhile needs no end of input.
            if (!written) {
                failure.set(e);
            }
        }
    }

    private static String read(InputStream input, Consumer<String> stdoutLine) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        byte[] buffer = new byte[32 << 10];
        for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
            if (all.size() + count > OUTPUT_BYTES_MAX) {
                throw new IOException("it printed more than " + OUTPUT_BYTES_MAX + " bytes");
            }
            all.write(buffer, 0, count);
            for (int i = 0; i < count; i++) {
                if (buffer[i] == '\n') {
                    stdoutLine.accept(line.toString(StandardCharsets.UTF_8));
                    line.reset();
                } else if (buffer[i] != '\r') {
                    line.write(buffer[i]);
                }
            }
        }
        if (line.size() > 0) {
            stdoutLine.accept(line.toString(StandardCharsets.UTF_8));
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    /** Stdin and stdout of a command as a stream; its stderr is kept, bounded, for messages. */
    public Duplex open(String commandLine) throws IOException {
        return stream(commandLine, false);
    }

    public SshStream openStream(String commandLine) throws IOException {
        return stream(commandLine, false);
    }

    /** The same with a terminal that changes no byte; stderr comes on stdout then. */
    public Duplex openRawPty(String commandLine) throws IOException {
        return stream(commandLine, true);
    }

    /** A stream to an address as the host reaches it; for accounts that may forward ports. */
    public Duplex openForward(String host, int port) throws IOException {
        Line line = take(null);
        try {
            ChannelDirectTcpip channel =
                    new ChannelDirectTcpip(SshdSocketAddress.LOCALHOST_ADDRESS, new SshdSocketAddress(host, port));
            line.session.getService(ConnectionService.class).registerChannel(channel);
            channel.open().verify(Limits.SSH_CONNECT);
            return new SshForward(channel, () -> give(line));
        } catch (IOException e) {
            line.doubtful |= isLate(e);
            give(line);
            throw e;
        }
    }

    private static boolean isLate(IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TimeoutException) {
                return true;
            }
        }
        return false;
    }

    private SshStream stream(String commandLine, boolean rawPty) throws IOException {
        Line line = take(null);
        try {
            return started(line, commandLine, rawPty);
        } catch (IOException refused) {
            give(line);
            line.doubtful |= isLate(refused);
            if (!isRefusal(refused)) {
                // The command may have been on its way already.
                throw new ConnectionLostException("the connection was lost: " + refused.getMessage(), refused);
            }
            // The host may allow fewer sessions per connection than sshd's default: one more try on a new one.
            Line other = take(line);
            try {
                return started(other, commandLine, rawPty);
            } catch (IOException e) {
                give(other);
                e.addSuppressed(refused);
                throw e;
            }
        }
    }

    /** Whether nothing of the command was sent, so that it may be sent elsewhere. */
    private static boolean isRefusal(IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SshChannelOpenException || cause instanceof IllegalStateException) {
                return true;
            }
        }
        return false;
    }

    private SshStream started(Line line, String commandLine, boolean rawPty) throws IOException {
        ChannelExec channel;
        try {
            channel = line.session.createExecChannel(commandLine);
        } catch (IllegalStateException ending) {
            // A session that is about to close takes no more channels, and says so in this way.
            throw new IOException("the connection is being closed", ending);
        }
        if (rawPty) {
            channel.setUsePty(true);
            channel.setPtyType("dumb");
            channel.setPtyModes(rawModes());
        }
        channel.open().verify(Limits.SSH_CONNECT);
        return new SshStream(channel, () -> give(line));
    }

    private static Map<PtyMode, Integer> rawModes() {
        Map<PtyMode, Integer> modes = new EnumMap<>(PtyMode.class);
        for (PtyMode mode : EnumSet.of(
                PtyMode.ICANON,
                PtyMode.ECHO,
                PtyMode.ECHOE,
                PtyMode.ECHOK,
                PtyMode.ECHONL,
                PtyMode.ECHOCTL,
                PtyMode.ECHOKE,
                PtyMode.ISIG,
                PtyMode.IEXTEN,
                PtyMode.OPOST,
                PtyMode.ONLCR,
                PtyMode.OCRNL,
                PtyMode.ICRNL,
                PtyMode.INLCR,
                PtyMode.IGNCR,
                PtyMode.IXON,
                PtyMode.IXOFF,
                PtyMode.IXANY,
                PtyMode.ISTRIP,
                PtyMode.INPCK,
                PtyMode.PARENB)) {
            modes.put(mode, 0);
        }
        modes.put(PtyMode.CS8, 1);
        return modes;
    }

    private synchronized Line take(@Nullable Line except) throws IOException {
        lines.removeIf(line -> !line.session.isOpen() && line.channels == 0);
        for (Line line : lines) {
            if (line != except && line.session.isOpen() && !line.doubtful && line.channels < Limits.SSH_CHANNELS_MAX) {
                line.channels++;
                return line;
            }
        }
        if (closed) {
            throw new IOException("the SSH connection to " + target() + " is closed");
        }
        Line line = new Line(reconnected());
        line.channels++;
        lines.add(line);
        return line;
    }

    private ClientSession reconnected() throws IOException {
        try {
            return connector.session();
        } catch (LandfallException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private synchronized void give(Line line) {
        line.channels--;
    }

    /** False once the host ended it; the next command connects again then, unless {@link #close} was called. */
    public synchronized boolean isOpen() {
        return !closed && lines.stream().anyMatch(line -> line.session.isOpen());
    }

    /** How many TCP connections are open. */
    public synchronized int connections() {
        return (int) lines.stream().filter(line -> line.session.isOpen()).count();
    }

    @Override
    public void close() {
        closed = true;
        connector.close();
    }
}
