package landfall.cli;

import java.util.concurrent.Callable;
import landfall.postgres.Direction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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
    private final SwitchOptions options = new SwitchOptions();

    @Override
    public Integer call() {
        return options.run(Direction.BACKWARD);
    }
}
