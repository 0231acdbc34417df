package landfall.translate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import landfall.kube.KubeObject;
import org.jspecify.annotations.Nullable;

/** The objects of the move's namespace, found by what they are and what they are called. */
final class Index {
    /** What keeps pods running, by group; {@code extensions} is where some of them began. */
    private static final Map<String, Set<String>> RUNNERS = Map.of(
            "apps", Set.of("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"),
            "extensions", Set.of("Deployment", "DaemonSet", "ReplicaSet"),
            "", Set.of("ReplicationController", "Pod"),
            "serving.knative.dev", Set.of("Service"));

    private final Book book;
    private final List<KubeObject> objects;
    private final Map<String, List<Field>> byKind = new HashMap<>();
    private final Map<String, Field> byName = new HashMap<>();
    /** What runs pods, by each of the pods' labels: {@code app=uro}. */
    private final Map<String, List<Field>> byPodLabel = new HashMap<>();

    private final Map<KubeObject, Set<KubeObject>> selected = new HashMap<>();
    private final Map<KubeObject, List<Field>> selecting = new HashMap<>();
    private @Nullable Set<Integer> nodePorts;

    Index(Book book, List<KubeObject> objects) {
        this.book = book;
        this.objects = List.copyOf(objects);
        for (KubeObject object : this.objects) {
            Field root = Field.root(book, object);
            String kind = object.group() + " " + object.kind();
            byKind.computeIfAbsent(kind, ignored -> new ArrayList<>()).add(root);
            byName.putIfAbsent(kind + " " + object.name(), root);
            podTemplate(root)
                    .at("metadata", "labels")
                    .entries()
                    .forEach((key, value) -> byPodLabel
                            .computeIfAbsent(key + "=" + value.text(""), ignored -> new ArrayList<>())
                            .add(root));
        }
    }

    /** As {@link #selects} of each workload, in a time that doesn't grow with their number. */
    Set<KubeObject> selectedBy(Field service) {
        return selected.computeIfAbsent(service.object(), ignored -> select(service));
    }

    /** The Services whose selectors fit a workload's pods, in the order of the manifests. */
    List<Field> servicesOf(Field workload) {
        if (selecting.isEmpty()) {
            for (Field service : services()) {
                for (KubeObject found : selectedBy(service)) {
                    selecting
                            .computeIfAbsent(found, ignored -> new ArrayList<>())
                            .add(service);
                }
            }
        }
        return Collections.unmodifiableList(selecting.getOrDefault(workload.object(), List.of()));
    }

    private Set<KubeObject> select(Field service) {
        Set<KubeObject> found = new HashSet<>();
        service.at("spec", "selector").entries().entrySet().stream()
                .findFirst()
                .map(label -> label.getKey() + "=" + label.getValue().text(""))
                .map(label -> byPodLabel.getOrDefault(label, List.of()))
                .orElse(List.of())
                .forEach(workload -> {
                    if (selects(service, workload)) {
                        found.add(workload.object());
                    }
                });
        return found;
    }

    List<Field> all(String group, String kind) {
        return Collections.unmodifiableList(byKind.getOrDefault(group + " " + kind, List.of()));
    }

    Optional<Field> named(String group, String kind, String name) {
        return Optional.ofNullable(byName.get(group + " " + kind + " " + name));
    }

    Optional<Field> secret(String name) {
        return named("", "Secret", name);
    }

    Optional<Field> configMap(String name) {
        return named("", "ConfigMap", name);
    }

    Optional<Field> claim(String name) {
        return named("", "PersistentVolumeClaim", name);
    }

    List<Field> services() {
        return all("", "Service");
    }

    /** What keeps pods running and was not made by another object, by name: the order of the files means nothing. */
    List<Field> workloads() {
        return sorted(object -> isRunner(object) && maker(object).isEmpty());
    }

    List<Field> cronJobs() {
        return sorted(object -> object.group().equals("batch") && object.kind().equals("CronJob"));
    }

    /** Jobs that no CronJob made, by name. */
    List<Field> jobs() {
        return sorted(object -> object.group().equals("batch")
                && object.kind().equals("Job")
                && maker(object).isEmpty());
    }

    /** Pods, ReplicaSets and Jobs that a controller made of another object: a live cluster lists them too. */
    List<Field> made() {
        return sorted(object -> (isRunner(object) || object.kind().equals("Job"))
                && maker(object).isPresent());
    }

    /** {@code Kind/name} of the controller that made an object. */
    static Optional<String> maker(KubeObject object) {
        return object.root().itemsAt("metadata", "ownerReferences").stream()
                .filter(owner -> owner.bool("controller").orElse(true))
                .map(owner ->
                        owner.text("kind").orElse("") + "/" + owner.text("name").orElse(""))
                .findFirst();
    }

    private static boolean isRunner(KubeObject object) {
        return RUNNERS.getOrDefault(object.group(), Set.of()).contains(object.kind());
    }

    private List<Field> sorted(Predicate<KubeObject> wanted) {
        return objects.stream()
                .filter(wanted)
                .sorted(Comparator.comparing(KubeObject::name).thenComparing(KubeObject::kind))
                .map(object -> Field.root(book, object))
                .toList();
    }

    /** The ports that Services have on the cluster's machines. */
    Set<Integer> nodePorts() {
        if (nodePorts == null) {
            Set<Integer> found = new HashSet<>();
            services()
                    .forEach(service -> service.at("spec", "ports")
                            .items()
                            .forEach(port -> port.at("nodePort").number().ifPresent(found::add)));
            nodePorts = found;
        }
        return nodePorts;
    }

    /** Where {@code metadata} and {@code spec} of its pods stand: a Pod is its own template. */
    static Field podTemplate(Field workload) {
        return switch (workload.object().kind()) {
            case "Pod" -> workload;
            case "CronJob" -> workload.at("spec", "jobTemplate", "spec", "template");
            default -> workload.at("spec", "template");
        };
    }

    /** The pods' {@code spec}. */
    static Field pod(Field workload) {
        return podTemplate(workload).at("spec");
    }

    /** True if a Service leads to a port of the container. */
    boolean isReached(Field workload, Field container) {
        return services().stream()
                .filter(service -> selects(service, workload))
                .anyMatch(service -> leadsTo(service, container));
    }

    static boolean leadsTo(Field service, Field container) {
        return service.at("spec", "ports").items().stream()
                .map(ServicePort::target)
                .anyMatch(target -> container.at("ports").items().stream()
                        .anyMatch(port -> port.at("name").is(target)
                                || port.at("containerPort").is(target)));
    }

    /** True if the Service's selector fits the pods of the workload. */
    static boolean selects(Field service, Field workload) {
        Map<String, Field> selector = service.at("spec", "selector").entries();
        Field labels = podTemplate(workload).at("metadata", "labels");
        return !selector.isEmpty()
                && selector.entrySet().stream()
                        .allMatch(entry ->
                                labels.at(entry.getKey()).is(entry.getValue().text("")));
    }
}
