package landfall.postgres;

import java.util.ArrayList;
import java.util.List;

/**
 * One kind of damage, planted on the receiving side of a clean move; {@link PlantedDamageTest} asks the verifier for it.
 *
 * @param statement what plants it
 * @param named what a message must contain
 * @param undo what takes it back; empty where the damaged copy is thrown away instead
 */
record Damage(String kind, String statement, String named, String undo) {
    private static final int ROWS = 5;
    private static final String REPLICA = "set session_replication_role = replica; ";
    private static final String EXHIBIT = "Table public.exhibit differs";
    private static final String MANY = "Table public.many differs";

    /** A type, a value that the source has, and another that is as near to it as the type allows. */
    private record Near(String type, String value, String other, String how) {}

    private static final List<Near> NEAR = List.of(
            new Near("bool", "true", "false", "one bit"),
            new Near("smallint", "256", "257", "one bit"),
            new Near("int", "1000000", "1000001", "one bit"),
            new Near("bigint", "1", "4294967296", "the same under PostgreSQL's own hash"),
            new Near("numeric", "1.0", "1.00", "an equal value in another scale"),
            new Near("numeric(20, 4)", "12345678901234.5678", "12345678901234.5679", "one digit"),
            new Near("numeric", "'NaN'", "0", "not a number"),
            new Near("float8", "0", "'-0'", "an equal value of the other sign"),
            new Near("float8", "'NaN'", "'Infinity'", "not a number"),
            new Near("float8", "0.1", "0.10000000000000002", "one bit"),
            new Near("real", "0.1", "0.10000001", "one bit"),
            new Near("float8[]", "'{0}'", "'{-0}'", "an equal element of the other sign"),
            new Near("money", "12.34", "12.35", "one cent"),
            new Near("text", "'CANARY-text'", "'CANARY-text '", "a trailing blank"),
            new Near("text", "'CANARY-text'", "'CANARY-uext'", "one bit"),
            new Near("text", "''", "null", "NULL for the empty string"),
            new Near("text", "E'\\u00e9'", "E'e\\u0301'", "another normal form"),
            new Near("varchar(20)", "'CANARY'", "'CANARY  '", "trailing blanks"),
            new Near("bpchar", "'CANARY'", "'CANARY '", "an equal value with a trailing blank"),
            new Near("char(9)", "'CANARY'", "'CANARZ'", "one letter"),
            new Near("\"char\"", "'a'", "'b'", "one letter"),
            new Near("name", "'canary'", "'canarz'", "one letter"),
            new Near("citext", "'Canary'", "'canary'", "an equal value in another case"),
            new Near("bytea", "'\\x00ff00'", "'\\x00ff01'", "one bit"),
            new Near("bytea", "'\\x'", "null", "NULL for no bytes"),
            new Near("uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a10'", "one bit"),
            new Near("date", "'2024-02-29'", "'2024-03-01'", "one day"),
            new Near("date", "'infinity'", "'-infinity'", "the other end"),
            new Near("time", "'23:59:59.999999'", "'24:00:00'", "one microsecond"),
            new Near("timetz", "'12:00+00'", "'13:00+01'", "the same moment in another zone"),
            new Near("timestamp", "'2024-01-01 00:00:00'", "'2024-01-01 00:00:00.000001'", "one microsecond"),
            new Near("timestamptz", "'2024-01-01 00:00+00'", "'2024-01-01 00:00+01'", "another offset"),
            new Near("interval", "'1 day'", "'24 hours'", "an equal value in other parts"),
            new Near("interval", "'1 month'", "'30 days'", "an equal value in other parts"),
            new Near("inet", "'10.0.0.1/8'", "'10.0.0.1/9'", "the mask"),
            new Near("cidr", "'10.0.0.0/8'", "'10.0.0.0/9'", "the mask"),
            new Near("macaddr", "'08:00:2b:01:02:03'", "'08:00:2b:01:02:02'", "one bit"),
            new Near("bit(8)", "B'10101010'", "B'10101011'", "one bit"),
            new Near("varbit", "B'1010'", "B'10100'", "one bit more"),
            new Near("json", "'{\"a\":1}'", "'{\"a\": 1}'", "white space"),
            new Near("jsonb", "'{\"a\": 1.0}'", "'{\"a\": 1.00}'", "an equal number in another scale"),
            new Near("jsonb", "'null'", "null", "NULL for JSON's null"),
            new Near("xml", "'<a>CANARY</a>'", "'<a>CANARY </a>'", "white space"),
            new Near("int4range", "'[1,5)'", "'[1,6)'", "a bound"),
            new Near("numrange", "'[1.0,2.0]'", "'[1.0,2.00]'", "an equal bound in another scale"),
            new Near("int4multirange", "'{[1,2),[5,6)}'", "'{[1,2),[5,7)}'", "a bound"),
            new Near("text[]", "'{a,b}'", "'[0:1]={a,b}'", "other subscripts"),
            new Near("text[]", "'{NULL}'", "'{\"NULL\"}'", "a word for NULL"),
            new Near("text[]", "'{}'", "'{NULL}'", "an element"),
            new Near("mood", "'sad'", "'happy'", "another label"),
            new Near("pair", "'(1,a)'", "'(1,\"a \")'", "a trailing blank within"),
            new Near("pair", "'(1,)'", "'(1,\"\")'", "the empty string for NULL within"),
            new Near("positive", "1", "2", "one"),
            new Near("tsvector", "'a:1 b:2'", "'a:1 b:3'", "a position"),
            new Near("point", "'(0,1)'", "'(-0,1)'", "an equal value of the other sign"),
            new Near("oid", "1", "2", "one"),
            new Near("pg_lsn", "'0/1'", "'0/2'", "one"));

