package landfall.translate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import landfall.kube.KubeObject;
import org.jspecify.annotations.Nullable;

/** The objects of the move's namespace, found by what they are and what they are called. */
final class Index {
    private static final Set<String> POD_OWNERS = Set.of("Deployment", "StatefulSet");

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
            podLabels(root).entries().forEach((key, value) -> byPodLabel
                    .computeIfAbsent(key + "=" + value.text(""), ignored -> new ArrayList<>())
                    .add(root));
        }
    }

    private static Field podLabels(Field object) {
        Field pod = object.object().kind().equals("Pod") ? object : object.at("spec", "template");
        return pod.at("metadata", "labels");
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
                    selecting.computeIfAbsent(found, ignored -> new ArrayList<>()).add(service);
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

    /** Deployments and StatefulSets, in the order of the manifests. */
    List<Field> workloads() {
        return objects.stream()
                .filter(object -> object.group().equals("apps") && POD_OWNERS.contains(object.kind()))
                .map(object -> Field.root(book, object))
                .toList();
    }

    /** The ports that Services have on the cluster's machines. */
    Set<Integer> nodePorts() {
        if (nodePorts == null) {
            Set<Integer> found = new HashSet<>();
            services().forEach(service -> service.at("spec", "ports")
                    .items()
                    .forEach(port -> port.at("nodePort").number().ifPresent(found::add)));
            nodePorts = found;
        }
        return nodePorts;
    }

    /** True if the Service's selector fits the pods of the workload. */
    static boolean selects(Field service, Field workload) {
        Map<String, Field> selector = service.at("spec", "selector").entries();
        Field labels = workload.at("spec", "template", "metadata", "labels");
        return !selector.isEmpty()
                && selector.entrySet().stream()
                        .allMatch(entry ->
                                labels.at(entry.getKey()).is(entry.getValue().text("")));
    }
}
