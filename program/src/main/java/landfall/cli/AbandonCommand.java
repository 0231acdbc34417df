package landfall.cli;

import java.time.Clock;
import java.util.concurrent.Callable;
import landfall.base.ExitCode;
import landfall.move.Moves;
import landfall.recipe.MoveFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code landfall abandon}. */
@Command(
        name = "abandon",
        mixinStandardHelpOptions = true,
        description =
                "Gives the move up before the switch: the source is left as it was found. What apply built on Dokku stays.")
final class AbandonCommand implements Callable<Integer> {
    @Mixin
    private final Output output = new Output();

    @Mixin
    private final MoveArgument move = new MoveArgument();

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @Override
    public Integer call() {
        MoveFolder folder = move.open();
        Log.to(folder.logFile());
        if (!Confirmation.given(output, yes, "Give the move up? The copy on Dokku will no longer follow.")) {
            return ExitCode.REFUSED.code();
        }
        Moves moves = new Moves(folder, move.hostKey(), output.events(), Clock.systemUTC());
        return moves.abandon().code();
    }
}
