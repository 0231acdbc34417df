package landfall.apply;

import java.util.List;
import landfall.dokku.DokkuCommand;

/**
 * Commands that follow each other without a pause, and what they write to.
 *
 * @param name as events and the journal show it
 * @param touches no two works that touch the same thing run at once, and they run in their order
 */
record Work(String name, String why, List<DokkuCommand> commands, List<String> touches) {
    Work {
        commands = List.copyOf(commands);
        touches = List.copyOf(touches);
    }

    String shown() {
        return String.join("\n", commands.stream().map(DokkuCommand::display).toList());
    }
}
