package landfall.sandbox;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** kube-proxy and DNS: Services listen at addresses of their own and send to what their EndpointSlices say. */
final class ClusterRoutes {
    private static final System.Logger LOG = System.getLogger(ClusterRoutes.class.getName());
    static final String SERVICE_LABEL = "kubernetes.io/service-name";

    private final ApiStore store;
    private final ClusterPods pods;
    private final Addresses addresses;
    private final Map<String, String> serviceAddresses = new HashMap<>();
    private final Map<String, TcpForwarder> forwarders = new HashMap<>();
    private final Set<String> refused = new HashSet<>();

    ClusterRoutes(ApiStore store, ClusterPods pods, Addresses addresses) {
        this.store = store;
        this.pods = pods;
        this.addresses = addresses;
    }

    synchronized void reconcile() throws IOException {
        Set<String> wanted = new HashSet<>();
        boolean named = false;
        for (ObjectNode service : store.list(ApiResource.SERVICES, null)) {
            if (ApiJson.text(service, "spec", "type").equals("ExternalName")) {
                continue;
            }
            String key = ApiJson.namespace(service) + "/" + ApiJson.name(service);
            if (!serviceAddresses.containsKey(key)) {
                String address = addresses.nextService();
                serviceAddresses.put(key, address);
                names(service).forEach(name -> addresses.name(name, address));
                named = true;
            }
            for (JsonNode port : ApiJson.at(service, "spec", "ports").values()) {
                listen(service, port, serviceAddresses.get(key), wanted);
            }
        }
        for (String gone : List.copyOf(forwarders.keySet())) {
            if (!wanted.contains(gone)) {
                TcpForwarder forwarder = forwarders.remove(gone);
                if (forwarder != null) {
                    forwarder.close();
                }
            }
        }
        named |= forget();
        if (named) {
            pods.containers().hostsFile();
        }
    }

    private boolean forget() {
        boolean changed = false;
        for (String key : List.copyOf(serviceAddresses.keySet())) {
            String[] words = key.split("/");
            if (store.find(ApiResource.SERVICES, words[0], words[1]).isEmpty()) {
                serviceAddresses.remove(key);
                names(words[0], words[1]).forEach(addresses::forget);
                changed = true;
            }
        }
        return changed;
    }

    private static List<String> names(ObjectNode service) {
        return names(ApiJson.namespace(service), ApiJson.name(service));
    }

    private static List<String> names(String namespace, String name) {
        String full = name + "." + namespace;
        return List.of(name, full, full + ".svc", full + ".svc.cluster.local");
    }

    private void listen(ObjectNode service, JsonNode port, String address, Set<String> wanted) {
        boolean headless = ApiJson.text(service, "spec", "clusterIP").equals("None");
        // Without a proxy in between, clients of a headless Service reach the pod's own port.
        int number = port.path(headless && port.path("targetPort").isNumber() ? "targetPort" : "port")
                .asInt(0);
        open(service, port, address, number, wanted);
        if (port.has("nodePort")) {
            open(service, port, addresses.node(), port.path("nodePort").asInt(0), wanted);
        }
    }

    private void open(ObjectNode service, JsonNode port, String address, int number, Set<String> wanted) {
        String namespace = ApiJson.namespace(service);
        String name = ApiJson.name(service);
        String portName = ApiJson.text(port, "name");
        String key = namespace + "/" + name + "/" + portName + " " + address + ":" + number;
        wanted.add(key);
        if (forwarders.containsKey(key) || refused.contains(key)) {
            return;
        }
        try {
            forwarders.put(key, new TcpForwarder(address, number, () -> backend(namespace, name, portName)));
        } catch (IOException e) {
            refused.add(key);
            LOG.log(System.Logger.Level.ERROR, "Service " + name + " can't listen at " + address + ":" + number, e);
        }
    }

    /** Any ready endpoint of any EndpointSlice of the Service, whoever made it. */
    private Optional<InetSocketAddress> backend(String namespace, String service, String portName) {
        List<InetSocketAddress> ready = new ArrayList<>();
        for (ObjectNode slice : store.list(ApiResource.SLICES, namespace)) {
            if (!ApiJson.at(slice, "metadata", "labels", SERVICE_LABEL)
                    .asString("")
                    .equals(service)) {
                continue;
            }
            Optional<JsonNode> port = slice.path("ports")
                    .valueStream()
                    .filter(candidate -> ApiJson.text(candidate, "name").equals(portName))
                    .findFirst();
            for (JsonNode endpoint : slice.path("endpoints").values()) {
                if (port.isPresent()
                        && ApiJson.at(endpoint, "conditions", "ready").asBoolean(true)) {
                    ready.add(new InetSocketAddress(
                            pods.real(endpoint.path("addresses").path(0).asString("")),
                            port.get().path("port").asInt(0)));
                }
            }
        }
        return ready.isEmpty()
                ? Optional.empty()
                : Optional.of(ready.get(ThreadLocalRandom.current().nextInt(ready.size())));
    }

    synchronized void close() throws IOException {
        for (TcpForwarder forwarder : forwarders.values()) {
            forwarder.close();
        }
        forwarders.clear();
    }
}
