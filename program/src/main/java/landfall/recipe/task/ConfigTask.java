package landfall.recipe.task;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import landfall.base.Secret;
import landfall.dokku.DokkuCommand;
import landfall.dokku.DokkuJson;
import landfall.dokku.DokkuResult;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;

/** {@code dokku_config}: these variables have these values; they travel on standard input and are never shown. */
record ConfigTask(String app, boolean restart, Map<String, Secret> config) implements Task {
    static ConfigTask read(TaskFields fields) {
        ConfigTask task = new ConfigTask(Checks.app(fields), fields.flag("restart", true), fields.secrets("config"));
        task.config().forEach((key, value) -> Checks.config(fields, key, value));
        fields.choice("state", "present", "present");
        fields.end();
        return task;
    }

    @Override
    public String type() {
        return "dokku_config";
    }

    @Override
    public String subject() {
        return app + " (" + config.size() + " variables)";
    }

    @Override
    public List<String> touches() {
        return List.of("app " + app);
    }

    @Override
    public List<HostRead> reads() {
        return List.of(export(app));
    }

    static HostRead export(String app) {
        return HostRead.ofApp(app, "config:export", "--format", "json", app);
    }

    @Override
    public List<Claim> claims(HostReading host) {
        return List.of(Claim.of("app " + app, Item.Kind.VARIABLE, config.keySet()));
    }

    @Override
    public Plan plan(HostReading host) {
        DokkuResult export = host.answer(export(app));
        if (!export.succeeded() && !export.appMissing()) {
            return new Plan.Unknown("config:export failed with exit " + export.exit() + ": "
                    + export.stderr().strip());
        }
        Map<String, Object> now = export.appMissing() ? Map.of() : DokkuJson.object(export.stdout(), "config:export");
        Map<String, String> changed = new TreeMap<>();
        config.forEach((key, value) -> {
            if (!value.reveal().equals(now.get(key))) {
                changed.put(key, value.reveal());
            }
        });
        if (changed.isEmpty()) {
            return Plan.inSync();
        }
        Plan.Change change = Plan.change(
                "to set: " + String.join(", ", changed.keySet()),
                DokkuCommand.of("config:import", "--no-restart", "--format", "json", app, "-")
                        .withInput(Secret.of(DokkuJson.write(changed)))
                        .droppingOutput());
        return restart ? change.with(Effect.NEEDS_RESTART) : change;
    }
}
