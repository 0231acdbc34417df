package landfall.recipe.task;

import java.util.List;
import landfall.dokku.DokkuResult;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;

/** {@code dokku_ps_property}: one property of the app's process settings. */
record PsPropertyTask(String app, String property, String value) implements Task {
    static PsPropertyTask read(TaskFields fields) {
        String value = fields.text("value");
        PsPropertyTask task = new PsPropertyTask(Checks.app(fields), Properties.property(fields, "ps", value), value);
        fields.choice("state", "present", "present");
        fields.end();
        return task;
    }

    @Override
    public String type() {
        return "dokku_ps_property";
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
        return List.of(read());
    }

    /** The whole report takes the host half a second. */
    private HostRead read() {
        return HostRead.value("ps", app, "--ps-" + property);
    }

    @Override
    public Plan plan(HostReading host) {
        DokkuResult result = host.answer(read());
        if (!result.succeeded() && !result.appMissing()) {
            return new Plan.Unknown("this Dokku has no ps property \"" + property + "\"");
        }
        return AppProperty.plan(
                "ps", app, property, result.succeeded() ? result.stdout().strip() : "", value);
    }
}
