package landfall.cli;

import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Callable;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.move.Moves;
import landfall.recipe.MoveFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code landfall status}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Where the move stands, at any time, from any terminal. Touches neither side.")
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private final Output output = new Output();

    @Mixin
    private final MoveArgument move = new MoveArgument();

    @Override
    public Integer call() {
        MoveFolder folder = move.open();
        Map<String, Object> status = new Moves(folder, move.hostKey(), output.events(), Clock.systemUTC()).status();
        if (output.json()) {
            output.events().emit(new Events.Event("status", status));
        } else {
            status.forEach((name, value) -> {
                String label = name;
                for (String line : StatusText.of(value)) {
                    output.out().printf("%-8s %s%n", label, line);
                    label = "";
                }
            });
            output.out().flush();
        }
        return ExitCode.DONE.code();
    }
}
