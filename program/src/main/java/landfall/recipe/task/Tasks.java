package landfall.recipe.task;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Origin;
import landfall.base.Problem;
import landfall.base.Secret;

/** The tasks that Landfall applies, by docket's names. */
public final class Tasks {
    private static final Map<String, Function<TaskFields, Task>> READERS = Map.ofEntries(
            Map.entry("dokku_app", AppTask::read),
            Map.entry("dokku_config", ConfigTask::read),
            Map.entry("dokku_domains", DomainsTask::read),
            Map.entry("dokku_ports", PortsTask::read),
            Map.entry("dokku_storage_entry", StorageEntryTask::read),
            Map.entry("dokku_storage_mount", StorageMountTask::read),
            Map.entry("dokku_service_create", ServiceCreateTask::read),
            Map.entry("dokku_service_link", ServiceLinkTask::read),
            Map.entry("dokku_network", NetworkTask::read),
            Map.entry("dokku_network_property", NetworkPropertyTask::read),
            Map.entry("dokku_nginx_property", NginxPropertyTask::read),
            Map.entry("dokku_checks_property", ChecksPropertyTask::read),
            Map.entry("dokku_checks_toggle", ChecksToggleTask::read),
            Map.entry("dokku_proxy_toggle", ProxyToggleTask::read),
            Map.entry("dokku_resource_limit", ResourceLimitTask::read),
            Map.entry("dokku_resource_reserve", ResourceReserveTask::read),
            Map.entry("dokku_ps_property", PsPropertyTask::read),
            Map.entry("dokku_ps_scale", ScaleTask::read),
            Map.entry("dokku_certs", CertsTask::read),
            Map.entry("dokku_git_from_image", ImageTask::read),
            Map.entry("dokku_docker_options", DockerOptionTask::read));

    private Tasks() {}

    public static Set<String> types() {
        return new TreeSet<>(READERS.keySet());
    }

    /** @throws LandfallException (bad input) for an unknown task, field or value */
    public static Task read(String type, Map<String, Object> fields, Origin origin, Map<String, Secret> inputs) {
        Function<TaskFields, Task> reader = READERS.get(type);
        if (reader == null) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            origin,
                            "the task " + type + " is not one that Landfall applies",
                            "it knows " + String.join(", ", types()),
                            "Take it out of the recipe and apply it with docket or by hand."));
        }
        return reader.apply(new TaskFields(type, fields, origin, inputs));
    }
}
