package landfall.sandbox;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The endpoints controllers. As on a real cluster, what they made stays when a Service loses its selector, and Endpoints
 * of a Service without selector are mirrored into a slice.
 */
final class ClusterEndpoints {
    static final String MANAGER_LABEL = "endpointslice.kubernetes.io/managed-by";
    static final String CONTROLLER = "endpointslice-controller.k8s.io";
    static final String MIRROR = "endpointslicemirroring-controller.k8s.io";

    private final ApiStore store;

    ClusterEndpoints(ApiStore store) {
        this.store = store;
    }

    void reconcile() throws ApiFailure {
        for (ObjectNode service : store.list(ApiResource.SERVICES, null)) {
            if (ApiJson.at(service, "spec").has("selector")) {
                keep(service);
                removeSlices(ApiJson.namespace(service), ApiJson.name(service), MIRROR);
            } else {
                mirror(service);
            }
        }
        for (ObjectNode slice : store.list(ApiResource.SLICES, null)) {
            String service = service(slice);
            String manager = manager(slice);
            if (List.of(CONTROLLER, MIRROR).contains(manager)
                    && store.find(ApiResource.SERVICES, ApiJson.namespace(slice), service)
                            .isEmpty()) {
                store.remove(ApiResource.SLICES, ApiJson.namespace(slice), ApiJson.name(slice));
                store.remove(ApiResource.ENDPOINTS, ApiJson.namespace(slice), service);
            }
        }
    }

    private static String service(JsonNode slice) {
        return ApiJson.text(slice, "metadata", "labels", ClusterRoutes.SERVICE_LABEL);
    }

    private static String manager(JsonNode slice) {
        return ApiJson.text(slice, "metadata", "labels", MANAGER_LABEL);
    }

    private Stream<ObjectNode> slices(String namespace, String service, String manager) {
        return store.list(ApiResource.SLICES, namespace).stream()
                .filter(slice ->
                        service(slice).equals(service) && manager(slice).equals(manager));
    }

    private void removeSlices(String namespace, String service, String manager) {
        slices(namespace, service, manager)
                .forEach(slice -> store.remove(ApiResource.SLICES, namespace, ApiJson.name(slice)));
    }

    private void keep(ObjectNode service) throws ApiFailure {
        String namespace = ApiJson.namespace(service);
        String name = ApiJson.name(service);
        List<ObjectNode> members = store.list(ApiResource.PODS, namespace).stream()
                .filter(pod -> ApiJson.selects(ApiJson.at(service, "spec", "selector"), pod))
                .filter(pod -> !ApiJson.text(pod, "status", "podIP").isEmpty())
                .filter(pod -> List.of("Pending", "Running").contains(ApiJson.text(pod, "status", "phase")))
                .toList();
        ArrayNode endpoints = ApiJson.MAPPER.createArrayNode();
        ArrayNode addresses = ApiJson.MAPPER.createArrayNode();
        ArrayNode waiting = ApiJson.MAPPER.createArrayNode();
        for (ObjectNode pod : members) {
            if (!ApiJson.terminating(pod)) {
                boolean ready = ApiJson.ready(pod);
                endpoints.add(endpoint(pod, ready));
                (ready ? addresses : waiting).add(address(pod));
            }
        }
        ArrayNode ports = ports(service, members);
        writeSlice(service, endpoints, ports, CONTROLLER);
        ArrayNode subsets = ApiJson.MAPPER.createArrayNode();
        if (!addresses.isEmpty() || !waiting.isEmpty()) {
            ObjectNode subset = subsets.addObject();
            if (!addresses.isEmpty()) {
                subset.set("addresses", addresses);
            }
            if (!waiting.isEmpty()) {
                subset.set("notReadyAddresses", waiting);
            }
            subset.set("ports", ports);
        }
        writeEndpoints(namespace, name, subsets);
    }

    private static ObjectNode endpoint(ObjectNode pod, boolean ready) {
        ObjectNode endpoint = ApiJson.object();
        endpoint.putArray("addresses").add(ApiJson.text(pod, "status", "podIP"));
        endpoint.putObject("conditions")
                .put("ready", ready)
                .put("serving", ready)
                .put("terminating", false);
        endpoint.put("nodeName", ClusterPods.NODE_NAME);
        endpoint.set("targetRef", reference(pod));
        return endpoint;
    }

