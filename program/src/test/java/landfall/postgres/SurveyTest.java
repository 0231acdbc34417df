package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import landfall.base.LandfallException;
import org.junit.jupiter.api.Test;

final class SurveyTest {
    private static List<String> found(Servers.Move move, Survey.Verdict verdict) {
        return Survey.run(
                        move.source(), move.target(), move.naming(), move.role().name())
                .findings()
                .stream()
                .filter(finding -> finding.verdict() == verdict)
                .map(Survey.Finding::subject)
                .toList();
    }

    @Test
    void anOrdinaryDatabaseHasNoBlocker() throws Exception {
        Servers.Move move = Servers.move(
                "create extension citext", "create table a (id serial primary key)", "create table b (id int unique)");
        assertThat(found(move, Survey.Verdict.BLOCKER)).containsExactly("table public.b");
        Servers.run(move.source(), "drop table public.b");
        Survey.Result result = Survey.run(
                move.source(), move.target(), move.naming(), move.role().name());
        assertThat(result.isBlocked()).isFalse();
        assertThat(result.tables()).extracting(Table::toString).containsExactly("public.a");
        assertThat(found(move, Survey.Verdict.HANDLED)).contains("extension citext", "sequences");
    }

    @Test
    void whatIsNotCarriedIsABlockerByName() throws Exception {
        Servers.Move move = Servers.move(
                "create unlogged table fast (id int primary key)",
                "create table full_identity (a int)",
                "alter table full_identity replica identity full",
                "create materialized view stored as select 1 as one",
                "select lo_create(0)",
                "create function start() returns event_trigger language plpgsql as 'begin end'",
                "create event trigger watching on ddl_command_start execute function start()");
        Servers.run(move.target(), "create table public.there (id int primary key)");
        assertThat(found(move, Survey.Verdict.BLOCKER))
                .contains(
                        "unlogged table public.fast",
                        "table public.full_identity",
                        "materialized view public.stored",
                        "large objects",
                        "event trigger watching",
                        "target database " + move.target().name());
        assertThatThrownBy(move::copy).isInstanceOf(LandfallException.class).hasMessageContaining("is not empty");
    }

    @Test
    void aTableWithoutIdentityIsNeverPublished() throws Exception {
        Servers.Move move = Servers.move("create table bare (a int)");
        assertThatThrownBy(move::copy).isInstanceOf(LandfallException.class).hasMessageContaining("public.bare");
        assertThat(Servers.read(move.source(), "select count(*) from pg_publication"))
                .isEqualTo("0");
        Servers.run(move.source(), "insert into public.bare values (1)", "update public.bare set a = 2");
    }
}
