package landfall.recipe.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import landfall.base.Secret;
import landfall.dokku.DokkuCommand;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;
import org.jspecify.annotations.Nullable;

/**
 * {@code dokku_service_create}: a database service exists. The plugins take passwords as words of the command only: while
 * {@code create} runs they stand in the host's list of processes, and the plan says so.
 */
record ServiceCreateTask(
        String service,
        String name,
        @Nullable String image,
        @Nullable String imageVersion,
        @Nullable String configOptions,
        Map<String, String> customEnv,
        @Nullable String memory,
        @Nullable String sharedMemory,
        @Nullable Secret password,
        @Nullable Secret rootPassword)
        implements Task {
    static ServiceCreateTask read(TaskFields fields) {
        ServiceCreateTask task = new ServiceCreateTask(
                Checks.label(fields, "service"),
                Checks.service(fields, "name"),
                fields.optional("image"),
                fields.optional("image_version"),
                fields.optional("config_options"),
                fields.map("custom_env"),
                fields.optional("memory"),
                fields.optional("shm_size"),
                fields.optionalSecret("password"),
                fields.optionalSecret("root_password"));
        String memory = task.memory();
        fields.demand(memory == null || memory.matches("[1-9][0-9]*"), "memory", "it is a number of megabytes");
        task.customEnv()
                .forEach((key, value) -> fields.demand(
                        key.matches("[A-Za-z_][A-Za-z0-9_]*") && value.indexOf(';') < 0,
                        "custom_env",
                        "the plugins take NAME=VALUE, separated by semicolons: " + key + " doesn't fit"));
        for (Secret secret : Stream.of(task.password(), task.rootPassword())
                .flatMap(Stream::ofNullable)
                .toList()) {
            fields.demand(
                    secret.reveal().matches("[A-Za-z0-9]{8,}"),
                    "password",
                    "the plugins hand it on unquoted: letters and digits only, 8 at least");
        }
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
    public List<String> touches() {
        return List.of(service + " " + name);
    }

    @Override
    public List<HostRead> reads() {
        return List.of(Services.links(service, name));
    }

    @Override
    public Plan plan(HostReading host) {
        if (Services.exists(host, service, name)) {
            return Plan.inSync();
        }
        List<String> words = new ArrayList<>(List.of(service + ":create", name));
        option(words, "--image", image);
        option(words, "--image-version", imageVersion);
        option(words, "--config-options", configOptions);
        if (!customEnv.isEmpty()) {
            option(
                    words,
                    "--custom-env",
                    new TreeMap<>(customEnv)
                            .entrySet().stream()
                                    .map(entry -> entry.getKey() + "=" + entry.getValue())
                                    .collect(Collectors.joining(";")));
        }
        option(words, "--memory", memory);
        option(words, "--shm-size", sharedMemory);
        List<Integer> secretWords = new ArrayList<>();
        secret(words, "--password", password, secretWords);
        secret(words, "--root-password", rootPassword, secretWords);
        DokkuCommand command = DokkuCommand.of(words);
        for (int index : secretWords) {
            command = command.withSecretWord(index);
        }
        return Plan.change("it does not exist", command.droppingOutput());
    }

    private static void secret(List<String> words, String option, @Nullable Secret value, List<Integer> secretWords) {
        if (value != null) {
            words.add(option);
            secretWords.add(words.size());
            words.add(value.reveal());
        }
    }

    private static void option(List<String> words, String option, @Nullable String value) {
        if (value != null) {
            words.add(option);
            words.add(value);
        }
    }
}
