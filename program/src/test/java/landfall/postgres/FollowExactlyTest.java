package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What folding, keys and odd tables could get wrong: each case's statements are followed, then both sides compared. */
final class FollowExactlyTest {
    private static final Duration SECONDS = Duration.ofSeconds(30);

    /**
     * @param schema made before the copy
     * @param changes followed; each statement list in braces is one transaction
     */
    record Case(String name, List<String> schema, List<String> changes) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static String transaction(String... statements) {
        return "begin; " + String.join("; ", statements) + "; commit";
    }

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        cases.add(new Case(
                "a key inserted, deleted and inserted again in one group",
                List.of("create table t (id int primary key, v text)", "insert into t values (1, 'old')"),
                List.of(
                        transaction("delete from t", "insert into t values (1, 'a')", "update t set v = 'b'"),
                        transaction("insert into t values (2, 'x')", "delete from t where id = 2"),
                        transaction("insert into t values (2, 'y')", "update t set v = v || '!' where id = 2"),
                        transaction(
                                "delete from t where id = 1",
                                "insert into t values (1, 'c')",
                                "delete from t" + " where id = 1",
                                "insert into t values (1, 'd')"))));
        cases.add(new Case(
                "chains of key changes",
                List.of(
                        "create table t (a int, b text, v text, primary key (a, b))",
                        "insert into t select g, 'k' || g, 'v' || g from generate_series(1, 50) g"),
                List.of(
                        transaction(
                                "update t set a = 100 where a = 3",
                                "update t set a = 3 where a = 2",
                                "update t set a = 2 where a = 1",
                                "update t set b = 'k1', v = 'round' where a = 100",
                                "update t set v = 'twice' where a = 3"),
                        "update t set a = a + 1000",
                        transaction("delete from t where a = 1010", "update t set a = 1010 where a = 1011"),
                        transaction(
                                "insert into t values (1, 'n', 'n')",
                                "update t set a = 9 where a = 1",
                                "update t" + " set v = 'moved' where a = 9"))));
        cases.add(new Case(
                "unique values that wander between rows",
                List.of(
                        "create extension btree_gist",
                        "create table t (id int primary key, place int unique, span int4range,"
                                + " exclude using gist (span with &&))",
                        "insert into t select g, g, int4range(g * 10, g * 10 + 10) from generate_series(1, 20) g",
                        "create table d (id int primary key, place int unique deferrable initially deferred)",
                        "insert into d select g, g from generate_series(1, 20) g"),
                List.of(
                        transaction(
                                "update t set place = -1 where id = 1",
                                "update t set place = 1 where id = 2",
                                "update t set place = 2 where id = 1"),
                        transaction(
                                "update t set span = '[500,510)' where id = 3",
                                "update t set span = '[30,40)' where id = 4",
                                "update t set span = '[40,50)' where id = 3"),
                        transaction("delete from t where id = 5", "insert into t values (105, 5, '[50,60)')"),
                        transaction("update d set place = 21 - place"),
                        transaction("delete from d where id = 7", "insert into d values (107, 14)"))));
        cases.add(new Case(
                "keys whose equality is not that of their text",
                List.of(
                        "create extension citext",
                        "create collation ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
                        "create table n (k numeric primary key, v int)",
                        "create table f (k float8 primary key, v int)",
                        "create table c (k citext primary key, v int)",
                        "create table b (k char(5) primary key, v int)",
                        "create table x (k text collate ci primary key, v int)",
                        "create table j (k jsonb primary key, v int)",
                        "create table a (k numeric[] primary key, v int)",
                        "create table i (k interval, l numeric, primary key (k, l))"),
                List.of(
                        transaction(
                                "insert into n values (1.0, 1)",
                                "update n set k = 1.00",
                                "update n set v = 2 where k = 1",
                                "delete from n where k = 1",
                                "insert into n values (1, 3)"),
                        transaction(
                                "insert into f values (0, 1)",
                                "update f set k = '-0'",
                                "update f set v = 2",
                                "delete from f",
                                "insert into f values (0, 3)"),
                        transaction(
                                "insert into c values ('Ab', 1)",
                                "update c set k = 'aB'",
                                "delete from c where k = 'AB'",
                                "insert into c values ('AB', 3)",
                                "update c set v = 4 where k = 'ab'"),
                        transaction("insert into b values ('a', 1)", "update b set k = 'a ', v = 2"),
                        transaction(
                                "insert into x values ('Ab', 1)",
                                "update x set k = 'aB'",
                                "delete from x where k = 'AB'",
                                "insert into x values ('AB', 3)"),
                        transaction(
                                "insert into j values ('{\"a\": 1.0}', 1)",
                                "update j set k = '{\"a\": 1}'",
                                "delete from j",
                                "insert into j values ('{\"a\": 1.00}', 2)"),
                        transaction(
                                "insert into a values ('{1.0,2}', 1)",
                                "delete from a",
                                "insert into a values ('{1,2.00}', 2)"),
                        transaction(
                                "insert into i values ('1 day', 1.0)",
                                "update i set k = '24 hours'",
                                "delete from i",
                                "insert into i values ('1 day', 1)"))));
        cases.add(new Case(
                "identities other than the primary key",
                List.of(
                        "create table u (a text not null, b int not null, c int, big text)",
                        "create unique index u_key on u (b, a)",
                        "alter table u replica identity using index u_key",
                        "alter table u alter column big set storage external",
                        "create table w (id int primary key, v text, big text)",
                        "alter table w replica identity full",
                        "alter table w alter column big set storage external",
                        "insert into u select 'x' || g, g, g, repeat('u', 5000) from generate_series(1, 20) g",
                        "insert into w select g, 'x', repeat('w', 5000) from generate_series(1, 20) g"),
                List.of(
                        "update u set c = c + 1",
                        "update u set b = b + 100, a = a || '!' where b < 5",
                        transaction("update u set big = 'small' where b = 7", "update u set c = -1 where b = 7"),
                        "delete from u where b = 9",
                        "update w set v = 'y' where id < 5",
                        "update w set id = id + 100 where id > 15",
                        transaction("update w set big = null where id = 3", "update w set v = 'z' where id = 3"),
                        "delete from w where id = 8")));
        cases.add(new Case(
                "toasted values that a change leaves alone",
                List.of(
                        "create table t (id int primary key, n int, big text, other text)",
                        "alter table t alter column big set storage external, alter column other set storage external",
                        "insert into t select g, g, repeat(md5(g::text), 200), repeat(md5('o' || g), 200)"
                                + " from generate_series(1, 30) g"),
                List.of(
                        "update t set n = n + 1",
                        "update t set id = id + 100 where id < 5",
                        transaction(
                                "update t set big = 'x' where id = 10",
                                "update t set n = 0 where id = 10",
                                "update t set other = 'y' where id = 10",
                                "update t set id = 1000 where id = 10",
                                "update t set n = 1 where id = 1000"),
                        transaction(
                                "insert into t values (2000, 1, repeat('big', 3000), repeat('o', 9000))",
                                "update t set n = 2 where id = 2000",
                                "update t set id = 2001 where id = 2000",
                                "update t set n = 3 where id = 2001"))));
        cases.add(new Case(
                "identity and generated columns",
                List.of(
                        "create table g (id int generated always as identity primary key, n int,"
                                + " twice int generated always as (n * 2) stored)",
                        "create table h (k int primary key, serial int generated always as identity, n int, big text)",
                        "alter table h alter column big set storage external",
                        "create table o (n int primary key generated by default as identity, v int)"),
                List.of(
                        "insert into g (n) select g from generate_series(1, 40) g",
                        "update g set n = n + 1 where id < 10",
                        "update g set id = default where id = 4",
                        "insert into h (k, n, big) select g, g, repeat('h', 6000) from generate_series(1, 10) g",
                        "update h set n = 0 where k < 4",
                        "update h set serial = default where k = 5",
                        "update h set k = 50, serial = default where k = 6",
                        "insert into o (v) values (1), (2)",
                        "update o set n = 77 where v = 1")));
        cases.add(new Case(
                "partitions and inheritance",
                List.of(
                        "create table p (id int, part int, v text, primary key (id, part)) partition by list (part)",
                        "create table p1 partition of p for values in (1)",
                        "create table p2 (v text, part int not null, gone int, id int not null)",
                        "alter table p2 drop column gone",
                        "alter table p attach partition p2 for values in (2)",
                        "create table base (id int primary key, v text)",
                        "create table derived (extra int, primary key (id)) inherits (base)",
                        "insert into p select g, 1 + g % 2, 'v' || g from generate_series(1, 20) g"),
                List.of(
                        "update p set part = 3 - part where id < 10",
                        "delete from p where id = 12",
                        "insert into p values (100, 2, 'new')",
                        "insert into base values (1, 'b'), (2, 'b')",
                        "insert into derived values (1, 'd', 5)",
                        "update base set v = v || '!'",
                        "delete from only base where id = 2")));
        cases.add(new Case(
                "truncate",
                List.of(
                        "create table one (id serial primary key, v int)",
                        "create table two (id int primary key, one int references one)",
                        "create table three (id int primary key)",
                        "insert into one (v) select g from generate_series(1, 10) g",
                        "insert into two select g, g from generate_series(1, 10) g",
                        "insert into three select g from generate_series(1, 10) g"),
                List.of(
                        transaction(
                                "insert into three values (100)",
                                "truncate one cascade",
                                "insert into one (v) values (5)",
                                "insert into two values (1, 11)"),
                        "truncate one, two, three restart identity",
                        transaction(
                                "insert into one (v) values (1)", "truncate three", "insert into three values (4)"))));
        cases.add(new Case(
                "rules, row security, domains and dropped columns",
                List.of(
                        "create domain positive as int not null check (value > 0)",
                        "create domain again as positive check (value < 1000)",
                        "create table t (gone int, id again primary key, lost text, v text)",
                        "alter table t drop column gone, drop column lost",
                        "create table log (id serial primary key, v text)",
                        "create rule noted as on insert to t do also insert into log (v) values ('rule')",
                        "alter table t enable row level security",
                        "alter table t force row level security",
                        "create policy nobody on t using (false)"),
                List.of(
                        "insert into t select g, 'v' from generate_series(1, 40) g",
                        "insert into t values (999, 'one')",
                        "update t set v = 'w' where id < 10",
                        "update t set id = 998 where id = 999",
                        "delete from t where id = 20")));
        cases.add(new Case(
                "values that COPY and arrays could bend",
                List.of("create table t (id int primary key, v text, b bytea, a text[])"),
                List.of(
                        "insert into t select g, (array['', E'\\\\N', E'\\\\.', E'a\\tb\\nc\\r\\\\d', 'NULL', '\"', '{}',"
                                + " E'\\u00fc\\U0001F600', E'\\x01\\x7f', null])[1 + g % 10], decode(lpad(to_hex(g), 4, '0'),"
                                + " 'hex'), array[null, 'NULL', '', E'\\\\', '\"'] from generate_series(1, 100) g",
                        "insert into t values (1000, E'\\\\.', null, '{}')",
                        "update t set v = v || E'\\t\\\\N' where id % 3 = 0",
                        "update t set v = null where id % 7 = 0")));
        return cases;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void bothSidesHoldTheSame(Case given) throws Exception {
        Servers.Move move = Servers.move(given.schema().toArray(String[]::new));
        move.copy();
        try (Follower follower = move.follow()) {
            Servers.run(move.source(), given.changes().toArray(String[]::new));
            assertThat(follower.awaitLag(SECONDS, SECONDS)).isTrue();
        }
        assertSame(move);
    }

