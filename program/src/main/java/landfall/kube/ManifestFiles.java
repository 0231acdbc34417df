package landfall.kube;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import landfall.base.Limits;
import landfall.base.Origin;
import landfall.base.Problem;
import landfall.base.Problems;
import org.jspecify.annotations.Nullable;

/** Finds the files that the arguments mean, in an order that does not depend on the file system. */
final class ManifestFiles {
    private static final Set<String> KUSTOMIZATIONS =
            Set.of("kustomization.yaml", "kustomization.yml", "Kustomization");

    private final Problems problems;
    private final List<Source> sources = new ArrayList<>();
    private final Set<Path> seen = new HashSet<>();
    private boolean isFull;

    private ManifestFiles(Problems problems) {
        this.problems = problems;
    }

    /**
     * A file to read.
     *
     * @param argument the argument it was found by
     * @param file relative to the argument
     * @param shown as the user can open it
     * @param path null for standard input
     * @param named true if it is the argument itself, false if it was found in a folder
     */
    record Source(
            String argument,
            String file,
            String shown,
            @Nullable Path path,
            boolean named) {}

    static List<Source> find(List<String> arguments, Problems problems) {
        ManifestFiles files = new ManifestFiles(problems);
        boolean standardInput = false;
        for (String argument : arguments) {
            if (!argument.equals("-")) {
                files.addArgument(argument);
            } else if (!standardInput) {
                files.sources.add(new Source("-", "-", "-", null, true));
                standardInput = true;
            }
        }
        return files.unambiguous();
    }

    private void addArgument(String argument) {
        Path path = Path.of(argument);
        // An empty argument, as of a shell variable that is not set, would mean the working folder.
        if (argument.isEmpty() || !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            problems.add(Problem.error(
                    Origin.file(argument.isEmpty() ? "an empty argument" : argument),
                    "there is no such file or folder",
                    "a manifest, a folder of manifests or - for standard input was expected",
                    "Check the path."));
            return;
        }
        Path real = real(path, argument);
        if (real == null) {
            return;
        }
        if (!Files.isDirectory(real)) {
            addFile(argument, String.valueOf(path.getFileName()), argument, real, true);
            return;
        }
        int before = sources.size();
        int problemsBefore = problems.all().size();
        String prefix = argument.endsWith("/") ? argument : argument + "/";
        walk(new Folder(argument, "", prefix, real, Set.of(real)));
        if (sources.size() == before && problems.all().size() == problemsBefore) {
            problems.add(Problem.error(
                    Origin.file(argument),
                    "there is no manifest in this folder",
                    "files ending in .yaml, .yml or .json were expected",
                    "Name the folder that holds the manifests."));
        }
    }

    /** @param above the real paths of the folders it was reached through, to see a loop of links */
    private record Folder(String argument, String relative, String shown, Path real, Set<Path> above) {}

