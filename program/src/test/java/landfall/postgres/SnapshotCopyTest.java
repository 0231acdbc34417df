package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import landfall.base.Duplex;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import org.junit.jupiter.api.Test;

final class SnapshotCopyTest {
    private static final Duration SECONDS = Duration.ofSeconds(30);
    private static final long PART_BYTES = 1 << 20;

    /** About 20 MB in two tables, one of them mostly in TOAST, with indexes and a foreign key. */
    private static final String[] BIG = {
        "create table big (id bigint primary key, a int, note text)",
        "insert into big select g, g % 100, repeat(md5(g::text), 3) from generate_series(1, 60000) g",
        "create index big_a on big (a)",
        "create table wide (id int primary key, big_id bigint references big, body text)",
        "alter table wide alter column body set storage external",
        "insert into wide select g, g, (select string_agg(md5((g * 1000 + i)::text), '') from generate_series(1, 300) i)"
                + " from generate_series(1, 600) g",
    };

    private static SnapshotCopy copy(Servers.Move move, Events events, BooleanSupplier stop) {
        Database source = move.source();
        return new SnapshotCopy(
                new Database(
                        source.label(),
                        () -> slowed(source.dialer().dial()),
                        source.name(),
                        source.user(),
                        source.password()),
                move.target(),
                move.naming(),
                move.role(),
                SchemaTool.NONE,
                events,
                stop,
                PART_BYTES);
    }

    /** So slow that one stream can't copy everything while another is being sabotaged. */
    private static Duplex slowed(Duplex duplex) {
        return new Duplex() {
            private final InputStream input = new FilterInputStream(duplex.input()) {
                @Override
                public int read(byte[] to, int offset, int length) throws IOException {
                    int read = in.read(to, offset, Math.min(length, 1 << 15));
                    if (read == 1 << 15) {
                        LockSupport.parkNanos(5_000_000);
                    }
                    return read;
                }
            };

            @Override
            public InputStream input() {
                return input;
            }

            @Override
            public OutputStream output() {
                return duplex.output();
            }

            @Override
            public void close() throws IOException {
                duplex.close();
            }
        };
    }

    /** Acts once, on the stream that told it, when the nth event comes that is asked for. */
    private static final class Saboteur implements Events {
        private final Predicate<Event> when;
        private final AtomicInteger left;
        private final Action action;
        private final ConcurrentLinkedQueue<String> notes = new ConcurrentLinkedQueue<>();

        private interface Action {
            void run() throws SQLException;
        }

        private Saboteur(Predicate<Event> when, int nth, Action action) {
            this.when = when;
            this.left = new AtomicInteger(nth);
            this.action = action;
        }