    /** The source of all clean moves on which damage is planted. */
    static List<String> museum() {
        StringBuilder columns = new StringBuilder("id int primary key, big text");
        StringBuilder values = new StringBuilder("g, (select string_agg(md5(i::text), '') from generate_series(1, 400) i)");
        for (int i = 0; i < NEAR.size(); i++) {
            columns.append(", c").append(i).append(' ').append(NEAR.get(i).type());
            values.append(", ").append(NEAR.get(i).value());
        }
        return List.of(
                "create extension citext",
                "create type mood as enum ('sad', 'happy')",
                "create type pair as (n int, word text)",
                "create domain positive as int constraint above_zero check (value > 0)",
                "create type whole_range as range (subtype = int8)",
                "create collation mine (locale = 'C')",
                "create table exhibit (" + columns + ")",
                "alter table exhibit alter column big set storage external",
                "insert into exhibit select " + values + " from generate_series(1, 5) g",
                "create table many (id bigint primary key, n int not null default 7, note text, padding text default repeat('x', 200), twice int generated always as"
                        + " (n * 2) stored, number int generated by default as identity)",
                "insert into many (id, n, note) select g, g % 1000, 'CANARY' || md5(g::text)"
                        + " from generate_series(1, 20000) g",
                "create index many_n on many (n)",
                "alter table many add constraint many_note unique (note)",
                "alter table many add constraint many_n check (n >= 0)",
                "create table child (id int primary key, many_id bigint constraint child_many references many, word text"
                        + " collate mine)",
                "create table part (id int primary key, v int) partition by range (id)",
                "create table part_low partition of part for values from (0) to (100)",
                "create table part_high partition of part for values from (100) to (200)",
                "insert into part select g, g from generate_series(1, 150) g",
                "create table parent (id int primary key)",
                "create table heir (word text, primary key (id)) inherits (parent)",
                "create sequence loose increment 5 cache 3",
                "create sequence owned owned by many.n",
                "select nextval('loose') from generate_series(1, 20)",
                "create function twice(n int) returns int language sql immutable as 'select n * 2'",
                "create aggregate total (int) (sfunc = int4pl, stype = int, initcond = '0')",
                "create function touch() returns trigger language plpgsql as 'begin return new; end'",
                "create trigger many_touch before insert on many for each row execute function touch()",
                "create rule quiet as on delete to child where old.id < 0 do instead nothing",
                "create view seen as select id, n from many where n > 3",
                "create materialized view kept as select n, count(*) from many group by n",
                "create statistics many_both on n, id from many",
                "alter table many alter column n set statistics 321",
                "alter table many set (fillfactor = 90)",
                "alter table child enable row level security",
                "create policy seeable on child using (id > 0)",
                "comment on table many is 'CANARY comment'",
                "comment on column many.n is 'a number'",
                "comment on function twice(int) is 'doubles'",
                "comment on constraint child_many on child is 'why'",
                "create role museum_guide",
                "grant select on many to museum_guide",
                "grant update (n) on many to museum_guide",
                "grant usage on schema public to museum_guide",
                "alter default privileges in schema public grant select on tables to museum_guide",
                "alter role museum_guide set work_mem = '5MB'");
    }

