package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import landfall.base.LandfallException;
import landfall.postgres.Choices.Identity;
import landfall.postgres.Survey.Finding;
import landfall.postgres.Survey.Verdict;
import org.junit.jupiter.api.Test;

final class SurveyTest {
    private static Survey.Result survey(Servers.Move move, Choices choices) {
        return Survey.run(
                move.source(),
                move.target(),
                move.naming(),
                move.role().name(),
                choices,
                directory -> OptionalLong.of(1L << 40),
                SchemaTool.NONE);
    }

    private static List<String> found(Servers.Move move, Verdict verdict) {
        return survey(move, Choices.NONE).of(verdict).stream()
                .map(Finding::subject)
                .toList();
    }

    private static Finding finding(Survey.Result result, String subject) {
        return result.findings().stream()
                .filter(one -> one.subject().equals(subject))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no finding " + subject + " in " + result.findings()));
    }

    @Test
    void anOrdinaryDatabaseHasNoBlockerAndNothingToDecide() throws Exception {
        Servers.Move move = Servers.move(
                "create extension citext",
                "create table a (id serial primary key)",
                "create view v as select * from a");
        Survey.Result result = survey(move, Choices.NONE);
        assertThat(result.isBlocked()).isFalse();
        assertThat(result.tables()).extracting(Table::toString).containsExactly("public.a");
        assertThat(found(move, Verdict.HANDLED)).contains("extension citext", "sequences", "view public.v");
        assertThat(found(move, Verdict.OK))
                .contains(
                        "versions",
                        "source wal_level",
                        "target max_replication_slots",
                        "encoding",
                        "collation provider",
                        "max_connections",
                        "target disk");
        assertThat(result.of(Verdict.DECISION).stream()
                        .map(Finding::subject)
                        .filter(subject -> !subject.startsWith("database ") && !subject.contains(" slot ")))
                .isEmpty();
    }

    @Test
    void whatIsNotCarriedIsABlockerWithTheStatementThatMendsIt() throws Exception {
        Servers.Move move = Servers.move(
                "select lo_create(0)",
                "create function start() returns event_trigger language plpgsql as 'begin end'",
                "create event trigger watching on ddl_command_start execute function start()",
                "create extension postgres_fdw",
                "create server elsewhere foreign data wrapper postgres_fdw",
                "create foreign table far (a int) server elsewhere",
                "create table t (id int primary key)",
                "create function f() returns trigger language plpgsql as 'begin return new; end'",
                "create trigger always before insert on t for each row execute function f()",
                "alter table t enable always trigger always",
                "create rule quiet as on delete to t do also select 1",
                "alter table t enable replica rule quiet",
                "create function native(cstring) returns int language internal strict as 'int4in'",
                "create publication everything for all tables");
        Servers.run(move.target(), "create table public.there (id int primary key)");
        Survey.Result result = survey(move, Choices.NONE);
        assertThat(result.of(Verdict.BLOCKER))
                .extracting(Finding::subject)
                .contains(
                        "foreign table public.far",
                        "large objects",
                        "event trigger watching",
                        "trigger always on public.t",
                        "rule quiet on public.t",
                        "function public.native(cstring) in internal",
                        "source publication everything",
                        "target database " + move.target().name());
        // Pasted into psql, the fixes mend what they were found for.
        for (String subject : List.of(
                "event trigger watching",
                "foreign table public.far",
                "trigger always on public.t",
                "rule quiet on public.t",
                "large objects",
                "function public.native(cstring) in internal",
                "source publication everything")) {
            Servers.run(move.source(), finding(result, subject).fix().replaceFirst(";[^;]*$", ";"));
        }
        Servers.run(move.target(), "drop table public.there");
        assertThat(found(move, Verdict.BLOCKER)).isEmpty();
    }

    @Test
    void rowsThatAreTooWideAreNamedByKey() throws Exception {
        Servers.Move move = Servers.move(
                // xml goes as text, and so does the whole row: each byte of b is two letters
                "create table wide (id int primary key, a text, b bytea, x xml)",
                "insert into wide values (1, repeat('a', 20000000), '', null), (3, 'small', null, null)",
                "insert into wide select 2, null, convert_to(repeat('b', 537000000), 'utf8'), null");
        Survey.Result result = survey(move, Choices.NONE);
        assertThat(finding(result, "row of public.wide with key (2)").verdict()).isEqualTo(Verdict.BLOCKER);
        try (Connection connection = move.source().connect("test")) {
            assertThat(SurveyRows.widest(connection, Catalog.tables(connection).getFirst(), 10_000_000))
                    .extracting(SurveyRows.Wide::key)
                    .containsExactly("(2)", "(1)");
        }
    }

