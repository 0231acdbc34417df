package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import landfall.base.Duplex;
import landfall.base.Events;
import landfall.base.LandfallException;
import landfall.base.TaskGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines that go dead without a word: nobody hangs up, and nothing comes any more. */
@Timeout(60)
final class DeadLineTest {
    private static final WatchedStream.Patience SHORT = new WatchedStream.Patience(
            Duration.ofSeconds(2), Duration.ofMillis(500), Duration.ofMillis(500), Duration.ofSeconds(3));

    /** A follower asks for an answer every five seconds. */
    private static final WatchedStream.Patience FOLLOWING = new WatchedStream.Patience(
            Duration.ofSeconds(2), Duration.ofMillis(6_500), Duration.ofMillis(500), Duration.ofSeconds(10));

    /** A dialer whose open streams can be made silent; what is dialed afterwards lives, or is silent from the start. */
    private static final class Silencer implements Duplex.Dialer {
        private final Duplex.Dialer way;
        private final WatchedStream.Patience patience;
        private final Set<Muted> open = ConcurrentHashMap.newKeySet();
        private volatile boolean silentFromTheStart;

        Silencer(Duplex.Dialer way) {
            this(way, SHORT);
        }

        Silencer(Duplex.Dialer way, WatchedStream.Patience patience) {
            this.way = way;
            this.patience = patience;
        }

        @Override
        public Duplex dial() throws IOException {
            Muted stream = new Muted(way.dial());
            stream.silent = silentFromTheStart;
            open.add(stream);
            return WatchedStream.over(stream, patience);
        }

        /** What was dialed up to now is heard no more. */
        void silence() {
            open.forEach(stream -> stream.silent = true);
        }
    }

    /** Both directions swallow what is sent once it is silent; its server sees an open connection. */
    private static final class Muted implements Duplex {
        private final Duplex stream;
        private final CountDownLatch closed = new CountDownLatch(1);
        private final InputStream input;
        private final OutputStream output;
        private volatile boolean silent;

