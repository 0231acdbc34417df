package landfall.cli;

import java.time.Clock;
import java.util.concurrent.Callable;
import landfall.move.Moves;
import landfall.recipe.MoveFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code landfall survey}. */
@Command(
        name = "survey",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Each finding is ok, handled, to decide, or a blocker, with the statement that mends it.",
            "Exit code 0: nothing in the way; 3: something to decide; 4: a blocker.",
            "",
            "Examples:",
            "  landfall survey move/",
            "  landfall survey move/ --json | jq 'select(.verdict == \"blocker\")'"
        },
        description =
                "Looks at both databases before anything moves: what is carried and how, what you have to decide, what is in"
                        + " the way. Changes neither side.")
final class SurveyCommand implements Callable<Integer> {
    @Mixin
    private final Output output = new Output();

    @Mixin
    private final MoveArgument move = new MoveArgument();

    @Mixin
    private final DatabaseOptions choices = new DatabaseOptions();

    @Override
    public Integer call() {
        MoveFolder folder = choices.keep(move.open());
        Log.to(folder.logFile());
        return new Moves(folder, move.hostKey(), output.events(), Clock.systemUTC())
                .survey()
                .code();
    }
}