    /** Row by row as text, each as often as it is there; independent of the program's own proof. */
    static void assertSame(Servers.Move move) throws SQLException {
        for (String table : Servers.read(
                        move.source(),
                        "select string_agg(c.oid::regclass::text, ';' order by c.oid) from pg_class c"
                                + " where relkind = 'r' and relnamespace = 'public'::regnamespace")
                .split(";")) {
            // Columns by name: their order may differ.
            String rows = "select coalesce(string_agg(r, E'\\n' order by r collate \"C\"), 'no rows') from (select"
                    + " (select string_agg(key || '=' || coalesce(value, 'NULL'), ',' order by key)"
                    + " from jsonb_each_text(to_jsonb(t))) || t::text as r from only " + table + " t) s";
            assertThat(Servers.read(move.target(), rows)).as(table).isEqualTo(Servers.read(move.source(), rows));
        }
    }

    @Test
    void aTableOf1600ColumnsIsFollowed() throws Exception {
        StringBuilder columns = new StringBuilder("id int primary key");
        for (int i = 1; i < 1600; i++) {
            columns.append(", c").append(i).append(i % 3 == 0 ? " bool" : " smallint");
        }
        Servers.Move move = Servers.move("create table wide (" + columns + ")");
        move.copy();
        try (Follower follower = move.follow()) {
            Servers.run(
                    move.source(),
                    "insert into wide (id, c1, c1599) select g, g, true from generate_series(1, 50) g",
                    "insert into wide (id, c5) values (100, 5)",
                    "update wide set c2 = 7, c1598 = 8 where id < 10",
                    "update wide set id = 200 where id = 100",
                    "delete from wide where id = 3");
            assertThat(follower.awaitLag(SECONDS, SECONDS)).isTrue();
        }
        String sums = "select count(*) || ' ' || sum(id) || ' ' || sum(c1) || ' ' || sum(c2) || ' ' || sum(c5)"
                + " || ' ' || sum(c1598) from wide";
        assertThat(Servers.read(move.target(), sums)).isEqualTo(Servers.read(move.source(), sums));
    }

