package landfall.recipe.task;

import java.util.List;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;

/** {@code dokku_network_property}: one property of the app's network settings. */
record NetworkPropertyTask(String app, String property, String value) implements Task {
    static NetworkPropertyTask read(TaskFields fields) {
        String value = fields.text("value");
        NetworkPropertyTask task =
                new NetworkPropertyTask(Checks.app(fields), Properties.property(fields, "network", value), value);
        fields.choice("state", "present", "present");
        fields.end();
        return task;
    }

    @Override
    public String type() {
        return "dokku_network_property";
    }

    @Override
    public String subject() {
        return app + " " + property;
    }

    @Override
    public List<String> touches() {
        return List.of("app " + app);
    }

    @Override
    public List<HostRead> reads() {
        return List.of(HostRead.report("network", app));
    }

    @Override
    public Plan plan(HostReading host) {
        return AppProperty.plan(host, "network", app, property, value);
    }
}
