package landfall.cli;

import java.time.Clock;
import java.util.concurrent.Callable;
import landfall.move.Moves;
import landfall.postgres.Direction;
import landfall.recipe.MoveFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code landfall rollback}. */
@Command(
        name = "rollback",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  landfall rollback move/                 then Ctrl-C, finish, or the other way",
            "  landfall rollback move/ --door-max 5s"
        },
        description =
                "Goes back to the cluster with every write made on Dokku since the cutover. Then follows forward again.")
final class RollbackCommand implements Callable<Integer> {
    @Mixin
    private final Output output = new Output();

    @Mixin
    private final MoveArgument move = new MoveArgument();

    @Option(
            names = "--door-max",
            paramLabel = "TIME",
            defaultValue = "2500ms",
            description = "How long users may wait before everything is undone. Default: 2500ms.")
    private String doorMax = "2500ms";

    @Option(names = "--detach", description = "End after the switch; run `landfall sync` soon, or the kept log grows.")
    private boolean detach;

    @Override
    public Integer call() {
        MoveFolder folder = move.open();
        Log.to(folder.logFile());
        Moves moves = new Moves(folder, move.hostKey(), output.events(), Clock.systemUTC());
        try (StopRequest stop = new StopRequest()) {
            return moves.switchOver(Direction.BACKWARD, Durations.parse("--door-max", doorMax), detach, stop::requested)
                    .code();
        }
    }
}
