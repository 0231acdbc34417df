package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import landfall.base.Problem;
import landfall.sandbox.EmbeddedServer;
import org.junit.jupiter.api.Test;

/**
 * Random schemas under random writers, moved there and back, and compared by something that isn't Landfall's own
 * verifier. {@code LANDFALL_HOSTILE_RUNS=1000 LANDFALL_HOSTILE_SEED=1} asks for more, or for one again.
 */
final class HostileMoveTest {
    private static final int RUNS = Integer.parseInt(System.getenv().getOrDefault("LANDFALL_HOSTILE_RUNS", "12"));
    private static final long SEED = Long.parseLong(System.getenv().getOrDefault("LANDFALL_HOSTILE_SEED", "1"));
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofMillis(100);

    @Test
    void whateverTheSchemaAndTheWorkloadBothSidesAreEqualThereAndBack() throws Exception {
        int committed = 0;
        for (long seed = SEED; seed < SEED + RUNS; seed++) {
            HostileSchema schema = HostileSchema.of(seed);
            try {
                committed += move(seed, schema);
            } catch (Exception | AssertionError e) {
                throw new AssertionError(
                        "seed " + seed + ": LANDFALL_HOSTILE_SEED=" + seed + " LANDFALL_HOSTILE_RUNS=1\n"
                                + String.join(";\n", schema.statements()),
                        e);
            }
        }
        System.out.printf(
                "hostile: %d schemas from seed %d moved there and back under %d transactions%s%n",
                RUNS, SEED, committed, PlainComparer.knowsStructure() ? "" : " (no pg_dump here: rows only)");
        assertThat(committed).isGreaterThan(RUNS * 10);
    }

    private static int move(long seed, HostileSchema schema) throws Exception {
        Servers.Move move = Servers.move(schema.statements().toArray(String[]::new));
        HostileWorkload workload = new HostileWorkload(schema, seed);
        workload.fill(move.source());
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Void> writing = writing(workload, move.source(), stop);
        try {
            move.copy();
            try (Follower follower = move.follow()) {
                Thread.sleep(50);
                stop.set(true);
                writing.join();
                workload.run(move.source(), 60, new AtomicBoolean());
                assertThat(follower.awaitLag(PATIENCE, PATIENCE)).isTrue();
                settled(move, follower);
                same(move, "after following");
                ReplicationSlots.prepare(move.target(), move.source(), Direction.BACKWARD, move.naming());
                follower.closeDoor(PATIENCE);
                workload.run(move.source(), 10, new AtomicBoolean());
                String marker = Fence.raise(move.source(), move.naming(), false, GRACE);
                follower.drainTo(marker, PATIENCE);
                assertThat(follower.verifyTouched().problems())
                        .extracting(Problem::sentence)
                        .isEmpty();
                follower.open();
            }
            try (Follower back = move.followBack()) {
                workload.run(move.target(), 60, new AtomicBoolean());
                assertThat(back.awaitLag(PATIENCE, PATIENCE)).isTrue();
                assertThat(back.verify().problems())
                        .extracting(Problem::sentence)
                        .isEmpty();
                same(move, "after going back");
            }
        } finally {
            stop.set(true);
            writing.exceptionally(failure -> null).join();
            forget(move);
        }
        return workload.committed();
    }

    /** What is told by the follower to be level is level. */
    private static void settled(Servers.Move move, Follower follower) {
        assertThat(follower.verify().problems())
                .as(move.naming().moveId())
                .extracting(Problem::sentence)
                .isEmpty();
    }

    private static void same(Servers.Move move, String when) throws Exception {
        Servers servers = Servers.get();
        assertThat(PlainComparer.differences(
                        servers.source, servers.target, move.source().name()))
                .as(when)
                .isEmpty();
    }

    private static CompletableFuture<Void> writing(HostileWorkload workload, Database on, AtomicBoolean stop) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        workload.run(on, 100_000, stop);
                    } catch (java.sql.SQLException e) {
                        throw new CompletionException(e);
                    }
                },
                task -> Thread.ofVirtual().start(task));
    }

    /** So that a thousand runs don't need a thousand slots. */
    private static void forget(Servers.Move move) throws Exception {
        CleanUp.remove(move.source(), move.naming());
        CleanUp.remove(move.target(), move.naming());
        Servers servers = Servers.get();
        for (EmbeddedServer server : List.of(servers.source, servers.target)) {
            try (Connection connection = server.connect("postgres")) {
                Sql.execute(connection, "drop database " + move.source().name() + " with (force)");
            }
        }
    }
}
