package landfall.translate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import landfall.target.Certificate;
import landfall.target.ProxyTemplate;
import landfall.target.Site;
import landfall.target.TargetApp;
import landfall.target.Value;

/** An app while the rules fill it in. */
final class AppDraft {
    final String name;
    final Field workload;
    final Field container;
    final String image;

    Map<String, Variable> variables = new LinkedHashMap<>();
    final Map<String, Value> environment = new TreeMap<>();
    final List<String> entrypoint = new ArrayList<>();
    final List<String> arguments = new ArrayList<>();
    Optional<String> workingDirectory = Optional.empty();
    Optional<String> user = Optional.empty();
    final List<TargetApp.Port> ports = new ArrayList<>();
    final List<TargetApp.Mount> mounts = new ArrayList<>();
    final List<TargetApp.BakedFile> bakedFiles = new ArrayList<>();
    final List<TargetApp.Check> checks = new ArrayList<>();
    final List<TargetApp.CronTask> cron = new ArrayList<>();
    int processes = 1;
    final Map<String, String> limits = new TreeMap<>();
    final Map<String, String> reservations = new TreeMap<>();
    final Map<String, String> processProperties = new TreeMap<>();
    final Set<String> dockerOptions = new LinkedHashSet<>();
    final Set<String> domains = new LinkedHashSet<>();
    Optional<Certificate> certificate = Optional.empty();
    final Map<String, String> nginx = new TreeMap<>();
    final List<Site> sites = new ArrayList<>();
    final Set<String> proxyBlocks = new LinkedHashSet<>();
    /** The container's port behind port 80 of the host, where a route of the cluster's proxy says it. */
    OptionalInt mainPort = OptionalInt.empty();

    /** Container ports that routes lead to. */
    final Set<Integer> routedPorts = new TreeSet<>();

    final Set<String> networks = new LinkedHashSet<>();
    final Set<TargetApp.Link> links = new LinkedHashSet<>();
    final Set<String> waitsFor = new LinkedHashSet<>();
    final List<String> cronJobs = new ArrayList<>();
    final List<TargetApp.Bridge> bridges = new ArrayList<>();
    boolean holdsFiles;

    AppDraft(String name, Field workload, Field container, String image) {
        this.name = name;
        this.workload = workload;
        this.container = container;
        this.image = image;
    }

    /** Apps with a database or files can run on one side only: their Services are bridged at the switch. */
    boolean isBridged() {
        return !waitsFor.isEmpty() || holdsFiles;
    }

    /** A name for an input of the recipe: docket takes letters, digits and _ only. */
    String inputName(String variable) {
        return inputName(name, variable);
    }

    static String inputName(String owner, String variable) {
        return owner.replace('-', '_').replace('.', '_') + "_" + variable.replaceAll("[^A-Za-z0-9_]", "_");
    }

    /** The container's port behind a name or number of a Service or probe. */
    OptionalInt containerPort(String nameOrNumber) {
        if (nameOrNumber.matches("[0-9]{1,5}")) {
            return OptionalInt.of(Integer.parseInt(nameOrNumber));
        }
        return container.at("ports").items().stream()
                .filter(port -> port.at("name").is(nameOrNumber))
                .flatMap(port -> port.at("containerPort").number().stream())
                .mapToInt(Integer::intValue)
                .findFirst();
    }

    OptionalInt firstPort() {
        return container.at("ports").items().stream()
                .flatMap(port -> port.at("containerPort").number().stream())
                .mapToInt(Integer::intValue)
                .findFirst();
    }

    /** Whether a path of the container lies on a volume. */
    boolean isMounted(String path) {
        return container.at("volumeMounts").items().stream()
                .flatMap(mount -> mount.at("mountPath").text().stream())
                .anyMatch(mount -> path.equals(mount) || path.startsWith(mount.endsWith("/") ? mount : mount + "/"));
    }

    private ProxyTemplate template() {
        Set<Integer> mapped = new TreeSet<>();
        ports.forEach(port -> mapped.add(port.container()));
        return new ProxyTemplate(
                sites,
                List.copyOf(proxyBlocks),
                routedPorts.stream().filter(port -> !mapped.contains(port)).toList());
    }

    TargetApp finish() {
        return new TargetApp(
                name,
                image,
                new TargetApp.Command(entrypoint, arguments, workingDirectory, user),
                environment,
                ports.stream().distinct().toList(),
                mounts,
                bakedFiles,
                checks,
                cron,
                processes,
                limits,
                reservations,
                processProperties,
                List.copyOf(dockerOptions),
                new TargetApp.Web(List.copyOf(domains), certificate, nginx, template()),
                List.copyOf(networks),
                List.copyOf(links),
                List.copyOf(waitsFor),
                List.of(workload.object().shortName()),
                cronJobs,
                bridges);
    }

    /**
     * A variable of the container's environment with its final value.
     *
     * @param sources the leaves that make it: the env entry's own and, where it is taken from one, the Secret's or
     *     ConfigMap's
     * @param missing where the value is kept, if it isn't known here: the user writes it into secrets.yml
     */
    record Variable(String name, String value, boolean sensitive, List<Field> sources, Optional<String> missing) {
        Variable(String name, String value, boolean sensitive, List<Field> sources) {
            this(name, value, sensitive, sources, Optional.empty());
        }

        boolean isKnown() {
            return missing.isEmpty();
        }
    }
}
