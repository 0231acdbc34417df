package landfall.dokku;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import landfall.base.Duplex;
import landfall.remote.SshConnection;
import landfall.remote.SshStream;

/**
 * A byte stream to a dokku-postgres server whose port stays closed (design/3): {@code postgres:connect} gives psql
 * inside the container, and psql's {@code \!} starts a relay there. psql reads its input ahead, so nothing may be sent
 * before the relay says that it is there.
 */
final class PostgresRelay implements Duplex {
    private static final String READY = "landfall-relay-ready";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int GREETING_BYTES_MAX = 64 << 10;

    /** What the container says when it can't, with the reason behind it. */
    private static final String FAILED = "landfall-relay-failed:";

    /** What a psql says that can't run a command. */
    private static final String NO_SHELL = "invalid command \\!";

    private static final Duration LOOK = Duration.ofMillis(100);

    /** Both copies run in the background, and the first to end ends the other. */
    private static final String BASH = "exec 3<>\"/dev/tcp/$h/$p\" || exit 1; exec 4<&0; echo " + READY + "; "
            + "cat <&3 & a=$!; cat <&4 >&3 & b=$!; wait -n $a $b; kill $a $b 2>/dev/null; exec 3>&-";

    private static final String PERL = "socket(S, PF_INET, SOCK_STREAM, 6)"
            + " and connect(S, sockaddr_in($ENV{p}, inet_aton($ENV{h}))) or die \"connect: $!\\n\"; "
            + "syswrite(STDOUT, \"" + READY + "\\n\"); $p = fork; "
            + "($from, $to) = $p ? (\\*STDIN, \\*S) : (\\*S, \\*STDOUT); "
            + "COPY: while ($n = sysread($from, $b, 65536)) { for ($w = 0; $w < $n; $w += $k) { "
            + "$k = syswrite($to, $b, $n - $w, $w); last COPY unless defined $k; } } "
            + "kill 15, $p || getppid";

    /**
     * psql doesn't expand variables behind {@code \!}, so host and port go through the environment. At the end psql goes
     * too, as it would take what is left of the stream for SQL, and the SSH channel would stay open. The process is asked
     * for its name before it is told to end: a stand-in for psql is not ours to kill, and its input is read to the end
     * instead. nc comes last, as it can't tell that the port is open before it is used.
     */
    private static final String SCRIPT = "\\setenv LANDFALL_HOST :HOST\n"
            + "\\setenv LANDFALL_PORT :PORT\n"
            + "\\! h=$LANDFALL_HOST; p=$LANDFALL_PORT; case $h in \"\"|/*) h=127.0.0.1;; esac; export h p; "
            + "for w in bash socat perl nc none; do command -v $w >/dev/null 2>&1 && break; done; "
            + "case $w in "
            + "bash) bash -c '" + BASH + "';; "
            + "socat) socat -u /dev/null TCP:$h:$p && echo " + READY + " && socat - TCP:$h:$p;; "
            + "perl) perl -MSocket -e '" + PERL + "';; "
            + "nc) echo " + READY + "; nc $h $p;; "
            + "*) echo " + FAILED + " the container has none of bash, socat, perl and nc;; esac; "
            + "read -r c </proc/$PPID/comm; case $c in psql*) kill $PPID;; *) cat >/dev/null;; esac\n";

    private final SshStream stream;

    private PostgresRelay(SshStream stream) {
        this.stream = stream;
    }

    static Duplex dial(SshConnection connection, String service) throws IOException {
        SshStream stream = connection.openStream(
                DokkuCommand.of("postgres:connect", service).line());
        AtomicBoolean late = new AtomicBoolean();
        Thread watchdog = Thread.ofVirtual().name("relay timeout").start(() -> {
            try {
                long end = System.nanoTime() + PATIENCE.toNanos();
                // A psql that knows no \! complains and waits for more input.
                while (System.nanoTime() < end && !stream.stderr().contains(NO_SHELL)) {
                    Thread.sleep(LOOK);
                }
                late.set(true);
                stream.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            OutputStream output = stream.output();
            output.write(SCRIPT.getBytes(StandardCharsets.UTF_8));
            output.flush();
            awaitReady(stream, service);
            watchdog.interrupt();
            if (late.get()) {
                throw new IOException("the relay was ready too late");
            }
            return new PostgresRelay(stream);
        } catch (IOException e) {
            watchdog.interrupt();
            stream.close();
            if (late.get()) {
                throw new IOException(
                        "no relay through postgres:connect " + service
                                + (stream.stderr().contains(NO_SHELL)
                                        ? ": "
                                        : " within " + PATIENCE.toSeconds() + " s; psql said: ")
                                + said(stream, ""),
                        e);
            }
            throw e;
        }
    }

    /** Byte by byte: what comes behind the line belongs to the stream. */
    private static void awaitReady(SshStream stream, String service) throws IOException {
        InputStream input = stream.input();
        ByteArrayOutputStream greeting = new ByteArrayOutputStream();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (greeting.size() < GREETING_BYTES_MAX) {
            int next = input.read();
            if (next < 0) {
                stream.awaitExit(Duration.ofSeconds(5));
                throw new IOException("no relay through postgres:connect " + service + ": "
                        + said(stream, greeting.toString(StandardCharsets.UTF_8)));
            }
            greeting.write(next);
            if (next != '\n') {
                line.write(next);
                continue;
            }
            String text = line.toString(StandardCharsets.UTF_8).strip();
            // psql's prompt stands before it where the host gave psql a terminal.
            if (text.endsWith(READY)) {
                return;
            }
            int failed = text.indexOf(FAILED);
            if (failed >= 0 && !text.contains("echo " + FAILED)) {
                throw new IOException("no relay through postgres:connect " + service + ":"
                        + text.substring(failed + FAILED.length()));
            }
            line.reset();
        }
        throw new IOException("no relay through postgres:connect " + service + ": psql printed more than "
                + GREETING_BYTES_MAX + " bytes and no ready line");
    }

    private static String said(SshStream stream, String greeting) {
        String text = (greeting.strip() + "\n" + stream.stderr().strip()).strip();
        return text.isEmpty() ? "it ended without a word" : text;
    }

    @Override
    public InputStream input() {
        return stream.input();
    }

    @Override
    public OutputStream output() {
        return stream.output();
    }

    @Override
    public void close() {
        stream.close();
    }
}