    private static ObjectNode address(ObjectNode pod) {
        ObjectNode address = ApiJson.object().put("ip", ApiJson.text(pod, "status", "podIP"));
        address.set("targetRef", reference(pod));
        return address;
    }

    private static ObjectNode reference(ObjectNode pod) {
        return ApiJson.object()
                .put("kind", "Pod")
                .put("namespace", ApiJson.namespace(pod))
                .put("name", ApiJson.name(pod))
                .put("uid", ApiJson.text(pod, "metadata", "uid"));
    }

    private static ArrayNode ports(ObjectNode service, List<ObjectNode> pods) {
        ArrayNode ports = ApiJson.MAPPER.createArrayNode();
        for (JsonNode port : ApiJson.at(service, "spec", "ports").values()) {
            Optional<Integer> number = number(port.path("targetPort"), pods);
            number.ifPresent(value -> ports.addObject()
                    .put("name", ApiJson.text(port, "name"))
                    .put("port", value)
                    .put("protocol", "TCP"));
        }
        return ports;
    }

    private static Optional<Integer> number(JsonNode target, List<ObjectNode> pods) {
        if (target.isNumber()) {
            return Optional.of(target.asInt());
        }
        return pods.stream()
                .flatMap(pod -> ApiJson.at(pod, "spec", "containers").valueStream())
                .flatMap(container -> container.path("ports").valueStream())
                .filter(port -> ApiJson.text(port, "name").equals(target.asString("")))
                .map(port -> port.path("containerPort").asInt(0))
                .findFirst();
    }

    private void writeSlice(ObjectNode service, ArrayNode endpoints, ArrayNode ports, String manager)
            throws ApiFailure {
        String namespace = ApiJson.namespace(service);
        Optional<ObjectNode> existing =
                slices(namespace, ApiJson.name(service), manager).findFirst();
        if (existing.isPresent()) {
            try {
                store.edit(ApiResource.SLICES, namespace, ApiJson.name(existing.get()), slice -> {
                    slice.set("endpoints", endpoints);
                    slice.set("ports", ports);
                });
                return;
            } catch (ApiFailure deletedMeanwhile) {
                if (deletedMeanwhile.code() != 404) {
                    throw deletedMeanwhile;
                }
            }
        }
        ObjectNode slice = ApiJson.object();
        ObjectNode metadata = slice.putObject("metadata");
        metadata.put("name", ApiJson.name(service) + "-" + ClusterNames.suffix());
        metadata.put("generateName", ApiJson.name(service) + "-");
        metadata.putObject("labels")
                .put(ClusterRoutes.SERVICE_LABEL, ApiJson.name(service))
                .put(MANAGER_LABEL, manager);
        ClusterNames.own(slice, service);
        slice.put("addressType", "IPv4").set("endpoints", endpoints);
        slice.set("ports", ports);
        store.create(ApiResource.SLICES, namespace, slice);
    }

    private void writeEndpoints(String namespace, String name, ArrayNode subsets) throws ApiFailure {
        if (store.find(ApiResource.ENDPOINTS, namespace, name).isPresent()) {
            store.edit(ApiResource.ENDPOINTS, namespace, name, endpoints -> endpoints.set("subsets", subsets));
        } else {
            ObjectNode endpoints = ApiJson.object();
            endpoints.putObject("metadata").put("name", name);
            endpoints.set("subsets", subsets);
            store.create(ApiResource.ENDPOINTS, namespace, endpoints);
        }
    }

    private void mirror(ObjectNode service) throws ApiFailure {
        String namespace = ApiJson.namespace(service);
        String name = ApiJson.name(service);
        Optional<ObjectNode> endpoints = store.find(ApiResource.ENDPOINTS, namespace, name);
        if (endpoints.isEmpty()) {
            removeSlices(namespace, name, MIRROR);
            return;
        }
        ArrayNode mirrored = ApiJson.MAPPER.createArrayNode();
        JsonNode subset = endpoints.get().path("subsets").path(0);
        for (JsonNode address : subset.path("addresses").values()) {
            ObjectNode endpoint = mirrored.addObject();
            endpoint.putArray("addresses").add(ApiJson.text(address, "ip"));
            endpoint.putObject("conditions").put("ready", true);
        }
        ArrayNode ports =
                subset.path("ports") instanceof ArrayNode found ? found.deepCopy() : ApiJson.MAPPER.createArrayNode();
        writeSlice(service, mirrored, ports, MIRROR);
    }
}
