package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import landfall.base.LandfallException;
import landfall.postgres.Choices.Identity;
import org.junit.jupiter.api.Test;

/** Starting, aborting and crashing never makes one write of the app fail (I1). */
final class DoNoHarmTest {
    private static final List<String> WRITES = List.of(
            "insert into bare values (1)",
            "update bare set a = a + 1 where ctid in (select ctid from bare limit 3)",
            "delete from bare where ctid in (select ctid from bare limit 1)",
            "insert into by_index values ((random() * 50)::int, 'x') on conflict (a) do update set b = excluded.b || 'y'",
            "update by_index set b = 'z' where a = (random() * 50)::int",
            "delete from by_index where a = (random() * 50)::int",
            "insert into nothing values ((random() * 50)::int, 1) on conflict (id) do update set n = nothing.n + 1",
            "update nothing set n = 0 where id = (random() * 50)::int",
            "insert into whole values ((random() * 5)::int, 'x')",
            "update whole set b = b || 'x' where a = (random() * 5)::int and length(b) < 20",
            "delete from whole where a = (random() * 5)::int and length(b) > 15",
            "insert into keyed (a) values ('x') on conflict do nothing",
            "update keyed set a = 'y' where id = (select max(id) from keyed)",
            "truncate scratch",
            "insert into scratch values (1)");

    /** The app: writes of every kind on every kind of table, until told to stop; what fails is kept. */
    private static final class Writers {
        private final AtomicBoolean stop = new AtomicBoolean();
        private final ConcurrentLinkedQueue<String> errors = new ConcurrentLinkedQueue<>();
        private final AtomicLong written = new AtomicLong();
        private final List<Thread> threads;

        Writers(Servers.Move move) {
            threads = List.of(thread(move, 0), thread(move, 7));
        }

        private Thread thread(Servers.Move move, int offset) {
            return Thread.ofVirtual().start(() -> {
                try (Connection connection = move.sourceApp()) {
                    Sql.execute(connection, "set search_path = public");
                    for (int i = offset; !stop.get(); i++) {
                        String sql = WRITES.get(i % WRITES.size());
                        try {
                            Sql.execute(connection, sql);
                            written.incrementAndGet();
                        } catch (SQLException e) {
                            errors.add(sql + ": " + e.getMessage());
                        }
                    }
                } catch (SQLException e) {
                    errors.add("session: " + e.getMessage());
                }
            });
        }

        void stop() throws InterruptedException {
            stop.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private static Servers.Move move() throws Exception {
        return Servers.move(
                "set role app_owner",
                "create table bare (a int)",
                "create table by_index (a int not null unique, b text)",
                "create table nothing (id int primary key, n int)",
                "alter table nothing replica identity nothing",
                "create table whole (a int, b text)",
                "alter table whole replica identity full",
                "create table keyed (id serial primary key, a text)",
                "create unlogged table scratch (a int)",
                "insert into bare select generate_series(1, 200)",
                "insert into keyed (a) select 'x' from generate_series(1, 200)",
                "reset role");
    }

    @Test
    void noWriteFailsWhileAMoveIsBegunAndAbandonedAgainAndAgain() throws Exception {
        Servers.Move move = move();
        Writers writers = new Writers(move);
        try {
            for (Identity identity : List.of(Identity.RECOPY, Identity.INDEX)) {
                Choices choices = new Choices(false, Map.of(Choices.EVERY_TABLE, identity));
                Identities.set(move.source(), choices);
                // Killed behind publication and slot.
                ReplicationSlots.prepare(move.source(), move.target(), Direction.FORWARD, move.naming());
                Thread.sleep(100);
                CleanUp.remove(move.source(), move.naming());
                // A copy that fails half way: its stream is cut.
                Identities.set(move.source(), choices);
                Thread cutter = Thread.ofVirtual().start(() -> {
                    try {
                        Thread.sleep(60);
                        move.targetLine().cut();
                    } catch (java.net.SocketException alreadyClosed) {
                        // A stream that ended by itself in this moment needs no cutting.
                        System.getLogger("cut").log(System.Logger.Level.DEBUG, "closed", alreadyClosed);
                    } catch (Exception e) {
                        writers.errors.add("the test's own: " + e);
                    }
                });
                try {
                    move.copy();
                } catch (LandfallException expected) {
                    assertThat(expected.problems()).isNotEmpty();
                }
                cutter.join();
                if (!SnapshotCopy.isComplete(move.target(), move.naming())) {
                    move.copy();
                }
                try (Follower follower = move.follow()) {
                    assertThat(follower.awaitLag(Duration.ofSeconds(1), Duration.ofSeconds(60)))
                            .isTrue();
                }
                CleanUp.remove(move.source(), move.naming());
                CleanUp.remove(move.target(), move.naming());
                Servers.run(
                        move.target(),
                        "drop schema public cascade",
                        "create schema public authorization pg_database_owner");
            }
            assertThat(writers.written.get()).isGreaterThan(100);
        } finally {
            writers.stop();
        }
        assertThat(writers.errors).isEmpty();
        assertThat(Servers.read(
                        move.source(),
                        "select string_agg(concat(relname, relreplident), ' ' order by relname) from pg_class where relkind = 'r'"
                                + " and relnamespace = 'public'::regnamespace"))
                .isEqualTo("bared by_indexd keyedd nothingn scratchd wholef");
    }

    /** Tables without identity, unlogged ones too, are there in full when the door opens, and go back the same way. */
    @Test
    void tablesThatCantBeFollowedAreCompleteOnTheSideThatOpens() throws Exception {
        Servers.Move move = move();
        move.copy();
        Writers writers = new Writers(move);
        try {
            try (Follower follower = move.follow()) {
                ReplicationSlots.prepare(move.target(), move.source(), Direction.BACKWARD, move.naming());
                assertThat(follower.verify().problems()).isEmpty();
                Thread.sleep(200);
                follower.closeDoor(Duration.ofSeconds(5));
                writers.stop();
                assertThat(writers.errors).isEmpty();
                String marker = Fence.raise(move.source(), move.naming(), true, Duration.ofMillis(200));
                follower.drainTo(marker, Duration.ofSeconds(30));
                assertThat(follower.recopy()).isPositive();
                assertThat(follower.verifyTouched().problems()).isEmpty();
                follower.open();
            }
        } finally {
            writers.stop();
        }
        for (String table : List.of("bare", "by_index", "nothing", "whole", "keyed", "scratch")) {
            String sql = "select md5(coalesce(string_agg(t::text, ';' order by t::text), '')) from " + table + " t";
            assertThat(Servers.read(move.target(), sql)).as(table).isEqualTo(Servers.read(move.source(), sql));
        }
        // Damage to such a table on the way back's receiving side is mended by the copy, and the proof looks at all of
        // it.
        Servers.run(move.target(), "insert into bare values (4711)");
        ReplicationSlots.drop(move.source(), Direction.FORWARD, move.naming());
        Fence.allowReading(move.source(), move.naming());
        try (Follower back = move.followBack()) {
            assertThat(back.verify().problems()).isEmpty();
            back.closeDoor(Duration.ofSeconds(5));
            String marker = Fence.raise(move.target(), move.naming(), false, Duration.ofMillis(200));
            back.drainTo(marker, Duration.ofSeconds(30));
            back.recopy();
            assertThat(back.verifyTouched().problems()).isEmpty();
            back.open();
        }
        assertThat(Servers.read(move.source(), "select count(*) from bare where a = 4711"))
                .isEqualTo("1");
    }
}
