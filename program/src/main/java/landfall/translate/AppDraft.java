package landfall.translate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import landfall.kube.KubeObject;
import landfall.target.Certificate;
import landfall.target.Place;
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

    /** The process type that the container is. */
    String process = "web";

    /** True for a process type beside the app's main one. */
    boolean isMember;

    /** The app's other process types: containers of the same image and environment. */
    final List<AppDraft> members = new ArrayList<>();
    /** What runs before each deploy, one command after the other. */
    final List<List<String>> predeploy = new ArrayList<>();

    /** True if it must not run twice at once, not even during a deploy. */
    boolean stopsFirst;

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

    /** True if it was reached from inside the cluster only. */
    boolean isInternal;

    /** Docker's options for ports that go past nginx. */
    final Set<String> published = new LinkedHashSet<>();

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

    /** The app's processes: itself first. */
    List<AppDraft> all() {
        List<AppDraft> all = new ArrayList<>(List.of(this));
        all.addAll(members);
        return all;
    }

    /** True if it or one of its process types is one of these workloads; asked for every Service and every app. */
    boolean runsAny(Set<KubeObject> workloads) {
        return workloads.contains(workload.object())
                || (!members.isEmpty()
                        && members.stream().anyMatch(member -> workloads.contains(member.workload.object())));
    }

    /** Its process type that a workload is. */
    AppDraft processOf(String kind, String workload) {
        return all().stream()
                .filter(candidate -> candidate.workload.object().kind().equals(kind)
                        && candidate.workload.object().name().equals(workload))
                .findFirst()
                .orElse(this);
    }

    /** The task of the recipe that each process type has its own of: {@code limit}, {@code limit-worker}. */
    String processTask(String task) {
        return isMember ? task + "-" + process : task;
    }

    /** Takes over what the other process types need of the app as a whole, once their rules have run. */
    void absorb() {
        for (AppDraft member : members) {
            links.addAll(member.links);
            networks.addAll(member.networks);
            waitsFor.addAll(member.waitsFor);
            dockerOptions.addAll(member.dockerOptions);
            holdsFiles |= member.holdsFiles;
            stopsFirst |= member.stopsFirst;
            predeploy.addAll(member.predeploy);
            member.environment.forEach(environment::putIfAbsent);
            member.mounts.stream()
                    .filter(mount -> mounts.stream().noneMatch(own -> own.path().equals(mount.path())))
                    .forEach(mounts::add);
            member.bakedFiles.stream()
                    .filter(file ->
                            bakedFiles.stream().noneMatch(own -> own.path().equals(file.path())))
                    .forEach(bakedFiles::add);
            // The longest time to end that any of them was given.
            member.processProperties.forEach((property, value) -> processProperties.merge(
                    property,
                    value,
                    (own, other) -> own.length() == other.length()
                            ? (own.compareTo(other) >= 0 ? own : other)
                            : (own.length() > other.length() ? own : other)));
        }
    }

    /** Where the words of its command go. */
    String commandPlace() {
        return Place.appFile(
                name, isMember || !members.isEmpty() || !process.equals("web") ? "Procfile" : "Dockerfile");
    }

    String scalePlace() {
        return Place.task(name, "scale", process);
    }

    private TargetApp.ProcessType processType() {
        List<String> command = new ArrayList<>(entrypoint);
        command.addAll(arguments);
        return new TargetApp.ProcessType(process, command, processes, limits, reservations, checks);
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
            int number = Integer.parseInt(nameOrNumber);
            return number >= 1 && number <= 65_535 ? OptionalInt.of(number) : OptionalInt.empty();
        }
        return container.at("ports").items().stream()
                .filter(port -> port.at("name").is(nameOrNumber))
                .flatMap(port -> port.at("containerPort").number().stream())
                .mapToInt(Integer::intValue)
                .findFirst();
    }

    OptionalInt firstPort() {
        OptionalInt named = container.at("ports").items().stream()
                .flatMap(port -> port.at("containerPort").number().stream())
                .mapToInt(Integer::intValue)
                .findFirst();
        // Knative's containers listen on $PORT, which is 8080 where they name none.
        return named.isEmpty() && KnativeRule.is(workload) ? OptionalInt.of(8080) : named;
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
                bakedFiles.stream()
                        .sorted(Comparator.comparing(TargetApp.BakedFile::path))
                        .toList(),
                checks,
                cron,
                processes,
                limits,
                reservations,
                processProperties,
                List.copyOf(dockerOptions),
                new TargetApp.Web(
                        List.copyOf(domains), certificate, nginx, template(), isInternal, List.copyOf(published)),
                List.copyOf(networks),
                List.copyOf(links),
                List.copyOf(waitsFor),
                all().stream()
                        .map(member -> member.workload.object().shortName())
                        .filter(shortName -> !shortName.startsWith("CronJob/"))
                        .distinct()
                        .toList(),
                cronJobs,
                bridges,
                new TargetApp.Formation(
                        process,
                        members.stream().map(AppDraft::processType).toList(),
                        predeploy.stream().distinct().toList(),
                        stopsFirst));
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
