package landfall.cli;

import java.time.Clock;
import java.util.concurrent.Callable;
import landfall.move.Moves;
import landfall.recipe.MoveFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code landfall verify}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        footer = {"", "Exit code 4 if anything differs; tables, keys and files are named, never values."},
        description =
                "Proves that both sides hold the same: every row at one point of the log, every file. What was not followed yet"
                        + " is carried over first; nothing else changes.")
final class VerifyCommand implements Callable<Integer> {
    @Mixin
    private final Output output = new Output();

    @Mixin
    private final MoveArgument move = new MoveArgument();

    @Override
    public Integer call() {
        MoveFolder folder = move.open();
        Log.to(folder.logFile());
        Moves moves = new Moves(folder, move.hostKey(), output.events(), Clock.systemUTC());
        return moves.verify().code();
    }
}
