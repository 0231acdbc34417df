package landfall.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import landfall.kube.KubeObject;
import landfall.kube.Node;
import landfall.target.Target;

/** The cluster's side as a drawing: routes, Services, workloads, and what they keep their data in. */
final class ClusterPicture {
    private static final Set<String> WORKLOADS = Set.of(
            "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Pod", "Job", "CronJob");
    private static final Set<String> ROUTES =
            Set.of("Ingress", "HTTPRoute", "IngressRoute", "IngressRouteTCP", "VirtualService", "Route");
    private static final Pattern HOST = Pattern.compile("Host\\(`([^`]+)`");

    private final Drawing drawing = new Drawing(List.of("Routes", "Services", "Workloads", "Databases and volumes"));
    private final List<KubeObject> objects;
    private final Set<String> apps = new LinkedHashSet<>();
    private final Map<String, KubeObject> workloads = new LinkedHashMap<>();
    private final Map<String, List<String>> targetsOfService = new LinkedHashMap<>();
    private final Map<String, KubeObject> configurations = new LinkedHashMap<>();

    private ClusterPicture(List<KubeObject> objects, Target target) {
        this.objects = objects.stream()
                .filter(object -> object.namespace().equals(target.namespace()))
                .toList();
        target.apps().forEach(app -> {
            apps.addAll(app.workloads());
            apps.addAll(app.cronJobs());
        });
    }

    static Drawing of(List<KubeObject> objects, Target target) {
        ClusterPicture picture = new ClusterPicture(objects, target);
        picture.workloads();
        picture.services();
        picture.routes();
        picture.uses();
        return picture.drawing;
    }

    private void workloads() {
        for (KubeObject object : objects) {
            String kind = object.kind();
            if (kind.equals("ConfigMap") || kind.equals("Secret")) {
                configurations.put(kind + "/" + object.name(), object);
            } else if (WORKLOADS.contains(kind)) {
                workloads.put(object.shortName(), object);
                boolean isApp = apps.contains(object.shortName()) || !kind.matches("Deployment|StatefulSet|DaemonSet");
                drawing.box(object.shortName(), isApp ? 2 : 3, object.name(), below(object), isApp ? "app" : "data");
                if (isApp) {
                    claims(object);
                }
            } else if (!object.root().entriesAt("spec", "storage").isEmpty()
                    || !object.root().entriesAt("spec", "volume").isEmpty()
                    || kind.equals("PostgresCluster")
                    || kind.equals("Tenant")) {
                drawing.box(object.shortName(), 3, object.name(), kind, "data");
            }
        }
    }

    private static String below(KubeObject object) {
        Optional<String> schedule = object.root().text("spec", "schedule");
        Optional<Long> replicas = object.root().integer("spec", "replicas");
        return object.kind()
                + schedule.map(text -> ", " + text).orElse("")
                + replicas.filter(count -> count != 1)
                        .map(count -> ", " + count + " replicas")
                        .orElse("");
    }

    private void claims(KubeObject workload) {
        for (Node volume : pod(workload).itemsAt("volumes")) {
            volume.text("persistentVolumeClaim", "claimName").ifPresent(claim -> {
                drawing.box("claim " + claim, 3, claim, "claim" + size(claim), "data");
                drawing.line(workload.shortName(), "claim " + claim);
            });
        }
        for (Node claim : workload.root().itemsAt("spec", "volumeClaimTemplates")) {
            String name = claim.text("metadata", "name").orElse("data");
            String id = "claim " + workload.name() + " " + name;
            String size = claim.text("spec", "resources", "requests", "storage")
                    .map(text -> ", " + text)
                    .orElse("");
            drawing.box(id, 3, name + "-" + workload.name(), "claim" + size, "data");
            drawing.line(workload.shortName(), id);
        }
    }

    private String size(String claim) {
        return objects.stream()
                .filter(object -> object.kind().equals("PersistentVolumeClaim")
                        && object.name().equals(claim))
                .flatMap(object -> object.root().text("spec", "resources", "requests", "storage").stream())
                .findFirst()
                .map(size -> ", " + size)
                .orElse("");
    }

    private void services() {
        for (KubeObject service : objects) {
            if (!service.kind().equals("Service")) {
                continue;
            }
            Map<String, Node> selector = service.root().entriesAt("spec", "selector");
            List<String> selected = new ArrayList<>();
            boolean isSearched = workloads.size() <= Drawing.CONNECTED_MAX; // the search is quadratic
            for (KubeObject workload : isSearched ? workloads.values() : List.<KubeObject>of()) {
                Node labels = template(workload).at("metadata", "labels").orElse(workload.root());
                boolean isSelected = !selector.isEmpty()
                        && selector.keySet().stream()
                                .allMatch(key ->
                                        labels.text(key).equals(service.root().text("spec", "selector", key)));
                if (isSelected) {
                    selected.add(workload.shortName());
                }
            }
            targetsOfService.put(service.name(), selected);
            boolean isDataOnly = !selected.isEmpty() && selected.stream().noneMatch(apps::contains);
            if (!isDataOnly) {
                String type = service.root().text("spec", "type").orElse("ClusterIP");
                drawing.box("Service/" + service.name(), 1, service.name(), "Service, " + type, "service");
                selected.forEach(workload -> drawing.line("Service/" + service.name(), workload));
            }
        }
    }

