package landfall.cli;

import java.time.Clock;
import java.util.concurrent.Callable;
import landfall.move.Moves;
import landfall.recipe.MoveFolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code landfall sync}. */
@Command(
        name = "sync",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  landfall sync move/                  follow until Ctrl-C, or until cutover takes over",
            "  landfall sync move/ --until-lag 1s   end when caught up"
        },
        description = {
            "Copies the database and the files, deploys the apps that waited for them, then follows every change until"
                    + " stopped. Run again it goes on where it ended, whichever way changes flow."
        })
final class SyncCommand implements Callable<Integer> {
    @Mixin
    private final Output output = new Output();

    @Mixin
    private final MoveArgument move = new MoveArgument();

    @Mixin
    private final DatabaseOptions choices = new DatabaseOptions();

    @Option(names = "--until-lag", paramLabel = "TIME", description = "End once this close behind, e.g. 1s.")
    private @Nullable String untilLag;

    @Option(
            names = "--accept-findings",
            description = "Go on though the survey names things that are not carried, or not as they are.")
    private boolean acceptsFindings;

    @Option(
            names = "--wal-budget",
            paramLabel = "BYTES",
            description =
                    "How much log the slot may keep on its server's disk, e.g. 20GB; beyond that following is given"
                            + " up and the slot dropped. Without it: by max_slot_wal_keep_size and the free disk.")
    private @Nullable String walBudget;

    @Override
    public Integer call() {
        MoveFolder folder = choices.keep(move.open());
        Log.to(folder.logFile());
        Moves moves = new Moves(folder, move.hostKey(), output.events(), Clock.systemUTC());
        try (StopRequest stop = new StopRequest()) {
            return moves.sync(
                            untilLag == null ? null : Durations.parse("--until-lag", untilLag),
                            acceptsFindings,
                            walBudget == null ? null : Sizes.parse("--wal-budget", walBudget),
                            stop::requested)
                    .code();
        }
    }
}
