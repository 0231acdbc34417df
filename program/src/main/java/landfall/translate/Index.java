package landfall.translate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import landfall.kube.KubeObject;

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

    Index(Book book, List<KubeObject> objects) {
        this.book = book;
        this.objects = List.copyOf(objects);
    }

    List<Field> all(String group, String kind) {
        List<Field> found = new ArrayList<>();
        for (KubeObject object : objects) {
            if (object.kind().equals(kind) && object.group().equals(group)) {
                found.add(Field.root(book, object));
            }
        }
        return found;
    }

    Optional<Field> named(String group, String kind, String name) {
        return all(group, kind).stream()
                .filter(field -> field.object().name().equals(name))
                .findFirst();
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
