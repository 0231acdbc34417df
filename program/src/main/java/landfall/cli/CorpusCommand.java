package landfall.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Origin;
import landfall.base.Problem;
import landfall.base.Problems;
import landfall.kube.ManifestReader;
import landfall.report.CorpusReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code landfall corpus}: plans every set of a folder and says how much of each is accounted for. */
@Command(
        name = "corpus",
        mixinStandardHelpOptions = true,
        description = {
            "Plans every set of manifests in a folder and prints how much of each is accounted for.",
            "A set is a sub-folder; a folder that itself holds manifests is one set. Nothing is kept of the plans."
        },
        footer = {
            "",
            "settled: fields (leaves) with a disposition that a rule gave. unknown: fields that no rule knows; of listed:",
            "those of them in kinds that Landfall has rules for. decisions: what the plan asks. lost: what it says can't be",
            "carried over. exit: what `landfall plan SET --draft` ends with. With --json each set is a line of its own, as",
            "soon as it is planned: {\"set\":…,\"objects\":…,\"leaves\":…,\"settled\":…,\"unknown\":…,\"decisions\":…,\"lost\":…,",
            "\"exit\":…,\"seconds\":…}.",
            "",
            "Examples:",
            "  landfall corpus ~/manifests",
            "  landfall corpus ~/manifests --json | jq 'select(.unknown > 0)'",
            "  landfall corpus examples/v-sekai/k8s",
            "",
            "Exit codes: 0 every set was planned or says why not; 1 one met a bug of Landfall, told; 2 no such folder."
        })
public final class CorpusCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "The folder of sets.")
    Path folder = Path.of("");

    @Mixin
    Output output = new Output();

    private boolean hasBug;

    @Override
    public Integer call() {
        List<CorpusReport.Line> lines = new ArrayList<>();
        for (Path set : sets()) {
            CorpusReport.Line line = CorpusSet.plan(set, this::tell);
            lines.add(line);
            if (output.json()) {
                output.out().println(CorpusReport.json(line));
                output.out().flush();
            }
        }
        if (!output.json()) {
            output.out().print(CorpusReport.text(lines, output.style()));
            output.out().flush();
        }
        return (hasBug ? ExitCode.FAILED : ExitCode.DONE).code();
    }

    private void tell(Path set, Exception exception) {
        if (exception instanceof LandfallException landfall) {
            landfall.problems().forEach(problem -> say(set, problem.sentence()));
        } else {
            hasBug = true;
            say(set, "unexpected error: " + exception);
        }
        if (output.debug) {
            exception.printStackTrace();
        }
    }

    private static void say(Path set, String problem) {
        System.err.println("landfall: " + set.getFileName() + ": " + problem);
    }

    /** The sub-folders by name; the folder alone if it holds manifests itself, or nothing to go into. */
    private List<Path> sets() {
        if (!Files.isDirectory(folder)) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            Origin.file(folder.toString()),
                            "there is no such folder",
                            "a folder whose sub-folders hold manifests was expected",
                            "Check the path."));
        }
        List<Path> folders = new ArrayList<>();
        List<String> files = new ArrayList<>();
        try (Stream<Path> children = Files.list(folder)) {
            children.sorted().forEach(child -> {
                if (!Files.isDirectory(child)) {
                    files.add(child.toString());
                } else if (!child.getFileName().toString().startsWith(".")) {
                    folders.add(child);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look into " + folder + ": " + e.getMessage(), e);
        }
        return folders.isEmpty() || holdsManifests(files)
                ? List.of(folder.toAbsolutePath().normalize())
                : folders;
    }

    /** A README or a list of origins beside the sets is no manifest, whatever its name ends in. */
    private static boolean holdsManifests(List<String> files) {
        List<String> candidates = files.stream()
                .filter(file -> file.matches("(?i).*\\.(ya?ml|json)"))
                .toList();
        return !ManifestReader.read(candidates, InputStream.nullInputStream(), new Problems())
                .objects()
                .isEmpty();
    }
}
