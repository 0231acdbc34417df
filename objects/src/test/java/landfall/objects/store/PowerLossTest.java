package landfall.objects.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Cuts a file system off under 32 writers, so that whatever wasn't synced is gone, mounts it again and reads back everything
 * that was acknowledged. More often: {@code LANDFALL_CRASH_RUNS=200 LANDFALL_SEED=1}.
 */
final class PowerLossTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private CutDisk disk(CutDisk.Kind kind) {
        try {
            return CutDisk.make(kind, folder);
        } catch (IOException cannot) {
            return Assumptions.abort(
                    "no " + kind + " to cut off (that needs root, loop devices and its mkfs): " + cannot);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasAcknowledgedSurvivesALossOfPowerUnder32Writers(CutDisk.Kind kind) throws Exception {
        long seed = CrashRun.seed();
        int count = CrashRun.count(1);
        System.out.println(kind + " LANDFALL_SEED=" + seed + " LANDFALL_CRASH_RUNS=" + count);
        try (CutDisk disk = disk(kind)) {
            int acknowledged = cutOften(disk, seed, count, Map.of());
            System.out.println(acknowledged + " acknowledged changes over " + count + " losses of power on " + kind);
        }
    }

    /** The trial can fail: with syncs that do nothing, what was acknowledged is lost. */
    @Test
    void withoutSyncsTheTrialFindsLosses() throws Exception {
        List<Path> library;
        try (Stream<Path> files =
                Files.find(Path.of("/usr/lib"), 2, (path, attributes) -> path.endsWith("libeatmydata.so"))) {
            library = files.toList();
        }
        Assumptions.assumeFalse(
                library.isEmpty(), "no libeatmydata, which makes syncs do nothing: apt-get install eatmydata");
        try (CutDisk disk = disk(CutDisk.Kind.EXT4)) {
            Map<String, String> unsynced =
                    Map.of("LD_PRELOAD", library.getFirst().toString());
            // A key that isn't what it was, or an index that can't be opened any more; not a writer that didn't start.
            assertThatThrownBy(() -> cutOften(disk, 1, 3, unsynced))
                    .satisfiesAnyOf(
                            loss -> assertThat(loss).hasMessageContaining("run 0 of LANDFALL_SEED=1"),
                            loss -> assertThat(loss).isNotInstanceOf(AssertionError.class));
        }
    }

    private static int cutOften(CutDisk disk, long seed, int count, Map<String, String> environment) throws Exception {
        Random random = new Random(seed);
        Map<String, String> settings = new HashMap<>(environment);
        // The index's shared memory is a file on that disk: a page of it that can't be had ends the JVM, as it should.
        settings.put("JDK_JAVA_OPTIONS", "-XX:ErrorFile=/dev/null");
        Path data = disk.root().resolve("data");
        Acknowledgements told = new Acknowledgements(data);
        for (int run = 0; run < count; run++) {
            // Its log tells of a disk that refuses everything, at length.
            new CrashRun(data, seed + run, random, told, settings, ProcessBuilder.Redirect.DISCARD).until(writer -> {
                told.powerGoes();
                disk.cut();
            });
            disk.remount();
            told.verify("run " + run + " of LANDFALL_SEED=" + seed);
        }
        assertThat(told.count()).isPositive();
        return told.count();
    }
}
