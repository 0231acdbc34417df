package landfall.cli;

import java.time.Clock;
import landfall.move.Moves;
import landfall.postgres.Direction;
import landfall.recipe.MoveFolder;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code cutover} and {@code rollback} share: they are one procedure with the sides exchanged. */
final class SwitchOptions {
    @Mixin
    private final Output output = new Output();

    @Mixin
    private final MoveArgument move = new MoveArgument();

    @Option(
            names = "--door-max",
            paramLabel = "TIME",
            defaultValue = "2500ms",
            description = "How long users may wait before everything is undone. Default: ${DEFAULT-VALUE}.")
    private String doorMax = "2500ms";

    @Option(names = "--detach", description = "End after the switch; run `landfall sync` soon, or the kept log grows.")
    private boolean detach;

    int run(Direction direction) {
        MoveFolder folder = move.open();
        Log.to(folder.logFile());
        Moves moves = new Moves(folder, move.hostKey(), output.events(), Clock.systemUTC());
        try (StopRequest stop = new StopRequest(StopRequest.UNDO_PATIENCE)) {
            return moves.switchOver(direction, Durations.parse("--door-max", doorMax), detach, stop::requested)
                    .code();
        }
    }
}
