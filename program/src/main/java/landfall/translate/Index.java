package landfall.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import landfall.kube.KubeObject;

/** The objects of the move's namespace, found by what they are and what they are called. */
final class Index {
    private static final Set<String> POD_OWNERS = Set.of("Deployment", "StatefulSet");

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

    /** Deployments and StatefulSets, in the order of the manifests. */
    List<Field> workloads() {
        return objects.stream()
                .filter(object -> object.group().equals("apps") && POD_OWNERS.contains(object.kind()))
                .map(object -> Field.root(book, object))
                .toList();
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
