package landfall.postgres;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import landfall.base.Duplex;
import landfall.base.Limits;
import org.jspecify.annotations.Nullable;

/**
 * A server's byte stream that knows since when its reader or writer waits, so that {@link StreamWatch} can end it when
 * the other end has gone without a word.
 */
final class WatchedStream implements Duplex {
    /**
     * How long what may take.
     *
     * @param login until a session is there, between two words of the server
     * @param silence a read or write that takes longer makes one ask
     * @param proof for how long the server's process must have waited for us, unchanged, until the line counts as dead
     * @param unreachable a read or write that takes so long while the server can't be asked either ends the session
     */
    record Patience(Duration login, Duration silence, Duration proof, Duration unreachable) {
        static final Patience USUAL = new Patience(
                Limits.DATABASE_LOGIN, Limits.DATABASE_SILENCE, Limits.DATABASE_PROOF, Limits.DATABASE_UNREACHABLE);
    }

    /** {@link System#nanoTime} may be zero. */
    private static final long NOT_WAITING = 0;

    private final Duplex stream;
    private @Nullable StreamWatch watch;
    private final Patience patience;
    private final InputStream input;
    private final OutputStream output;
    private volatile long readingSince = NOT_WAITING;
    private volatile long writingSince = NOT_WAITING;
    private volatile long written;
    private volatile long writtenWhenHeard;
    private volatile long unansweredSince = NOT_WAITING;
    private volatile boolean pumped;
    private volatile boolean closed;
    private volatile @Nullable String cutFor;

    private WatchedStream(Duplex stream, Patience patience) {
        this.stream = stream;
        this.patience = patience;
        this.input = new Input(stream.input());
        this.output = new Output(stream.output());
    }

    /** The stream itself if it is watched already. */
    static WatchedStream over(Duplex stream) {
        return over(stream, Patience.USUAL);
    }

    static WatchedStream over(Duplex stream, Patience patience) {
        if (stream instanceof WatchedStream watched) {
            return watched;
        }
        WatchedStream made = new WatchedStream(stream, patience);
        made.watch = StreamWatch.start(made);
        return made;
    }

    /**
     * From now on it belongs to a session, of which the server can be asked.
     *
     * @param pumped whether something reads all the time, so that only an answer that doesn't come is a wait
     */
    void attend(SessionCheck session, boolean pumped) {
        this.pumped = pumped;
        if (watch != null) {
            watch.attend(session);
        }
    }

    /** From now on somebody else watches what goes through it. */
    void release() {
        if (watch != null) {
            watch.release();
        }
    }

    Patience patience() {
        return patience;
    }

    boolean isClosed() {
        return closed;
    }

    /** When the oldest read or write began that has not come back, by {@link System#nanoTime}; 0 if there is none. */
    long waitingSince() {
        long read = pumped ? unansweredSince : readingSince;
        long write = writingSince;
        return write == NOT_WAITING ? read : read == NOT_WAITING || write - read < 0 ? write : read;
    }

    /** Bytes written since the server last said something: they may be on their way yet. */
    long unanswered() {
        return written - writtenWhenHeard;
    }

    /** Ends the stream: whoever waits for it is told why. */
    void cut(String why) {
        cutFor = why;
        try {
            close();
        } catch (IOException e) {
            System.getLogger(WatchedStream.class.getName()).log(System.Logger.Level.DEBUG, "cutting", e);
        }
    }

    private IOException told(IOException failure) {
        String why = cutFor;
        if (why == null) {
            return failure;
        }
        // Not its cause: that the stream was closed under it is what cutting does.
        IOException cut = new IOException(why);
        cut.addSuppressed(failure);
        return cut;
    }

    private static long now() {
        long now = System.nanoTime();
        return now == NOT_WAITING ? 1 : now;
    }

    @Override
    public InputStream input() {
        return input;
    }

    @Override
    public OutputStream output() {
        return output;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        stream.close();
    }

    private final class Input extends FilterInputStream {
        Input(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            readingSince = now();
            try {
                int count = in.read(bytes, offset, length);
                if (count > 0) {
                    writtenWhenHeard = written;
                    unansweredSince = NOT_WAITING;
                }
                String why = cutFor;
                if (count < 0 && why != null) {
                    throw new IOException(why);
                }
                return count;
            } catch (IOException e) {
                throw told(e);
            } finally {
                readingSince = NOT_WAITING;
            }
        }
    }

    private final class Output extends FilterOutputStream {
        Output(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time; who reads it needs no exact number
        public void write(byte[] bytes, int offset, int length) throws IOException {
            writingSince = now();
            try {
                out.write(bytes, offset, length);
                written += length;
                if (unansweredSince == NOT_WAITING) {
                    unansweredSince = now();
                }
            } catch (IOException e) {
                throw told(e);
            } finally {
                writingSince = NOT_WAITING;
            }
        }

        @Override
        public void flush() throws IOException {
            writingSince = now();
            try {
                out.flush();
            } catch (IOException e) {
                throw told(e);
            } finally {
                writingSince = NOT_WAITING;
            }
        }
    }
}
