package landfall.recipe.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import landfall.dokku.DokkuCommand;
import landfall.dokku.HostReading;
import org.jspecify.annotations.Nullable;

/** What limits and reservations have in common. */
final class AppResources {
    private AppResources() {}

    static Plan plan(
            HostReading host, String kind, String app, @Nullable String process, Map<String, String> resources) {
        Map<String, String> report = host.report("resource", app);
        String owner = process == null ? "_default_" : process;
        List<String> words = new ArrayList<>(List.of("resource:" + kind));
        List<String> reasons = new ArrayList<>();
        new TreeMap<>(resources).forEach((name, value) -> {
            String now = report.getOrDefault(owner + "." + kind + "." + name, "");
            if (!now.equals(value)) {
                words.addAll(List.of("--" + name, value));
                reasons.add(name + (now.isEmpty() ? " is not set" : " is " + now));
            }
        });
        if (reasons.isEmpty()) {
            return Plan.inSync();
        }
        if (process != null) {
            words.addAll(List.of("--process-type", process));
        }
        words.add(app);
        return Plan.change(String.join(", ", reasons), DokkuCommand.of(words));
    }
}
