package landfall.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import landfall.base.Events;
import landfall.base.LandfallException;
import landfall.dokku.DokkuCommand;
import landfall.dokku.DokkuHost;
import landfall.move.Creations;
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

/** A destroy that is cut off at any command, and then given again, ends as if nothing had ever been applied. */
class DestroyLawsTest {
    private static final String RECIPE = """
            - tasks:
                - dokku_app: {app: web}
                - dokku_app: {app: worker}
                - dokku_network: {name: web-net}
                - dokku_storage_entry: {name: web-files}
                - dokku_storage_mount: {app: web, entry_name: web-files, container_dir: /files}
                - dokku_storage_mount: {app: theirs, entry_name: web-files, container_dir: /files}
            """;

    @TempDir
    Path folder;

    @Test
    void aDestroyCutOffAnywhereAndGivenAgainLeavesNothing() throws Exception {
        Path state = Files.createDirectories(folder.resolve("host"));
        ProcessRegistry registry = ProcessRegistry.in(state);
        try (Addresses addresses = Addresses.claim();
                EmulatedDokku dokku =
                        EmulatedDokku.start(state, addresses, new Containers(state, addresses, registry), registry)) {
            with(dokku, host -> host.demand(DokkuCommand.of("apps:create", "theirs")));
            List<String> before = state(dokku);
            MoveFolder move = move();
            apply(dokku, move);
            dokku.misbehave();
            destroy(dokku, move);
            int commands = dokku.commandsGiven();
            int cut = 0;
            for (int command = 1; command <= commands; command++) {
                for (DokkuFault.Moment moment : DokkuFault.Moment.values()) {
                    apply(dokku, move);
                    dokku.misbehave(new DokkuFault.Drop(command, moment));
                    try {
                        destroy(dokku, move);
                    } catch (LandfallException e) {
                        cut++;
                        dokku.misbehave();
                        destroy(dokku, move);
                    }
                    dokku.misbehave();
                    assertThat(state(dokku))
                            .as("cut off %s command %d", moment, command)
                            .isEqualTo(before);
                    assertThat(inventory(dokku, move).made()).isEmpty();
                }
            }
            assertThat(cut).isGreaterThan(10);
        }
    }

    private MoveFolder move() {
        MoveFolder move = MoveFolder.at(folder.resolve("move"));
        move.write(move.recipeFile(), RECIPE, false);
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

    private interface Use<T> {
        T with(DokkuHost host);
    }

    private static <T> T with(EmulatedDokku dokku, Use<T> use) {
        try (SshConnection connection = SshConnection.connect(
                SshTarget.parse(dokku.destination()),
                new SshOptions(dokku.clientKeyFile(), dokku.knownHostsFile(), null))) {
            return use.with(new DokkuHost(connection));
        }
    }

    private static MoveJournal journal(MoveFolder move) {
        return MoveJournal.open(move.journalFile(), Clock.systemUTC());
    }

    private static void apply(EmulatedDokku dokku, MoveFolder move) {
        MoveJournal journal = journal(move);
        journal.madeOn(dokku.destination());
        with(dokku, host -> new Applier(move, host, Events.NONE, journal).apply(false));
    }

    private static Inventory inventory(EmulatedDokku dokku, MoveFolder move) {
        return Creations.on(dokku.destination(), journal(move));
    }

    private static void destroy(EmulatedDokku dokku, MoveFolder move) {
        Inventory inventory = inventory(dokku, move);
        with(dokku, host -> {
            Destroyer destroyer = new Destroyer(host, inventory, Events.NONE, journal(move));
            return destroyer.destroy(destroyer.outline());
        });
    }

    private static List<String> state(EmulatedDokku dokku) {
        return with(
                dokku,
                host -> List.of("apps:list", "network:list", "storage:list-entries", "storage:list theirs").stream()
                        .map(words ->
                                host.demand(DokkuCommand.of(words.split(" "))).stdout())
                        .toList());
    }
}