    private void walk(Folder folder) {
        List<String> names;
        try (Stream<Path> children = Files.list(folder.real())) {
            names = children.map(child -> String.valueOf(child.getFileName()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            problems.add(unreadable(folder.shown(), e, "folder"));
            return;
        }
        boolean isChart = names.contains("Chart.yaml");
        if (isChart) {
            warnOfChart(folder);
        }
        for (String name : names) {
            if (isFull) {
                return;
            }
            if (isChart && isPartOfChart(name)) {
                continue;
            }
            Path child = folder.real().resolve(name);
            String shown = folder.shown() + name;
            if (Files.isDirectory(child)) {
                descend(folder, name, child, shown);
            } else if (isManifest(name) && Files.exists(child, LinkOption.NOFOLLOW_LINKS)) {
                Path real = real(child, shown);
                if (real != null) {
                    addFile(folder.argument(), folder.relative() + name, shown, real, false);
                }
            } else if (Files.isSymbolicLink(child)) {
                // A link to itself is neither folder nor file; real() says so.
                real(child, shown);
            }
        }
    }

    /** Folders of two dots are, in mounted ConfigMaps, a second way to the same files. */
    private void descend(Folder folder, String name, Path child, String shown) {
        if (name.equals(".git") || name.startsWith("..")) {
            return;
        }
        Path real = real(child, shown);
        if (real == null) {
            return;
        }
        if (folder.above().contains(real)) {
            problems.add(Problem.error(
                    Origin.file(shown),
                    "this link leads back to a folder above it",
                    "reading it would never end",
                    "Remove the link."));
            return;
        }
        Set<Path> above = new HashSet<>(folder.above());
        above.add(real);
        walk(new Folder(folder.argument(), folder.relative() + name + "/", shown + "/", real, above));
    }

    private void addFile(String argument, String file, String shown, Path real, boolean named) {
        if (!seen.add(real)) {
            return;
        }
        String name = String.valueOf(real.getFileName());
        if (KUSTOMIZATIONS.contains(name)) {
            String folder = shown.contains("/") ? shown.substring(0, shown.lastIndexOf('/')) : ".";
            problems.add(Problem.warning(
                    Origin.file(shown),
                    "landfall does not render kustomizations",
                    "the files beside it are read as they stand, without its patches and generators",
                    "Run: kustomize build " + folder + " | landfall plan -"));
        }
        if (sources.size() >= Limits.MANIFEST_FILES_MAX) {
            isFull = true;
            problems.add(Problem.error(
                    Origin.file(shown),
                    "there are more than " + Limits.MANIFEST_FILES_MAX + " files to read",
                    "this is rather a wrong folder than one move",
                    "Name the folder that holds the manifests."));
            return;
        }
        sources.add(new Source(argument, file, shown, real, named));
    }

    private void warnOfChart(Folder folder) {
        String shown = folder.shown().substring(0, folder.shown().length() - 1);
        problems.add(Problem.warning(
                Origin.file(folder.shown() + "Chart.yaml"),
                "landfall does not render Helm charts",
                "the chart's templates and values are not read",
                "Run: helm template " + shown + " | landfall plan -"));
    }

    private static boolean isPartOfChart(String name) {
        return name.equals("Chart.yaml")
                || name.equals("Chart.lock")
                || name.equals("templates")
                || name.equals("charts")
                || isHelmValues(name)
                || name.equals("values.schema.json");
    }

    static boolean isHelmValues(String name) {
        return name.startsWith("values") && (name.endsWith(".yaml") || name.endsWith(".yml"));
    }

    static boolean isKustomization(String name) {
        return KUSTOMIZATIONS.contains(name);
    }

    private static boolean isManifest(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".yaml") || lower.endsWith(".yml") || lower.endsWith(".json");
    }

    private @Nullable Path real(Path path, String shown) {
        try {
            return path.toRealPath();
        } catch (FileSystemLoopException e) {
            problems.add(linkProblem(shown, "this link leads back to itself"));
        } catch (FileSystemException e) {
            boolean isLink = Files.isSymbolicLink(path);
            problems.add(
                    isLink
                            ? linkProblem(shown, "this link leads nowhere, or back to itself")
                            : unreadable(shown, e, "file or folder"));
        } catch (IOException e) {
            problems.add(unreadable(shown, e, "file or folder"));
        }
        return null;
    }

    private static Problem linkProblem(String shown, String what) {
        return Problem.error(
                Origin.file(shown), what, "there is no file or folder at its end", "Correct or remove the link.");
    }

    static Problem unreadable(String shown, IOException e, String kind) {
        String why = e instanceof AccessDeniedException
                ? "you have no right to read it"
                : "the system says: "
                        + (e instanceof FileSystemException f && f.getReason() != null
                                ? f.getReason()
                                : e.getMessage());
        return Problem.error(
                Origin.file(shown),
                "this " + kind + " can't be read",
                why,
                "Give yourself the right to read it, or leave it out.");
    }

    /** Two arguments may hold files of the same relative name: those keep the argument in front. */
    private List<Source> unambiguous() {
        Map<String, Integer> count = new HashMap<>();
        sources.forEach(source -> count.merge(source.file(), 1, Integer::sum));
        return sources.stream()
                .map(source -> count.getOrDefault(source.file(), 0) > 1
                        ? new Source(source.argument(), source.shown(), source.shown(), source.path(), source.named())
                        : source)
                .toList();
    }
}
