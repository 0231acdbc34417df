package landfall.move;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The invariants I1 to I8 over seeded moves, each met by one fault: a line that is lost, held or slow, a mover killed with
 * {@code kill -9}, a server that crashes. LANDFALL_FAULT_RUNS asks for more of them, LANDFALL_FAULT_SEED for the same.
 */
final class FaultRunsTest {
    private static final int RUNS = 12;

    private static Path folder;
    private static FaultServers servers;

    @BeforeAll
    static void start() throws Exception {
        folder = Files.createTempDirectory("landfall-faults");
        servers = new FaultServers(folder.resolve("servers"));
    }

    @AfterAll
    static void stop() {
        servers.close();
    }

    @Test
    void nothingIsLostOrDoubledAndTheSourceIsLeftAsFound() throws Exception {
        int runs = Integer.parseInt(System.getenv().getOrDefault("LANDFALL_FAULT_RUNS", Integer.toString(RUNS)));
        long seed = Long.parseLong(
                System.getenv().getOrDefault("LANDFALL_FAULT_SEED", Long.toString(System.nanoTime() & 0xffffff)));
        System.out.println("LANDFALL_FAULT_SEED=" + seed + " LANDFALL_FAULT_RUNS=" + runs);
        List<FaultRun.Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            FaultRun.Outcome outcome = new FaultRun(servers, folder, FaultPlan.of(seed + i)).run();
            outcomes.add(outcome);
            System.out.println(outcome.plan() + (outcome.struck() ? "" : " (never came)") + " -> " + outcome.acknowledged()
                    + " acknowledged, waited " + outcome.waitMillis() + " ms, took "
                    + outcome.took().toMillis() + " ms:" + outcome.times());
            outcome.reasons().forEach(reason -> System.out.println("    again: " + reason));
            outcome.broken().forEach(broken -> System.out.println("    BROKEN: " + broken));
        }
        String table = System.getenv("LANDFALL_FAULT_TABLE");
        if (table != null) {
            FaultTable.append(Path.of(table), seed, outcomes);
        }
        assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome.broken())
                .as(outcome.plan().toString())
                .isEmpty());
    }
}
