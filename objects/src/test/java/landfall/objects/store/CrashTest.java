package landfall.objects.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process with 32 writers by SIGKILL at a random moment, again and again over the same folder, and reads back
 * everything that was acknowledged. More often: {@code LANDFALL_CRASH_RUNS=200 LANDFALL_SEED=1}.
 */
final class CrashTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void whatWasAcknowledgedSurvivesSigkillUnder32Writers() throws Exception {
        long seed = CrashRun.seed();
        int count = CrashRun.count(3);
        System.out.println("LANDFALL_SEED=" + seed + " LANDFALL_CRASH_RUNS=" + count);
        Random random = new Random(seed);
        Acknowledgements told = new Acknowledgements(folder);
        for (int run = 0; run < count; run++) {
            new CrashRun(folder, seed + run, random, told).until(CrashRun::kill);
            told.verify("run " + run + " of LANDFALL_SEED=" + seed);
        }
        System.out.println(told.count() + " acknowledged changes over " + count + " kills");
        assertThat(told.count()).isPositive();
    }
}
