package landfall.cli;

import java.util.concurrent.Callable;
import landfall.postgres.Direction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code landfall cutover}. */
@Command(
        name = "cutover",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  landfall cutover move/                 then Ctrl-C, finish, or the other way",
            "  landfall cutover move/ --door-max 5s"
        },
        description =
                "Switches users to Dokku: they wait for a moment, nothing fails, nothing is lost. Then follows backwards, so that rollback stays possible.")
final class CutoverCommand implements Callable<Integer> {
    @Mixin
    private final SwitchOptions options = new SwitchOptions();

    @Override
    public Integer call() {
        return options.run(Direction.FORWARD);
    }
}
