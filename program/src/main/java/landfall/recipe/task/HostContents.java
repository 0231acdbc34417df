package landfall.recipe.task;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import landfall.dokku.DokkuJson;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;

/** Who uses what of a host: its services, networks and storage entries, and the apps that hang on them. */
public final class HostContents {
    private HostContents() {}

    public static HostRead networks() {
        return NetworkTask.LIST;
    }

    public static HostRead entries() {
        return StorageEntryTask.ENTRIES;
    }

    public static HostRead mounts(String app) {
        return StorageMountTask.list(app);
    }

    public static HostRead network(String app) {
        return HostRead.report("network", app);
    }

    public static HostRead links(String plugin, String service) {
        return Services.links(plugin, service);
    }

    public static boolean serviceExists(HostReading host, String plugin, String service) {
        return Services.exists(host, plugin, service);
    }

    public static Set<String> networks(HostReading host) {
        return DokkuJson.objects(host.text(networks()).orElse("[]"), "network:list").stream()
                .map(network -> String.valueOf(network.get("Name")))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Names to folders of the host. */
    public static Map<String, String> entries(HostReading host) {
        Map<String, String> entries = new TreeMap<>();
        DokkuJson.objects(host.text(entries()).orElse("[]"), "storage:list-entries")
                .forEach(entry ->
                        entries.put(String.valueOf(entry.get("name")), String.valueOf(entry.get("host_path"))));
        return entries;
    }

    /** Paths in the app's containers to the entries mounted there. */
    public static Map<String, String> mounts(HostReading host, String app) {
        Map<String, String> mounts = new TreeMap<>();
        DokkuJson.objects(host.text(mounts(app)).orElse("[]"), "storage:list")
                .forEach(mount -> mounts.put(
                        String.valueOf(mount.get("container_path")), String.valueOf(mount.get("entry_name"))));
        return mounts;
    }

    /** Networks that the app's containers join. */
    public static Set<String> networks(HostReading host, String app) {
        Map<String, String> report = host.report("network", app);
        return Stream.of("attach-post-create", "attach-post-deploy", "initial-network")
                .flatMap(property -> Stream.of(report.getOrDefault(property, "")
                        .replace("[", "")
                        .replace("]", "")
                        .split("[\\s,]+")))
                .filter(network -> !network.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Apps linked to a service. */
    public static List<String> links(HostReading host, String plugin, String service) {
        return host.answer(links(plugin, service))
                .stdout()
                .lines()
                .map(String::strip)
                .filter(app -> !app.isEmpty())
                .toList();
    }
}
