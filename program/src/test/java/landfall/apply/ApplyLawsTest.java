package landfall.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import landfall.base.Events;
import landfall.base.LandfallException;
import landfall.dokku.DokkuHost;
import landfall.move.MoveJournal;
import landfall.recipe.MoveFolder;
import landfall.recipe.MoveSettings;
import landfall.remote.SshConnection;
import landfall.remote.SshOptions;
import landfall.remote.SshTarget;
import landfall.sandbox.Addresses;
import landfall.sandbox.Containers;
import landfall.sandbox.DokkuFault;
import landfall.sandbox.EmulatedDokku;
import landfall.sandbox.ProcessRegistry;
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
        try (Host calm = Host.start(folder.resolve("calm"));
                Host rough = Host.start(folder.resolve("rough"))) {
            int cut = 0;
            for (long seed = SEED; seed < SEED + RUNS; seed++) {
                RandomRecipe recipe = RandomRecipe.of(seed, seed % SERVICE_EVERY == 0);
                MoveFolder move = move(folder.resolve("moves/" + seed), recipe);
                calm.dokku.misbehave();
                assertThat(calm.apply(move).changed()).as("seed %d", seed).isPositive();
                int commands = calm.dokku.commandsGiven();
                assertThat(calm.apply(move).changed())
                        .as("changes of a second apply, seed %d", seed)
                        .isZero();
                MoveFolder again = move(folder.resolve("again/" + seed), recipe);
                cut += rough.applyThrough(again, seed, commands);
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

    private static MoveFolder move(Path path, RandomRecipe recipe) {
        MoveFolder move = MoveFolder.at(path);
        move.write(move.recipeFile(), recipe.text(), false);
        move.writeSecrets(Map.of());
        move.writeSettings(new MoveSettings(
                "laws",
                new MoveSettings.Kubernetes(null, null, "laws"),
                new MoveSettings.DokkuTarget(null, null, null, null),
                Map.of(),
                List.of(),
                List.of(),
                List.of()));
        return move;
    }

    /** An emulated host and how to apply to it. */
    private static final class Host implements AutoCloseable {
        private final Addresses addresses;
        private final EmulatedDokku dokku;

        private Host(Addresses addresses, EmulatedDokku dokku) {
            this.addresses = addresses;
            this.dokku = dokku;
        }

        static Host start(Path state) throws IOException {
            Files.createDirectories(state);
            Addresses addresses = Addresses.claim();
            ProcessRegistry registry = ProcessRegistry.in(state);
            Containers containers = new Containers(state, addresses, registry);
            return new Host(addresses, EmulatedDokku.start(state, addresses, containers, registry));
        }

        private SshConnection connect() {
            return SshConnection.connect(
                    SshTarget.parse(dokku.destination()),
                    new SshOptions(dokku.clientKeyFile(), dokku.knownHostsFile(), null));
        }

        Applier.Outcome apply(MoveFolder move) {
            try (SshConnection connection = connect()) {
                return new Applier(
                                move,
                                new DokkuHost(connection),
                                Events.NONE,
                                MoveJournal.open(move.journalFile(), Clock.systemUTC()))
                        .apply(false);
            }
        }

        /** @return how many times it was cut off before it went through */
        int applyThrough(MoveFolder move, long seed, int commands) throws Exception {
            Random random = new Random(seed);
            int cut = 0;
            int most = 1 + random.nextInt(3);
            while (true) {
                if (cut < most) {
                    DokkuFault.Moment moment = MOMENTS.get(random.nextInt(MOMENTS.size()));
                    dokku.misbehave(new DokkuFault.Drop(1 + random.nextInt(commands), moment));
                } else {
                    dokku.misbehave();
                }
                try {
                    apply(move);
                    dokku.misbehave();
                    dokku.awaitUp();
                    return cut;
                } catch (LandfallException e) {
                    assertThat(cut)
                            .as("cuts of seed %d: %s", seed, e.getMessage())
                            .isLessThan(most);
                    cut++;
                    dokku.awaitUp();
                }
            }
        }

        List<String> state(RandomRecipe recipe) {
            try (SshConnection connection = connect()) {
                return AppliedState.of(new DokkuHost(connection), recipe);
            }
        }

        @Override
        public void close() throws IOException {
            dokku.close();
            addresses.close();
        }
    }
}
