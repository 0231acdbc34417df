package landfall.recipe.task;

import landfall.dokku.DokkuHost;

/** {@code dokku_ps_property}: one property of the app's process settings. */
record PsPropertyTask(String app, String property, String value) implements Task {
    static PsPropertyTask read(TaskFields fields) {
        PsPropertyTask task =
                new PsPropertyTask(Checks.app(fields), Checks.label(fields, "property"), fields.text("value"));
        fields.demand(
                !task.property().equals("stop-timeout-seconds") || task.value().matches("[0-9]+"),
                "value",
                "it is a number of seconds");
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
    public Plan plan(DokkuHost host) {
        return AppProperty.plan(host, "ps", app, property, value);
    }
}
