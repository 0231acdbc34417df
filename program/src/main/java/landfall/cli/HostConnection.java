package landfall.cli;

import java.nio.file.Path;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.recipe.MoveSettings;
import landfall.remote.SshConnection;
import landfall.remote.SshOptions;
import landfall.remote.SshTarget;
import org.jspecify.annotations.Nullable;

/** The way to a move's Dokku host. */
final class HostConnection {
    private HostConnection() {}

    /** @param hostKey fingerprint to accept though known_hosts doesn't have it, or null */
    static SshConnection open(MoveSettings settings, @Nullable String hostKey) {
        String host = settings.target().host();
        if (host == null) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            "no Dokku host is given", "move.yaml has none", "Add --host dokku@HOST once; it is kept."));
        }
        return SshConnection.connect(
                SshTarget.parse(host),
                new SshOptions(
                        path(settings.target().identity()),
                        path(settings.target().knownHosts()),
                        hostKey));
    }

    private static @Nullable Path path(@Nullable String text) {
        return text == null ? null : Path.of(text);
    }
}