    private void routes() {
        for (KubeObject object : objects) {
            if (!ROUTES.contains(object.kind())) {
                continue;
            }
            Set<String> hosts = new LinkedHashSet<>();
            Set<String> services = new LinkedHashSet<>();
            search(object.root().at("spec").orElse(object.root()), "", hosts, services);
            String first = hosts.stream().findFirst().orElse(object.name());
            drawing.box(
                    object.shortName(),
                    0,
                    first + (hosts.size() > 1 ? " +" + (hosts.size() - 1) : ""),
                    object.kind() + " " + object.name(),
                    "route");
            services.forEach(service -> drawing.line(object.shortName(), "Service/" + service));
        }
    }

    /** Hosts and Services, wherever the kind keeps them. */
    private void search(Node node, String key, Set<String> hosts, Set<String> services) {
        switch (node) {
            case Node.MapNode map -> map.entries().forEach((name, child) -> search(child, name, hosts, services));
            case Node.ListNode list -> list.items().forEach(item -> search(item, key, hosts, services));
            case Node.Scalar scalar -> {
                String text = scalar.raw();
                var match = HOST.matcher(text);
                if (key.equals("match") && match.find()) {
                    hosts.add(match.group(1));
                } else if (key.equals("hostnames")
                        || key.equals("hosts")
                        || (key.equals("host") && text.contains("."))) {
                    hosts.add(text);
                }
                if (Set.of("name", "serviceName", "host").contains(key)
                        && targetsOfService.containsKey(text.replaceAll("\\..*", ""))) {
                    services.add(text.replaceAll("\\..*", ""));
                }
            }
        }
    }

    /** Which workload names which Service in its settings. */
    private void uses() {
        if (workloads.size() > Drawing.CONNECTED_MAX) {
            return; // more than can be drawn, and the search is quadratic
        }
        for (KubeObject workload : workloads.values()) {
            String settings = String.join("\n", settings(workload));
            for (Map.Entry<String, List<String>> service : targetsOfService.entrySet()) {
                String name = Pattern.quote(service.getKey());
                Pattern named = Pattern.compile("(?:(?://|@)" + name + "(?![A-Za-z0-9-])|(?<![A-Za-z0-9.-])" + name
                        + "(?::[0-9]+|\\.[a-z0-9-]+\\.svc)|(?m)^" + name + "$)");
                if (named.matcher(settings).find()) {
                    service.getValue().stream()
                            .filter(used -> !used.equals(workload.shortName()))
                            .forEach(used -> drawing.line(workload.shortName(), used));
                }
            }
        }
    }

    /** The values of its environment, one a line; those of Secrets only help to find whom it talks to. */
    private List<String> settings(KubeObject workload) {
        List<String> values = new ArrayList<>();
        for (Node container : pod(workload).itemsAt("containers")) {
            for (Node variable : container.itemsAt("env")) {
                variable.text("value").ifPresent(values::add);
                for (String kind : List.of("ConfigMap", "Secret")) {
                    String reference = kind.equals("Secret") ? "secretKeyRef" : "configMapKeyRef";
                    variable.text("valueFrom", reference, "name").ifPresent(name -> values(kind + "/" + name, values));
                }
            }
            for (Node source : container.itemsAt("envFrom")) {
                source.text("configMapRef", "name").ifPresent(name -> values("ConfigMap/" + name, values));
                source.text("secretRef", "name").ifPresent(name -> values("Secret/" + name, values));
            }
        }
        return values;
    }

    private void values(String configuration, List<String> values) {
        KubeObject object = configurations.get(configuration);
        if (object != null) {
            for (String part : List.of("data", "stringData")) {
                object.root()
                        .entriesAt(part)
                        .values()
                        .forEach(value -> value.text().ifPresent(values::add));
            }
        }
    }

    private static Node template(KubeObject workload) {
        Node root = workload.root();
        return switch (workload.kind()) {
            case "Pod" -> root;
            case "CronJob" -> root.at("spec", "jobTemplate", "spec", "template").orElse(root);
            default -> root.at("spec", "template").orElse(root);
        };
    }

    private static Node pod(KubeObject workload) {
        Node template = template(workload);
        return template.at("spec").orElse(template);
    }
}
