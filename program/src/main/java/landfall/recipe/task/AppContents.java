package landfall.recipe.task;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import landfall.dokku.DokkuJson;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;

/**
 * What a host has of a recipe's apps and services, and which of that the recipe doesn't say: its drift. What nobody asked
 * the host for isn't known and isn't told; what Dokku itself puts there isn't drift.
 */
public final class AppContents {
    private static final HostRead GLOBAL_DOMAINS =
            HostRead.ofHost("domains:report", "--global", "--domains-global-vhosts");

    private AppContents() {}

    /** All that drift can be told from. */
    public static List<HostRead> reads(List<Task> tasks) {
        List<HostRead> reads = new ArrayList<>(List.of(GLOBAL_DOMAINS));
        for (String app : apps(tasks)) {
            reads.add(ConfigTask.export(app));
            reads.add(DomainsTask.vhosts(app));
            reads.add(PortsTask.map(app));
            reads.add(StorageMountTask.list(app));
            reads.add(ScaleTask.scales(app));
            reads.add(HostRead.report("docker-options", app));
            reads.add(HostRead.report("nginx", app));
        }
        services(tasks).forEach(service -> reads.add(Services.links(service.plugin(), service.name())));
        return reads;
    }

    /** What the host has that no task has a say in, as far as the answers tell. */
    public static List<Item> drift(List<Task> tasks, HostReading host) {
        List<Claim> claims = new ArrayList<>();
        tasks.forEach(task -> claims.addAll(task.claims(host)));
        List<Item> items = new ArrayList<>();
        for (String app : apps(tasks)) {
            variables(host, app).keySet().stream()
                    // Dokku's own, except those of links.
                    .filter(key -> !key.matches("GIT_REV|NO_VHOST|DOKKU_.*") || key.matches("DOKKU_[A-Z]+_[A-Z]+_URL"))
                    .forEach(key -> items.add(item(app, Item.Kind.VARIABLE, key, "")));
            domains(host, app).forEach(domain -> items.add(item(app, Item.Kind.DOMAIN, domain, "")));
            words(host, PortsTask.map(app)).forEach(port -> items.add(item(app, Item.Kind.PORT, port, "")));
            host.known(StorageMountTask.list(app))
                    .map(json -> DokkuJson.objects(json, "storage:list"))
                    .orElse(List.of())
                    .forEach(mount -> items.add(item(
                            app,
                            Item.Kind.MOUNT,
                            String.valueOf(mount.get("container_path")),
                            "of " + mount.get("host_path"))));
            items.addAll(dockerOptions(host, app));
            items.addAll(processes(host, app));
            items.addAll(nginxProperties(host, app));
        }
        for (Service service : services(tasks)) {
            host.known(Services.links(service.plugin(), service.name()))
                    .ifPresent(links -> links.lines()
                            .forEach(app -> items.add(new Item(
                                    service.plugin() + " " + service.name(), Item.Kind.LINK, app.strip(), ""))));
        }
        return items.stream()
                .filter(item -> claims.stream().noneMatch(claim -> claim.covers(item)))
                .distinct()
                .toList();
    }

    /** A database service by its plugin's name and its own. */
    private record Service(String plugin, String name) {}

    private static Item item(String app, Item.Kind kind, String name, String detail) {
        return new Item("app " + app, kind, name, detail);
    }

    private static Set<String> apps(List<Task> tasks) {
        Set<String> apps = new LinkedHashSet<>();
        tasks.stream()
                .map(task -> task.touches().getFirst())
                .filter(touched -> touched.startsWith("app "))
                .forEach(touched -> apps.add(touched.substring("app ".length())));
        return apps;
    }

    private static Set<Service> services(List<Task> tasks) {
        Set<Service> services = new LinkedHashSet<>();
        for (Task task : tasks) {
            if (task instanceof ServiceCreateTask create) {
                services.add(new Service(create.service(), create.name()));
            } else if (task instanceof ServiceLinkTask link) {
                services.add(new Service(link.service(), link.name()));
            }
        }
        return services;
    }

    /** Names to values, which are shown to nobody. */
    static Map<String, String> variables(HostReading host, String app) {
        Map<String, String> variables = new TreeMap<>();
        host.known(ConfigTask.export(app))
                .map(json -> DokkuJson.object(json, "config:export"))
                .orElse(Map.of())
                .forEach((key, value) -> variables.put(key, String.valueOf(value)));
        return variables;
    }

    private static List<String> words(HostReading host, HostRead read) {
        String text = host.known(read).orElse("").strip();
        return text.isEmpty() ? List.of() : List.of(text.split("\\s+"));
    }

    /** Without those that apps:create gives an app: its name below the host's own domains. */
    private static List<String> domains(HostReading host, String app) {
        boolean knowsGlobal = host.known(GLOBAL_DOMAINS).isPresent();
        List<String> usual = words(host, GLOBAL_DOMAINS).stream()
                .map(domain -> app + "." + domain)
                .toList();
        return words(host, DomainsTask.vhosts(app)).stream()
                .filter(domain -> knowsGlobal ? !usual.contains(domain) : !domain.startsWith(app + "."))
                .filter(domain -> !domain.equals(app))
                .toList();
    }

    private static List<Item> dockerOptions(HostReading host, String app) {
        List<Item> items = new ArrayList<>();
        host.known(HostRead.report("docker-options", app)).ifPresent(json -> {
            Map<String, String> report = DokkuJson.strings(json, "docker-options:report");
            for (String phase : List.of("build", "deploy", "run")) {
                DokkuJson.texts(report.getOrDefault(phase + "-list", "[]"), "docker-options:report")
                        .forEach(option -> items.add(item(app, Item.Kind.DOCKER_OPTION, phase + " " + option, "")));
            }
        });
        return items;
    }

    /** One web process is what Dokku starts unasked. */
    private static List<Item> processes(HostReading host, String app) {
        List<Item> items = new ArrayList<>();
        host.known(ScaleTask.scales(app)).ifPresent(json -> {
            for (Map<String, Object> process : DokkuJson.objects(json, "ps:scale")) {
                String type = String.valueOf(process.get("process_type"));
                String count = String.valueOf(process.get("quantity"));
                if (!count.equals("0") && !(type.equals("web") && count.equals("1"))) {
                    items.add(item(app, Item.Kind.PROCESS, type, count + " of them"));
                }
            }
        });
        return items;
    }

    private static List<Item> nginxProperties(HostReading host, String app) {
        List<Item> items = new ArrayList<>();
        host.known(HostRead.report("nginx", app))
                .map(json -> DokkuJson.strings(json, "nginx:report"))
                .orElse(Map.of())
                .forEach((property, value) -> {
                    if (!value.isEmpty()
                            && !property.matches(
                                    "(computed|global)-.*|last-visited-at|nginx-(?!conf-sigil-path|service-command).*")) {
                        items.add(item(app, Item.Kind.NGINX_PROPERTY, property, value));
                    }
                });
        return items;
    }
}
