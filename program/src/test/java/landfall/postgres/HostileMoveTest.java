package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.Lock;
import landfall.base.Problem;
import landfall.base.Secret;
import landfall.postgres.Survey.Finding;
import landfall.postgres.Survey.Verdict;
import landfall.sandbox.EmbeddedServer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Random schemas under random writers, moved there and back, and compared by something that isn't Landfall's own
 * verifier. {@code LANDFALL_HOSTILE_RUNS=1000 LANDFALL_HOSTILE_SEED=1} asks for more, or for one again: schema, rows
 * before the move and each writer's statements come from the seed; how the writers mix doesn't.
 */
final class HostileMoveTest {
    private static final int RUNS = Integer.parseInt(System.getenv().getOrDefault("LANDFALL_HOSTILE_RUNS", "4"));
    private static final long SEED = Long.parseLong(System.getenv().getOrDefault("LANDFALL_HOSTILE_SEED", "1"));
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofMillis(100);
    private static final int WRITERS = 2;
    /** TRUNCATE gives a table and its sequence a new file. */
    private static final String FILES = "\"relfilenode\": \"\\d+\"";

    @Test
    void whateverTheSchemaAndTheWorkloadBothSidesAreEqualThereAndBack() throws Exception {
        Assumptions.assumeTrue(
                PlainComparer.isPossible(), "Debian's pg_dump 15 isn't installed: nothing to compare with");
        HostileSchema.Offer offer;
        try (Connection connection = Servers.get().source.connect("postgres")) {
            offer = HostileSchema.Offer.of(connection);
        }
        int committed = 0;
        int moved = 0;
        for (long seed = SEED; seed < SEED + RUNS; seed++) {
            HostileSchema schema = HostileSchema.of(seed, offer);
            try (Run run = new Run(seed, schema)) {
                run.thereAndBack();
                committed += run.writers.committed();
                moved += run.writers.moved();
            } catch (Exception | AssertionError e) {
                throw new AssertionError(
                        "seed " + seed + ": LANDFALL_HOSTILE_SEED=" + seed + " LANDFALL_HOSTILE_RUNS=1\n"
                                + String.join(";\n", schema.statements()),
                        e);
            }
        }
        System.out.printf(
                "hostile: %d schemas from seed %d moved there and back under %d transactions; writers went over %d times%n",
                RUNS, SEED, committed, moved);
        assertThat(committed).isGreaterThan(RUNS * 10);
        assertThat(moved).isGreaterThanOrEqualTo(RUNS * WRITERS * 2);
    }

    /** One seed. */
    private static final class Run implements AutoCloseable {
        private final long seed;
        private final HostileSchema schema;
        private final Random random;
        private final Servers servers = Servers.get();
        private final Servers.Move move;
        private final PlainComparer comparer;
        private final HostileWriters writers;
        private final Set<String> recopied;
        private final boolean revokes;

        Run(long seed, HostileSchema schema) throws Exception {
            this.seed = seed;
            this.schema = schema;
            random = new Random(~seed);
            move = Servers.move(schema.statements().toArray(String[]::new));
            String name = move.source().name();
            comparer = new PlainComparer(
                    name, List.of("postgres", "app_owner"), move.role().name(), HostileSchema.roles(seed));
            HostileWriters.Place source =
                    new HostileWriters.Place(servers.source.port(), name, "app_owner", Secret.of("app"));
            HostileWriters.Place target = new HostileWriters.Place(
                    servers.target.port(), name, move.role().name(), move.role().password());
            writers = new HostileWriters(schema, List.of(source, target));
            recopied = new TreeSet<>();
            schema.lacking().keySet().forEach(subject -> recopied.add(subject.replaceFirst("^(unlogged )?table ", "")));
            revokes = random.nextBoolean();
            try (Connection connection = source.connect()) {
                new HostileWorkload(schema, random).fill(connection, 40);
            }
        }

        void thereAndBack() throws Exception {
            surveyed();
            Map<String, String> before = catalog();
            writers.start(WRITERS, seed);
            writers.awaitProgress();
            choose();
            move.copy();
            try (Follower follower = move.follow()) {
                writers.awaitProgress();
                level(follower, "after the copy", recopied);
                writers.beginSwitch();
                ReplicationSlots.prepare(move.target(), move.source(), Direction.BACKWARD, move.naming());
                through(follower, move.source());
                assertThat(comparer.sequencesBehind(servers.source, servers.target))
                        .isEmpty();
                writers.endSwitch(1);
            }
            try (Follower back = move.followBack()) {
                writers.awaitProgress();
                level(back, "after the switch", recopied);
                writers.beginSwitch();
                Fence.allowReading(move.source(), move.naming());
                ReplicationSlots.drop(move.source(), Direction.FORWARD, move.naming());
                ReplicationSlots.prepare(move.source(), move.target(), Direction.FORWARD, move.naming());
                through(back, move.target());
                assertThat(comparer.sequencesBehind(servers.target, servers.source))
                        .isEmpty();
                writers.endSwitch(0);
            }
            try (Follower again = move.follow()) {
                level(again, "after going back", recopied);
            }
            writers.close();
            writers.throwIfFailed();
            assertThat(writers.lost()).isEmpty();
            CleanUp.remove(move.source(), move.naming());
            CleanUp.remove(move.target(), move.naming());
            assertThat(comparer.differences(servers.source, servers.target, allRows()))
                    .as("after cleaning up")
                    .isEmpty();
            unchanged(before, catalog());
        }

