package landfall.recipe.task;

import java.util.List;
import landfall.dokku.DokkuCommand;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;

/**
 * {@code dokku_proxy_toggle}: whether nginx leads to the app. Without, it is reached only by apps of its networks.
 */
record ProxyToggleTask(String app, boolean enabled) implements Task {
    static ProxyToggleTask read(TaskFields fields) {
        ProxyToggleTask task = new ProxyToggleTask(
                Checks.app(fields),
                fields.choice("state", "present", "present", "absent").equals("present"));
        fields.end();
        return task;
    }

    @Override
    public String type() {
        return "dokku_proxy_toggle";
    }

    @Override
    public String subject() {
        return app;
    }

    @Override
    public List<String> touches() {
        return List.of("app " + app);
    }

    @Override
    public List<HostRead> reads() {
        return List.of(HostRead.report("proxy", app));
    }

    @Override
    public Plan plan(HostReading host) {
        boolean now = !"false".equals(host.report("proxy", app).get("enabled"));
        if (now == enabled) {
            return Plan.inSync();
        }
        return enabled
                ? Plan.change("nginx doesn't lead to it", DokkuCommand.of("proxy:enable", app))
                : Plan.change("nginx leads to it", DokkuCommand.of("proxy:disable", app));
    }
}
