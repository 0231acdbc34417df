package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import org.junit.jupiter.api.Test;

final class CutoverTest {
    private static final Duration SECONDS = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofMillis(300);
    private static final String[] TABLES = {
        "create table account (id bigserial primary key, name text unique, side text)",
        "create sequence loose increment -3",
        "alter table account owner to app_owner",
        "insert into account (name, side) select 'n' || g, 'old' from generate_series(1, 100) g",
        "select nextval('loose'), nextval('loose')",
    };

    private static CompletableFuture<String> insert(Database as, String name) {
        return CompletableFuture.supplyAsync(() -> {
            try (Connection connection = as.connect("app")) {
                return Sql.text(
                        connection,
                        "insert into public.account (name, side) values ('" + name + "', 'new') returning id::text");
            } catch (SQLException e) {
                throw new IllegalStateException(e.getSQLState(), e);
            }
        });
    }

    private static Database app(Servers.Move move) {
        return move.target().as(move.role().name(), move.role().password());
    }

    @Test
    void aBoundThatIsMetIsAFailureThatAnotherRunMayMend() throws Exception {
        Servers.Move move = Servers.move(TABLES);
        move.copy();
        try (Follower follower = move.follow()) {
            assertThatThrownBy(() -> follower.drainTo("never raised", Duration.ofMillis(50)))
                    .isInstanceOfSatisfying(LandfallException.class, met -> {
                        assertThat(met.exitCode()).isEqualTo(ExitCode.FAILED);
                        assertThat(met.problems().getFirst().sentence())
                                .contains("Applying the last changes took longer than 50 ms", "again");
                    });
        }
    }

