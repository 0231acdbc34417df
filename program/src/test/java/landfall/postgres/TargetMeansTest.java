package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import landfall.postgres.PostStatement.Phase;
import org.junit.jupiter.api.Test;

class TargetMeansTest {
    private static final long TABLE_BYTES = 1L << 30;

    @Test
    void aTableIsCutOnlyWhereTheServerHasCoresForMoreThanTwoStreams() {
        assertThat(new TargetMeans(2, 0).partBytes()).isGreaterThan(TABLE_BYTES);
        assertThat(new TargetMeans(8, 0).partBytes()).isLessThan(TABLE_BYTES);
        assertThat(new TargetMeans(0, 0).partBytes())
                .as("a server that doesn't tell its cores")
                .isLessThan(TABLE_BYTES);
    }

    @Test
    void onlyAnIndexThatIsSortedIsBuiltInSmallPieces() {
        assertThat(memory(Phase.INDEX, "CREATE INDEX i ON public.t USING btree (a)"))
                .contains("maintenance_work_mem");
        assertThat(memory(Phase.INDEX, "ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (id)"))
                .contains("maintenance_work_mem");
        assertThat(memory(Phase.INDEX, "CREATE INDEX i ON public.t USING gin (a)"))
                .isEmpty();
        assertThat(memory(Phase.VALIDATE, "ALTER TABLE public.t VALIDATE CONSTRAINT c"))
                .as("a foreign key is checked by a join")
                .isEmpty();
    }

    private static String memory(Phase phase, String sql) {
        return TargetMeans.memoryFor(new PostStatement(0, phase, "public.t", 0, "it", sql));
    }
}