        /** What can't be moved is named, what needs a decision is asked for, and nothing else. */
        private void surveyed() throws Exception {
            Survey.Result result = survey();
            assertThat(result.of(Verdict.BLOCKER))
                    .extracting(Finding::subject)
                    .containsExactlyInAnyOrderElementsOf(schema.blocked().keySet());
            assertThat(result.of(Verdict.DECISION))
                    .extracting(Finding::subject)
                    .filteredOn(subject -> subject.contains("table "))
                    .containsExactlyInAnyOrderElementsOf(schema.lacking().keySet());
            try (Connection connection = servers.source.connect(move.source().name())) {
                for (String removal : schema.blocked().values()) {
                    Sql.execute(connection, removal);
                }
            }
            assertThat(survey().of(Verdict.BLOCKER)).isEmpty();
        }

        private Survey.Result survey() {
            return Survey.run(
                    move.source(), move.target(), move.naming(), move.role().name());
        }

        /** Half of the users let Landfall take a unique index where there is one. */
        private void choose() {
            if (random.nextBoolean()) {
                Identities.set(move.source(), new Choices(false, Map.of(Choices.EVERY_TABLE, Choices.Identity.INDEX)));
            }
        }

        /** Door, fence, last changes, last proof, open: as `SwitchRun` does it. */
        private void through(Follower follower, Database closing) {
            follower.closeDoor(PATIENCE);
            String marker = Fence.raise(closing, move.naming(), revokes && closing == move.source(), GRACE);
            follower.drainTo(marker, PATIENCE);
            follower.recopy();
            assertThat(follower.verifyTouched().problems())
                    .extracting(Problem::sentence)
                    .isEmpty();
            follower.open();
        }

        /** With all writers at rest both sides are equal, by Landfall's own proof and by the plain one. */
        private void level(Follower follower, String when, Set<String> withoutRows) throws Exception {
            assertThat(follower.verify().problems())
                    .as("the proof while they write, " + when)
                    .extracting(Problem::sentence)
                    .isEmpty();
            Lock paused = writers.pause();
            try {
                assertThat(follower.awaitLag(PATIENCE, PATIENCE)).isTrue();
                assertThat(follower.verify().problems())
                        .as("the proof, " + when)
                        .extracting(Problem::sentence)
                        .isEmpty();
                assertThat(comparer.differences(servers.source, servers.target, withoutRows))
                        .as(when)
                        .isEmpty();
            } finally {
                paused.unlock();
            }
            writers.throwIfFailed();
        }

        /** Writers end after the last comparison, and nothing is followed then: the target is as old as that. */
        private Set<String> allRows() throws Exception {
            try (Connection connection = servers.source.connect(move.source().name())) {
                return Set.copyOf(Sql.strings(connection, "select schemaname || '.' || tablename from pg_tables"));
            }
        }

        private Map<String, String> catalog() throws Exception {
            Map<String, String> text =
                    new TreeMap<>(CatalogText.of(servers.source, move.source().name()));
            text.replaceAll((table, rows) ->
                    rows.replaceAll(FILES, "").lines().sorted().collect(java.util.stream.Collectors.joining("\n")));
            return text;
        }

        private static void unchanged(Map<String, String> before, Map<String, String> after) {
            assertThat(after.keySet()).isEqualTo(before.keySet());
            before.forEach((table, rows) -> {
                List<String> now = after.get(table).lines().toList();
                List<String> then = rows.lines().toList();
                assertThat(now.stream().filter(row -> !then.contains(row)).toList())
                        .as("new in " + table)
                        .isEmpty();
                assertThat(then.stream().filter(row -> !now.contains(row)).toList())
                        .as("gone from " + table)
                        .isEmpty();
            });
        }

        /** So that a thousand runs don't need a thousand slots. */
        @Override
        public void close() throws Exception {
            writers.close();
            CleanUp.remove(move.source(), move.naming());
            CleanUp.remove(move.target(), move.naming());
            for (EmbeddedServer server : List.of(servers.source, servers.target)) {
                try (Connection connection = server.connect("postgres")) {
                    Sql.execute(connection, "drop database " + move.source().name() + " with (force)");
                    for (String role : Sql.strings(
                            connection,
                            "select format('%I', rolname) from pg_roles where starts_with(rolname, "
                                    + Sql.literal(HostileSchema.roles(seed)) + ")")) {
                        Sql.execute(connection, "drop role " + role);
                    }
                }
            }
        }
    }
}
