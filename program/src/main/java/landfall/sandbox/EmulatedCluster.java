package landfall.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A cluster of one node: a Kubernetes API over HTTPS, controllers, and pods that are processes of this machine. */
public final class EmulatedCluster implements AutoCloseable {
    static final int API_PORT = 6443;

    private final ApiStore store = new ApiStore();
    private final ApiRequests requests = new ApiRequests(store);
    private final Addresses addresses;
    private final ClusterPods pods;
    private final ClusterRoutes routes;
    private final ClusterControllers controllers;
    private final ApiServer server;
    private final Path kubeconfig;

    private EmulatedCluster(
            Path folder,
            Addresses addresses,
            Containers containers,
            ProcessRegistry registry,
            Function<String, Optional<Program>> images,
            InstantSource clock)
            throws IOException, InterruptedException {
        this.addresses = addresses;
        Files.createDirectories(folder);
        ClusterKeys keys = ClusterKeys.make(folder, addresses.node());
        pods = new ClusterPods(store, folder, addresses, containers, registry, images);
        routes = new ClusterRoutes(store, pods, addresses);
        kubeconfig = folder.resolve("kubeconfig");
        Files.deleteIfExists(kubeconfig);
        Files.createFile(
                kubeconfig, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(kubeconfig, keys.kubeconfig("https://" + addresses.node() + ":" + API_PORT));
        server = new ApiServer(
                store, requests, pods, addresses.node(), API_PORT, keys.store(), keys.password(), keys.tokens());
        ensureNamespace("default");
        controllers = new ClusterControllers(store, pods, routes, clock);
    }

    /** @param folder holds volumes, kept from run to run, and what lasts as long as a run */
    public static EmulatedCluster start(
            Path folder, Addresses addresses, Containers containers, ProcessRegistry registry)
            throws IOException, InterruptedException {
        return start(folder, addresses, containers, registry, Program::find, InstantSource.system());
    }

    /** @param images the program of an image; empty fails as a pull fails */
    static EmulatedCluster start(
            Path folder,
            Addresses addresses,
            Containers containers,
            ProcessRegistry registry,
            Function<String, Optional<Program>> images,
            InstantSource clock)
            throws IOException, InterruptedException {
        return new EmulatedCluster(folder.toAbsolutePath(), addresses, containers, registry, images, clock);
    }

    public Path kubeconfig() {
        return kubeconfig;
    }

    /** Every object of a namespace as one list, as {@code kubectl get KINDS -o json} prints it. */
    public String export(String namespace) {
        ObjectNode list = ApiJson.object().put("apiVersion", "v1").put("kind", "List");
        ArrayNode items = list.putArray("items");
        for (ApiResource resource : ApiResource.all()) {
            if (resource.namespaced()) {
                store.list(resource, namespace).forEach(items::add);
            }
        }
        list.putObject("metadata").put("resourceVersion", "");
        return list.toString();
    }

    /** Address of each node port, by {@code NAMESPACE/SERVICE}. */
    public Map<String, String> nodePorts() {
        Map<String, String> ports = new TreeMap<>();
        for (ObjectNode service : store.list(ApiResource.SERVICES, null)) {
            for (JsonNode port : ApiJson.at(service, "spec", "ports").values()) {
                if (port.has("nodePort")) {
                    ports.put(
                            ApiJson.namespace(service) + "/" + ApiJson.name(service),
                            addresses.node() + ":" + port.path("nodePort").asInt(0));
                }
            }
        }
        return ports;
    }

    /** Creates the objects of YAML files or of all in a folder, Namespaces first. */
    public void apply(List<Path> manifests) throws IOException {
        List<ObjectNode> objects = new ArrayList<>();
        for (Path manifest : manifests) {
            try (Stream<Path> files = Files.walk(manifest)) {
                for (Path file : files.sorted().toList()) {
                    if (file.toString().matches(".*\\.(ya?ml|json)")) {
                        read(file, objects);
                    }
                }
            }
        }
        objects.sort(java.util.Comparator.comparing(
                object -> !ApiJson.text(object, "kind").equals("Namespace")));
        for (ObjectNode object : objects) {
            create(object);
        }
    }

    private static void read(Path file, List<ObjectNode> into) throws IOException {
        LoadSettings settings = LoadSettings.builder()
                .setSchema(new CoreSchema())
                .setLabel(file.toString())
                .build();
        for (Object document : new Load(settings).loadAllFromString(Files.readString(file))) {
            if (ApiJson.MAPPER.valueToTree(document) instanceof ObjectNode object) {
                if (ApiJson.text(object, "kind").equals("List")) {
                    object.path("items").forEach(item -> into.add((ObjectNode) item));
                } else {
                    into.add(object);
                }
            }
        }
    }

    private void create(ObjectNode object) throws IOException {
        String kind = ApiJson.text(object, "kind");
        ApiResource resource = ApiResource.ofKind(ApiJson.text(object, "apiVersion"), kind)
                .orElseThrow(() -> new IOException(
                        "the emulated cluster has no kind " + ApiJson.text(object, "apiVersion") + " " + kind));
        String namespace = ApiJson.namespace(object).isEmpty() ? "default" : ApiJson.namespace(object);
        if (resource.namespaced()) {
            ensureNamespace(namespace);
        }
        String base = resource.group().isEmpty() ? "/api/v1" : "/apis/" + resource.apiVersion();
        String path = base + (resource.namespaced() ? "/namespaces/" + namespace : "") + "/" + resource.plural();
        if (resource.equals(ApiResource.NAMESPACES)
                && store.find(resource, "", ApiJson.name(object)).isPresent()) {
            return;
        }
        // As kubectl apply does: it compares with it when the manifest is applied again.
        String manifest = object.toString();
        ApiJson.child(ApiJson.metadata(object), "annotations")
                .put("kubectl.kubernetes.io/last-applied-configuration", manifest);
        try {
            requests.handle(new ApiRequests.Call(
                    ApiAuthorizer.OWNER, "POST", path, Map.of(), "application/json", object.toString()));
        } catch (ApiFailure e) {
            throw new IOException(
                    "the emulated cluster refused " + kind + "/" + ApiJson.name(object) + ": " + e.getMessage(), e);
        }
    }

    private void ensureNamespace(String name) throws IOException {
        if (store.find(ApiResource.NAMESPACES, "", name).isEmpty()) {
            ObjectNode namespace = ApiJson.object().put("apiVersion", "v1").put("kind", "Namespace");
            namespace
                    .putObject("metadata")
                    .put("name", name)
                    .putObject("labels")
                    .put("kubernetes.io/metadata.name", name);
            create(namespace);
        }
    }

    /** What is not yet as wanted, in words; empty when all workloads are ready. */
    public List<String> notReady() {
        List<String> waiting = new ArrayList<>();
        for (ApiResource resource : List.of(ApiResource.DEPLOYMENTS, ApiResource.STATEFUL_SETS)) {
            for (ObjectNode workload : store.list(resource, null)) {
                int wanted = ApiJson.at(workload, "spec", "replicas").asInt(1);
                int ready = ApiJson.at(workload, "status", "readyReplicas").asInt(0);
                if (ready < wanted) {
                    waiting.add(resource.kind() + "/" + ApiJson.name(workload) + " " + ready + " of " + wanted
                            + " ready" + reasons(workload));
                }
            }
        }
        return waiting;
    }

    private String reasons(ObjectNode workload) {
        StringBuilder reasons = new StringBuilder();
        String uid = ApiJson.text(workload, "metadata", "uid");
        for (ObjectNode pod : store.list(ApiResource.PODS, ApiJson.namespace(workload))) {
            if (ClusterNames.ownedBy(pod, uid)) {
                Stream.of("initContainerStatuses", "containerStatuses")
                        .flatMap(list -> ApiJson.at(pod, "status", list).valueStream())
                        .map(status -> ApiJson.text(status, "state", "waiting", "reason") + " "
                                + ApiJson.text(status, "state", "waiting", "message"))
                        .filter(text -> !text.isBlank() && !text.startsWith("PodInitializing"))
                        .forEach(text -> reasons.append(", ").append(text.strip()));
            }
        }
        return reasons.toString();
    }

    @Override
    public void close() throws IOException {
        server.close();
        try {
            controllers.close();
            pods.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        routes.close();
    }
}
