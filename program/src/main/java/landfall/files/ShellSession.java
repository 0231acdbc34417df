package landfall.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import landfall.base.Duplex;
import org.jspecify.annotations.Nullable;

/**
 * One shell that stays, on its standard input a script that we write as we go. A shell may read ahead of the line it
 * runs, so a payload is sent only after the command said that it is ready for it; an answer ends with a random mark and
 * the exit status, because the end of a stream proves nothing.
 */
final class ShellSession implements AutoCloseable {
    private static final byte[] END = new byte[0];

    /** Neither stdin nor stdout of the inner shell may both be terminals, or it prints prompts and edits lines. */
    private static final String START = "cd \"$1\" && { stty raw -echo 2>/dev/null; sh 2>/dev/null | cat; }";

    private final Duplex channel;
    private final boolean eightBitClean;
    private final Duration silenceMax;
    private final BlockingQueue<byte[]> incoming = new ArrayBlockingQueue<>(32);
    private final SecureRandom random = new SecureRandom();
    private byte[] buffer = END;
    private int at;

    private ShellSession(Duplex channel, boolean eightBitClean, Duration silenceMax) {
        this.channel = channel;
        this.eightBitClean = eightBitClean;
        this.silenceMax = silenceMax;
    }

    static ShellSession open(ShellDialer dialer, String path, boolean eightBitClean, Duration silenceMax)
            throws IOException {
        Duplex channel = dialer.open(List.of("sh", "-c", START, "sh", path));
        ShellSession session = new ShellSession(channel, eightBitClean, silenceMax);
        Thread.ofVirtual().name("read shell").start(session::readAll);
        try {
            String mark = session.mark();
            session.write(("printf '%s%s\\n' " + mark.substring(0, 4) + " " + mark.substring(4) + "\n")
                    .getBytes(StandardCharsets.UTF_8));
            session.until(mark + "\n").transferTo(java.io.OutputStream.nullOutputStream());
            return session;
        } catch (IOException e) {
            session.close();
            throw new IOException("no shell in " + path + ": " + e.getMessage(), e);
        }
    }

    /** What a command said, and its exit status. */
    record Answer(int status, String text) {}

    private String mark() {
        byte[] bytes = new byte[12];
        random.nextBytes(bytes);
        return "LFX" + HexFormat.of().formatHex(bytes);
    }

    Answer run(String script, byte[] payload) throws IOException {
        Streamed answer = stream(script, payload, false);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        answer.transferTo(text);
        return new Answer(answer.status(), text.toString(StandardCharsets.UTF_8));
    }

    /**
     * Runs a script with the payload as its standard input.
     *
     * @param encoded whether the answer is bytes of any kind, which need base64 where the way is not clean
     */
    Streamed stream(String script, byte[] payload, boolean encoded) throws IOException {
        String mark = mark();
        String front = mark.substring(0, 4);
        String rest = mark.substring(4);
        boolean wrap = encoded && !eightBitClean;
        byte[] sent = eightBitClean
                ? payload
                : Base64.getMimeEncoder(76, new byte[] {'\n'}).encode(payload);
        // The mark is written in two parts, so that a terminal that echoes the command doesn't seem to answer.
        String input = eightBitClean ? "head -c " + sent.length : "head -c " + sent.length + " | base64 -d";
        String work = "{ printf '%s%s' " + front + " '" + rest + "R'; " + input + " | { " + script + "\n}; }";
        String line = wrap
                ? "{ s=$({ { " + work + "; echo $? >&3; } | { head -c " + (mark.length() + 1)
                        + "; base64; } >&4; } 3>&1); } 4>&1; "
                : work + "; s=$?; ";
        write((line + "printf '%s%s %d\\n' " + front + " '" + rest + "E' \"$s\"\n").getBytes(StandardCharsets.UTF_8));
        until(mark + "R").transferTo(java.io.OutputStream.nullOutputStream());
        for (int i = 0; i < sent.length; i += 64 << 10) {
            write(java.util.Arrays.copyOfRange(sent, i, Math.min(sent.length, i + (64 << 10))));
        }
        InputStream body = until(mark + "E");
        return new Streamed(wrap ? Base64.getMimeDecoder().wrap(body) : body, body);
    }

