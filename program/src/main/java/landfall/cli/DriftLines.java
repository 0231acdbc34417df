package landfall.cli;

import java.util.List;
import landfall.base.Events;
import landfall.recipe.task.Item;

/** Tells what a host has that the recipe doesn't say. */
final class DriftLines {
    private DriftLines() {}

    static void tell(List<Item> drift, Events events) {
        if (drift.isEmpty()) {
            return;
        }
        events.note("On the host, not in the recipe; left alone:");
        for (Item item : drift) {
            events.emit(new Events.Event(
                    "drift",
                    Events.fields(
                            "owner",
                            item.owner(),
                            "kind",
                            item.kind().text(),
                            "name",
                            item.shown(),
                            "message",
                            "+ " + item.sentence())));
        }
    }

    /** For the end of a line that sums up; empty if there is none. */
    static String summary(List<Item> drift) {
        return drift.isEmpty() ? "" : ", " + drift.size() + " on the host and not in the recipe (left alone)";
    }
}
