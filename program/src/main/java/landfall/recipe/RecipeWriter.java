package landfall.recipe;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import landfall.target.Place;
import landfall.target.StorageEntry;
import landfall.target.Target;
import landfall.target.TargetApp;
import landfall.target.TargetService;
import landfall.target.Value;

/**
 * The target as a recipe. The order is the one in which a bare host can be built: what links to something comes after
 * it, and an app's own DATABASE_URL after the link that sets the superuser's.
 */
public final class RecipeWriter {
    private final Map<String, String> inputs = new TreeMap<>();

    private RecipeWriter() {}

    public static Recipe write(Target target) {
        return new RecipeWriter().recipe(target);
    }

    private Recipe recipe(Target target) {
        List<Recipe.Play> plays = new ArrayList<>();
        List<Recipe.Task> shared = new ArrayList<>();
        for (String network : target.networks()) {
            shared.add(task(network, "network", "dokku_network", fields("name", network)));
        }
        for (TargetService service : target.services()) {
            shared.add(service(service));
            service.password().ifPresent(name -> inputs.put(name, "password of the service " + service.name()));
            service.rootPassword()
                    .ifPresent(name -> inputs.put(name, "password of the superuser of the service " + service.name()));
            service.move()
                    .ifPresent(move -> inputs.put(
                            move.password(), "password of the role " + move.role() + " on " + service.host()));
        }
        for (StorageEntry entry : target.entries()) {
            shared.add(task(
                    entry.name(),
                    "entry",
                    "dokku_storage_entry",
                    fields("name", entry.name(), "chown", entry.owner())));
        }
        for (TargetApp app : target.apps()) {
            plays.add(new Recipe.Play(app.name(), Map.of(), app(app)));
        }
        if (!shared.isEmpty()) {
            plays.addFirst(new Recipe.Play("services", Map.of(), shared));
        }
        // A play without tasks declares inputs for all.
        if (!inputs.isEmpty()) {
            plays.addFirst(new Recipe.Play("inputs", inputs, List.of()));
        }
        return new Recipe(plays);
    }

    private static Recipe.Task service(TargetService service) {
        Map<String, Object> fields = fields("service", service.type(), "name", service.name());
        service.image().ifPresent(image -> fields.put("image", image));
        service.imageVersion().ifPresent(version -> fields.put("image_version", version));
        service.configOptions().ifPresent(options -> fields.put("config_options", options));
        if (!service.customEnvironment().isEmpty()) {
            fields.put("custom_env", new TreeMap<String, Object>(service.customEnvironment()));
        }
        service.memoryMegabytes().ifPresent(megabytes -> fields.put("memory", megabytes));
        service.sharedMemory().ifPresent(size -> fields.put("shm_size", size));
        service.password().ifPresent(name -> fields.put("password", Recipe.input(name)));
        service.rootPassword().ifPresent(name -> fields.put("root_password", Recipe.input(name)));
        return task(service.name(), "service", "dokku_service_create", fields);
    }

    private List<Recipe.Task> app(TargetApp app) {
        List<Recipe.Task> tasks = new ArrayList<>();
        String name = app.name();
        tasks.add(task(name, "app", "dokku_app", fields("app", name)));
        for (String network : app.networks()) {
            tasks.add(task(
                    name,
                    "network",
                    "dokku_network_property",
                    fields("app", name, "property", "attach-post-create", "value", network)));
        }
        for (TargetApp.Link link : app.links()) {
            tasks.add(task(
                    name,
                    "link-" + link.service(),
                    "dokku_service_link",
                    fields("app", name, "service", link.serviceType(), "name", link.service())));
        }
        if (!app.environment().isEmpty()) {
            Map<String, Object> config = new TreeMap<>();
            app.environment().forEach((variable, value) -> config.put(variable, text(name, variable, value)));
            tasks.add(task(name, "config", "dokku_config", fields("app", name, "restart", false, "config", config)));
        }
        Set<String> mounted = new HashSet<>();
        for (TargetApp.Mount mount : app.mounts()) {
            // An entry may be seen at several places; docket wants each task of a play to have a name of its own.
            String place = mounted.add(mount.entry()) ? "" : " " + mount.path();
            tasks.add(mount(name, mount, "mount/" + mount.entry() + place));
        }
        resources(app, tasks);
        app.processProperties()
                .forEach((property, value) -> tasks.add(task(
                        name,
                        property,
                        "dokku_ps_property",
                        fields("app", name, "property", property, "value", value))));
        for (String option : app.dockerOptions()) {
            for (String phase : List.of("deploy", "run")) {
                tasks.add(task(
                        name,
                        tasks.stream().anyMatch(task -> task.name().equals(Place.taskName(name, "docker-options")))
                                ? "docker-options " + phase + " " + option
                                : "docker-options",
                        "dokku_docker_options",
                        fields("app", name, "phase", phase, "option", option)));
            }
        }
        if (app.formation().stopsFirst()) {
            tasks.add(task(name, "checks", "dokku_checks_toggle", fields("app", name, "state", "absent")));
        }
        web(app, tasks);
        tasks.add(task(name, "scale", "dokku_ps_scale", fields("app", name, "scale", scale(app), "skip_deploy", true)));
        return tasks;
    }

