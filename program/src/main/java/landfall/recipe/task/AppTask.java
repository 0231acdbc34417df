package landfall.recipe.task;

import java.util.List;
import landfall.dokku.DokkuCommand;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;

/** {@code dokku_app}: the app exists. */
record AppTask(String app) implements Task {
    static AppTask read(TaskFields fields) {
        AppTask task = new AppTask(Checks.app(fields));
        fields.choice("state", "present", "present");
        fields.end();
        return task;
    }

    @Override
    public String type() {
        return "dokku_app";
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
        return List.of();
    }

    @Override
    public Plan plan(HostReading host) {
        return host.appExists(app)
                ? Plan.inSync()
                : Plan.change("it does not exist", DokkuCommand.of("apps:create", app));
    }
}