    @Test
    void waitingWritersGoOnWhenTheDoorOpensAndTheWayBackCarriesTheirRows() throws Exception {
        Servers.Move move = Servers.move(TABLES);
        move.copy();
        Database superuser = move.target();
        try (Follower follower = move.follow()) {
            assertThatThrownBy(() -> insert(app(move), "early").join()).hasMessageContaining("42501");
            assertThatThrownBy(() -> insert(superuser, "early").join()).hasMessageContaining("42501");
            assertThat(follower.verify().problems()).isEmpty();
            ReplicationSlots.prepare(move.target(), move.source(), Direction.BACKWARD, move.naming());
            follower.closeDoor(SECONDS);
            CompletableFuture<String> ordinary = insert(app(move), "ordinary");
            CompletableFuture<String> mighty = insert(superuser, "mighty");
            CompletableFuture<String> reading = CompletableFuture.supplyAsync(() -> {
                try {
                    return Servers.read(app(move), "select count(*) from public.account");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            Servers.run(move.source(), "insert into public.account (name, side) values ('last', 'old')");
            String marker = Fence.raise(move.source(), move.naming(), false, GRACE);
            follower.drainTo(marker, SECONDS);
            VerifyReport touched = follower.verifyTouched();
            assertThat(touched.problems()).isEmpty();
            assertThat(touched.rows()).isEqualTo(1);
            assertThat(ordinary.isDone() || mighty.isDone() || reading.isDone()).isFalse();
            OpenReport opened = follower.open();
            assertThat(opened.changes()).isEqualTo(1);
            assertThat(opened.sequences()).isEqualTo(2);
            assertThat(Long.parseLong(ordinary.get(10, TimeUnit.SECONDS))).isGreaterThan(101);
            assertThat(Long.parseLong(mighty.get(10, TimeUnit.SECONDS))).isGreaterThan(101);
            assertThat(Long.parseLong(reading.get(10, TimeUnit.SECONDS))).isGreaterThanOrEqualTo(101);
            assertThat(Switches.last(move.target(), move.naming()))
                    .map(Switches.Switch::marker)
                    .isEqualTo(Optional.of(marker));
            assertThat(Servers.read(move.target(), "select nextval('public.loose') < -2"))
                    .isEqualTo("t");
        }
        assertThatThrownBy(() -> insert(move.source(), "late").join()).hasMessageContaining("42501");
        goBackAndForth(move);
    }

    private static void goBackAndForth(Servers.Move move) throws Exception {
        try (Follower back = move.followBack()) {
            assertThat(back.awaitLag(SECONDS, SECONDS)).isTrue();
            assertThat(Servers.read(move.source(), "select count(*) from public.account"))
                    .isEqualTo("103");
            // Nothing that came from the source is sent back to it.
            assertThat(back.lag().appliedChanges()).isLessThanOrEqualTo(2);
            assertThat(back.verify().problems()).isEmpty();
            Fence.allowReading(move.source(), move.naming());
            ReplicationSlots.drop(move.source(), Direction.FORWARD, move.naming());
            ReplicationSlots.prepare(move.source(), move.target(), Direction.FORWARD, move.naming());
            back.closeDoor(SECONDS);
            String marker = Fence.raise(move.target(), move.naming(), false, GRACE);
            back.drainTo(marker, SECONDS);
            assertThat(back.verifyTouched().problems()).isEmpty();
            back.open();
        }
        insert(move.source(), "home").get(10, TimeUnit.SECONDS);
        assertThatThrownBy(() -> insert(move.target(), "away").join()).hasMessageContaining("42501");
        try (Follower forth = move.follow()) {
            assertThat(forth.awaitLag(SECONDS, SECONDS)).isTrue();
            assertThat(Servers.read(move.target(), "select count(*) from public.account"))
                    .isEqualTo("104");
            assertThat(forth.verify().problems()).isEmpty();
        }
    }

    @Test
    void anAbandonedDoorLeavesAllAsBefore() throws Exception {
        Servers.Move move = Servers.move(TABLES);
        move.copy();
        try (Follower follower = move.follow()) {
            follower.verify();
            follower.closeDoor(SECONDS);
            Servers.run(move.source(), "insert into public.account (name, side) values ('within', 'old')");
            String marker = Fence.raise(move.source(), move.naming(), false, GRACE);
            follower.drainTo(marker, SECONDS);
            follower.abandonDoor();
            Fence.lift(move.source(), move.naming());
            assertThatThrownBy(() -> insert(app(move), "early").join()).hasMessageContaining("42501");
            Servers.run(move.source(), "insert into public.account (name, side) values ('after', 'old')");
            assertThat(follower.awaitLag(SECONDS, SECONDS)).isTrue();
            assertThat(follower.verify().problems()).isEmpty();
            assertThat(Servers.read(move.target(), "select count(*) from public.account"))
                    .isEqualTo("102");
            assertThat(Switches.last(move.target(), move.naming())).isEmpty();
        }
    }

    @Test
    void nobodyElseWritesToTheTargetFromItsFirstTableOn() throws Exception {
        Servers.Move move = Servers.move(TABLES);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger acknowledged = new AtomicInteger();
        Thread writer = Thread.ofVirtual().start(() -> writeUntil(move.target(), "c", stop, acknowledged));
        try {
            move.copy();
        } finally {
            stop.set(true);
            writer.join();
        }
        assertThat(acknowledged).hasValue(0);
        assertThat(Servers.read(move.target(), "select count(*) from public.account where side = 'boss'"))
                .isEqualTo("0");
    }

    @Test
    void theDoorGivesUpWithinItsBoundWhileSomebodyHoldsATable() throws Exception {
        Servers.Move move = Servers.move(TABLES);
        move.copy();
        try (Follower follower = move.follow();
                Connection holder = app(move).connect("app")) {
            holder.setAutoCommit(false);
            Sql.text(holder, "select count(*) from public.account");
            assertThatThrownBy(() -> follower.closeDoor(Duration.ofMillis(600)))
                    .isInstanceOf(LandfallException.class)
                    .hasMessageContaining("could not be closed within 600 ms");
            Servers.run(move.source(), "insert into public.account (name, side) values ('on', 'old')");
            assertThat(follower.awaitLag(SECONDS, SECONDS)).isTrue();
        }
    }

    @Test
    void noAcknowledgedWriteOfASuperuserStandsBehindTheMarker() throws Exception {
        Servers.Move move = Servers.move(TABLES);
        move.copy();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger acknowledged = new AtomicInteger();
        Servers.run(move.source(), "drop role if exists boss", "create role boss superuser login password 'boss'");
        Database boss = move.source().as("boss", landfall.base.Secret.of("boss"));
        List<Thread> writers = List.of(
                Thread.ofVirtual().start(() -> writeUntil(boss, "a", stop, acknowledged)),
                Thread.ofVirtual().start(() -> writeUntil(boss, "b", stop, acknowledged)));
        try (Follower follower = move.follow()) {
            Thread.sleep(300);
            follower.closeDoor(SECONDS);
            String marker = Fence.raise(move.source(), move.naming(), true, GRACE);
            follower.drainTo(marker, SECONDS);
            FenceState state = Fence.observe(move.source(), move.naming());
            assertThat(state.guarded()).isTrue();
            assertThat(state.rolesWithoutLogin()).contains("boss", "app_owner", "postgres");
            assertThat(state.marker()).contains(marker);
            assertThatThrownBy(() -> boss.connect("app"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28000"));
            Thread.sleep(200);
            stop.set(true);
            for (Thread writer : writers) {
                writer.join();
            }
            follower.open();
            assertThat(acknowledged.get()).isPositive();
            assertThat(Servers.read(move.target(), "select count(*) from public.account where side = 'boss'"))
                    .isEqualTo(Integer.toString(acknowledged.get()));
        } finally {
            stop.set(true);
            Fence.lift(move.source(), move.naming());
        }
        assertThat(Fence.observe(move.source(), move.naming()).raised()).isFalse();
        insert(boss, "again").get(10, TimeUnit.SECONDS);
    }

    private static void writeUntil(Database as, String prefix, AtomicBoolean stop, AtomicInteger acknowledged) {
        int n = 0;
        while (!stop.get()) {
            try (Connection connection = as.connect("writer")) {
                while (!stop.get()) {
                    Sql.execute(
                            connection,
                            "insert into public.account (name, side) values ('" + prefix + n++ + "', 'boss')");
                    acknowledged.incrementAndGet();
                }
            } catch (SQLException e) {
                // Fenced: an app would try again too.
                Fence.pause();
            }
        }
    }

    @Test
    void plantedDamageOfManyKindsIsFound() throws Exception {
        Servers.Move move = Servers.move(
                "create table t (id int primary key, a int, b text, f float8)",
                "create index t_a on t (a)",
                "insert into t select g, g, 'x' || g, 0 from generate_series(1, 1000) g");
        move.copy();
        List<String> damages = List.of(
                "delete from t where id = 500",
                "insert into t values (2000, 1, 'x', 0)",
                "update t set b = b || ' ' where id = 7",
                "update t set f = '-0' where id = 8",
                "update t set a = case id when 1 then 2 else 1 end where id in (1, 2)",
                "update t set b = null where id = 9",
                "update t set b = '' where id = 9",
                "drop index t_a",
                "alter table t alter a set default 3",
                "alter table t enable row level security",
                "alter table t owner to postgres",
                "comment on table t is 'changed'",
                "create table extra (id int primary key)",
                "alter table t drop column f");
        try (Follower follower = move.follow()) {
            assertThat(follower.verify().problems()).isEmpty();
            for (String damage : damages) {
                try (Connection connection = move.target().connect("test")) {
                    Sql.execute(
                            connection,
                            "set search_path = public; set session_replication_role = replica; create schema kept;"
                                    + " create table kept.t as table t; " + damage);
                }
                List<Problem> problems = follower.verify().problems();
                assertThat(problems).as(damage).isNotEmpty();
                assertThat(problems.toString()).as(damage).contains(damage.contains("extra") ? "extra" : "public.t");
                if (damage.contains("id = 500")) {
                    assertThat(problems.toString()).contains("(500)");
                }
                if (damage.contains("drop column")) {
                    continue;
                }
                try (Connection connection = move.target().connect("test")) {
                    Sql.execute(
                            connection,
                            "set search_path = public; set session_replication_role = replica; truncate t;"
                                    + " insert into t select * from kept.t; drop schema kept cascade;"
                                    + " create index if not exists t_a on t (a); alter table t alter a drop default;"
                                    + " alter table t disable row level security; comment on table t is null;"
                                    + " alter table t owner to " + move.role().name() + "; drop table if exists extra");
                }
                assertThat(follower.verify().problems()).as("after " + damage).isEmpty();
            }
        }
    }

    @Test
    void givingUpLeavesTheSourcesCatalogAsItWas() throws Exception {
        Servers.Move move = Servers.move(TABLES);
        String before = catalog(move);
        move.copy();
        try (Follower follower = move.follow()) {
            ReplicationSlots.prepare(move.target(), move.source(), Direction.BACKWARD, move.naming());
            follower.closeDoor(SECONDS);
            Fence.raise(move.source(), move.naming(), true, GRACE);
            follower.abandonDoor();
        }
        assertThat(ReplicationSlots.retainedBytes(move.source(), Direction.FORWARD, move.naming()))
                .isPresent();
        CleanUp.remove(move.source(), move.naming());
        CleanUp.remove(move.target(), move.naming());
        CleanUp.remove(move.source(), move.naming());
        assertThat(catalog(move)).isEqualTo(before);
        assertThat(ReplicationSlots.exists(move.target(), Direction.BACKWARD, move.naming()))
                .isFalse();
    }

    private static String catalog(Servers.Move move) throws SQLException {
        try (Connection connection = move.source().connect("test")) {
            return Catalog.fingerprint(connection)
                    + Sql.strings(
                                    connection,
                                    "select concat_ws(' ', 'slot', slot_name) from pg_replication_slots"
                                            + " where database = current_database()"
                                            + " union all select concat_ws(' ', 'publication', pubname) from"
                                            + " pg_publication union all select concat_ws(' ', 'origin', roname) from"
                                            + " pg_replication_origin where roname like '%"
                                            + move.naming().moveId()
                                            + "\\_%'"
                                            + " union all select concat_ws(' ', 'role', rolname, rolcanlogin) from pg_roles"
                                            + " union all select concat_ws(' ', 'schema', nspname) from pg_namespace"
                                            + " where nspname not like 'pg\\_t%'"
                                            + " union all select concat_ws(' ', 'trigger', tgname) from pg_trigger where"
                                            + " not tgisinternal"
                                            + " union all select concat_ws(' ', 'setting', setconfig::text)"
                                            + " from pg_db_role_setting"
                                            + " union all select concat_ws(' ', 'comment', shobj_description(oid,"
                                            + " 'pg_database')) from pg_database where datname = current_database()"
                                            + " order by 1")
                            .toString();
        }
    }

    @Test
    void aCopyThatWasInterruptedIsDiscardedAndBegunAgain() throws Exception {
        Servers.Move move = Servers.move(TABLES);
        AtomicInteger progress = new AtomicInteger();
        Events cutting = event -> {
            if (event.name().equals("progress") && progress.incrementAndGet() == 1) {
                throw new IllegalStateException("killed here");
            }
        };
        assertThatThrownBy(
                        () -> new SnapshotCopy(move.source(), move.target(), move.naming(), move.role(), cutting).run())
                .hasMessageContaining("killed here");
        assertThat(ReplicationSlots.exists(move.source(), Direction.FORWARD, move.naming()))
                .isFalse();
        assertThat(SnapshotCopy.isComplete(move.target(), move.naming())).isFalse();
        move.copy();
        try (Follower follower = move.follow()) {
            assertThat(follower.verify().problems()).isEmpty();
        }
        assertThatThrownBy(move::copy).isInstanceOf(LandfallException.class).hasMessageContaining("already holds");
    }
}
