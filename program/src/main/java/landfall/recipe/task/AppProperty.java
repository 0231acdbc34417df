package landfall.recipe.task;

import java.util.Map;
import landfall.dokku.DokkuCommand;
import landfall.dokku.HostReading;

/** What the tasks that set one property of an app have in common. */
final class AppProperty {
    private AppProperty() {}

    static Plan plan(HostReading host, String plugin, String app, String property, String value) {
        Map<String, String> report = host.report(plugin, app);
        if (!report.isEmpty() && !report.containsKey(property)) {
            return new Plan.Unknown("this Dokku has no " + plugin + " property \"" + property + "\"");
        }
        return plan(plugin, app, property, report.getOrDefault(property, ""), value);
    }

    static Plan plan(String plugin, String app, String property, String now, String value) {
        return now.equals(value)
                ? Plan.inSync()
                : Plan.change(
                        now.isEmpty() ? "it is not set" : "it is " + now,
                        DokkuCommand.of(plugin + ":set", app, property, value));
    }
}
