package landfall.recipe.task;

import landfall.dokku.DokkuCommand;
import landfall.dokku.DokkuHost;

/** {@code dokku_nginx_property}: one property of the app's nginx settings. */
record NginxPropertyTask(String app, String property, String value) implements Task {
    static NginxPropertyTask read(TaskFields fields) {
        String value = fields.text("value");
        NginxPropertyTask task = new NginxPropertyTask(Checks.app(fields), Checks.label(fields, "property"), value);
        fields.choice("state", "present", "present");
        fields.end();
        return task;
    }

    @Override
    public String type() {
        return "dokku_nginx_property";
    }

    @Override
    public String subject() {
        return app + " " + property;
    }

    @Override
    public Plan plan(DokkuHost host) {
        Plan plan = AppProperty.plan(host, "nginx", app, property, value);
        // nginx:set only stores it: the running configuration is written again by proxy:build-config.
        return plan instanceof Plan.Change change && host.isDeployed(app)
                ? Plan.change(change.why(), change.commands().getFirst(), DokkuCommand.of("proxy:build-config", app))
                : plan;
    }
}
