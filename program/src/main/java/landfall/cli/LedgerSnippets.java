package landfall.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import landfall.base.ExitCode;
import landfall.base.Problems;
import landfall.kube.FieldPath;
import landfall.kube.KubeObject;
import landfall.kube.ManifestReader;
import landfall.ledger.LedgerEntry;
import landfall.recipe.MoveFolder;
import landfall.report.Discretion;
import landfall.report.SourceText;
import landfall.report.TargetText;

/** The lines that an entry of the ledger is about: in the manifests, where they are at hand, and in the move folder. */
final class LedgerSnippets {
    private static final int AROUND = 3;

    private final List<KubeObject> objects;
    private final Discretion discretion;
    private final TargetText target;
    private final Map<KubeObject, SourceText> texts = new HashMap<>();

    private LedgerSnippets(List<KubeObject> objects, Discretion discretion, TargetText target) {
        this.objects = objects;
        this.discretion = discretion;
        this.target = target;
    }

    /** @param manifests what the plan was made of; without them no source is shown */
    static LedgerSnippets of(MoveFolder move, List<String> manifests) {
        List<KubeObject> objects = List.of();
        if (!manifests.isEmpty()) {
            Problems problems = new Problems();
            objects = ManifestReader.read(manifests, System.in, problems).objects();
            problems.stopOnErrors(ExitCode.BAD_INPUT);
        }
        Discretion discretion = Discretion.about(objects);
        return new LedgerSnippets(objects, discretion, new TargetText(files(move), discretion));
    }

    /** The recipe, the app folders and move.yaml; never secrets.yml. */
    private static Map<String, String> files(MoveFolder move) {
        Map<String, String> files = new HashMap<>();
        Path apps = move.path().resolve("apps");
        try (Stream<Path> found = Files.isDirectory(apps) ? Files.walk(apps) : Stream.<Path>empty()) {
            Stream.concat(found, Stream.of(move.recipeFile(), move.settingsFile()))
                    .filter(Files::isRegularFile)
                    .forEach(file -> files.put(move.path().relativize(file).toString(), text(file)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + apps + ": " + e.getMessage(), e);
        }
        return files;
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    Optional<TargetText.Snippet> source(LedgerEntry entry) {
        return objects.stream()
                .filter(object -> object.id().equals(entry.object())
                        && object.file().equals(entry.file())
                        && object.document() == entry.document()
                        && entry.path().startsWith(object.base()))
                .findFirst()
                .flatMap(object -> source(object, entry));
    }

    private Optional<TargetText.Snippet> source(KubeObject object, LedgerEntry entry) {
        SourceText text = texts.computeIfAbsent(object, some -> SourceText.of(some, discretion));
        int hit = text.indexOf(below(entry.path(), object.base()));
        if (hit < 0) {
            return Optional.empty();
        }
        int first = Math.max(0, hit - AROUND);
        List<String> lines = text.lines().subList(first, Math.min(text.lines().size(), hit + AROUND + 1)).stream()
                .map(SourceText.Line::text)
                .toList();
        return Optional.of(new TargetText.Snippet(entry.file() + ":" + entry.line(), 0, lines, hit - first));
    }

    /** The path from the object's own root. */
    private static FieldPath below(FieldPath path, FieldPath base) {
        FieldPath rest = FieldPath.ROOT;
        List<FieldPath.Step> steps = path.steps();
        for (FieldPath.Step step : steps.subList(base.length(), steps.size())) {
            rest = switch (step) {
                case FieldPath.Step.Key(String name) -> rest.key(name);
                case FieldPath.Step.Index(int position) -> rest.index(position);
            };
        }
        return rest;
    }

    List<TargetText.Snippet> target(LedgerEntry entry) {
        return entry.to().stream().flatMap(place -> target.at(place).stream()).toList();
    }
}
