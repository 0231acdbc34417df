package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import landfall.base.LandfallException;
import landfall.base.Problem;
import org.junit.jupiter.api.Test;

final class CopyAndFollowTest {
    private static final Duration SECONDS = Duration.ofSeconds(30);

    static final String[] ODD = {
        "create extension citext",
        "create schema \"Odd Schema\"",
        "create type mood as enum ('sad', 'o''k')",
        "create domain positive as int check (value > 0)",
        "create type pair as (a int, b text)",
        """
        create table "Odd Schema"."Weird ""Table" (
            "the Key" bigint generated always as identity primary key,
            email citext unique, feelings mood[], one mood, p pair, d positive, n numeric, n2 numeric(10, 2),
            f float8, b bytea, j json, jb jsonb, t timestamptz, dt date, iv interval, r int4range,
            c char(5), v varchar(7), big text, total numeric generated always as (n2 * 2) stored, u uuid, ip inet,
            arr text[], x xml, bits bit(3), nothing text)""",
        "alter table \"Odd Schema\".\"Weird \"\"Table\" alter column big set storage external",
        "create table plain (a int, b int, note text, primary key (a, b))",
        "create table swaps (id int primary key, place int unique)",
        "insert into swaps select g, g from generate_series(1, 20) g",
        "insert into plain select g, g % 7, repeat('x', g % 50) from generate_series(1, 5000) g",
    };

    static final String ODD_ROW = """
            insert into "Odd Schema"."Weird ""Table"
              (email, feelings, one, p, d, n, n2, f, b, j, jb, t, dt, iv, r, c, v, big, u, ip, arr, x, bits)
            values ('Some@Mail', '{sad,"o''k",NULL}', 'o''k', '(1,"a ""b"", c")', 3, 'NaN', 12.30, '-0', '\\x00ff0a',
              '{"a" :  1}', '{"b": [1, null, "ü"]}', 'infinity', '-infinity', '1 mon -3 days 04:05:06.7', '[1,5)',
              'ab', 'tail  ', (select string_agg(md5(g::text), '') from generate_series(1, 400) g),
              'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '10.0.0.1/8', '{"",NULL,"a,b","\\\\"}', '<a>b</a>', '101')""";

    static void assertEqual(VerifyReport report) {
        assertThat(report.problems()).extracting(Problem::sentence).isEmpty();
    }

    @Test
    void everyOddTypeIsCopiedAndFollowedExactly() throws Exception {
        Servers.Move move = Servers.move(ODD);
        Servers.run(move.source(), ODD_ROW, ODD_ROW.replace("Some@Mail", "other"));
        SnapshotCopy.Result result = move.copy();
        assertThat(result.rows()).isEqualTo(5022);
        assertThat(SnapshotCopy.isComplete(move.target(), move.naming())).isTrue();
        try (Follower follower = move.follow()) {
            Servers.run(
                    move.source(),
                    ODD_ROW.replace("Some@Mail", "third"),
                    "update \"Odd Schema\".\"Weird \"\"Table\" set v = 'a' where email operator(public.=) 'Other'",
                    "update \"Odd Schema\".\"Weird \"\"Table\" set email = null, arr = '{{a,b},{c,d}}', f = 'NaN',"
                            + " big = '' where one = 'o''k' and email operator(public.=) 'third'",
                    "update plain set a = a + 100000 where a <= 10",
                    "delete from plain where a between 100 and 200",
                    "begin; update plain set note = 'again' where a = 300; delete from plain where a = 300;"
                            + " insert into plain values (300, 6, 'new'); update plain set note = 'newer' where a = 300;"
                            + " commit",
                    "begin; set constraints all deferred; update swaps set place = -1 where id = 1;"
                            + " update swaps set place = 1 where id = 2; update swaps set place = 2 where id = 1; commit",
                    "create temporary table mine (id int); insert into mine values (1)");
            assertThat(follower.awaitLag(SECONDS, SECONDS)).isTrue();
            assertThat(Servers.read(move.target(), "select place from swaps where id = 2"))
                    .isEqualTo("1");
            assertEqual(follower.verify());
            Servers.run(move.source(), "truncate plain", "insert into plain values (1, 2, 'after')");
            assertThat(follower.awaitLag(SECONDS, SECONDS)).isTrue();
            assertEqual(follower.verifyTouched());
            assertThat(Servers.read(move.target(), "select string_agg(note, ',') from plain"))
                    .isEqualTo("after");
            assertThat(follower.lag().appliedChanges()).isPositive();
        }
    }

