package landfall.recipe.task;

import java.util.List;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;

/** {@code dokku_nginx_property}: one property of the app's nginx settings. */
record NginxPropertyTask(String app, String property, String value) implements Task {
    static NginxPropertyTask read(TaskFields fields) {
        String value = fields.text("value");
        NginxPropertyTask task =
                new NginxPropertyTask(Checks.app(fields), Properties.property(fields, "nginx", value), value);
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
    public List<String> touches() {
        return List.of("app " + app);
    }

    @Override
    public List<HostRead> reads() {
        return List.of(HostRead.report("nginx", app));
    }

    @Override
    public List<Claim> claims(HostReading host) {
        return List.of(Claim.of("app " + app, Item.Kind.NGINX_PROPERTY, List.of(property)));
    }

    @Override
    public Plan plan(HostReading host) {
        Plan plan = AppProperty.plan(host, "nginx", app, property, value);
        // nginx:set only stores it.
        return plan instanceof Plan.Change change ? change.with(Effect.NEEDS_PROXY) : plan;
    }
}