        Muted(Duplex stream) {
            this.stream = stream;
            PumpedInput pumped = new PumpedInput(stream.input());
            pumped.setTimeout(20);
            input = new FilterInputStream(pumped) {
                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    while (true) {
                        if (silent) {
                            hang();
                        }
                        try {
                            return super.read(bytes, offset, length);
                        } catch (SocketTimeoutException e) {
                            // Time to look whether it has become silent meanwhile.
                        }
                    }
                }
            };
            output = new FilterOutputStream(stream.output()) {
                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    if (!silent) {
                        out.write(bytes, offset, length);
                    }
                }
            };
        }

        private void hang() throws IOException {
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IOException("closed");
        }

        @Override
        public InputStream input() {
            return input;
        }

        @Override
        public OutputStream output() {
            return output;
        }

        /** As with a real one, the server doesn't hear of it. */
        @Override
        public void close() throws IOException {
            closed.countDown();
            if (!silent) {
                stream.close();
            }
        }
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.sleep(20);
        }
    }

    private static long processes(Database database, String purpose) {
        try {
            return Long.parseLong(Servers.read(
                    database,
                    "select count(*) from pg_stat_activity where datname = current_database()"
                            + " and application_name = 'landfall/" + purpose + "'"));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aSessionOnADeadLineEndsAndItsServersProcessToo() throws Exception {
        Servers.Move move = Servers.move();
        Silencer line = new Silencer(move.targetLine());
        Database target = move.target().by(line, ServerAddress.STREAM);
        try (Connection connection = target.connect("dead")) {
            line.silence();
            assertThatThrownBy(() -> Sql.execute(connection, "select 1"))
                    .isInstanceOfSatisfying(SQLException.class, e -> {
                        assertThat(Failures.isPassing(e)).isTrue();
                        assertThat(Failures.reason(e)).contains("waited for us (ClientRead)", "the line is dead");
                    });
        }
        await("the server's process ends", () -> processes(move.target(), "dead") == 0);
    }

    @Test
    void aLongStatementIsNotTakenForADeadLine() throws Exception {
        Servers.Move move = Servers.move("create table t (id int)");
        Silencer line = new Silencer(move.sourceLine());
        Database source = move.source().by(line, ServerAddress.STREAM);
        try (TaskGroup group = TaskGroup.open(2);
                Connection holder = move.source().connect("holder");
                Connection waiting = source.connect("waiting");
                Connection working = source.connect("working")) {
            holder.setAutoCommit(false);
            Sql.execute(holder, "lock table public.t");
            var lock = group.fork(() -> Sql.number(waiting, "select count(*) from public.t"));
            var sleep = group.fork(() -> Sql.truth(working, "select pg_sleep(4) is not null"));
            assertThat(sleep.get()).isTrue();
            assertThat(lock.isDone()).isFalse();
            holder.rollback();
            assertThat(lock.get()).isZero();
        }
    }

    @Test
    void aServerThatTakesAConnectionAndSaysNothingIsGivenUp() throws Exception {
        Servers.Move move = Servers.move();
        Silencer line = new Silencer(move.targetLine());
        line.silentFromTheStart = true;
        Database target = move.target().by(line, ServerAddress.STREAM);
        assertThatThrownBy(() -> target.connect("nobody")).isInstanceOfSatisfying(SQLException.class, e -> {
            assertThat(Database.isUnreachable(e)).isTrue();
            assertThat(Failures.reason(e)).contains("nothing came from the server");
        });
        line.silentFromTheStart = false;
        try (Connection connection = target.connect("alone")) {
            line.silence();
            line.silentFromTheStart = true;
            assertThatThrownBy(() -> Sql.execute(connection, "select 1"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(Failures.reason(e)).contains("the server can't be asked"));
        }
    }

    @Test
    void aCopyDoesThePartAgainThatADeadLineHeld() throws Exception {
        Servers.Move move = Servers.move(
                "create table t (id int primary key, padding text)",
                "insert into t select n, repeat(md5(n::text), 40) from generate_series(1, 60000) n");
        Silencer from = new Silencer(move.sourceLine());
        Silencer to = new Silencer(move.targetLine());
        Queue<String> notes = new ConcurrentLinkedQueue<>();
        CountDownLatch first = new CountDownLatch(2);
        Events events = event -> {
            if (event.name().equals("note")) {
                notes.add(String.valueOf(event.fields().get("message")));
            } else if (event.name().equals("progress") && first.getCount() > 0) {
                // In the middle of the rows, once on either side.
                (first.getCount() == 2 ? from : to).silence();
                first.countDown();
            }
        };
        SnapshotCopy.Result result = new SnapshotCopy(
                        move.source().by(from, ServerAddress.STREAM),
                        move.target().by(to, ServerAddress.STREAM),
                        move.naming(),
                        move.role(),
                        events)
                .run();
        assertThat(result.rows()).isEqualTo(60_000);
        assertThat(Servers.read(move.target(), "select count(*) || ' ' || sum(id) from t"))
                .isEqualTo("60000 1800030000");
        assertThat(first.getCount()).isZero();
        assertThat(notes).anyMatch(note -> note.startsWith("rows of public.t") && note.contains("the line"));
        CleanUp.remove(move.source(), move.naming());
    }

    @Test
    void aFollowerNoticesThatNothingComesThoughNothingIsWritten() throws Exception {
        Servers.Move move = Servers.move("create table t (id int primary key)");
        move.copy();
        for (boolean sender : List.of(true, false)) {
            Silencer from = new Silencer(move.sourceLine(), FOLLOWING);
            Silencer to = new Silencer(move.targetLine(), FOLLOWING);
            try (Follower follower = Follower.start(
                    move.source().by(from, ServerAddress.STREAM),
                    move.target().by(to, ServerAddress.STREAM),
                    Direction.FORWARD,
                    move.naming(),
                    Events.NONE)) {
                (sender ? from : to).silence();
                if (!sender) {
                    // Nobody expects anything of the receiving side before there is something to write.
                    Servers.run(move.source(), "insert into t values (1)");
                }
                assertThatThrownBy(() -> await("the follower gives up", () -> {
                            follower.throwIfFailed();
                            return false;
                        }))
                        .isInstanceOfSatisfying(LandfallException.class, e -> {
                            assertThat(Passing.is(e)).isTrue();
                            assertThat(e.getMessage()).contains("nothing came");
                        });
            }
        }
        try (Follower follower = move.follow()) {
            await("the row arrives", () -> {
                try {
                    follower.throwIfFailed();
                    return Servers.read(move.target(), "select count(*) from t").equals("1");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        CleanUp.remove(move.source(), move.naming());
    }
}
