package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import landfall.base.Events;
import landfall.base.LandfallException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the follower does when servers, lines and disks don't do their part. */
final class FollowTroubleTest {
    private static final Duration SECONDS = Duration.ofSeconds(30);

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + SECONDS.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.sleep(20);
        }
    }

    private static boolean slotIs(Servers.Move move, String condition) {
        try {
            return Servers.read(
                            move.source(),
                            "select count(*) from pg_replication_slots where slot_name = '"
                                    + move.naming().slot(Direction.FORWARD) + "' and " + condition)
                    .equals("1");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** LANDFALL_FOLLOW_RUNS asks for more rounds, LANDFALL_FOLLOW_SEED for the same again. */
    @Test
    void nothingIsLostOrDoubledThoughSessionsEndAndServersCrash() throws Exception {
        long seed = Long.parseLong(
                System.getenv().getOrDefault("LANDFALL_FOLLOW_SEED", Long.toString(System.nanoTime() & 0xffffff)));
        int rounds = 6 * Integer.parseInt(System.getenv().getOrDefault("LANDFALL_FOLLOW_RUNS", "1"));
        System.out.println("LANDFALL_FOLLOW_SEED=" + seed);
        Random random = new Random(seed);
        Servers.Move move = Servers.move(
                "create table entry (id bigserial primary key, writer int, n int)",
                "create table counter (writer int primary key, n int)",
                "insert into counter values (1, 0)");
        move.copy();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger acknowledged = new AtomicInteger();
        Thread writer = Thread.ofVirtual().start(() -> write(move, stop, acknowledged));
        @Nullable Follower follower = null;
        int losses = 0;
        for (int round = 0; round < rounds; ) {
            try {
                if (follower == null) {
                    follower = move.follow();
                }
                Thread.sleep(random.nextInt(150));
                harm(move, random);
                round++;
                for (int i = 0; i < 100; i++) {
                    follower.throwIfFailed();
                    Thread.sleep(10);
                }
            } catch (LandfallException e) {
                // What FollowLoop asks before it goes on by itself.
                assertThat(Passing.is(e)).as(e.problems().getFirst().sentence()).isTrue();
                losses++;
                if (follower != null) {
                    follower.close();
                    follower = null;
                }
                Thread.sleep(200);
            }
        }
        stop.set(true);
        writer.join();
        if (follower != null) {
            follower.close();
        }
        assertThat(losses).isPositive();
        try (Follower last = move.follow()) {
            assertThat(last.awaitLag(SECONDS, SECONDS)).isTrue();
            CopyAndFollowTest.assertEqual(last.verify());
        }
        assertThat(Integer.parseInt(Servers.read(move.target(), "select count(*) from entry")))
                .isGreaterThanOrEqualTo(acknowledged.get());
    }

    private static void harm(Servers.Move move, Random random) throws Exception {
        Servers servers = Servers.get();
        boolean source = random.nextBoolean();
        switch (random.nextInt(4)) {
            case 0 -> (source ? move.sourceLine() : move.targetLine()).cut();
            case 1, 2 -> {
                try (Connection connection = (source ? servers.source : servers.target).connect("postgres")) {
                    Sql.execute(
                            connection,
                            "select pg_terminate_backend(pid) from pg_stat_activity where application_name like"
                                    + " 'landfall/%' and datname = "
                                    + Sql.literal(move.source().name()));
                }
            }
            default -> {
                // The crash of one session makes the server end all others and recover.
                try (Connection connection = (source ? servers.source : servers.target).connect("postgres")) {
                    long pid = Sql.number(connection, "select pg_backend_pid()");
                    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
                }
            }
        }
    }

    private static void write(Servers.Move move, AtomicBoolean stop, AtomicInteger acknowledged) {
        for (int n = 0; !stop.get(); ) {
            try (Connection connection = move.source().connect("app")) {
                connection.setAutoCommit(false);
                for (; !stop.get(); n++) {
                    Sql.execute(
                            connection,
                            "insert into public.entry (writer, n) values (1, " + n + ");"
                                    + " update public.counter set n = " + n);
                    connection.commit();
                    acknowledged.incrementAndGet();
                    Thread.sleep(1);
                }
            } catch (SQLException e) {
                n++;
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    @Test
    void anIdleDatabaseDoesNotKeepTheLogThatOthersWrite() throws Exception {
        Servers.Move move = Servers.move("create table t (id int primary key)");
        move.copy();
        try (Follower follower = move.follow();
                Connection other = Servers.get().source.connect("postgres")) {
            Sql.execute(other, "create table busy as select g, repeat('x', 500) from generate_series(1, 20000) g");
            long written = Lsn.parse(Sql.text(other, "select pg_current_wal_lsn()::text"));
            Sql.execute(other, "drop table busy");
            await("the slot to move on", () -> {
                follower.throwIfFailed();
                try {
                    Sql.execute(other, "checkpoint");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
                return slotIs(move, "restart_lsn >= '" + Lsn.text(written) + "'");
            });
        }
    }

    @Test
    void aSlotBeyondItsBudgetIsDroppedAndTheAppGoesOnWriting() throws Exception {
        Servers.Move move = Servers.move("create table t (id int primary key, v text)");
        move.copy();
        List<String> told = new ArrayList<>();
        Events events = event -> told.add(String.valueOf(event.fields().get("message")));
        try (WalGuard guard = WalGuard.start(move.source(), Direction.FORWARD, move.naming(), 4_000_000L, events)) {
            guard.throwIfTripped();
            Servers.run(move.source(), "insert into t select g, repeat('x', 1000) from generate_series(1, 8000) g");
            await("the slot to be dropped", () -> !slotIs(move, "true"));
            await("it to be said", () -> told.stream().anyMatch(line -> line.contains("Following was given up")));
            assertThatThrownBy(guard::throwIfTripped)
                    .isInstanceOf(LandfallException.class)
                    .hasMessageContaining("given up")
                    .hasMessageContaining("budget is 4.0 MB")
                    .hasMessageContaining("landfall abandon");
        }
        Servers.run(move.source(), "update t set v = 'y' where id = 1", "delete from t where id = 2");
        assertThatThrownBy(move::follow).isInstanceOf(LandfallException.class).hasMessageContaining("is gone from");
    }

    @Test
    void theBudgetIsTakenFromSettingAndDiskWhereNoneIsGiven() throws Exception {
        Servers.Move move = Servers.move("create table t (id int primary key)");
        move.copy();
        try (Connection connection = move.source().connect("test")) {
            assertThat(WalGuard.freeDisk(connection)).isPresent();
            assertThat(WalGuard.freeDisk(connection).getAsLong()).isGreaterThan(1_000_000);
        }
        List<String> told = new ArrayList<>();
        try (WalGuard guard = WalGuard.start(
                move.source(), Direction.FORWARD, move.naming(), null, event -> told.add(event.toString()))) {
            await("the budget to be said", () -> told.stream().anyMatch(line -> line.contains("the slot may keep")));
            guard.throwIfTripped();
        }
    }

    @Test
    void aSlotThatTheServerInvalidatedIsToldWithWhatToDo() throws Exception {
        Servers.Move move = Servers.move("create table t (id int primary key)");
        move.copy();
        try (Connection other = Servers.get().source.connect("postgres")) {
            other.setAutoCommit(true);
            Sql.execute(other, "alter system set max_slot_wal_keep_size = '1MB'");
            Sql.execute(other, "select pg_reload_conf()");
            try {
                await("the slot to be lost", () -> {
                    try {
                        Sql.execute(
                                other,
                                "create table busy as select g, repeat('x', 500) from generate_series(1, 20000) g");
                        Sql.execute(other, "drop table busy");
                        Sql.execute(other, "select pg_switch_wal()");
                        Sql.execute(other, "checkpoint");
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                    return slotIs(move, "wal_status = 'lost'");
                });
                assertThatThrownBy(move::follow)
                        .isInstanceOf(LandfallException.class)
                        .hasMessageContaining("is lost")
                        .hasMessageContaining("max_slot_wal_keep_size (1MB)")
                        .hasMessageContaining("landfall abandon");
            } finally {
                Sql.execute(other, "alter system reset max_slot_wal_keep_size");
                Sql.execute(other, "select pg_reload_conf()");
            }
        }
    }

    @Test
    void anAddedColumnStopsWithItsStatementAndASecondRunGoesOn() throws Exception {
        Servers.Move move = Servers.move("create table thing (id int primary key, v text)");
        move.copy();
        Servers.run(move.source(), "insert into thing values (1, 'before')");
        try (Follower follower = move.follow()) {
            assertThat(follower.awaitLag(SECONDS, SECONDS)).isTrue();
            Servers.run(move.source(), "alter table thing add column \"Extra one\" int not null default 7");
            assertThatThrownBy(() -> follower.closeDoor(SECONDS))
                    .hasMessageContaining(
                            "ALTER TABLE public.thing ADD COLUMN \"Extra one\" integer DEFAULT 7 NOT NULL;");
        }
        Servers.run(move.source(), "insert into thing values (3, 'after', 8)");
        Servers.run(move.target(), "alter table thing add column \"Extra one\" int not null default 7");
        try (Follower follower = move.follow()) {
            assertThat(follower.awaitLag(SECONDS, SECONDS)).isTrue();
        }
        FollowExactlyTest.assertSame(move);
    }

    @Test
    void rowsFromBeforeAnAddedColumnAreFollowedAfterwards() throws Exception {
        Servers.Move move = Servers.move("create table thing (id int primary key, v text)");
        move.copy();
        Servers.run(
                move.source(),
                "insert into thing select g, 'before' from generate_series(1, 50) g",
                "update thing set v = 'changed' where id = 2",
                "alter table thing add column extra int default 7",
                "update thing set extra = 9 where id = 3");
        Servers.run(move.target(), "alter table thing add column extra int default 7");
        try (Follower follower = move.follow()) {
            assertThat(follower.awaitLag(SECONDS, SECONDS)).isTrue();
        }
        FollowExactlyTest.assertSame(move);
    }
}
