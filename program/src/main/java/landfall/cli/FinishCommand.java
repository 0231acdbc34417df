package landfall.cli;

import java.time.Clock;
import java.util.concurrent.Callable;
import landfall.base.ExitCode;
import landfall.move.Moves;
import landfall.recipe.MoveFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code landfall finish}. */
@Command(
        name = "finish",
        mixinStandardHelpOptions = true,
        description =
                "Ends the way back and removes what the move left on either side. The old database stays, read-only by default.")
final class FinishCommand implements Callable<Integer> {
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
        if (!Confirmation.given(output, yes, "End the way back? The cluster's side will no longer follow.")) {
            return ExitCode.REFUSED.code();
        }
        Moves moves = new Moves(folder, move.hostKey(), output.events(), Clock.systemUTC());
        return moves.finish().code();
    }
}
