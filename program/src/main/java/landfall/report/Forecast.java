package landfall.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import landfall.base.Limits;
import landfall.target.StorageEntry;
import landfall.target.Target;
import landfall.target.TargetApp;
import landfall.target.TargetService;

/** How long each app's users may notice the switch: what the plan knows, and what it depends on. */
public record Forecast(List<Line> lines, List<String> notes) {
    public Forecast {
        lines = List.copyOf(lines);
        notes = List.copyOf(notes);
    }

    private static final String HONESTY =
            "This is a forecast from the manifests alone. `landfall status` tells how far behind the following side is:"
                    + " that is what the pause will be made of.";

    private static final Set<String> CACHES = Set.of("redis", "memcached", "keydb", "valkey", "dragonfly");

    /** How much of a pause. */
    public enum Pause {
        NONE,
        SECONDS,
        UNTIL_DNS,
        UNKNOWN;

        public String word() {
            return switch (this) {
                case NONE -> "none";
                case SECONDS -> "seconds";
                case UNTIL_DNS -> "until DNS moves";
                case UNKNOWN -> "not known";
            };
        }
    }

    /** One app's share. */
    public record Line(String app, Pause pause, String why) {}

    public static Forecast of(Target target) {
        Set<String> moved = new TreeSet<>();
        for (TargetService service : target.services()) {
            if (service.move().isPresent()) {
                moved.add(service.name());
            }
        }
        List<Line> lines = new ArrayList<>();
        target.apps().forEach(app -> lines.add(line(app, moved, target)));
        List<String> notes = new ArrayList<>();
        List<String> refused = target.decisions().stream()
                .map(landfall.target.Decision::id)
                .filter(id -> id.startsWith("database-"))
                .toList();
        if (!refused.isEmpty()) {
            notes.add("Not in it: databases that Landfall doesn't move (" + String.join(", ", refused)
                    + "); apps that use them pause for as long as you take to move those.");
        }
        notes.add(HONESTY);
        return new Forecast(lines, notes);
    }

    private static Line line(TargetApp app, Set<String> moved, Target target) {
        List<String> databases = app.links().stream()
                .map(TargetApp.Link::service)
                .filter(moved::contains)
                .distinct()
                .toList();
        boolean hasFiles = target.entries().stream()
                .flatMap(entry -> entry.source().stream())
                .map(StorageEntry.Source::app)
                .anyMatch(app.name()::equals);
        boolean isBridged = !app.bridges().isEmpty();
        if (!databases.isEmpty()) {
            String names = String.join(", ", databases);
            return isBridged
                    ? new Line(
                            app.name(),
                            Pause.SECONDS,
                            "writes wait while the last changes of " + names + " are carried over, for at most "
                                    + seconds() + " at its door (--door-max), else the switch is undone; how long"
                                    + " depends on what is written at that moment and on the old pods' time to end")
                    : new Line(
                            app.name(),
                            Pause.UNTIL_DNS,
                            "the switch of " + names + " takes seconds, but no bridge leads the old address to Dokku:"
                                    + " who still reaches the cluster then can't write until DNS has moved (its TTL)");
        }
        List<String> unmoved = unmoved(app, target);
        if (!unmoved.isEmpty()) {
            return new Line(
                    app.name(),
                    Pause.UNKNOWN,
                    String.join(", ", unmoved)
                            + " starts empty and Landfall doesn't carry its data: the pause is as long"
                            + " as your dump and restore");
        }
        if (hasFiles) {
            return new Line(
                    app.name(),
                    isBridged ? Pause.SECONDS : Pause.UNTIL_DNS,
                    "its files are copied while it runs; what was written after the last pass is carried over at the"
                            + " switch, so it depends on how much is written");
        }
        boolean isEntered = !app.web().domains().isEmpty() || isBridged;
        return new Line(
                app.name(),
                Pause.NONE,
                isEntered
                        ? "runs on both sides, with no data of its own to hand over; requests go to either until "
                                + (isBridged ? "the bridge leads to Dokku" : "DNS has moved")
                        : "nobody reaches it from outside; it runs on both sides until the old one is ended, so look"
                                + " whether two at work at once do harm");
    }

    /** Linked datastores that hold data for good and aren't moved; caches fill again. */
    private static List<String> unmoved(TargetApp app, Target target) {
        Set<String> linked =
                new TreeSet<>(app.links().stream().map(TargetApp.Link::service).toList());
        return target.services().stream()
                .filter(service ->
                        linked.contains(service.name()) && service.move().isEmpty() && !CACHES.contains(service.type()))
                .map(TargetService::name)
                .toList();
    }

    private static String seconds() {
        return String.format(Locale.ROOT, "%.1f s", Limits.DOOR_MAX.toMillis() / 1000.0);
    }
}
