package landfall.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The input side of a terminal: echo, end of file on Ctrl-D and line ends as far as the client left them on, and
 * docker's detach keys (bytes 0x10 0x11), which cut the stream whatever the modes.
 */
final class DokkuTerminal extends InputStream {
    private final InputStream in;
    private final OutputStream echoTo;
    private final boolean echo;
    private final boolean canonical;
    private final boolean carriageReturns;
    private boolean held;
    private boolean ended;

    DokkuTerminal(InputStream in, OutputStream echoTo, boolean echo, boolean canonical, boolean carriageReturns) {
        this.in = in;
        this.echoTo = echoTo;
        this.echo = echo;
        this.canonical = canonical;
        this.carriageReturns = carriageReturns;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        int n = read(one, 0, 1);
        return n < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        byte[] raw = new byte[Math.max(1, count - 1)];
        int kept = 0;
        while (kept == 0 && !ended) {
            int n = in.read(raw, 0, raw.length);
            if (n < 0) {
                ended = true;
                break;
            }
            for (int i = 0; i < n && !ended; i++) {
                kept = take(raw[i], bytes, from, kept);
            }
        }
        if (kept > 0 && echo) {
            echoTo.write(bytes, from, kept);
            echoTo.flush();
        }
        return kept == 0 ? -1 : kept;
    }

    private int take(byte next, byte[] bytes, int from, int kept) {
        int count = kept;
        if (held && next == 0x11) {
            ended = true;
            return count;
        }
        if (held) {
            held = false;
            bytes[from + count++] = 0x10;
        }
        if (next == 0x10) {
            held = true;
        } else if (canonical && next == 4) {
            ended = true;
        } else if (count < bytes.length - from) {
            bytes[from + count++] = carriageReturns && next == '\r' ? (byte) '\n' : next;
        }
        return count;
    }
}
