package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.util.List;
import landfall.base.Problem;
import org.junit.jupiter.api.Test;

final class ReadinessTest {
    @Test
    void aMovedDatabaseIsPlannedForAsTheOneItCameFrom() throws Exception {
        Servers.Move move = Servers.move(
                "create table visit (id bigserial primary key, place int, note text)",
                "insert into visit (place, note) select g % 500, repeat('x', 100) from generate_series(1, 30000) g",
                "create index visit_place on visit (place)",
                "vacuum analyze visit");
        move.copy();
        Readiness.Result result = Readiness.prepare(move.target());
        assertThat(result.problems()).isEmpty();
        assertThat(Readiness.prepare(move.target()).analyzed()).as("nothing is left to do").isZero();
        assertThat(Servers.read(
                        move.target(), "select relallvisible = relpages from pg_class where relname = 'visit'"))
                .isEqualTo("t");
        for (String query : List.of(
                "select count(*) from visit where place between 3 and 5",
                "select note from visit where id = 7",
                "select place, count(*) from visit group by place order by 2 desc limit 3")) {
            assertThat(plan(move.target(), query)).as(query).isEqualTo(plan(move.source(), query));
        }
    }

    private static List<String> plan(Database on, String query) throws Exception {
        try (Connection connection = on.connect("test")) {
            Sql.execute(connection, "set search_path = public; set max_parallel_workers_per_gather = 0");
            return Sql.strings(connection, "explain (costs off) " + query);
        }
    }

    @Test
    void whatIsNotReadyAndCantBeMendedIsNamed() throws Exception {
        Servers.Move move = Servers.move("create table a (id int primary key)");
        Servers.run(
                move.target(),
                "create table b (id int, place int)",
                "insert into b select g, g from generate_series(1, 100) g",
                "create index b_place on b (place)",
                "update pg_index set indisvalid = false where indexrelid = 'b_place'::regclass",
                "create materialized view empty as select 1 as one with no data");
        Readiness.Result result = Readiness.prepare(move.target());
        assertThat(result.analyzed()).isEqualTo(1);
        assertThat(result.problems())
                .extracting(Problem::what)
                .containsExactlyInAnyOrder(
                        "Index public.b_place is not valid", "Materialized view public.empty is not filled");
    }
}
