package landfall.move;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import landfall.move.FaultPlan.Fault;
import landfall.move.FaultPlan.Line;
import landfall.move.FaultPlan.Moment;
import landfall.move.FaultPlan.Script;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The invariants I1 to I8 over seeded moves, each met by one fault: a line that is lost, held or slow, a mover killed with
 * {@code kill -9}, a server that crashes. LANDFALL_FAULT_RUNS asks for more of them, LANDFALL_FAULT_SEED for the same, LANDFALL_FAULT_SECONDS ends them
 * in time, and LANDFALL_FAULT_TABLE writes the page of all that were made.
 */
@Tag("alone")
final class FaultRunsTest {
    private static final int RUNS = 8;

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

    private static FaultRun.Outcome run(FaultPlan plan) throws Exception {
        FaultRun.Outcome outcome = new FaultRun(servers, folder, plan).run();
        System.out.println(outcome.plan() + (outcome.struck() ? "" : " (never came)") + " -> " + outcome.acknowledged()
                + " acknowledged, waited " + outcome.waitMillis() + " ms, took "
                + outcome.took().toMillis() + " ms:" + outcome.times());
        outcome.reasons().forEach(reason -> System.out.println("    again: " + reason));
        outcome.broken().forEach(broken -> System.out.println("    BROKEN: " + broken));
        return outcome;
    }

    /** Each of these was found broken once. */
    private static void holds(Script script, int command, Fault fault, Line line, Moment moment) throws Exception {
        FaultPlan plan = new FaultPlan(0, script, command, fault, line, moment, FaultPlan.Rude.NOBODY, true, false);
        FaultRun.Outcome outcome = run(plan);
        assertThat(outcome.struck()).isTrue();
        assertThat(outcome.broken()).as(plan.toString()).isEmpty();
    }

    /** The undoing met the same fault, gave up, and left the source fenced with nobody to open it again. */
    @Test
    void usersAreBackThoughTheSourceIsOutOfReachForAMomentBehindTheFence() throws Exception {
        holds(Script.BACK, 1, Fault.REFUSED, Line.MOVER_SOURCE, new Moment.Step(MoveScript.FENCE, "done"));
    }

    /** The fence waited on a dead line for ever, and users with it. */
    @Test
    void aLineThatGoesDeadBehindTheDoorIsWaitedForNoLongerThanTheDoor() throws Exception {
        holds(Script.BACK, 1, Fault.HALF_OPEN, Line.MOVER_SOURCE, new Moment.Step(MoveScript.FENCE, "begin"));
    }

    /** Users waited behind the door while the fence waited for what only its owner can end. */
    @Test
    void aPreparedTransactionIsRefusedBeforeTheDoorCloses() throws Exception {
        FaultRun.Outcome outcome = run(new FaultPlan(
                0,
                Script.FINISH,
                1,
                Fault.NONE,
                Line.MOVER_SOURCE,
                new Moment.Step(MoveScript.DOOR, "begin"),
                FaultPlan.Rude.PREPARED,
                false,
                false));
        assertThat(outcome.broken()).isEmpty();
        assertThat(outcome.reasons()).hasSize(1).first().asString().contains("prepared transactions could still");
        // The fault's moment would have come with the first door.
        assertThat(outcome.struck()).isFalse();
    }

    @Test
    void nothingIsLostOrDoubledAndTheSourceIsLeftAsFound() throws Exception {
        int runs = Integer.parseInt(System.getenv().getOrDefault("LANDFALL_FAULT_RUNS", Integer.toString(RUNS)));
        long seed = Long.parseLong(System.getenv().getOrDefault("LANDFALL_FAULT_SEED", "1"));
        System.out.println("LANDFALL_FAULT_SEED=" + seed + " LANDFALL_FAULT_RUNS=" + runs);
        long seconds = Long.parseLong(System.getenv().getOrDefault("LANDFALL_FAULT_SECONDS", "86400"));
        long end = System.nanoTime() + seconds * 1_000_000_000;
        Path kept = Path.of(System.getenv().getOrDefault("LANDFALL_FAULT_KEPT", "target/fault-runs.tsv"));
        String table = System.getenv("LANDFALL_FAULT_TABLE");
        List<FaultRun.Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < runs && System.nanoTime() < end; i++) {
            FaultRun.Outcome outcome = run(FaultPlan.of(seed + i));
            outcomes.add(outcome);
            if (table != null) {
                FaultTable.keep(kept, outcome);
                FaultTable.write(Path.of(table), kept);
            }
        }
        assertThat(outcomes)
                .allSatisfy(outcome -> assertThat(outcome.broken())
                        .as(outcome.plan().toString())
                        .isEmpty());
    }
}
