package landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import landfall.dokku.DokkuCommand;
import landfall.dokku.DokkuHost;
import landfall.remote.SshConnection;
import landfall.remote.SshOptions;
import landfall.remote.SshTarget;
import landfall.sandbox.Addresses;
import landfall.sandbox.Containers;
import landfall.sandbox.EmulatedDokku;
import landfall.sandbox.ProcessRegistry;

/** An emulated host, what somebody types on it by hand, and the real command line working on it. */
final class RecipeHost implements AutoCloseable {
    private final Path home;
    private final Addresses addresses;
    private final EmulatedDokku dokku;
    private final SshConnection connection;
    private final DokkuHost host;

    RecipeHost(Path home) throws IOException {
        this.home = home;
        Path state = Files.createDirectories(home.resolve("host"));
        addresses = Addresses.claim();
        ProcessRegistry registry = ProcessRegistry.in(state);
        dokku = EmulatedDokku.start(state, addresses, new Containers(state, addresses, registry), registry);
        connection = SshConnection.connect(
                SshTarget.parse(dokku.destination()),
                new SshOptions(dokku.clientKeyFile(), dokku.knownHostsFile(), null));
        host = new DokkuHost(connection);
    }

    EmulatedDokku dokku() {
        return dokku;
    }

    /** What a person with the host's key types. */
    String byHand(String... words) {
        return host.demand(DokkuCommand.of(words)).stdout();
    }

    /** The command with the host's address behind it. */
    LandfallProcess.Ended landfall(int exit, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--host", dokku.destination()));
        all.addAll(List.of("--identity", dokku.clientKeyFile().toString()));
        all.addAll(List.of("--known-hosts", dokku.knownHostsFile().toString()));
        LandfallProcess.Ended ended = LandfallProcess.run(home, all.toArray(String[]::new));
        assertThat(ended.exit()).as(ended.out() + ended.err()).isEqualTo(exit);
        return ended;
    }

    @Override
    public void close() throws IOException {
        connection.close();
        dokku.close();
        addresses.close();
    }
}
