package landfall.apply;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import landfall.base.Events;
import landfall.dokku.DokkuHost;
import landfall.recipe.MoveFolder;
import landfall.recipe.MoveSettings;
import landfall.remote.SshConnection;
import landfall.remote.SshOptions;
import landfall.remote.SshTarget;
import landfall.sandbox.Addresses;
import landfall.sandbox.Containers;
import landfall.sandbox.EmulatedDokku;
import landfall.sandbox.ProcessRegistry;

/** An emulated host with a connection to it. */
record TestHost(Addresses addresses, EmulatedDokku dokku, SshConnection connection) implements AutoCloseable {
    static TestHost start(Path state) throws IOException {
        Files.createDirectories(state);
        Addresses addresses = Addresses.claim();
        ProcessRegistry registry = ProcessRegistry.in(state);
        EmulatedDokku dokku =
                EmulatedDokku.start(state, addresses, new Containers(state, addresses, registry), registry);
        return new TestHost(
                addresses,
                dokku,
                SshConnection.connect(
                        SshTarget.parse(dokku.destination()),
                        new SshOptions(dokku.clientKeyFile(), dokku.knownHostsFile(), null)));
    }

    DokkuHost host() {
        return new DokkuHost(connection);
    }

    static MoveFolder move(Path path, String recipe) {
        MoveFolder move = MoveFolder.at(path);
        move.write(move.recipeFile(), recipe, false);
        move.writeSecrets(Map.of());
        move.writeSettings(new MoveSettings(
                "test",
                new MoveSettings.Kubernetes(null, null, "test"),
                new MoveSettings.DokkuTarget(null, null, null, null),
                Map.of(),
                List.of(),
                List.of(),
                List.of()));
        return move;
    }

    Applier.Outcome apply(MoveFolder move) {
        return new Applier(move, host(), Events.NONE, ChangeLog.NONE).apply(false);
    }

    @Override
    public void close() throws IOException {
        connection.close();
        dokku.close();
        addresses.close();
    }
}
