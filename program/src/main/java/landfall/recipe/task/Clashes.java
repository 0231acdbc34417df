package landfall.recipe.task;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import landfall.base.Origin;
import landfall.base.Problem;
import landfall.base.Problems;

/** What tasks of one recipe cannot have at once, though each alone is good. */
public final class Clashes {
    private static final Set<String> ENCRYPTED = Set.of("https", "grpcs");

    private Clashes() {}

    public static void check(List<Task> tasks, Origin recipe, Problems problems) {
        Map<String, String> appOfDomain = new HashMap<>();
        Map<Integer, String> userOfPort = new HashMap<>();
        for (Task task : tasks) {
            if (task instanceof DomainsTask domains) {
                for (String domain : domains.domains()) {
                    String other = appOfDomain.putIfAbsent(domain, domains.app());
                    if (other != null && !other.equals(domains.app())) {
                        problems.add(Problem.error(
                                recipe,
                                "the domain " + domain + " is given to two apps, " + other + " and " + domains.app(),
                                "nginx would answer with one of them and not tell which",
                                "Take it out of the field domains of one of the two dokku_domains tasks."));
                    }
                }
            } else if (task instanceof PortsTask ports) {
                ports.mappings().forEach(mapping -> port(ports.app(), mapping, userOfPort, recipe, problems));
            }
        }
    }

    private static void port(String app, String mapping, Map<Integer, String> users, Origin recipe, Problems problems) {
        String[] parts = mapping.split(":", 3);
        String user = parts[0] + " for " + app;
        String other = users.putIfAbsent(Integer.parseInt(parts[1]), user);
        if (other != null && ENCRYPTED.contains(parts[0]) != ENCRYPTED.contains(other.split(" ", 2)[0])) {
            problems.add(Problem.error(
                    recipe,
                    "the host's port " + parts[1] + " cannot be " + other + " and " + user,
                    "nginx speaks TLS on a port for all apps or for none",
                    "Change port_mappings of one of the two dokku_ports tasks."));
        }
    }

    /** Apps that tasks are about though none creates them: they must be on the host. */
    public static Set<String> appsNotCreated(List<Task> tasks) {
        Set<String> apps = new TreeSet<>(tasks.stream()
                .flatMap(task -> task.touches().stream())
                .filter(thing -> thing.startsWith("app "))
                .map(thing -> thing.substring("app ".length()))
                .collect(Collectors.toSet()));
        tasks.stream().filter(AppTask.class::isInstance).map(Task::subject).forEach(apps::remove);
        return apps;
    }

    /** Domains by the app that is to have them. */
    public static Map<String, String> appOfDomain(List<Task> tasks) {
        Map<String, String> apps = new HashMap<>();
        for (Task task : tasks) {
            if (task instanceof DomainsTask domains) {
                domains.domains().forEach(domain -> apps.put(domain, domains.app()));
            }
        }
        return apps;
    }
}
