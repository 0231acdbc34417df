package landfall.recipe.task;

import java.util.List;
import landfall.dokku.DokkuCommand;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;

/**
 * {@code dokku_checks_toggle}: whether deploys are checked and overlap. Without, Dokku stops the old container before it
 * starts the new one.
 */
record ChecksToggleTask(String app, boolean enabled) implements Task {
    static ChecksToggleTask read(TaskFields fields) {
        ChecksToggleTask task = new ChecksToggleTask(
                Checks.app(fields),
                fields.choice("state", "present", "present", "absent").equals("present"));
        fields.end();
        return task;
    }

    @Override
    public String type() {
        return "dokku_checks_toggle";
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
        return List.of(HostRead.report("checks", app));
    }

    @Override
    public Plan plan(HostReading host) {
        String disabled = host.report("checks", app).getOrDefault("disabled-list", "none");
        boolean now = disabled.equals("none");
        if (now == enabled) {
            return Plan.inSync();
        }
        return enabled
                ? Plan.change("checks of " + disabled + " are off", DokkuCommand.of("checks:enable", app))
                : Plan.change("deploys overlap", DokkuCommand.of("checks:disable", app));
    }
}