    /** LANDFALL_FOLLOW_RUNS and LANDFALL_FOLLOW_SEED ask for more, or for the very same again. */
    @Test
    void randomChangesOfFewKeysEndUpTheSame() throws Exception {
        int runs = Integer.parseInt(System.getenv().getOrDefault("LANDFALL_FOLLOW_RUNS", "3"));
        long seed = Long.parseLong(
                System.getenv().getOrDefault("LANDFALL_FOLLOW_SEED", Long.toString(System.nanoTime() & 0xffffff)));
        for (int run = 0; run < runs; run++, seed++) {
            System.out.println("LANDFALL_FOLLOW_SEED=" + seed);
            Servers.Move move = Servers.move(
                    "create table t0 (k int primary key, u int unique, big text)",
                    "alter table t0 alter column big set storage external",
                    "create table t1 (k numeric primary key, u int unique deferrable initially deferred, big text)",
                    "alter table t1 replica identity full",
                    "create table t2 (k int not null, u int not null, big text)",
                    "create unique index t2_u on t2 (u)",
                    "alter table t2 replica identity using index t2_u");
            move.copy();
            try (Follower follower = move.follow()) {
                write(move, new Random(seed));
                assertThat(follower.awaitLag(SECONDS, SECONDS)).isTrue();
            }
            assertSame(move);
        }
    }