    @Test
    void concurrentWritersLoseNothingWhenTheLineIsCutAgainAndAgain() throws Exception {
        Servers.Move move = Servers.move(
                "create table entry (id bigserial primary key, writer int, n int, note text)",
                "create table counter (writer int primary key, n int)",
                "insert into counter select g, 0 from generate_series(1, 3) g");
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger written = new AtomicInteger();
        List<Thread> writers = java.util.stream.IntStream.rangeClosed(1, 3)
                .mapToObj(writer -> Thread.ofVirtual().start(() -> write(move, writer, stop, written)))
                .toList();
        move.copy();
        for (int round = 0; round < 4; round++) {
            try (Follower follower = move.follow()) {
                Thread.sleep(150);
                if (round % 2 == 1) {
                    continue;
                }
                move.targetLine().cut();
                assertThatThrownBy(() -> {
                            for (int i = 0; i < 500; i++) {
                                follower.throwIfFailed();
                                Thread.sleep(10);
                            }
                        })
                        .isInstanceOf(LandfallException.class);
            }
        }
        stop.set(true);
        for (Thread writer : writers) {
            writer.join();
        }
        try (Follower follower = move.follow()) {
            assertThat(follower.awaitLag(SECONDS, SECONDS)).isTrue();
            assertEqual(follower.verify());
        }
        assertThat(written.get()).isPositive();
        assertThat(Servers.read(move.target(), "select count(*) from entry"))
                .isEqualTo(Integer.toString(written.get()));
    }

    private static void write(Servers.Move move, int writer, AtomicBoolean stop, AtomicInteger written) {
        try (Connection connection = move.source().connect("app")) {
            connection.setAutoCommit(false);
            for (int n = 0; !stop.get(); n++) {
                Sql.execute(
                        connection,
                        "insert into public.entry (writer, n, note) values (" + writer + ", " + n + ", 'x');"
                                + " update public.counter set n = " + n + " where writer = " + writer);
                connection.commit();
                written.incrementAndGet();
                Thread.sleep(1);
            }
        } catch (SQLException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aChangedStructureStopsTheFollowerByName() throws Exception {
        Servers.Move move = Servers.move("create table thing (id int primary key)");
        move.copy();
        try (Follower follower = move.follow()) {
            Servers.run(move.source(), "alter table public.thing add column extra text");
            assertThatThrownBy(() -> follower.closeDoor(SECONDS))
                    .isInstanceOf(LandfallException.class)
                    .hasMessageContaining("public.thing.extra");
        }
    }

    @Test
    void theBuiltInReaderMakesTheSameSchemaAsTheSource() throws Exception {
        Servers.Move move = Servers.move(
                "create type mood as enum ('sad', 'ok')",
                "create function twice(n int) returns int language sql immutable as 'select n * 2'",
                "create sequence free_sequence increment 5 start 7 cycle maxvalue 100",
                "create table parent (id bigserial primary key, name text not null default 'a''b' unique, m mood)",
                "create table child (id int generated by default as identity primary key,"
                        + " parent_id bigint references parent on delete cascade, n int check (n > 0),"
                        + " doubled int generated always as (n * 2) stored)",
                "create index child_n on child (twice(n)) where n > 5",
                "create view seen as select p.name, c.n from parent p join child c on c.parent_id = p.id",
                "create function touch() returns trigger language plpgsql as 'begin return new; end'",
                "create trigger child_touch before insert on child for each row execute function touch()",
                "comment on table parent is 'it''s'",
                "comment on column child.n is 'number'");
        try (Connection one = move.source().connect("test");
                Connection other = move.target().connect("test")) {
            one.setAutoCommit(false);
            one.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            SchemaScript script = CatalogReader.schema(one);
            try (Connection target = move.target().script("test")) {
                Sql.execute(target, script.preData());
                for (PostStatement statement : PostPlan.of(one, script.after(), Catalog.tables(one), 0)) {
                    Sql.execute(target, statement.sql());
                }
            }
            assertThat(Catalog.fingerprint(other)).isEqualTo(Catalog.fingerprint(one));
        }
        Servers.run(move.source(), "create materialized view public.stored as select 1 as one");
        try (Connection one = move.source().connect("test")) {
            assertThat(CatalogReader.unknown(one)).containsExactly("materialized view public.stored");
        }
    }
}
