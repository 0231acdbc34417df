package landfall.recipe.task;

import java.util.ArrayList;
import java.util.List;
import landfall.dokku.DokkuCommand;
import landfall.dokku.DokkuHost;
import org.jspecify.annotations.Nullable;

/** {@code dokku_service_create}: a database service exists. */
record ServiceCreateTask(
        String service,
        String name,
        @Nullable String image,
        @Nullable String imageVersion,
        @Nullable String configOptions,
        @Nullable String memory)
        implements Task {
    static ServiceCreateTask read(TaskFields fields) {
        ServiceCreateTask task = new ServiceCreateTask(
                Checks.label(fields, "service"),
                Checks.service(fields, "name"),
                fields.optional("image"),
                fields.optional("image_version"),
                fields.optional("config_options"),
                fields.optional("memory"));
        String memory = task.memory();
        fields.demand(memory == null || memory.matches("[1-9][0-9]*"), "memory", "it is a number of megabytes");
        fields.choice("state", "present", "present");
        fields.end();
        return task;
    }

    @Override
    public String type() {
        return "dokku_service_create";
    }

    @Override
    public String subject() {
        return service + " " + name;
    }

    @Override
    public Plan plan(DokkuHost host) {
        if (host.run(DokkuCommand.of(service + ":exists", name)).succeeded()) {
            return Plan.inSync();
        }
        List<String> words = new ArrayList<>(List.of(service + ":create", name));
        option(words, "--image", image);
        option(words, "--image-version", imageVersion);
        option(words, "--config-options", configOptions);
        option(words, "--memory", memory);
        return Plan.change("it does not exist", DokkuCommand.of(words).droppingOutput());
    }

    private static void option(List<String> words, String option, @Nullable String value) {
        if (value != null) {
            words.add(option);
            words.add(value);
        }
    }
}