    private static void write(Servers.Move move, Random random) throws SQLException {
        try (var connection = move.source().connect("random")) {
            Sql.execute(connection, "set search_path = public");
            for (int transaction = 0; transaction < 120; transaction++) {
                StringBuilder statements = new StringBuilder("begin;");
                int count = 1 + random.nextInt(8);
                for (int i = 0; i < count; i++) {
                    statements.append(statement(random));
                }
                try {
                    Sql.execute(connection, statements.append("commit").toString());
                } catch (SQLException collision) {
                    assertThat(collision.getSQLState()).isEqualTo("23505");
                    Sql.execute(connection, "rollback");
                }
            }
        }
    }

    private static String statement(Random random) {
        String table = "t" + random.nextInt(3);
        int k = random.nextInt(12);
        int other = random.nextInt(12);
        String key = table.equals("t1") && random.nextBoolean() ? k + ".0" : Integer.toString(k);
        return switch (random.nextInt(8)) {
            case 0, 1 ->
                // A deferrable constraint can't arbitrate.
                "insert into " + table + " values (" + key + ", " + other + ", repeat('" + k + "', "
                        + random.nextInt(6000) + ")) on conflict" + (table.equals("t1") ? " (k)" : "") + " do nothing;";
            case 2 -> "update " + table + " set u = u where k = " + key + ";";
            case 3 -> "update " + table + " set k = " + other + " where k = " + key + ";";
            case 4 -> "update " + table + " set u = " + random.nextInt(30) + " where k = " + key + ";";
            case 5 -> "update " + table + " set big = repeat('n', " + random.nextInt(5000) + ") where k = " + key + ";";
            case 6 -> "delete from " + table + " where k = " + key + ";";
            default -> "update " + table + " set u = 100 - u where u between 30 and 70;";
        };
    }
}
