package landfall.kube;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import landfall.base.Limits;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sends a Service's traffic to the Dokku host and back.
 *
 * <p>Order of {@link #bridge}: the selector goes (in the same patch that saves the old route in an annotation), then our
 * EndpointSlice is made, and only then the old ones are deleted. For a moment both are there, which is safe: it is the
 * database's fence, not the route, that lets only one side write (P4). While both are there the source is not yet fenced
 * and the target's door is closed, so a new connection is either served by the old side, whose write is drained later,
 * or waits at the door. The other order would leave a moment without any endpoint, in which connections are refused: a
 * failed request. {@link #restore} keeps the same order for the same reason.
 */
final class ServiceBridge {
    static final String SAVED_ROUTE = "landfall.dev/saved-route";
    private static final String SERVICE_LABEL = "kubernetes.io/service-name";
    private static final String MANAGER_LABEL = "endpointslice.kubernetes.io/managed-by";
    private static final String MANAGER = "landfall";
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(25);

    private final ClusterApi api;
    private final String namespace;

    ServiceBridge(ClusterApi api, String namespace) {
        this.api = api;
        this.namespace = namespace;
    }

    private String servicePath(String service) {
        return "/api/v1/namespaces/" + namespace + "/services/" + service;
    }

    private String endpointsPath(String service) {
        return "/api/v1/namespaces/" + namespace + "/endpoints/" + service;
    }

    private String slicesPath() {
        return "/apis/discovery.k8s.io/v1/namespaces/" + namespace + "/endpointslices";
    }

    private List<JsonNode> slices(String service) throws ClusterException {
        return new ArrayList<>(
                api.get(slicesPath() + "?labelSelector=" + ClusterApi.encoded(SERVICE_LABEL + "=" + service))
                        .path("items")
                        .values());
    }

    private static String name(JsonNode object) {
        return object.path("metadata").path("name").asString("");
    }

    private static String manager(JsonNode slice) {
        return slice.path("metadata").path("labels").path(MANAGER_LABEL).asString("");
    }

    private static boolean ours(JsonNode slice) {
        return manager(slice).equals(MANAGER);
    }

    private static JsonNode saved(JsonNode service) {
        return service.path("metadata").path("annotations").path(SAVED_ROUTE);
    }

    boolean isBridged(String service) throws ClusterException {
        JsonNode object = api.get(servicePath(service));
        List<JsonNode> slices = slices(service);
        return saved(object).isString() && !slices.isEmpty() && slices.stream().allMatch(ServiceBridge::ours);
    }

    /** Idempotent: a route that is already saved is not saved again. */
    boolean bridge(String service, String address, Map<String, Integer> ports) throws ClusterException {
        JsonNode object = api.get(servicePath(service));
        refuseUnfit(object, service);
        ObjectNode slice = slice(object, service, address, ports);
        if (!saved(object).isString()) {
            takeSelector(object, service);
        }
        put(slice);
        removeOthers(service);
        return true;
    }

    private static void refuseUnfit(JsonNode object, String service) throws ClusterException {
        JsonNode spec = object.path("spec");
        if (spec.path("clusterIP").asString("").equals("None")) {
            throw new ClusterException(
                    0, "Service " + service + " is headless: clients reach pods by address and can't be bridged");
        }
        if (spec.path("type").asString("").equals("ExternalName")) {
            throw new ClusterException(0, "Service " + service + " is an ExternalName: it has no endpoints to bridge");
        }
    }

    private ObjectNode slice(JsonNode object, String service, String address, Map<String, Integer> ports)
            throws ClusterException {
        ObjectNode slice = ClusterApi.object();
        slice.put("apiVersion", "discovery.k8s.io/v1").put("kind", "EndpointSlice");
        ObjectNode metadata = slice.putObject("metadata");
        metadata.put("name", service + "-landfall").put("namespace", namespace);
        metadata.putObject("labels").put(SERVICE_LABEL, service).put(MANAGER_LABEL, MANAGER);
        slice.put("addressType", address.contains(":") ? "IPv6" : "IPv4");
        ObjectNode endpoint = slice.putArray("endpoints").addObject();
        endpoint.putArray("addresses").add(address);
        endpoint.putObject("conditions").put("ready", true).put("serving", true).put("terminating", false);
        ArrayNode slicePorts = slice.putArray("ports");
        Set<String> left = new HashSet<>(ports.keySet());
        for (JsonNode port : object.path("spec").path("ports").values()) {
            String name = port.path("name").asString("");
            String number = port.path("port").asString("");
            String key = ports.containsKey(name) ? name : number;
            Integer to = ports.get(key);
            if (to == null) {
                throw new ClusterException(
                        0,
                        "Service " + service + " has a port " + number + " (" + (name.isEmpty() ? "no name" : name)
                                + ") for which no Dokku port is given");
            }
            left.remove(key);
            slicePorts
                    .addObject()
                    .put("name", name)
                    .put("port", to.intValue())
                    .put("protocol", port.path("protocol").asString("TCP"));
        }
        if (!left.isEmpty()) {
            throw new ClusterException(0, "Service " + service + " has no port " + String.join(", ", left));
        }
        return slice;
    }

    private void takeSelector(JsonNode object, String service) throws ClusterException {
        ObjectNode route = ClusterApi.object();
        route.set("selector", object.path("spec").path("selector").deepCopy());
        ArrayNode saved = route.putArray("endpointSlices");
        for (JsonNode old : slices(service)) {
            if (!ours(old)) {
                saved.add(withoutServerFields(old, "discovery.k8s.io/v1", "EndpointSlice"));
            }
        }
        api.find(endpointsPath(service))
                .ifPresent(endpoints -> route.set("endpoints", withoutServerFields(endpoints, "v1", "Endpoints")));
        String text = route.toString();
        if (text.getBytes(StandardCharsets.UTF_8).length > Limits.CLUSTER_ANNOTATION_BYTES_MAX / 2) {
            throw new ClusterException(
                    0, "the endpoints of Service " + service + " are too many to be saved in an annotation");
        }
        ObjectNode patch = ClusterApi.object();
        ObjectNode metadata = patch.putObject("metadata");
        // With the version read, so that a change made in between is not overwritten but reported.
        metadata.put(
                "resourceVersion",
                object.path("metadata").path("resourceVersion").asString(""));
        metadata.putObject("annotations").put(SAVED_ROUTE, text);
        patch.putObject("spec").putNull("selector");
        api.mergePatch(servicePath(service), patch);
    }

    private static ObjectNode withoutServerFields(JsonNode object, String version, String kind) {
        ObjectNode copy = (ObjectNode) object.deepCopy();
        copy.put("apiVersion", version).put("kind", kind);
        ObjectNode metadata = (ObjectNode) copy.path("metadata");
        metadata.remove(List.of("resourceVersion", "uid", "creationTimestamp", "generation", "managedFields"));
        // An owner of another incarnation would have the slice collected as garbage.
        metadata.remove("ownerReferences");
        metadata.remove("generateName");
        return copy;
    }

    private void put(ObjectNode slice) throws ClusterException {
        try {
            api.post(slicesPath(), slice);
        } catch (ClusterException e) {
            if (e.code() != 409) {
                throw e;
            }
            ObjectNode patch = ClusterApi.object();
            for (String field : List.of("endpoints", "ports")) {
                patch.set(field, slice.path(field));
            }
            api.mergePatch(slicesPath() + "/" + name(slice), patch);
        }
    }

    /** Endpoints first: the cluster mirrors those of a Service without selector into a slice of its own. */
    private void removeOthers(String service) throws ClusterException {
        api.delete(endpointsPath(service));
        long end = System.nanoTime() + Limits.CLUSTER_ROUTE.toNanos();
        while (true) {
            List<JsonNode> others =
                    slices(service).stream().filter(slice -> !ours(slice)).toList();
            if (others.isEmpty()) {
                return;
            }
            if (System.nanoTime() > end) {
                throw new ClusterException(
                        0,
                        "something keeps making EndpointSlices for Service " + service + ": " + name(others.getFirst())
                                + " by " + manager(others.getFirst()));
            }
            for (JsonNode other : others) {
                api.delete(slicesPath() + "/" + name(other));
            }
        }
    }

    /** Idempotent; nothing happens to a Service that is not bridged. */
    boolean restore(String service) throws ClusterException {
        JsonNode object = api.get(servicePath(service));
        if (saved(object).isString()) {
            JsonNode route = ClusterApi.JSON.readTree(saved(object).stringValue());
            JsonNode selector = route.path("selector");
            if (selector.isObject() && !selector.isEmpty()) {
                ObjectNode patch = ClusterApi.object();
                patch.putObject("spec").set("selector", selector);
                api.mergePatch(servicePath(service), patch);
            }
            if (!controllerRoutes(service, selector)) {
                restoreSaved(service, route);
            }
        }
        for (JsonNode slice : slices(service)) {
            if (ours(slice)) {
                api.delete(slicesPath() + "/" + name(slice));
            }
        }
        ObjectNode patch = ClusterApi.object();
        patch.putObject("metadata").putObject("annotations").putNull(SAVED_ROUTE);
        api.mergePatch(servicePath(service), patch);
        return true;
    }

    /** Waits for the controller's own slice; one with a ready endpoint if there is a ready pod. */
    private boolean controllerRoutes(String service, JsonNode selector) throws ClusterException {
        if (!selector.isObject() || selector.isEmpty()) {
            return false;
        }
        long end = System.nanoTime() + Limits.CLUSTER_ROUTE.toNanos();
        while (System.nanoTime() < end) {
            List<JsonNode> others =
                    slices(service).stream().filter(slice -> !ours(slice)).toList();
            boolean ready = others.stream()
                    .flatMap(slice -> slice.path("endpoints").valueStream())
                    .anyMatch(endpoint ->
                            endpoint.path("conditions").path("ready").asBoolean(true));
            if (ready || (!others.isEmpty() && !readyPodExists(selector))) {
                return true;
            }
            try {
                Thread.sleep(BETWEEN_LOOKS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ClusterException("interrupted while waiting for endpoints", e);
            }
        }
        return slices(service).stream().anyMatch(slice -> !ours(slice));
    }

    private boolean readyPodExists(JsonNode selector) throws ClusterException {
        List<String> terms = new ArrayList<>();
        selector.properties()
                .forEach(label ->
                        terms.add(label.getKey() + "=" + label.getValue().asString("")));
        JsonNode pods = api.get("/api/v1/namespaces/" + namespace + "/pods?labelSelector="
                + ClusterApi.encoded(String.join(",", terms)));
        return pods.path("items")
                .valueStream()
                .flatMap(pod -> pod.path("status").path("conditions").valueStream())
                .anyMatch(condition -> condition.path("type").asString("").equals("Ready")
                        && condition.path("status").asString("").equals("True"));
    }

    private void restoreSaved(String service, JsonNode route) throws ClusterException {
        for (JsonNode slice : route.path("endpointSlices").values()) {
            if (api.find(slicesPath() + "/" + name(slice)).isEmpty()) {
                api.post(slicesPath(), slice);
            }
        }
        if (route.path("endpoints").isObject()
                && api.find(endpointsPath(service)).isEmpty()) {
            api.post("/api/v1/namespaces/" + namespace + "/endpoints", route.path("endpoints"));
        }
    }
}
