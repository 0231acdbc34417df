package landfall.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.base.Problems;
import landfall.kube.Cluster;
import landfall.kube.ManifestReader;
import landfall.kube.ReadResult;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a plan is made of: manifests, or the live cluster. */
final class SourceOptions {
    @Parameters(arity = "0..*", paramLabel = "PATH", description = "Manifests: files, folders, - for standard input.")
    List<String> paths = new ArrayList<>();

    @Option(
            names = "--cluster",
            description =
                    "Read the namespace of the live cluster instead of manifests. The right to get and list in the"
                            + " namespace is enough; nothing is changed there.")
    boolean cluster;

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            description =
                    "The namespace to move. Default: the largest; with --cluster that of the kubeconfig's context.")
    @Nullable
    String namespace;

    /** How the user named it, for messages and for the next command. */
    String shown() {
        return cluster ? "--cluster" : String.join(" ", paths);
    }

    /**
     * Reads it.
     *
     * @param wanted the namespace of the move, if it is known already
     * @throws LandfallException (bad input) for both sources or none; if the cluster can't be reached
     */
    ReadResult read(@Nullable String kubeconfig, @Nullable String context, @Nullable String wanted, Problems problems) {
        if (cluster == !paths.isEmpty()) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            cluster ? "manifests and --cluster" : "nothing to read",
                            cluster ? "a plan is made of one or the other" : "",
                            "Give files or folders with manifests, - for standard input, or --cluster."));
        }
        if (!cluster) {
            return ManifestReader.read(paths, System.in, problems);
        }
        Path file = kubeconfig == null ? null : Path.of(kubeconfig);
        String name = wanted == null ? Cluster.namespaceOf(file, context) : wanted;
        try (Cluster live = Cluster.connect(file, context, name)) {
            return live.read(problems);
        }
    }
}