    /** One type after the other, five rows at a time: so many keys a message names. */
    static List<List<Damage>> types() {
        List<List<Damage>> all = new ArrayList<>();
        for (int start = 0; start < NEAR.size(); start += ROWS) {
            List<Damage> some = new ArrayList<>();
            for (int i = start; i < Math.min(NEAR.size(), start + ROWS); i++) {
                Near near = NEAR.get(i);
                String set = REPLICA + "update exhibit set c" + i + " = %s where id = " + (1 + i - start);
                some.add(new Damage(
                        near.type() + ": " + near.how(),
                        String.format(set, near.other()),
                        EXHIBIT + "|(" + (1 + i - start) + ")",
                        String.format(set, near.value())));
            }
            all.add(some);
        }
        return all;
    }

    static List<Damage> others(String app) {
        List<Damage> all = new ArrayList<>();
        rows(all);
        structure(all);
        code(all);
        rights(all, app);
        return all;
    }

    private static Damage row(String kind, String statement, String named) {
        return new Damage(kind, REPLICA + statement, named, "");
    }

    private static void rows(List<Damage> all) {
        all.add(row("the last byte of a toasted value", "update exhibit set big = left(big, -1) || 'X' where id = 3", EXHIBIT));
        all.add(row("a row missing", "delete from many where id = 11234", MANY + "|only on the sending side: (11234)"));
        all.add(row("a row too many", "insert into many (id, n) values (70000, 1)", MANY + "|only on the receiving side: (70000)"));
        all.add(row("one row for another", "update many set id = 70001 where id = 17", MANY + "|(17)|(70001)"));
        all.add(row(
                "two rows' values swapped",
                "update many set n = case id when 501 then 2 else 501 end where id in (501, 2); ",
                MANY + "|different: (2) (501)"));
        all.add(row(
                "a pair of changes whose sums cancel",
                "update many set n = n + case id when 600 then 1 else -1 end where id in (600, 601)",
                MANY + "|(600) (601)"));
        all.add(row(
                "the same change twice, which XOR would cancel",
                "update many set n = n # 1 where id in (700, 1700)",
                MANY + "|(700)"));
        all.add(row(
                "a row twice, its key gone",
                "alter table many drop constraint many_pkey cascade; alter table many drop constraint many_note;"
                        + " insert into many (id, n, note, number) select id, n, note, number from many where id = 9",
                MANY + "|(9)"));
        all.add(row("all rows missing", "delete from many", MANY + "|20000 rows on the sending side, 0"));
        all.add(row("a partition's row", "update part set v = 0 where id = 120", "Table public.part_high differs|(120)"));
        all.add(row("a row in the parent instead of the heir", "insert into parent values (5)", "public.parent differs"));
        all.add(new Damage("a large object too many", "select lo_from_bytea(4711, 'CANARY')", "large object 4711", ""));
        all.add(new Damage("a sequence behind what was given out", "select setval('loose', 102)", "sequence public.loose stands behind", ""));
    }

    private static Damage thing(String kind, String statement, String named) {
        return new Damage(kind, statement, named, "");
    }

