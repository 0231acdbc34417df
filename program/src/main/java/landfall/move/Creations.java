package landfall.move;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import landfall.apply.Inventory;
import landfall.apply.Made;

/** Reads from the journal what Landfall created, where, and what of that it destroyed again. */
public final class Creations {
    private static final String ANY_HOST = "";

    private final Map<Made, String> made = new HashMap<>();
    private final Map<Made, String> begun = new HashMap<>();
    private final Set<Made> refused = new LinkedHashSet<>();
    private final Map<String, Set<String>> settings = new HashMap<>();
    private String host = ANY_HOST;

    private Creations() {}

    /** What the journal says of this host; what is older than the journal's word of a host counts for every one. */
    public static Inventory on(String host, MoveJournal journal) {
        Creations creations = new Creations();
        journal.lines().forEach(creations::read);
        Set<Made> doubtful = new LinkedHashSet<>(creations.refused);
        creations.begun.forEach((thing, where) -> {
            if (here(where, host)) {
                doubtful.add(thing);
            }
        });
        Set<Made> owned = new LinkedHashSet<>();
        Set<String> elsewhere = new TreeSet<>();
        creations.made.forEach((thing, where) -> {
            if (here(where, host)) {
                owned.add(thing);
            } else {
                elsewhere.add(where);
            }
        });
        doubtful.removeAll(owned);
        Set<String> changed = new TreeSet<>();
        creations.settings.forEach((where, tasks) -> {
            if (here(where, host)) {
                changed.addAll(tasks);
            }
        });
        return new Inventory(owned, doubtful, List.copyOf(changed), elsewhere);
    }

    private static boolean here(String where, String host) {
        return where.equals(ANY_HOST) || where.equals(host);
    }

    private void read(MoveJournal.Line line) {
        String task = String.valueOf(line.data().get("task"));
        switch (line.what()) {
            case "host" -> host = String.valueOf(line.data().get("host"));
            case "change" -> begin(task, String.valueOf(line.data().get("commands")));
            case "change failed" -> {
                Made thing = thing(task);
                if (thing != null && begun.remove(thing) != null) {
                    refused.add(thing);
                }
            }
            case "changed" -> end(task);
            default -> {
                // States and proofs create nothing on the host.
            }
        }
    }

    private void begin(String task, String commands) {
        Made thing = thing(task);
        if (thing != null && creates(thing, commands)) {
            begun.put(thing, host);
            refused.remove(thing);
        }
    }

    /** A task that is mended after it was cut off has other commands. */
    private static boolean creates(Made thing, String commands) {
        return switch (thing.type()) {
            case "dokku_app" -> commands.startsWith("apps:create ");
            case "dokku_service_link" -> commands.contains(":link ");
            case "dokku_storage_mount" -> commands.startsWith("storage:mount ");
            default -> commands.contains(":create ");
        };
    }

    private void end(String task) {
        if (task.startsWith("destroy ")) {
            Made gone = thing(task.substring("destroy ".length()));
            if (gone != null) {
                made.remove(gone);
                begun.remove(gone);
                refused.remove(gone);
                // What hung on it went with it.
                made.keySet()
                        .removeIf(thing -> (gone.type().equals("dokku_app")
                                        && Set.of("dokku_service_link", "dokku_storage_mount")
                                                .contains(thing.type())
                                        && thing.subject().startsWith(gone.subject() + " "))
                                || (gone.type().equals("dokku_service_create")
                                        && thing.type().equals("dokku_service_link")
                                        && thing.subject().endsWith(" to " + gone.subject())));
            }
            return;
        }
        Made thing = thing(task);
        String where = thing == null ? null : begun.remove(thing);
        if (thing != null && where != null) {
            made.put(thing, where);
        } else if (thing == null && task.startsWith("dokku_")) {
            settings.computeIfAbsent(host, key -> new TreeSet<>()).add(task);
        }
    }

    @org.jspecify.annotations.Nullable
    private static Made thing(String task) {
        String[] words = task.split(" ", 2);
        return words.length == 2 && Made.CREATING.contains(words[0]) ? new Made(words[0], words[1]) : null;
    }
}
