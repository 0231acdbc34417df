package landfall.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.recipe.MoveFolder;
import landfall.recipe.MoveSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the database is moved, as given on a command line and kept in move.yaml. */
final class DatabaseOptions {
    private static final String EVERY_TABLE = "*";

    @Option(
            names = "--plain",
            negatable = true,
            description =
                    "Follow nothing: copy while users wait, verify, switch. For a source without logical decoding;"
                            + " kept in move.yaml.")
    private @Nullable Boolean plain;

    @Option(
            names = "--replica-identity",
            paramLabel = "[TABLE=]index|recopy",
            mapFallbackValue = "",
            description =
                    "What to do with tables without a replica identity, or with one of them: let a unique index name"
                            + " rows while the move lasts, or copy them again behind the door; kept in move.yaml.")
    private Map<String, String> identities = new LinkedHashMap<>();

    /** The move with what was given written to its move.yaml. */
    MoveFolder keep(MoveFolder move) {
        if (plain == null && identities.isEmpty()) {
            return move;
        }
        MoveSettings settings = move.settings();
        move.writeSettings(
                settings.with(settings.databases().stream().map(this::with).toList()));
        return move;
    }

    private MoveSettings.Database with(MoveSettings.Database database) {
        MoveSettings.DatabaseChoices kept = database.choices();
        Map<String, String> all = new TreeMap<>(kept.identities());
        identities.forEach((table, choice) -> {
            // `--replica-identity recopy` is for every table: picocli hands it over as a key without a value.
            String name = choice.isEmpty() ? EVERY_TABLE : table;
            String word = choice.isEmpty() ? table : choice;
            if (!Set.of("index", "recopy").contains(word)) {
                throw new LandfallException(
                        ExitCode.BAD_INPUT,
                        Problem.error(
                                "--replica-identity " + word,
                                "there is no such choice",
                                "Give index or recopy, for one table as TABLE=index."));
            }
            all.put(name, word);
        });
        return database.choosing(new MoveSettings.DatabaseChoices(
                plain == null ? kept.plain() : plain, all, kept.sourceUrl(), kept.targetUrl()));
    }
}
