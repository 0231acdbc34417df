package landfall.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import landfall.apply.RecipeFile;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Secret;
import landfall.kube.KubeObject;
import landfall.ledger.Coverage;
import landfall.ledger.LedgerEntry;
import landfall.recipe.MoveFolder;
import landfall.report.CorpusReport;
import landfall.report.PlanReport;
import landfall.report.Style;
import landfall.target.Finding;
import landfall.target.Target;
import landfall.target.Value;
import landfall.translate.kinds.Kinds;

/** One set of a corpus: planned as {@code landfall plan --draft} plans it, into a folder that is thrown away. */
final class CorpusSet {
    private CorpusSet() {}

    /**
     * Never throws for what is in a set: the others are to go on.
     *
     * @param tell gets what went wrong
     */
    static CorpusReport.Line plan(Path set, BiConsumer<Path, Exception> tell) {
        String name = String.valueOf(set.getFileName());
        long start = System.nanoTime();
        try {
            Path folder = Files.createTempDirectory("landfall-corpus");
            try {
                Manifests manifests = manifests(set, folder.resolve("move"));
                CorpusReport.Line line = line(name, manifests, start);
                checkRecipe(set, manifests.target, MoveFolder.at(folder.resolve("move")), tell);
                return line;
            } finally {
                PlanCommand.remove(folder);
            }
        } catch (LandfallException e) {
            tell.accept(set, e);
            return CorpusReport.Line.failed(name, e.exitCode().code(), seconds(start));
        } catch (IOException | RuntimeException e) {
            tell.accept(set, e);
            return CorpusReport.Line.failed(name, ExitCode.FAILED.code(), seconds(start));
        } catch (StackOverflowError e) {
            // A rule that runs in a circle is a bug like any other, and no reason to leave the other sets out.
            tell.accept(set, new IllegalStateException("this is a bug: a recursion without end", e));
            return CorpusReport.Line.failed(name, ExitCode.FAILED.code(), seconds(start));
        }
    }

    private static Manifests manifests(Path set, Path folder) {
        PlanCommand command = new PlanCommand();
        command.source.paths = List.of(set.toString());
        command.folder = folder;
        command.draft = true;
        return command.written();
    }

    private static CorpusReport.Line line(String name, Manifests manifests, long start) {
        Coverage coverage = manifests.ledger.coverage();
        String report = new PlanReport(
                        manifests.target,
                        coverage,
                        new ReportOptions().outlook(manifests),
                        "landfall apply move",
                        "report.html")
                .text(new Style(false));
        if (report.isBlank()) {
            throw new IllegalStateException("this is a bug: a plan without a report");
        }
        return new CorpusReport.Line(
                name,
                manifests.read.objects().size(),
                coverage.leaves(),
                coverage.settled(),
                coverage.unknown(),
                unknownListed(manifests),
                manifests.target.decisions().size(),
                (int) manifests.target.findings().stream()
                        .filter(Finding.Lost.class::isInstance)
                        .count(),
                ExitCode.DONE.code(),
                seconds(start));
    }

    /** A recipe that {@code landfall apply} would refuse is our own mistake, not the manifests'; plan wrote it all the same. */
    private static void checkRecipe(Path set, Target target, MoveFolder move, BiConsumer<Path, Exception> tell) {
        Map<String, Secret> secrets = new HashMap<>(move.secrets());
        // What only the user knows is still to be written into secrets.yml.
        target.apps()
                .forEach(app -> app.environment().values().forEach(value -> {
                    if (value instanceof Value.Asked asked) {
                        secrets.putIfAbsent(asked.input(), Secret.of("asked"));
                    }
                }));
        try {
            RecipeFile.read(move.recipeFile(), secrets);
        } catch (LandfallException e) {
            e.problems()
                    .forEach(problem -> tell.accept(
                            set,
                            new IllegalStateException(
                                    "this is a bug: `landfall apply` would refuse the recipe: " + problem.sentence(),
                                    e)));
        }
    }

    private static long unknownListed(Manifests manifests) {
        Set<String> listed = new HashSet<>();
        for (KubeObject object : manifests.read.objects()) {
            if (Kinds.of(object.group(), object.kind()).isPresent()) {
                listed.add(object.id());
            }
        }
        return manifests.ledger.entries().stream()
                .filter(LedgerEntry::isUnknown)
                .filter(entry -> listed.contains(entry.object()))
                .count();
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
