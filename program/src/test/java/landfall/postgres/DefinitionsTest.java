package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import landfall.base.Problem;
import org.junit.jupiter.api.Test;

/** What a server writes differently once it has read its own text again is no difference between the two sides. */
final class DefinitionsTest {
    @Test
    void definitionsThatReadDifferentlyAfterOneRestoreAreEqual() throws Exception {
        Servers.Move move = Servers.move(
                "create type mood as enum ('sad', 'ok')",
                "create domain gloomy as mood default 'sad'",
                "create domain few as varchar check (value in ('a', 'it''s, [b]'))",
                "create table state (id int primary key, word varchar(10) check (word in ('new', 'old')), g gloomy)",
                "create index few_states on state (id) where word not in ('new', '(')",
                "create view by_state as select word in ('new', 'x') as fresh, (select 'word') as called from state",
                "create rule told as on delete to state do also select 'x', null",
                "create policy own on state using (word in ('x', 'y'))",
                "create function pair() returns table (a int, b text) language sql begin atomic select 1, 'x'; end",
                "insert into state values (1, 'new'), (2, 'old')");
        move.copy();
        try (Follower follower = move.follow()) {
            assertThat(follower.verify().problems())
                    .extracting(Problem::sentence)
                    .isEmpty();
            Servers.run(
                    move.target(),
                    "alter table state drop constraint state_word_check,"
                            + " add constraint state_word_check check (word in ('new', 'odd', 'old'))",
                    "create or replace function pair() returns table (a int, b text) language sql"
                            + " begin atomic select 2, 'x'; end");
            assertThat(follower.verify().problems())
                    .extracting(Problem::sentence)
                    .satisfiesExactlyInAnyOrder(
                            sentence -> assertThat(sentence).contains("state_word_check"),
                            sentence -> assertThat(sentence).contains("pair()"));
        }
    }

    @Test
    void aCastOfAnArrayIsTheCastsOfItsElementsAndNothingElse() {
        assertThat(Deparsed.settled(
                        "((a)::text = ANY ((ARRAY['x, ]'::character varying, 'y''('::character varying])::text[]))"))
                .isEqualTo(
                        "((a)::text = ANY (ARRAY[('x, ]'::character varying)::text, ('y''('::character varying)::text]))");
        assertThat(Deparsed.settled("SELECT 'x'::text AS text, NULL::text AS text, 'y'::text AS called"))
                .isEqualTo("SELECT 'x'::text, NULL::text, 'y'::text AS called");
        assertThat(Deparsed.settled("(ARRAY[1, 2])[1] + (ARRAY[")).isEqualTo("(ARRAY[1, 2])[1] + (ARRAY[");
    }
}
