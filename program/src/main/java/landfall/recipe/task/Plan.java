package landfall.recipe.task;

import java.util.List;
import landfall.dokku.DokkuCommand;

/** What a task found on the host. */
public sealed interface Plan {
    /** Nothing to do. */
    record InSync() implements Plan {}

    /** These commands, in this order. */
    record Change(String why, List<DokkuCommand> commands) implements Plan {
        public Change {
            commands = List.copyOf(commands);
        }
    }

    /** It could not be found out, so nothing is done. */
    record Unknown(String reason) implements Plan {}

    static Plan inSync() {
        return new InSync();
    }

    static Plan change(String why, DokkuCommand... commands) {
        return new Change(why, List.of(commands));
    }
}
