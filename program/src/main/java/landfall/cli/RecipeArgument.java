package landfall.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Origin;
import landfall.base.Problem;
import landfall.base.Secret;
import landfall.recipe.MoveFolder;
import landfall.recipe.MoveSettings;
import landfall.recipe.SecretsFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a command about the Dokku side alone works on: a move, or a recipe without a migration. */
final class RecipeArgument {
    private static final int NAME_LENGTH_MAX = 31;

    @Parameters(
            arity = "0..1",
            paramLabel = "MOVE",
            description =
                    "The move's folder, or a recipe file without a migration: then a folder RECIPE.landfall beside"
                            + " it keeps the address, the journal and the log. Default: the current folder, if it holds a"
                            + " move.yaml.")
    @Nullable
    Path path;

    @Option(
            names = "--vars-file",
            paramLabel = "FILE",
            description = "Values of the recipe's inputs, a map in YAML or JSON; they go before those of secrets.yml"
                    + " and are kept nowhere.")
    @Nullable
    Path values;

    @Option(
            names = "--host-key",
            paramLabel = "SHA256:…",
            description = "Accept and remember this host key, though known_hosts doesn't have it.")
    @Nullable
    String hostKey;

    @Mixin
    private final AddressOptions addresses = new AddressOptions();

    @Nullable
    String hostKey() {
        return hostKey;
    }

    /** What was given, for a message: {@code move}. */
    String shown() {
        return path == null ? "." : path.toString();
    }

    /** The move, with the addresses given on the command line written to its move.yaml. */
    MoveFolder open() {
        Path given = path == null ? Path.of("") : path;
        MoveFolder move = Files.isRegularFile(given) ? ofRecipe(given) : MoveFolder.existing(given);
        if (addresses.any()) {
            move.writeSettings(addresses.into(move.settings()));
        }
        return values == null ? move : move.withValues(values(move, values));
    }

    private static MoveFolder ofRecipe(Path recipe) {
        Path beside = recipe.toAbsolutePath().getParent();
        if (beside != null && Files.exists(beside.resolve("move.yaml"))) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            Origin.file(recipe.toString()),
                            "belongs to a move",
                            "there is a move.yaml beside it",
                            "Give the folder " + beside + " instead."));
        }
        String stem = String.valueOf(recipe.getFileName()).replaceFirst("\\.(ya?ml|json)$", "");
        MoveFolder move = MoveFolder.ofRecipe(recipe, recipe.resolveSibling(stem + ".landfall"));
        if (!Files.exists(move.settingsFile())) {
            String name = named(stem);
            move.writeSettings(new MoveSettings(
                    name,
                    new MoveSettings.Kubernetes(null, null, name),
                    new MoveSettings.DokkuTarget(null, null, null, null),
                    Map.of(),
                    List.of(),
                    List.of(),
                    List.of()));
        }
        return move;
    }

    /** A move's name begins with a letter. */
    private static String named(String stem) {
        String name = stem.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
        String lettered = name.matches("[a-z].*") ? name : "r" + name;
        return lettered.substring(0, Math.min(NAME_LENGTH_MAX, lettered.length()));
    }

    private static Map<String, Secret> values(MoveFolder move, Path file) {
        String text = move.text(file);
        try {
            return SecretsFile.read(text, file.toString());
        } catch (LandfallException e) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            Origin.file(file.toString()),
                            "not a map of names to values",
                            "--vars-file takes YAML or JSON: `NAME: VALUE`, a line each",
                            "Mend it."),
                    e);
        }
    }
}
