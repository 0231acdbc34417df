package landfall.cli;

import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import landfall.recipe.MoveSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where both sides are, as given on a command line and kept in move.yaml; what isn't given stays as it is there. */
final class AddressOptions {
    @Option(names = "--host", paramLabel = "dokku@HOST[:PORT]", description = "The Dokku host; kept in move.yaml.")
    @Nullable
    String host;

    @Option(names = "--identity", paramLabel = "FILE", description = "Private SSH key; kept in move.yaml.")
    @Nullable
    String identity;

    @Option(names = "--known-hosts", paramLabel = "FILE", description = "known_hosts file; kept in move.yaml.")
    @Nullable
    String knownHosts;

    @Option(names = "--kubeconfig", paramLabel = "FILE", description = "kubeconfig; kept in move.yaml.")
    @Nullable
    String kubeconfig;

    @Option(names = "--context", paramLabel = "NAME", description = "Context of the kubeconfig; kept in move.yaml.")
    @Nullable
    String context;

    @Option(
            names = "--bridge-address",
            paramLabel = "IP",
            description = "Address at which the cluster reaches the Dokku host; kept in move.yaml.")
    @Nullable
    String bridgeAddress;

    @Option(
            names = "--admin",
            paramLabel = "USER@HOST[:PORT]",
            description =
                    "An SSH account of the host that may forward ports, where the relay can't; kept in move.yaml.")
    @Nullable
    String admin;

    boolean any() {
        return Stream.of(host, identity, knownHosts, kubeconfig, context, bridgeAddress, admin)
                .anyMatch(Objects::nonNull);
    }

    MoveSettings.Kubernetes kubernetes(MoveSettings.Kubernetes kept, String namespace) {
        return new MoveSettings.Kubernetes(
                either(absolute(kubeconfig), kept.kubeconfig()), either(context, kept.context()), namespace);
    }

    MoveSettings.DokkuTarget target(MoveSettings.DokkuTarget kept) {
        return new MoveSettings.DokkuTarget(
                either(host, kept.host()),
                either(absolute(identity), kept.identity()),
                either(absolute(knownHosts), kept.knownHosts()),
                either(bridgeAddress, kept.bridgeAddress()),
                either(admin, kept.admin()));
    }

    MoveSettings into(MoveSettings settings) {
        return new MoveSettings(
                settings.move(),
                kubernetes(settings.kubernetes(), settings.kubernetes().namespace()),
                target(settings.target()),
                settings.decisions(),
                settings.apps(),
                settings.databases(),
                settings.files());
    }

    /** A file given relative to today's folder must still be found from another one tomorrow. */
    private static @Nullable String absolute(@Nullable String file) {
        return file == null ? null : Path.of(file).toAbsolutePath().normalize().toString();
    }

    private static @Nullable String either(@Nullable String given, @Nullable String kept) {
        return given != null ? given : kept;
    }
}
