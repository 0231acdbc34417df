package landfall.recipe.task;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import landfall.dokku.DokkuCommand;

/** What a task found on the host. */
public sealed interface Plan {
    /** Nothing to do. */
    record InSync() implements Plan {}

    /** These commands, in this order. */
    record Change(String why, List<DokkuCommand> commands, Set<Effect> effects) implements Plan {
        public Change {
            commands = List.copyOf(commands);
            effects = Set.copyOf(effects);
        }

        Change with(Effect effect) {
            Set<Effect> more = EnumSet.of(effect);
            more.addAll(effects);
            return new Change(why, commands, more);
        }
    }

    /** It could not be found out, so nothing is done. */
    record Unknown(String reason) implements Plan {}

    static Plan inSync() {
        return new InSync();
    }

    static Change change(String why, DokkuCommand... commands) {
        return new Change(why, List.of(commands), Set.of());
    }
}