    private static Recipe.Task mount(String app, TargetApp.Mount mount, String taskName) {
        Map<String, Object> fields = fields("app", app, "entry_name", mount.entry(), "container_dir", mount.path());
        mount.subpath().ifPresent(subpath -> fields.put("subpath", subpath));
        if (mount.readOnly()) {
            fields.put("readonly", true);
        }
        return task(app, taskName, "dokku_storage_mount", fields);
    }

    /** Dokku would run one web by itself, also where the app has none. */
    private static Map<String, Object> scale(TargetApp app) {
        Map<String, Object> scale = fields(app.formation().main(), app.processes());
        app.formation().others().forEach(other -> scale.put(other.name(), other.processes()));
        scale.putIfAbsent("web", 0);
        return scale;
    }

    /** With several process types each has its own amounts, since what is given to all would bound each of them. */
    private static void resources(TargetApp app, List<Recipe.Task> tasks) {
        TargetApp.Formation formation = app.formation();
        resources(app.name(), formation.hasProcfile() ? formation.main() : "", "", app.limits(), "limit", tasks);
        for (TargetApp.ProcessType other : formation.others()) {
            resources(app.name(), other.name(), "-" + other.name(), other.limits(), "limit", tasks);
        }
        resources(
                app.name(), formation.hasProcfile() ? formation.main() : "", "", app.reservations(), "reserve", tasks);
        for (TargetApp.ProcessType other : formation.others()) {
            resources(app.name(), other.name(), "-" + other.name(), other.reservations(), "reserve", tasks);
        }
    }

    private static void resources(
            String app,
            String process,
            String suffix,
            Map<String, String> amounts,
            String kind,
            List<Recipe.Task> tasks) {
        if (amounts.isEmpty()) {
            return;
        }
        Map<String, Object> fields = fields("app", app);
        if (!process.isEmpty()) {
            fields.put("process_type", process);
        }
        fields.put("resources", new LinkedHashMap<>(amounts));
        tasks.add(task(app, kind + suffix, "dokku_resource_" + kind, fields));
    }

    private void web(TargetApp app, List<Recipe.Task> tasks) {
        String name = app.name();
        TargetApp.Web web = app.web();
        web.nginx()
                .forEach((property, value) -> tasks.add(task(
                        name,
                        "nginx-" + property,
                        "dokku_nginx_property",
                        fields("app", name, "property", property, "value", value))));
        if (web.isInternal()) {
            tasks.add(task(name, "proxy", "dokku_proxy_toggle", fields("app", name, "state", "absent")));
        }
        for (String option : web.published()) {
            boolean isFirst = option.equals(web.published().getFirst());
            tasks.add(task(
                    name,
                    isFirst ? "publish" : "publish " + option,
                    "dokku_docker_options",
                    fields("app", name, "phase", "deploy", "option", option)));
        }
        if (!web.domains().isEmpty()) {
            tasks.add(task(
                    name, "domains", "dokku_domains", fields("app", name, "domains", web.domains(), "state", "set")));
        }
        web.certificate().ifPresent(certificate -> {
            inputs.put(certificate.certificateInput(), "certificate of " + name);
            inputs.put(certificate.keyInput(), "key of the certificate of " + name);
            tasks.add(task(
                    name,
                    "certs",
                    "dokku_certs",
                    fields(
                            "app",
                            name,
                            "cert_content",
                            Recipe.input(certificate.certificateInput()),
                            "key_content",
                            Recipe.input(certificate.keyInput()))));
        });
        if (!app.ports().isEmpty()) {
            List<Object> mappings = new ArrayList<>();
            for (TargetApp.Port port : app.ports()) {
                mappings.add(fields("scheme", port.scheme(), "host", port.host(), "container", port.container()));
            }
            tasks.add(
                    task(name, "ports", "dokku_ports", fields("app", name, "port_mappings", mappings, "state", "set")));
        }
    }

    private String text(String app, String variable, Value value) {
        return switch (value) {
            case Value.Plain(String text) -> text;
            case Value.Hidden hidden -> {
                inputs.put(hidden.input(), variable + " of " + app);
                yield Recipe.input(hidden.input());
            }
            case Value.Asked asked -> {
                inputs.put(asked.input(), asked.description());
                yield Recipe.input(asked.input());
            }
            case Value.Composed composed -> {
                inputs.put(composed.input(), variable + " of " + app + ", with the generated password");
                yield Recipe.input(composed.input());
            }
        };
    }

    private static Recipe.Task task(String subject, String name, String type, Map<String, Object> fields) {
        return new Recipe.Task(Place.taskName(subject, name), type, fields);
    }

    private static Map<String, Object> fields(Object... namesAndValues) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i + 1 < namesAndValues.length; i += 2) {
            fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return fields;
    }
}
