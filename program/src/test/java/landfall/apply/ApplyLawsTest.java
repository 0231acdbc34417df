package landfall.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import landfall.base.LandfallException;
import landfall.recipe.MoveFolder;
import landfall.sandbox.DokkuFault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The laws of apply, on recipes made up from seeds: a second apply changes nothing; one that is cut off at any command,
 * and then given again, ends as if nothing had happened. CI takes a share; {@code LANDFALL_APPLY_RUNS=1000} takes more,
 * {@code LANDFALL_APPLY_SEED} begins elsewhere. A failure names its seed.
 */
class ApplyLawsTest {
    private static final int RUNS = Integer.parseInt(System.getenv().getOrDefault("LANDFALL_APPLY_RUNS", "60"));
    private static final long SEED = Long.parseLong(System.getenv().getOrDefault("LANDFALL_APPLY_SEED", "1"));

    /** A service is a real PostgreSQL server that takes its time: one recipe in so many has one. */
    private static final int SERVICE_EVERY = 20;

    private static final List<DokkuFault.Moment> MOMENTS = List.of(DokkuFault.Moment.values());

    @TempDir
    Path folder;

    @Test
    void anApplyCutOffAnywhereAndGivenAgainEndsAsIfNothingHadHappened() throws Exception {
        try (ApplyHost calm = ApplyHost.start(folder.resolve("calm"));
                ApplyHost rough = ApplyHost.start(folder.resolve("rough"))) {
            int cut = 0;
            for (long seed = SEED; seed < SEED + RUNS; seed++) {
                RandomRecipe recipe = RandomRecipe.of(seed, seed % SERVICE_EVERY == 0);
                MoveFolder move = ApplyHost.move(folder.resolve("moves/" + seed), recipe);
                calm.dokku().misbehave();
                assertThat(calm.apply(move).changed()).as("seed %d", seed).isPositive();
                int commands = calm.dokku().commandsGiven();
                assertThat(calm.apply(move).changed())
                        .as("changes of a second apply, seed %d", seed)
                        .isZero();
                MoveFolder again = ApplyHost.move(folder.resolve("again/" + seed), recipe);
                cut += applyThrough(rough, again, seed, commands);
                assertThat(AppliedState.differences(calm.state(recipe), rough.state(recipe)))
                        .as("cut off, seed %d:%n%s", seed, recipe.text())
                        .isEmpty();
            }
            System.out.printf(
                    "apply: %d recipes from seed %d, applied twice: 0 changes; cut off %d times: the same end%n",
                    RUNS, SEED, cut);
            assertThat(cut).isGreaterThan(RUNS / 2);
        }
    }

    /**
     * Most cuts fall into the last third, where changes are made: a question is asked again, and nobody notices.
     *
     * @return how many times it was cut off before it went through
     */
    private static int applyThrough(ApplyHost host, MoveFolder move, long seed, int commands) throws Exception {
        Random random = new Random(seed);
        int cut = 0;
        int most = 1 + random.nextInt(3);
        while (true) {
            if (cut < most) {
                DokkuFault.Moment moment = MOMENTS.get(random.nextInt(MOMENTS.size()));
                int first = random.nextInt(4) == 0 ? 1 : 1 + commands * 2 / 3;
                host.dokku().misbehave(new DokkuFault.Drop(first + random.nextInt(commands + 1 - first), moment));
            } else {
                host.dokku().misbehave();
            }
            try {
                host.apply(move);
                host.dokku().misbehave();
                host.dokku().awaitUp();
                return cut;
            } catch (LandfallException e) {
                assertThat(cut).as("cuts of seed %d: %s", seed, e.getMessage()).isLessThan(most);
                cut++;
                host.dokku().awaitUp();
            }
        }
    }
}