    @Test
    void tablesThatCantBeFollowedWaitForADecisionOfTheUser() throws Exception {
        Servers.Move move = Servers.move(
                "create table bare (a int)",
                "create table keyed (a int not null unique, b text)",
                "create table nothing (id int primary key)",
                "alter table nothing replica identity nothing",
                "create table deferred (id int primary key deferrable initially deferred)",
                "create unlogged table fast (id int primary key)");
        Survey.Result result = survey(move, Choices.NONE);
        assertThat(result.isBlocked()).isFalse();
        assertThat(result.of(Verdict.DECISION))
                .extracting(Finding::subject)
                .contains(
                        "table public.bare",
                        "table public.keyed",
                        "table public.nothing",
                        "table public.deferred",
                        "unlogged table public.fast");
        assertThat(finding(result, "table public.keyed").fix()).contains("USING INDEX \"keyed_a_key\"");
        assertThat(finding(result, "table public.bare").what()).contains("while users wait");
        Survey.Result decided = survey(
                move, new Choices(false, Map.of("public.keyed", Identity.INDEX, Choices.EVERY_TABLE, Identity.RECOPY)));
        assertThat(finding(decided, "table public.keyed").verdict()).isEqualTo(Verdict.HANDLED);
        assertThat(finding(decided, "unlogged table public.fast").verdict()).isEqualTo(Verdict.HANDLED);
    }

    @Test
    void eachKindOfObjectIsSaidToBeCarried() throws Exception {
        Servers.Move move = Servers.move(
                "create domain positive as int check (value > 0)",
                "create type mood as enum ('sad')",
                "create type pair as (a int, b int)",
                "create type span as range (subtype = int)",
                "create materialized view stored as select 1 as one",
                "create table parts (id int primary key) partition by range (id)",
                "create table parts_1 partition of parts for values from (0) to (10)",
                "create table parent (id int primary key)",
                "create table child (primary key (id)) inherits (parent)",
                "create table calc (id int primary key, twice int generated always as (id * 2) stored)",
                "alter table calc enable row level security",
                "comment on table calc is 'said'",
                "create rule noted as on insert to parent do also select 1",
                "create function helper() returns int language sql security definer as 'select 1'",
                "create function twice(a int) returns int language plpgsql immutable as 'begin return a; end'",
                "create index by_twice on calc (twice(id))");
        assertThat(found(move, Verdict.HANDLED))
                .contains(
                        "type public.positive",
                        "type public.mood",
                        "type public.pair",
                        "type public.span",
                        "materialized view public.stored",
                        "partitioned table public.parts",
                        "inherited table public.child",
                        "generated column public.calc.twice",
                        "row-level security of public.calc",
                        "comments",
                        "rule noted on public.parent");
        assertThat(found(move, Verdict.DECISION))
                .contains("function public.helper() and search_path", "function public.twice(integer) and search_path");
        assertThat(found(move, Verdict.BLOCKER)).isEmpty();
    }

    @Test
    void whatGoesOnInTheServerIsNamed() throws Exception {
        Servers.Move move = Servers.move("create table t (id int primary key)", "create publication mine for table t");
        String name = move.source().name();
        try (Connection connection = move.sourceApp()) {
            Sql.execute(connection, "begin; create temp table x (a int)");
            Sql.execute(connection, "rollback; begin; prepare transaction 'stuck_" + name + "'");
        }
        try {
            assertThat(found(move, Verdict.BLOCKER)).contains("source prepared transaction stuck_" + name);
            assertThat(found(move, Verdict.DECISION)).contains("source publication mine");
        } finally {
            Servers.run(move.source(), "rollback prepared 'stuck_" + name + "'");
        }
    }

    @Test
    void rolesGrantsAndSettingsAreNamed() throws Exception {
        Servers.Move move = Servers.move("create table t (id int primary key)");
        String name = move.source().name();
        Servers.run(
                move.source(),
                "create role " + name + "_reader",
                "grant select on t to " + name + "_reader",
                "alter database " + name + " set work_mem = '8MB'",
                "alter default privileges in schema public grant select on tables to " + name + "_reader");
        assertThat(found(move, Verdict.HANDLED))
                .contains(
                        "role " + name + "_reader",
                        "grants",
                        "setting work_mem of the database",
                        "default privileges of " + MoverRole.NAME);
    }

    @Test
    void aDiskThatIsTooSmallIsABlockerAndAnUnknownOneIsSaid() throws Exception {
        Servers.Move move = Servers.move("create table t (id int primary key)");
        Survey.Result small = Survey.run(
                move.source(),
                move.target(),
                move.naming(),
                move.role().name(),
                Choices.NONE,
                directory -> OptionalLong.of(1 << 20),
                SchemaTool.NONE);
        assertThat(finding(small, "target disk").verdict()).isEqualTo(Verdict.BLOCKER);
        Survey.Result unknown = Survey.run(
                move.source(), move.target(), move.naming(), move.role().name());
        assertThat(finding(unknown, "target disk").what()).contains("can't be known");
    }

    @Test
    void aTableWithoutIdentityIsNeverPublishedAndCopiedAllTheSame() throws Exception {
        Servers.Move move = Servers.move("create table bare (a int)", "insert into bare values (1)");
        move.copy();
        assertThat(Servers.read(move.source(), "select count(*) from pg_publication_tables"))
                .isEqualTo("0");
        Servers.run(move.source(), "update public.bare set a = 2", "delete from public.bare");
        assertThat(Servers.read(move.target(), "select count(*) from public.bare"))
                .isEqualTo("1");
    }

    @Test
    void aTargetThatIsNotEmptyIsRefused() throws Exception {
        Servers.Move move = Servers.move("create table a (id int primary key)");
        Servers.run(move.target(), "create table public.there (id int primary key)");
        assertThatThrownBy(move::copy).isInstanceOf(LandfallException.class).hasMessageContaining("is not empty");
    }
}
