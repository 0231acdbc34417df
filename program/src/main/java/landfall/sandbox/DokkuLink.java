package landfall.sandbox;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A channel's way to its client, and how the host's misbehaviour takes it away. */
final class DokkuLink {
    private final DokkuMisbehaviour misbehaviour;
    private final Runnable hangUp;
    private volatile boolean gone;
    private int armedFor;
    private int writesLeft;
    private Runnable atWrite = () -> {};

    /** @param hangUp ends the client's whole connection */
    DokkuLink(DokkuMisbehaviour misbehaviour, Runnable hangUp) {
        this.misbehaviour = misbehaviour;
        this.hangUp = hangUp;
    }

    /** A link of a command that no client waits for. */
    static DokkuLink none() {
        return new DokkuLink(new DokkuMisbehaviour(), () -> {});
    }

    boolean isGone() {
        return gone;
    }

    /** Ends the connection; whoever writes to it from now on fails. */
    void cut() {
        gone = true;
        hangUp.run();
    }

    /** Has something happen in place of one of the next writes of a command, known by its number. */
    synchronized void atWrite(int command, int write, Runnable action) {
        armedFor = command;
        writesLeft = write;
        atWrite = action;
    }

    /** A command has ended: what was to happen at a write that never came happens now. */
    void ended(int command) {
        boolean late;
        synchronized (this) {
            late = armedFor == command && writesLeft > 0;
            if (late) {
                writesLeft = 0;
            }
        }
        if (late) {
            atWrite.run();
        }
    }

    private synchronized boolean due() {
        return writesLeft > 0 && --writesLeft == 0;
    }

    OutputStream output(OutputStream to) {
        return new Output(to);
    }

    InputStream input(InputStream from) {
        return new Input(from);
    }

    private final class Output extends FilterOutputStream {
        Output(OutputStream to) {
            super(to);
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            if (!gone && due()) {
                atWrite.run();
            }
            if (gone) {
                throw new IOException("Broken pipe");
            }
            int passed = misbehaviour.outputPasses(count);
            out.write(bytes, from, passed);
            if (passed < count) {
                out.flush();
                cut();
                throw new IOException("Broken pipe");
            }
        }
    }

    private final class Input extends FilterInputStream {
        Input(InputStream from) {
            super(from);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            int count = read(one, 0, 1);
            return count < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int at, int count) throws IOException {
            if (gone) {
                return -1;
            }
            int read = in.read(bytes, at, count);
            if (read <= 0) {
                return read;
            }
            int passed = misbehaviour.inputPasses(read);
            if (passed < read) {
                cut();
            }
            return passed == 0 ? -1 : passed;
        }
    }
}