        @Override
        public void emit(Event event) {
            if (event.name().equals("note")) {
                notes.add(String.valueOf(event.fields().get("message")));
            }
            if (when.test(event) && left.decrementAndGet() == 0) {
                try {
                    action.run();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        private String told() {
            return String.join("\n", notes);
        }
    }

    private static boolean isRows(Events.Event event) {
        return event.name().equals("progress")
                && !"indexes".equals(event.fields().get("subject"));
    }

    private static boolean isBuilding(Events.Event event) {
        return String.valueOf(event.fields().get("message")).startsWith("building");
    }

    /** From outside, as an administrator or a crash would: not through the connections of the test's line. */
    private static void terminate(Database on, String... purposes) throws SQLException {
        try (Connection connection = on.connect("test terminate")) {
            for (String purpose : purposes) {
                assertThat(Sql.number(
                                connection,
                                "select count(pg_terminate_backend(pid, 1000)) from pg_stat_activity"
                                        + " where datname = current_database() and application_name = ?",
                                "landfall/" + purpose))
                        .as(purpose)
                        .isPositive();
            }
        }
    }

    private static void assertSame(Servers.Move move) throws SQLException {
        try (Connection one = move.source().connect("test");
                Connection other = move.target().connect("test")) {
            Map<String, String> there = Catalog.fingerprint(other);
            Map<String, String> here = Catalog.fingerprint(one);
            assertThat(there.keySet()).isEqualTo(here.keySet());
            here.forEach(
                    (item, definition) -> assertThat(there.get(item)).as(item).isEqualTo(definition));
        }
        try (Follower follower = move.follow()) {
            assertThat(follower.awaitLag(SECONDS, SECONDS)).isTrue();
            CopyAndFollowTest.assertEqual(follower.verify());
        }
    }

    private static void awaitNoSessions(Database side) throws SQLException {
        String sessions = "select count(*) from pg_stat_activity where datname = current_database()"
                + " and application_name like 'landfall/%' and pid <> pg_backend_pid()";
        long end = System.nanoTime() + SECONDS.toNanos();
        while (!Servers.read(side, sessions).equals("0")) {
            assertThat(System.nanoTime()).isLessThan(end);
            Fence.pause();
        }
    }

    private static String left(Servers.Move move) throws SQLException {
        return Servers.read(
                move.source(),
                "select concat_ws(' ', (select count(*) from pg_replication_slots where slot_name like '%"
                        + move.naming().moveId() + "\\_%'), (select count(*) from pg_publication))");
    }

    @Test
    void everythingAfterRowsIsCarriedInAnOrderThatWorks() throws Exception {
        carriesEverythingAfterRows(64L << 20);
    }

    @Test
    void itIsCarriedAsWellWhereTablesCountAsLargeAndKeysAreMadeOfFinishedIndexes() throws Exception {
        carriesEverythingAfterRows(1);
    }

    private static void carriesEverythingAfterRows(long partBytes) throws Exception {
        Servers.Move move = Servers.move(
                "create extension citext",
                "create extension btree_gist",
                "create table parent (id int primary key, code text not null, \"a;b \"\"c\"\"\" int)",
                "alter table parent add constraint \"odd; name\" unique (code, \"a;b \"\"c\"\"\") deferrable"
                        + " initially deferred",
                "create table cycle_one (id int primary key, other int)",
                "create table cycle_two (id int primary key, other int references cycle_one)",
                "alter table cycle_one add foreign key (other) references cycle_two deferrable initially deferred",
                "create table child (id int, parent_id int references parent on delete cascade, mail citext)",
                "alter table child add constraint child_mail unique (mail) with (fillfactor = 70)",
                "create unique index child_identity on child (id) include (parent_id)",
                "alter table child alter column id set not null",
                "alter table child replica identity using index child_identity",
                "cluster parent using parent_pkey",
                "create table booking (id int primary key, room int, during int4range,"
                        + " exclude using gist (room with =, during with &&))",
                "create table log (id int, at date, primary key (id, at)) partition by range (at)",
                "create table log_old partition of log for values from ('2000-01-01') to ('2020-01-01')",
                "create table \"log; new\" partition of log for values from ('2020-01-01') to ('2100-01-01')",
                "create index log_at on log (at)",
                "create table entry (id int primary key, log_id int, log_at date,"
                        + " foreign key (log_id, log_at) references log (id, at))",
                "alter table log add foreign key (id) references parent",
                "create table unchecked (id int primary key, parent_id int)",
                "insert into unchecked values (1, 77)",
                "alter table unchecked add constraint unchecked_parent foreign key (parent_id) references parent not valid",
                "create view by_key as select p.*, count(*) from parent p left join child c on c.parent_id = p.id"
                        + " group by p.id",
                "create materialized view stored as select code, count(*) as n from parent group by code",
                "create unique index stored_code on stored (code)",
                "create materialized view stored_twice as select sum(n) as n from stored",
                "create materialized view empty as select 1 as one with no data",
                "create statistics parent_stats on code, id from parent",
                "create function touch() returns trigger language plpgsql as $f$ begin\n--\n"
                        + "-- Name: fake; Type: INDEX; Schema: public; Owner: x\n return new; end $f$",
                "create trigger child_touch before insert on child for each row execute function touch()",
                "alter table child disable trigger child_touch",
                "create rule no_delete as on delete to cycle_two do also select 1",
                "create policy mine on child using (parent_id > 0)",
                "alter table child enable row level security",
                "comment on constraint \"odd; name\" on parent is 'it''s; odd'",
                "comment on index child_identity is 'identity'",
                "insert into parent select g, 'c' || g % 3, g from generate_series(1, 50) g",
                "insert into child select g, g, 'Mail' || g from generate_series(1, 50) g",
                "insert into log select g, '2019-12-01'::date + g from generate_series(1, 50) g",
                "insert into entry select id, id, at from log",
                "insert into booking select g, g % 5, int4range(g, g + 1) from generate_series(1, 50) g",
                "refresh materialized view stored",
                "refresh materialized view stored_twice");
        SnapshotCopy.Result result = new SnapshotCopy(
                        move.source(),
                        move.target(),
                        move.naming(),
                        move.role(),
                        SchemaTool.NONE,
                        Events.NONE,
                        () -> false,
                        partBytes)
                .run();
        assertThat(result.schemaBy()).contains("pg_dump");
        assertSame(move);
        for (String query : List.of(
                "select string_agg(code || n, ',' order by code) from stored",
                "select n from stored_twice",
                "select relispopulated from pg_class where relname = 'empty'",
                "select string_agg(conname || convalidated, ',' order by conname) from pg_constraint where contype = 'f'",
                "select obj_description(oid) from pg_constraint where conname = 'odd; name'",
                "select string_agg(stxname, ',') from pg_statistic_ext",
                "select string_agg(indexrelid::regclass || ':' || indisvalid || indisclustered || indisreplident"
                        + " || indimmediate, ',' order by indexrelid::regclass::text collate \"C\") from pg_index"
                        + " where indrelid >= 16384 and indrelid::regclass::text !~ '^(landfall|pg_toast)'")) {
            assertThat(Servers.read(move.target(), query)).as(query).isEqualTo(Servers.read(move.source(), query));
        }
        assertThat(Servers.read(move.target(), "select count(*) from pg_stats where tablename = 'child'"))
                .isEqualTo("3");
    }

    @Test
    void sessionsEndedOnEitherSideCostNoMoreThanTheirPart() throws Exception {
        Servers.Move move = Servers.move(BIG);
        AtomicInteger rounds = new AtomicInteger();
        Saboteur saboteur = new Saboteur(
                event -> {
                    if (isRows(event) && rounds.get() < 4) {
                        try {
                            terminate(rounds.getAndIncrement() % 2 == 0 ? move.target() : move.source(), "copy");
                        } catch (SQLException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                    return isBuilding(event) && String.valueOf(event.fields()).contains("index");
                },
                1,
                () -> terminate(move.target(), "index"));
        SnapshotCopy.Result result = copy(move, saboteur, () -> false).run();
        assertThat(result.rows()).isEqualTo(60600);
        assertThat(rounds.get()).isGreaterThanOrEqualTo(2);
        assertThat(saboteur.told()).contains("tried again").doesNotContain("begins again");
        assertThat(Servers.read(move.target(), "select count(distinct snapshot) from landfall.part"))
                .isEqualTo("1");
        assertThat(Servers.read(move.target(), "select count(*) > 2 from landfall.part where table_name = 'wide'"))
                .as("a table that is mostly TOAST is cut as well")
                .isEqualTo("t");
        assertSame(move);
    }

    @Test
    void theLossOfOneOfTwoSessionsThatHoldTheSnapshotIsNotTheLossOfTheSnapshot() throws Exception {
        Servers.Move move = Servers.move(BIG);
        Saboteur saboteur =
                new Saboteur(SnapshotCopyTest::isRows, 1, () -> terminate(move.source(), "snapshot", "copy"));
        copy(move, saboteur, () -> false).run();
        assertThat(saboteur.told()).contains("tried again").doesNotContain("snapshot is lost");
        assertSame(move);
    }

    @Test
    void aLostSnapshotIsSaidAndTheCopyBeginsAgainUnderANewOne() throws Exception {
        Servers.Move move = Servers.move(BIG);
        Saboteur saboteur = new Saboteur(SnapshotCopyTest::isRows, 1, () -> {
            Servers.run(
                    move.source(),
                    "update big set note = 'changed' where id % 700 = 0",
                    "delete from big where id > 59990",
                    "insert into big values (100000, 1, 'new')");
            terminate(move.source(), "snapshot", "snapshot keeper", "copy");
        });
        SnapshotCopy.Result result = copy(move, saboteur, () -> false).run();
        assertThat(saboteur.told()).contains("The snapshot is lost").contains("begins again");
        assertThat(result.rows()).isEqualTo(60600 - 10 + 1);
        assertThat(Servers.read(move.target(), "select count(distinct snapshot) from landfall.part"))
                .isEqualTo("1");
        assertThat(left(move)).isEqualTo("1 1");
        assertSame(move);
    }

    @Test
    void stoppedAmongRowsItLeavesNothingOnTheSource() throws Exception {
        Servers.Move move = Servers.move(BIG);
        AtomicBoolean stop = new AtomicBoolean();
        Saboteur saboteur = new Saboteur(SnapshotCopyTest::isRows, 2, () -> stop.set(true));
        assertThatThrownBy(() -> copy(move, saboteur, stop::get).run())
                .isInstanceOfSatisfying(
                        LandfallException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.INTERRUPTED));
        assertThat(left(move)).isEqualTo("0 0");
        for (Database side : List.of(move.source(), move.target())) {
            awaitNoSessions(side);
        }
        assertThat(copy(move, Events.NONE, () -> false).run().rows()).isEqualTo(60600);
        assertSame(move);
    }

    @Test
    void stoppedAfterTheRowsItIsGoneOnWithWithoutCopyingAgain() throws Exception {
        Servers.Move move = Servers.move(BIG);
        AtomicBoolean stop = new AtomicBoolean();
        Saboteur saboteur = new Saboteur(
                event -> isBuilding(event) && String.valueOf(event.fields()).contains("fk constraint"),
                1,
                () -> stop.set(true));
        assertThatThrownBy(() -> copy(move, saboteur, stop::get).run()).isInstanceOf(LandfallException.class);
        assertThat(saboteur.told()).contains("All rows are copied").contains("landfall abandon removes them");
        assertThat(left(move)).isEqualTo("1 1");
        Servers.run(move.source(), "insert into big values (100000, 1, 'while nobody followed')");
        Map<String, String> parts =
                Map.of("parts", Servers.read(move.target(), "select count(*) || min(snapshot) from landfall.part"));
        Saboteur listener = new Saboteur(event -> false, 1, () -> {});
        SnapshotCopy.Result result = copy(move, listener, () -> false).run();
        assertThat(listener.told()).contains("gone on with");
        assertThat(result.rows()).isEqualTo(60600);
        assertThat(Servers.read(move.target(), "select count(*) || min(snapshot) from landfall.part"))
                .isEqualTo(parts.get("parts"));
        assertSame(move);
    }

    @Test
    void aConstraintThatTheRowsBreakIsNamedWithItsStatementAndWhatToDo() throws Exception {
        Servers.Move move = Servers.move(
                "create table parent (id int primary key)",
                "create table child (id int primary key, parent_id int constraint child_parent references parent)",
                "set session_replication_role = replica",
                "insert into child values (1, 5)");
        assertThatThrownBy(move::copy)
                .isInstanceOf(LandfallException.class)
                .hasMessageContaining("child_parent")
                .hasMessageContaining("ADD CONSTRAINT child_parent FOREIGN KEY")
                .hasMessageContaining("SQLSTATE 23503")
                .hasMessageContaining("mend them on the source");
        assertThat(left(move)).isEqualTo("0 0");
        Servers.run(move.source(), "insert into parent values (5)");
        assertThat(move.copy().rows()).isEqualTo(2);
        assertSame(move);
    }

    @Test
    void aStructureThatChangedWhileRowsWereReadIsRefused() throws Exception {
        Servers.Move move = Servers.move(BIG);
        Saboteur saboteur = new Saboteur(
                SnapshotCopyTest::isRows,
                1,
                () -> Servers.run(move.source(), "set lock_timeout = '10s'", "create table late (id int primary key)"));
        assertThatThrownBy(() -> copy(move, saboteur, () -> false).run())
                .isInstanceOf(LandfallException.class)
                .hasMessageContaining("structure changed")
                .hasMessageContaining("public.late");
        assertThat(left(move)).isEqualTo("0 0");
    }

    /** A shell of this machine in the place of one in the source's pod. */
    private static SchemaTool shell(UnaryOperator<InputStream> output) {
        return new SchemaTool() {
            @Override
            public Optional<Duplex> run(List<String> command) throws IOException {
                Process process = new ProcessBuilder(command).start();
                InputStream input = output.apply(process.getInputStream());
                return Optional.of(new Duplex() {
                    @Override
                    public InputStream input() {
                        return input;
                    }

                    @Override
                    public OutputStream output() {
                        return process.getOutputStream();
                    }

                    @Override
                    public void close() {
                        process.destroy();
                    }
                });
            }

            @Override
            public String toString() {
                return "the pod";
            }
        };
    }

    private static SnapshotCopy.Result copyWith(SchemaTool tool, Servers.Move move, Events events) {
        return new SnapshotCopy(move.source(), move.target(), move.naming(), move.role(), tool, events, () -> false)
                .run();
    }

    @Test
    void theSchemaIsReadByThePgDumpBesideTheSource() throws Exception {
        Servers.Move move = Servers.move("create table thing (id int primary key)", "comment on table thing is 'it'");
        Saboteur listener = new Saboteur(event -> false, 1, () -> {});
        assertThat(copyWith(shell(input -> input), move, listener).schemaBy())
                .startsWith("pg_dump 15")
                .endsWith(" in the pod");
        assertThat(listener.told()).isEmpty();
        assertSame(move);
    }

    @Test
    void aDumpThatBreaksOffIsNotTakenForAWholeOne() throws Exception {
        Servers.Move move = Servers.move("create table thing (id int primary key)", "create view seen as table thing");
        Saboteur listener = new Saboteur(event -> false, 1, () -> {});
        SnapshotCopy.Result result = copyWith(
                shell(input -> new FilterInputStream(input) {
                    private int left = 900;

                    @Override
                    public int read(byte[] to, int offset, int length) throws IOException {
                        int read = left == 0 ? -1 : in.read(to, offset, Math.min(left, length));
                        left -= Math.max(0, read);
                        return read;
                    }
                }),
                move,
                listener);
        assertThat(result.schemaBy()).startsWith("/");
        assertThat(listener.told()).contains("broke off");
        assertSame(move);
    }

    @Test
    void rowsOfAHundredMegabytesPassThroughASmallHeap() throws Exception {
        Servers.Move move = Servers.move(
                "create table huge (id int primary key, body bytea, note text)",
                "alter table huge alter column body set storage external",
                "insert into huge select 1, convert_to(repeat('0123456789abcdef', 6600000), 'utf8'), 'large'",
                "insert into huge select 2, null, 'small'");
        CopyInSmallHeap.run(move, "64m");
        String digest = "select string_agg(concat_ws(' ', id, md5(body), md5(note), length(note)), ',' order by id)"
                + " from huge";
        assertThat(Servers.read(move.target(), digest)).isEqualTo(Servers.read(move.source(), digest));
    }
}