    /** An answer as it comes; its status is known once it was read to its end. */
    final class Streamed extends InputStream {
        private final InputStream decoded;
        private final InputStream raw;
        private int status = -1;

        private Streamed(InputStream decoded, InputStream raw) {
            this.decoded = decoded;
            this.raw = raw;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int n = decoded.read(into, offset, length);
            if (n < 0 && status < 0) {
                raw.transferTo(java.io.OutputStream.nullOutputStream());
                String line = new String(until("\n").readAllBytes(), StandardCharsets.US_ASCII).strip();
                try {
                    status = Integer.parseInt(line);
                } catch (NumberFormatException e) {
                    throw new IOException("the shell answered '" + line + "' where its status was expected", e);
                }
            }
            return n;
        }

        int status() throws IOException {
            if (status < 0) {
                throw new IOException("the answer was not read to its end; this is a bug");
            }
            return status;
        }
    }

    private void readAll() {
        try (channel) {
            byte[] chunk = new byte[32 << 10];
            for (int n = channel.input().read(chunk);
                    n >= 0;
                    n = channel.input().read(chunk)) {
                if (n > 0) {
                    incoming.put(java.util.Arrays.copyOf(chunk, n));
                }
            }
        } catch (IOException e) {
            System.getLogger(ShellSession.class.getName()).log(System.Logger.Level.DEBUG, "shell ended", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // Whoever waits must see the end; a full queue has nobody waiting, and is emptied by clear on close.
        while (!incoming.offer(END)) {
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }

    private void write(byte[] bytes) throws IOException {
        AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
        Thread writer = Thread.ofVirtual().start(() -> {
            try {
                channel.output().write(bytes);
                channel.output().flush();
            } catch (IOException e) {
                failure.set(e);
            }
        });
        try {
            if (!writer.join(silenceMax)) {
                throw new IOException("the other end took no data for " + silenceMax.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("interrupted while writing to the shell");
        }
        IOException failed = failure.get();
        if (failed != null) {
            throw new IOException("the shell ended: " + failed.getMessage(), failed);
        }
    }

    private int next() throws IOException {
        if (at == buffer.length) {
            try {
                byte[] more = incoming.poll(silenceMax.toMillis(), TimeUnit.MILLISECONDS);
                if (more == null) {
                    throw new IOException("the other end was silent for " + silenceMax.toSeconds() + " s");
                }
                if (more.length == 0) {
                    throw new IOException("the shell ended in the middle of an answer");
                }
                buffer = more;
                at = 0;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new java.io.InterruptedIOException("interrupted while reading from the shell");
            }
        }
        return buffer[at++] & 0xff;
    }

    /** What comes before a mark, which is consumed. No mark begins anew within itself but at its first letters. */
    private InputStream until(String mark) {
        byte[] wanted = mark.getBytes(StandardCharsets.US_ASCII);
        return new InputStream() {
            private final byte[] held = new byte[wanted.length];
            private int heldCount;
            private int given;
            private boolean ended;

            @Override
            public int read() throws IOException {
                while (true) {
                    if (given < heldCount) {
                        return held[given++] & 0xff;
                    }
                    if (ended) {
                        return -1;
                    }
                    int c = next();
                    if (c != wanted[0]) {
                        return c;
                    }
                    gather();
                }
            }

            // After the first byte of a mark: either the rest of it follows, or what was read is given out.
            private void gather() throws IOException {
                given = 0;
                heldCount = 1;
                held[0] = wanted[0];
                while (heldCount < wanted.length) {
                    int c = next();
                    if (c != wanted[heldCount]) {
                        at--;
                        return;
                    }
                    held[heldCount++] = (byte) c;
                }
                heldCount = 0;
                ended = true;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                int n = 0;
                while (n < length && (n == 0 || at < buffer.length || given < heldCount)) {
                    int c = read();
                    if (c < 0) {
                        return n == 0 ? -1 : n;
                    }
                    into[offset + n++] = (byte) c;
                }
                return n;
            }
        };
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            System.getLogger(ShellSession.class.getName()).log(System.Logger.Level.DEBUG, "already closed", e);
        }
        incoming.clear();
    }
}
