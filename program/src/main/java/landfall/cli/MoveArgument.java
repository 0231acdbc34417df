package landfall.cli;

import java.nio.file.Path;
import landfall.recipe.MoveFolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The move that a command works on, and the addresses that may be given (again) on the command line. */
public final class MoveArgument {
    @Parameters(
            arity = "0..1",
            paramLabel = "MOVE",
            description = "The move's folder. Default: the current folder, if it holds a move.yaml.")
    @Nullable
    Path folder;

    @Option(
            names = "--host-key",
            paramLabel = "SHA256:…",
            description = "Accept and remember this host key, though known_hosts doesn't have it.")
    @Nullable
    String hostKey;

    @Mixin
    private final AddressOptions addresses = new AddressOptions();

    /** The move, with what was given on the command line written to its move.yaml. */
    public MoveFolder open() {
        MoveFolder move = MoveFolder.existing(folder == null ? Path.of("") : folder);
        if (addresses.any()) {
            move.writeSettings(addresses.into(move.settings()));
        }
        return move;
    }

    public @Nullable String hostKey() {
        return hostKey;
    }
}
