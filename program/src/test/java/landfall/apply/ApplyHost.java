package landfall.apply;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import landfall.base.Events;
import landfall.dokku.DokkuHost;
import landfall.move.MoveJournal;
import landfall.recipe.MoveFolder;
import landfall.recipe.MoveSettings;
import landfall.remote.SshConnection;
import landfall.remote.SshOptions;
import landfall.remote.SshTarget;
import landfall.sandbox.Addresses;
import landfall.sandbox.Containers;
import landfall.sandbox.EmulatedDokku;
import landfall.sandbox.ProcessRegistry;

/** An emulated host and how to apply to it. */
record ApplyHost(Addresses addresses, EmulatedDokku dokku) implements AutoCloseable {
    static ApplyHost start(Path state) throws IOException {
        Files.createDirectories(state);
        Addresses addresses = Addresses.claim();
        ProcessRegistry registry = ProcessRegistry.in(state);
        Containers containers = new Containers(state, addresses, registry);
        return new ApplyHost(addresses, EmulatedDokku.start(state, addresses, containers, registry));
    }

    /** A move that consists of a recipe alone. */
    static MoveFolder move(Path path, RandomRecipe recipe) {
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

    private SshConnection connect() {
        return SshConnection.connect(
                SshTarget.parse(dokku.destination()),
                new SshOptions(dokku.clientKeyFile(), dokku.knownHostsFile(), null));
    }

    Applier.Outcome apply(MoveFolder move) {
        try (SshConnection connection = connect()) {
            MoveJournal journal = MoveJournal.open(move.journalFile(), Clock.systemUTC());
            return new Applier(move, new DokkuHost(connection), Events.NONE, journal).apply(false);
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
