package landfall.postgres;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Objects of which a schema has some and not others, each in statements that need nothing but the types and each other. */
final class HostileOddities {
    /** What the survey refuses. */
    record Blocked(String statement, String removal) {}

    private HostileOddities() {}

    /** By the subject that the survey must name. */
    static Map<String, Blocked> blocked(Random random) {
        Map<String, Blocked> blocked = new LinkedHashMap<>();
        if (random.nextInt(4) == 0) {
            blocked.put(
                    "event trigger \"an event\"",
                    new Blocked(
                            "create function public.on_event() returns event_trigger language plpgsql as"
                                    + " $$ begin null; end $$;"
                                    + " create event trigger \"an event\" on ddl_command_start execute function public.on_event()",
                            "drop event trigger \"an event\"; drop function public.on_event()"));
        }
        if (random.nextInt(4) == 0) {
            blocked.put(
                    "foreign table public.elsewhere",
                    new Blocked(
                            "create foreign data wrapper nobody; create server nowhere foreign data wrapper nobody;"
                                    + " create foreign table public.elsewhere (id int) server nowhere",
                            "drop foreign data wrapper nobody cascade"));
        }
        return blocked;
    }

    static List<List<String>> all(String roles) {
        String reader = "\"" + roles + "reader\"";
        String group = "\"" + roles + "group\"";
        return List.of(
                List.of("create table nothing_at_all ()", "insert into nothing_at_all default values"),
                List.of(
                        "create function \"add it\"(a int, b int default 3) returns int language sql immutable strict"
                                + " parallel safe cost 7 as 'select a + b'",
                        "create procedure \"do it\"(inout a text) language plpgsql set work_mem = '1MB' as"
                                + " $body$ begin a := a || $$x$$; end $body$",
                        "create function many() returns setof odd_pair language sql begin atomic select 1, 'x'; end",
                        "comment on function \"add it\"(int, int) is 'adds\n-- Name: not a heading; Type: X'",
                        "revoke execute on function \"add it\"(int, int) from public",
                        "grant execute on function \"add it\"(int, int) to " + reader,
                        "grant execute on procedure \"do it\"(text) to " + group),
                List.of(
                        "create function later_of(a date, b date) returns date language sql immutable as 'select greatest(a, b)'",
                        "create aggregate \"latest of\"(date) (sfunc = later_of, stype = date, combinefunc = later_of)",
                        "create function near(a odd_pair, b odd_pair) returns bool language sql immutable as 'select a.a = b.a'",
                        "create operator ~~~ (leftarg = odd_pair, rightarg = odd_pair, function = near, commutator = ~~~)",
                        "create function pair_of(mood) returns odd_pair language sql immutable as"
                                + " $$ select row(1, $1::text)::odd_pair $$",
                        "create cast (mood as odd_pair) with function pair_of(mood) as assignment",
                        "comment on operator ~~~ (odd_pair, odd_pair) is 'nearly'",
                        "comment on aggregate \"latest of\"(date) is 'the last one'",
                        "grant execute on function \"latest of\"(date) to " + reader),
                List.of(
                        "create text search configuration \"my words\" (copy = simple)",
                        "create text search dictionary \"my dict\" (template = simple, accept = false)",
                        "alter text search configuration \"my words\" alter mapping for asciiword with \"my dict\""),
                List.of(
                        "create view checked as select id, note from bulk where id > 0 with local check option",
                        "create view cascaded with (security_barrier) as select * from checked where id < 2000000000"
                                + " with cascaded check option",
                        "create view invoked with (security_invoker) as select n from ledger",
                        "create recursive view numbers (n) as select 1 union all select n + 1 from numbers where n < 9",
                        "alter view checked alter note set default 'by the view'",
                        "create rule upward as on update to invoked do instead nothing",
                        "grant select (id) on checked to " + reader),
                List.of(
                        "create function told() returns trigger language plpgsql as $$ begin perform pg_notify('t', tg_name);"
                                + " return null; end $$",
                        "create trigger \"after all\" after update on bulk referencing old table as was new table as became"
                                + " for each statement execute function told()",
                        "create trigger \"of note\" after update of note on bulk for each row"
                                + " when (old.note is distinct from new.note) execute function told()",
                        "create constraint trigger \"at the end\" after insert on bulk deferrable initially deferred"
                                + " for each row execute function told()",
                        "comment on trigger \"of note\" on bulk is 'only then'",
                        "alter table bulk disable trigger \"after all\""),
                List.of(
                        "create table indexed (id int primary key, words text[], doc jsonb, span int4range, at timestamptz,"
                                + " tags tsvector, only_one text, place point) with (fillfactor = 70, autovacuum_enabled = off)",
                        "create index \"gin it\" on indexed using gin (words, doc jsonb_path_ops) with (fastupdate = off)",
                        "create index \"gist it\" on indexed using gist (span, place)",
                        "create index \"brin it\" on indexed using brin (at) with (pages_per_range = 4)",
                        "create index \"hash it\" on indexed using hash (only_one)",
                        "create index \"spgist it\" on indexed using spgist (place)",
                        "create index \"odd order\" on indexed (at desc nulls last, lower(only_one) collate \"C\" text_pattern_ops)"
                                + " include (place) where id > 0",
                        "create unique index \"only once\" on indexed (only_one) nulls not distinct",
                        "alter index \"odd order\" alter column 2 set statistics 77",
                        "alter table indexed cluster on \"only once\"",
                        "alter table indexed alter words set compression pglz, alter doc set storage main",
                        "create statistics \"of both\" (ndistinct, mcv) on only_one, (id % 3) from indexed",
                        "alter statistics \"of both\" set statistics 99",
                        "comment on index \"gin it\" is 'a gin'",
                        "comment on statistics \"of both\" is 'statistics'",
                        "insert into indexed select g, array[g::text], jsonb_build_object('g', g), int4range(g, g + 3),"
                                + " '2020-01-01'::timestamptz + g * interval '1 h', to_tsvector('simple', 'w' || g), 'o' || g,"
                                + " point(g, -g) from generate_series(1, 50) g"),
                List.of(
                        "create table checked_later (id serial primary key, n int constraint \"odd not null\" not null,"
                                + " constraint \"n > 0\" check (n > 0) no inherit)",
                        "insert into checked_later (n) values (1), (2000)",
                        "alter table checked_later add constraint later check (n < 1000) not valid",
                        "alter table checked_later add column \"typed late\" text not null default 'the default'",
                        "comment on constraint later on checked_later is 'not yet'",
                        "comment on column checked_later.n is E'a\\nb'",
                        "alter sequence checked_later_id_seq increment 5 maxvalue 100000 cache 3"),
                List.of(
                        "alter default privileges grant select on tables to " + reader,
                        "alter default privileges in schema \"Odd.Schema\" grant usage on sequences to " + group,
                        "alter default privileges revoke execute on functions from public",
                        "grant usage on schema \"Odd.Schema\" to " + reader,
                        "revoke usage on type odd_pair from public",
                        "grant usage on type odd_pair to " + reader + " with grant option",
                        "grant usage, update on sequence \"big loose\" to " + reader),
                List.of(
                        "reset role",
                        "do $$ begin execute format('alter database %I set work_mem = ''5MB''', current_database());"
                                + " execute format('alter role " + reader
                                + " in database %I set search_path = \"Odd.Schema\", public', current_database()); end $$",
                        "alter role " + group + " set statement_timeout = '7min'",
                        "set role app_owner"),
                List.of(
                        "comment on schema \"Odd.Schema\" is 'odd;\n\n--\n-- odder'",
                        "comment on type mood is 'moody'",
                        "comment on domain even is 'even'",
                        "comment on collation blind is 'sees no case'",
                        "comment on table parent is 'has one'",
                        "comment on view \"a view\" is 'seen'",
                        "comment on sequence \"loose one\" is 'loose'"),
                List.of(
                        "create table states (id int primary key, state varchar(20) default 'new'"
                                + " check (state in ('new', 'it''s, [old]')))",
                        "insert into states values (1, 'new'), (2, 'it''s, [old]')",
                        "create index \"few states\" on states (id) where state not in ('new', '(')",
                        "create view \"by state\" as select state in ('new', 'x') as fresh, (select 'word') as word from states",
                        "create rule \"a word\" as on delete to states do also select 'x', null"),
                List.of(
                        "create type employee as (id int, name text, boss int)",
                        "create table employees of employee (primary key (id), name with options default 'x')",
                        "create table reader_owned (id int primary key)",
                        "reset role",
                        "grant create on schema public to " + group,
                        "alter table reader_owned owner to " + group,
                        "create table by_postgres (id int primary key, note text)",
                        "create conversion \"a conversion\" for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8",
                        "create operator family \"a family\" using btree",
                        "create operator class \"odd ints\" for type int4 using btree as operator 1 <, operator 2 <=, operator 3 =,"
                                + " operator 4 >=, operator 5 >, function 1 btint4cmp(int4, int4)",
                        "set role app_owner"),
                List.of(
                        "create table tree (id int primary key, up int references tree (id) on delete cascade"
                                + " deferrable initially deferred, note text)",
                        "create table twice (a int, b int, primary key (a, b), unique (b, a) include (a))",
                        "create table twice_ref (id int primary key, a int, b int,"
                                + " foreign key (b, a) references twice (b, a) match full on delete set null (b))",
                        "alter table twice_ref disable trigger user",
                        "insert into tree values (1, 2), (2, 1)"),
                List.of(
                        "create materialized view \"counted rows\" as select count(*) as n, 1 as one from bulk",
                        "create unique index on \"counted rows\" (one)",
                        "comment on materialized view \"counted rows\" is 'counted'"));
    }
}