    private static void structure(List<Damage> all) {
        all.add(thing("a sequence's increment", "alter sequence loose increment 6", "sequence public.loose"));
        all.add(thing("a sequence's cache", "alter sequence loose cache 4", "sequence public.loose"));
        all.add(thing("a sequence cycles", "alter sequence loose cycle", "sequence public.loose"));
        all.add(thing("a sequence's bound", "alter sequence loose maxvalue 1000", "sequence public.loose"));
        all.add(thing("a sequence's owner column", "alter sequence owned owned by none", "sequence public.owned"));
        all.add(thing("a table missing", "drop table heir", "relation public.heir"));
        all.add(thing("a table too many", "create table extra (id int primary key)", "relation public.extra"));
        all.add(thing("a column's default", "alter table many alter n set default 8", "column public.many.n"));
        all.add(thing("a column's NOT NULL", "alter table many alter n drop not null", "column public.many.n"));
        all.add(thing("a column's type", "alter table many alter note type varchar", "column public.many.note"));
        all.add(thing("a column missing", "alter table many drop column note", "column public.many.note"));
        all.add(thing("a column's collation", "alter table child alter word type text collate \"C\"", "column public.child.word"));
        all.add(thing(
                "a generated column's expression",
                "alter table many drop column twice; alter table many add twice int generated always as (n + n) stored",
                "column public.many.twice"));
        all.add(thing(
                "an identity column's kind", "alter table many alter number set generated always", "column public.many.number"));
        all.add(thing("an identity column no more", "alter table many alter number drop identity", "column public.many.number"));
        all.add(thing("an index missing", "drop index many_n", "index public.many_n"));
        all.add(thing("an index on something else", "drop index many_n; create index many_n on many (n, id)", "index public.many_n"));
        all.add(thing(
                "an index that is not valid",
                "update pg_index set indisvalid = false where indexrelid = 'many_n'::regclass",
                "index public.many_n"));
        all.add(thing("a primary key missing", "alter table child drop constraint child_pkey", "constraint public.child.child_pkey"));
        all.add(thing("a unique constraint missing", "alter table many drop constraint many_note", "constraint public.many.many_note"));
        all.add(thing("a foreign key missing", "alter table child drop constraint child_many", "constraint public.child.child_many"));
        all.add(thing(
                "a foreign key not validated",
                "alter table child drop constraint child_many; alter table child add constraint child_many foreign key"
                        + " (many_id) references many not valid",
                "constraint public.child.child_many"));
        all.add(thing(
                "a foreign key not enforced", "alter table child disable trigger all", "enforcement of constraint public.child.child_many"));
        all.add(thing(
                "a check changed",
                "alter table many drop constraint many_n; alter table many add constraint many_n check (n >= -1)",
                "constraint public.many.many_n"));
        all.add(thing("a trigger disabled", "alter table many disable trigger many_touch", "trigger public.many.many_touch"));
        all.add(thing("a trigger always enabled", "alter table many enable always trigger many_touch", "trigger public.many.many_touch"));
        all.add(thing("a trigger missing", "drop trigger many_touch on many", "trigger public.many.many_touch"));
        all.add(thing("a rule missing", "drop rule quiet on child", "rule public.child.quiet"));
        all.add(thing("a rule disabled", "alter table child disable rule quiet", "rule public.child.quiet"));
        all.add(thing("a partition's bounds", "alter table part detach partition part_high; alter table part attach partition"
                + " part_high for values from (100) to (300)", "relation public.part_high"));
        all.add(thing("a partition detached", "alter table part detach partition part_low", "relation public.part_low"));
        all.add(thing("an heir disinherited", "alter table heir no inherit parent", "relation public.heir"));
        all.add(thing("a table's fillfactor", "alter table many reset (fillfactor)", "relation public.many"));
        all.add(thing("a table unlogged", "alter table child set unlogged", "relation public.child"));
        all.add(thing("a column's storage", "alter table exhibit alter big set storage extended", "storage of column public.exhibit.big"));
        all.add(thing("a column's statistics target", "alter table many alter n set statistics 5", "column public.many.n"));
        all.add(thing("extended statistics missing", "drop statistics many_both", "statistics public.many_both"));
        all.add(thing("a table's replica identity", "alter table many replica identity full", "replica identity of public.many"));
        all.add(thing("a table clustered", "cluster child using child_pkey", "CLUSTER of index public.child_pkey"));
        all.add(thing("a materialized view not filled", "refresh materialized view kept with no data", "materialized view public.kept"));
    }

