package landfall.recipe.task;

import java.util.List;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;

/** {@code dokku_checks_property}: one property of the app's checks settings. */
record ChecksPropertyTask(String app, String property, String value) implements Task {
    static ChecksPropertyTask read(TaskFields fields) {
        String value = fields.text("value");
        ChecksPropertyTask task =
                new ChecksPropertyTask(Checks.app(fields), Properties.property(fields, "checks", value), value);
        fields.choice("state", "present", "present");
        fields.end();
        return task;
    }

    @Override
    public String type() {
        return "dokku_checks_property";
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
        return List.of(HostRead.report("checks", app));
    }

    @Override
    public Plan plan(HostReading host) {
        return AppProperty.plan(host, "checks", app, property, value);
    }
}
