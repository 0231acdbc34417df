package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class SequencesTest {
    private static final Duration SECONDS = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofMillis(300);

    private static final String[] SERVED = {
        "create table ident (id int generated always as identity primary key)",
        "create table small (id smallserial primary key)",
        "create table lent (id bigserial primary key)",
        "create table borrower (id bigint primary key default nextval('lent_id_seq'))",
        "create sequence free start 1000",
        "create sequence cached cache 20",
        "create sequence down increment -7",
        "create sequence strides increment 100 maxvalue 100000000",
        "insert into borrower values (5000000)",
    };
    private static final List<String> RISING =
            List.of("ident_id_seq", "small_id_seq", "lent_id_seq", "free", "cached", "strides");

    private static void burst(
            Database on, List<String> sequences, AtomicBoolean stop, Map<String, BigInteger> farthest) {
        while (!stop.get()) {
            try (Connection connection = on.connect("burst")) {
                connection.setAutoCommit(false);
                while (!stop.get()) {
                    for (String sequence : sequences) {
                        BigInteger given = new BigInteger(
                                Sql.text(connection, "select nextval('public." + sequence + "')::text"));
                        farthest.merge(sequence, given, sequence.equals("down") ? BigInteger::min : BigInteger::max);
                    }
                    // What a transaction that is undone was given is given out all the same.
                    connection.rollback();
                }
            } catch (SQLException e) {
                // The fence ends sessions, and then refuses them.
                Fence.pause();
            }
        }
    }

    /** Moves users from one side to the other while values are drawn on the side they leave. */
    private static void switchUnderBursts(Servers.Move move, Direction direction) throws Exception {
        Database left = direction == Direction.FORWARD ? move.source() : move.target();
        Database entered = direction == Direction.FORWARD ? move.target() : move.source();
        Map<String, BigInteger> farthest = new ConcurrentHashMap<>();
        AtomicBoolean stop = new AtomicBoolean();
        List<String> all = new ArrayList<>(RISING);
        all.add("down");
        Database app = direction == Direction.FORWARD
                ? move.source().as("app_owner", landfall.base.Secret.of("app"))
                : move.target().as(move.role().name(), move.role().password());
        List<Thread> drawers = java.util.stream.IntStream.range(0, 3)
                .mapToObj(i -> Thread.ofVirtual().start(() -> burst(app, all, stop, farthest)))
                .toList();
        try (Follower follower = direction == Direction.FORWARD ? move.follow() : move.followBack()) {
            assertThat(follower.awaitLag(SECONDS, SECONDS)).isTrue();
            ReplicationSlots.prepare(entered, left, direction.reversed(), move.naming());
            follower.verify();
            follower.closeDoor(SECONDS);
            String marker = Fence.raise(left, move.naming(), false, GRACE);
            // Values drawn by sessions that connect behind the fence are theirs to lose: nothing can be written with them.
            stop.set(true);
            for (Thread drawer : drawers) {
                drawer.join();
            }
            follower.drainTo(marker, SECONDS);
            follower.open();
        } finally {
            stop.set(true);
        }
        assertThat(farthest.keySet()).containsExactlyInAnyOrderElementsOf(all);
        Map<String, String> wrong = new TreeMap<>();
        for (String sequence : all) {
            BigInteger next = new BigInteger(
                    Servers.read(entered, "select nextval('public." + sequence + "')::text"));
            int order = next.compareTo(farthest.get(sequence));
            if (sequence.equals("down") ? order >= 0 : order <= 0) {
                wrong.put(sequence, "gives " + next + " after " + farthest.get(sequence));
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void noValueIsGivenOutTwiceInEitherDirectionHoweverManyWereDrawnAndRolledBack() throws Exception {
        Servers.Move move = Servers.move(SERVED);
        Servers.run(
                move.source(),
                "grant usage on all sequences in schema public to app_owner",
                "alter sequence small_id_seq owned by none",
                "alter sequence small_id_seq as bigint");
        move.copy();
        switchUnderBursts(move, Direction.FORWARD);
        assertThat(Long.parseLong(Servers.read(move.target(), "select nextval('lent_id_seq')")))
                .as("a column of another table holds 5000000")
                .isGreaterThan(5_000_000);
        ReplicationSlots.drop(move.source(), Direction.FORWARD, move.naming());
        Fence.allowReading(move.source(), move.naming());
        switchUnderBursts(move, Direction.BACKWARD);
    }

    @Test
    void sequencesAtTheirBoundsCyclingOrSetAndNotUsedKeepTheirPlace() throws Exception {
        Servers.Move move = Servers.move(
                "create sequence ending maxvalue 100 cache 10",
                "select setval('ending', 95)",
                "create sequence ended maxvalue 100",
                "select setval('ended', 100)",
                "create sequence lowest increment -1 minvalue -10",
                "select setval('lowest', -9)",
                "create sequence round maxvalue 10 cycle",
                "select setval('round', 9)",
                "create sequence restarted",
                "select setval('restarted', 50, false)",
                "create sequence untouched start 7",
                "create table tiny (id smallint primary key generated by default as identity)",
                "insert into tiny values (32766)",
                "create table worded (id text primary key default 'n' || nextval('untouched'))",
                "alter sequence untouched owned by worded.id",
                "insert into worded values ('x')");
        move.copy();
        try (Connection from = move.source().connect("test");
                Connection to = move.target().connect("test")) {
            assertThat(Door.carrySequences(from, to)).isEqualTo(7);
        }
        assertThat(next(move, "ending")).isEqualTo("96");
        assertThat(Servers.read(move.target(), "select last_value || ' ' || is_called from ended"))
                .isEqualTo("100 true");
        assertThat(next(move, "lowest")).isEqualTo("-10");
        assertThat(next(move, "round")).isEqualTo("10");
        assertThat(next(move, "restarted")).isEqualTo("50");
        assertThat(next(move, "untouched")).isEqualTo("7");
        assertThat(next(move, "tiny_id_seq")).isEqualTo("32767");
    }

    private static String next(Servers.Move move, String sequence) throws SQLException {
        return Servers.read(move.target(), "select nextval('" + sequence + "')");
    }
}