    private static void code(List<Damage> all) {
        all.add(thing("a function's body", "create or replace function twice(n int) returns int language sql immutable as 'select n + n'", "function public.twice(integer)"));
        all.add(thing("a function's rights", "alter function twice security definer", "function public.twice(integer)"));
        all.add(thing("a function's volatility", "alter function twice volatile", "function public.twice(integer)"));
        all.add(thing("a function's search_path", "alter function twice set search_path = ''", "function public.twice(integer)"));
        all.add(thing("a function missing", "drop function twice(int)", "function public.twice(integer)"));
        all.add(thing("an aggregate changed", "drop aggregate total(int); create aggregate total (int) (sfunc = int4pl,"
                + " stype = int, initcond = '1')", "function public.total(integer)"));
        all.add(thing("a view's query", "create or replace view seen as select id, n from many where n > 4", "view public.seen"));
        all.add(thing("a view's security_barrier", "alter view seen set (security_barrier)", "relation public.seen"));
        all.add(thing("a materialized view's query", "drop materialized view kept; create materialized view kept as"
                + " select n, count(*) from many where n > 1 group by n", "view public.kept"));
        all.add(thing("an enum's label too many", "alter type mood add value 'neutral' before 'happy'", "type public.mood"));
        all.add(thing("an enum's label renamed", "alter type mood rename value 'happy' to 'glad'", "type public.mood"));
        all.add(thing("a domain's constraint missing", "alter domain positive drop constraint above_zero", "type public.positive"));
        all.add(thing("a domain's default", "alter domain positive set default 3", "type public.positive"));
        all.add(thing("a composite type's attribute", "alter type pair add attribute extra int", "column public.pair.extra"));
        all.add(thing("a range type missing", "drop type whole_range", "type public.whole_range"));
        all.add(thing("a table's comment", "comment on table many is 'changed'", "comment public.many"));
        all.add(thing("a column's comment", "comment on column many.n is null", "comment public.many.n"));
        all.add(thing("a function's comment", "comment on function twice(int) is null", "comment on function public.twice"));
        all.add(thing("a constraint's comment", "comment on constraint child_many on child is null", "comment on table constraint child_many"));
        all.add(thing("an extension missing", "alter table exhibit alter c22 type text; drop extension citext", "extension citext"));
        all.add(thing(
                "an extension's version",
                "update pg_extension set extversion = '1.0' where extname = 'citext'",
                "version of extension citext"));
        all.add(thing(
                "a collation's order",
                "alter table child alter word type text; drop collation mine; create collation mine (locale = 'POSIX')",
                "collation public.mine"));
        all.add(thing(
                "an event trigger too many",
                "create function watch() returns event_trigger language plpgsql as 'begin end';"
                        + " create event trigger watcher on ddl_command_start execute function watch()",
                "event trigger watcher"));
    }

    private static void rights(List<Damage> all, String app) {
        all.add(thing("a table's owner", "alter table many owner to postgres", "owner of table public.many"));
        all.add(thing("a sequence's owner", "alter sequence loose owner to postgres", "owner of sequence public.loose"));
        all.add(thing("a function's owner", "alter function twice owner to postgres", "owner of function public.twice"));
        all.add(thing("a type's owner", "alter type mood owner to postgres", "owner of type public.mood"));
        all.add(thing("a grant missing", "revoke select on many from museum_guide", "rights on table public.many"));
        all.add(thing("a grant too many", "grant delete on many to museum_guide", "rights on table public.many"));
        all.add(thing("a grant to everybody", "grant select on child to public", "rights on table public.child"));
        all.add(thing("a grant with grant option", "grant select on many to museum_guide with grant option", "rights on table public.many"));
        all.add(thing("a column's grant missing", "revoke update (n) on many from museum_guide", "rights on column public.many.n"));
        all.add(thing("a schema's grant missing", "revoke usage on schema public from museum_guide", "rights on schema public"));
        all.add(thing("a function's execution for all", "revoke execute on function twice(int) from public", "rights on function public.twice"));
        all.add(thing("default privileges missing", "alter default privileges for role " + app
                + " in schema public revoke select on tables from museum_guide", "default privileges"));
        all.add(thing("row-level security off", "alter table child disable row level security", "relation public.child"));
        all.add(thing("row-level security forced", "alter table child force row level security", "relation public.child"));
        all.add(thing("a policy's condition", "alter policy seeable on child using (id > -1)", "policy public.child.seeable"));
        all.add(thing("a policy missing", "drop policy seeable on child", "policy public.child.seeable"));
        all.add(thing("a policy's roles", "alter policy seeable on child to museum_guide", "roles of policy public.child.seeable"));
        all.add(new Damage("the app's role a superuser", "alter role " + app + " superuser", "role the app's role",
                "alter role " + app + " nosuperuser"));
        all.add(new Damage("the app's role past row-level security", "alter role " + app + " bypassrls", "role the app's role",
                "alter role " + app + " nobypassrls"));
        all.add(new Damage("another role's right to make databases", "alter role museum_guide createdb", "role museum_guide",
                "alter role museum_guide nocreatedb"));
        all.add(new Damage("a role's membership", "grant pg_read_all_data to museum_guide", "membership of role museum_guide",
                "revoke pg_read_all_data from museum_guide"));
        all.add(new Damage("a role's setting", "alter role museum_guide set work_mem = '6MB'", "setting work_mem of role museum_guide",
                "alter role museum_guide set work_mem = '5MB'"));
        all.add(thing("a setting of the database", "do $$ begin execute format('alter database %I set work_mem = ''7MB''',"
                + " current_database()); end $$", "setting work_mem of the database"));
    }
}
