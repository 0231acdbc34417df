package landfall.cli;

import java.nio.file.Path;
import landfall.recipe.MoveFolder;
import org.jspecify.annotations.Nullable;
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

    @Option(names = "--host", paramLabel = "dokku@HOST[:PORT]", description = "The Dokku host; kept in move.yaml.")
    @Nullable
    String host;

    @Option(names = "--identity", paramLabel = "FILE", description = "Private SSH key; kept in move.yaml.")
    @Nullable
    String identity;

    @Option(names = "--known-hosts", paramLabel = "FILE", description = "known_hosts file; kept in move.yaml.")
    @Nullable
    String knownHosts;

    @Option(
            names = "--host-key",
            paramLabel = "SHA256:…",
            description = "Accept this host key for this run, though known_hosts doesn't have it.")
    @Nullable
    String hostKey;

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

    /** The move, with what was given on the command line written to its move.yaml. */
    public MoveFolder open() {
        MoveFolder move = MoveFolder.existing(folder == null ? Path.of("") : folder);
        Addresses given = new Addresses(host, identity, knownHosts, kubeconfig, context, bridgeAddress);
        if (given.any()) {
            move.writeSettings(given.into(move.settings()));
        }
        return move;
    }

    public @Nullable String hostKey() {
        return hostKey;
    }
}
