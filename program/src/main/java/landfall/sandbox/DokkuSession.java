package landfall.sandbox;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.sshd.common.channel.PtyMode;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;

/** One SSH channel: runs one command line, with the manners of a terminal if the client asked for one. */
final class DokkuSession implements Command {
    private final DokkuHost host;
    private final DokkuAccount account;
    private final String line;
    private @Nullable InputStream in;
    private @Nullable OutputStream out;
    private @Nullable OutputStream err;
    private @Nullable ExitCallback exit;
    private volatile @Nullable DokkuCall call;

    DokkuSession(DokkuHost host, DokkuAccount account, String line) {
        this.host = host;
        this.account = account;
        this.line = line;
    }

    @Override
    public void setInputStream(InputStream stream) {
        in = stream;
    }

    @Override
    public void setOutputStream(OutputStream stream) {
        out = stream;
    }

    @Override
    public void setErrorStream(OutputStream stream) {
        err = stream;
    }

    @Override
    public void setExitCallback(ExitCallback callback) {
        exit = callback;
    }

    @Override
    public void start(ChannelSession channel, Environment environment) {
        DokkuLink link =
                new DokkuLink(host.misbehaviour(), () -> channel.getSession().close(true));
        InputStream input = link.input(java.util.Objects.requireNonNull(in));
        OutputStream output = link.output(java.util.Objects.requireNonNull(out));
        OutputStream errors = link.output(java.util.Objects.requireNonNull(err));
        boolean pty = environment.getEnv().containsKey(Environment.ENV_TERM);
        if (pty) {
            Map<PtyMode, Integer> modes = environment.getPtyModes();
            output = on(modes, PtyMode.OPOST) && on(modes, PtyMode.ONLCR) ? new LineEnds(output) : output;
            errors = output;
            input = new DokkuTerminal(
                    input, output, on(modes, PtyMode.ECHO), on(modes, PtyMode.ICANON), on(modes, PtyMode.ICRNL));
        }
        DokkuCall started = new DokkuCall(java.util.List.of(), false, false, pty, input, output, errors, link);
        Thread.ofVirtual().name("dokku " + line).start(() -> run(started));
    }

    /** A mode that the client did not name is on, as a terminal's are. */
    private static boolean on(Map<PtyMode, Integer> modes, PtyMode mode) {
        Integer value = modes.get(mode);
        return value == null || value != 0;
    }

    private void run(DokkuCall started) {
        int code = host.run(account, line, started, running -> call = running);
        if (!started.link().isGone()) {
            java.util.Objects.requireNonNull(exit).onExit(code);
        }
    }

    @Override
    public void destroy(ChannelSession channel) {
        DokkuCall running = call;
        if (running != null) {
            running.endProcesses();
        }
    }

    /** Line feeds become CR LF, as a terminal in its usual mode does. */
    private static final class LineEnds extends FilterOutputStream {
        LineEnds(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            String text = new String(bytes, from, count, StandardCharsets.ISO_8859_1);
            out.write(text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        }
    }
}
