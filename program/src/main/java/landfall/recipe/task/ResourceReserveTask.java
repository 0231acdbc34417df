package landfall.recipe.task;

import java.util.List;
import java.util.Map;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;
import org.jspecify.annotations.Nullable;

/** {@code dokku_resource_reserve}: the containers' reservations. */
record ResourceReserveTask(String app, @Nullable String process, Map<String, String> resources) implements Task {
    static ResourceReserveTask read(TaskFields fields) {
        ResourceReserveTask task =
                new ResourceReserveTask(Checks.app(fields), fields.optional("process_type"), fields.map("resources"));
        task.resources().forEach((name, value) -> Checks.resource(fields, name, value));
        fields.demand(!task.resources().isEmpty(), "resources", "at least one is required");
        fields.demand(!fields.flag("clear_before", false), "clear_before", "it is not handled");
        fields.choice("state", "present", "present");
        fields.end();
        return task;
    }

    @Override
    public String type() {
        return "dokku_resource_reserve";
    }

    @Override
    public String subject() {
        return process == null ? app : app + " " + process;
    }

    @Override
    public List<String> touches() {
        return List.of("app " + app);
    }

    @Override
    public List<HostRead> reads() {
        return List.of(HostRead.report("resource", app));
    }

    @Override
    public Plan plan(HostReading host) {
        return AppResources.plan(host, "reserve", app, process, resources);
    }
}
