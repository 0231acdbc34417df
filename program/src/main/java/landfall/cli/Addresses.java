package landfall.cli;

import java.nio.file.Path;
import java.util.stream.Stream;
import landfall.recipe.MoveSettings;
import org.jspecify.annotations.Nullable;

/** Where both sides are, as given on a command line; whatever is null stays as move.yaml has it. */
record Addresses(
        @Nullable String host,
        @Nullable String identity,
        @Nullable String knownHosts,
        @Nullable String kubeconfig,
        @Nullable String context,
        @Nullable String bridgeAddress) {

    boolean any() {
        return Stream.of(host, identity, knownHosts, kubeconfig, context, bridgeAddress)
                .anyMatch(java.util.Objects::nonNull);
    }

    MoveSettings into(MoveSettings settings) {
        MoveSettings.Kubernetes kubernetes = settings.kubernetes();
        MoveSettings.DokkuTarget target = settings.target();
        return new MoveSettings(
                settings.move(),
                new MoveSettings.Kubernetes(
                        either(absolute(kubeconfig), kubernetes.kubeconfig()),
                        either(context, kubernetes.context()),
                        kubernetes.namespace()),
                new MoveSettings.DokkuTarget(
                        either(host, target.host()),
                        either(absolute(identity), target.identity()),
                        either(absolute(knownHosts), target.knownHosts()),
                        either(bridgeAddress, target.bridgeAddress())),
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
