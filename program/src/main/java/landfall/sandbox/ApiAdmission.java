package landfall.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the API server checks and fills in before an object is stored. */
final class ApiAdmission {
    private static final String NAME = "[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?";

    private final ApiStore store;

    ApiAdmission(ApiStore store) {
        this.store = store;
    }

    void admit(ApiResource resource, ObjectNode object) throws ApiFailure {
        String name = ApiJson.name(object);
        if (!name.matches(NAME) && !resource.group().equals("rbac.authorization.k8s.io")) {
            throw ApiFailure.invalid(
                    resource.kind(), name, "metadata.name: Invalid value: \"" + name + "\": must be a DNS-1123 name");
        }
        ApiDefaults.fill(resource, object);
        if (resource.equals(ApiResource.SECRETS)) {
            foldStringData(object);
        } else if (resource.equals(ApiResource.SLICES)) {
            slice(object);
        } else if (resource.equals(ApiResource.ENDPOINTS)) {
            for (JsonNode subset : object.path("subsets").values()) {
                for (JsonNode address : subset.path("addresses").values()) {
                    address("Endpoints", name, "subsets.addresses.ip", ApiJson.text(address, "ip"));
                }
            }
        } else if (resource.equals(ApiResource.SERVICES)) {
            service(object);
        } else if (resource.equals(ApiResource.DEPLOYMENTS) || resource.equals(ApiResource.STATEFUL_SETS)) {
            workload(resource, object);
        } else if (resource.equals(ApiResource.CRON_JOBS)) {
            String schedule = ApiJson.text(object, "spec", "schedule");
            if (!ClusterSchedule.valid(schedule)) {
                throw ApiFailure.invalid(
                        "CronJob", name, "spec.schedule: Invalid value: \"" + schedule + "\": not five numeric fields");
            }
        } else if (resource.equals(ApiResource.PODS)) {
            if (ApiJson.at(object, "spec", "containers").isEmpty()) {
                throw ApiFailure.invalid("Pod", name, "spec.containers: Required value");
            }
        }
    }

    private static void foldStringData(ObjectNode secret) {
        JsonNode plain = secret.remove("stringData");
        if (plain != null) {
            ObjectNode data = ApiJson.child(secret, "data");
            ApiJson.strings(plain)
                    .forEach((key, value) ->
                            data.put(key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
        }
        if (!secret.has("type")) {
            secret.put("type", "Opaque");
        }
    }

    private static void slice(ObjectNode slice) throws ApiFailure {
        String name = ApiJson.name(slice);
        String type = ApiJson.text(slice, "addressType");
        if (!Set.of("IPv4", "IPv6", "FQDN").contains(type)) {
            throw ApiFailure.invalid("EndpointSlice", name, "addressType: Required value");
        }
        for (JsonNode endpoint : slice.path("endpoints").values()) {
            if (endpoint.path("addresses").isEmpty()) {
                throw ApiFailure.invalid("EndpointSlice", name, "endpoints.addresses: Required value");
            }
            for (String address : ApiJson.list(endpoint.path("addresses"))) {
                if (type.equals("IPv4")) {
                    address("EndpointSlice", name, "endpoints.addresses", address);
                }
            }
        }
    }

    /** The rules of the real API: no loopback, link-local, multicast or unspecified address. */
    private static void address(String kind, String name, String field, String address) throws ApiFailure {
        String why = "";
        if (!address.matches("(\\d{1,3}\\.){3}\\d{1,3}")) {
            why = "must be a valid IP address";
        } else if (address.startsWith("127.")) {
            why = "may not be in the loopback range (127.0.0.0/8, ::1/128)";
        } else if (address.startsWith("169.254.")) {
            why = "may not be in the link-local range (169.254.0.0/16, fe80::/10)";
        } else if (address.equals("0.0.0.0")) {
            why = "may not be unspecified (0.0.0.0 or ::)";
        } else if (address.startsWith("224.0.0.")) {
            why = "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)";
        }
        if (!why.isEmpty()) {
            throw ApiFailure.invalid(kind, name, field + ": Invalid value: \"" + address + "\": " + why);
        }
    }

    private static void workload(ApiResource resource, ObjectNode object) throws ApiFailure {
        JsonNode labels = ApiJson.at(object, "spec", "selector", "matchLabels");
        if (ApiJson.at(object, "spec", "selector").has("matchExpressions")) {
            throw ApiFailure.invalid(
                    resource.kind(),
                    ApiJson.name(object),
                    "spec.selector.matchExpressions: not supported by the emulated cluster");
        }
        if (!ApiJson.selects(labels, object.path("spec").path("template"))) {
            throw ApiFailure.invalid(
                    resource.kind(),
                    ApiJson.name(object),
                    "spec.template.metadata.labels: `selector` does not match template `labels`");
        }
    }

    private void service(ObjectNode service) throws ApiFailure {
        ObjectNode spec = ApiJson.child(service, "spec");
        if (!spec.has("type")) {
            spec.put("type", "ClusterIP");
        }
        if (spec.path("selector").isNull()
                || (spec.path("selector").isObject() && spec.path("selector").isEmpty())) {
            spec.remove("selector");
        }
        String type = ApiJson.text(spec, "type");
        if (type.equals("ExternalName")) {
            return;
        }
        if (spec.path("ports").isEmpty() && !ApiJson.text(spec, "clusterIP").equals("None")) {
            throw ApiFailure.invalid("Service", ApiJson.name(service), "spec.ports: Required value");
        }
        if (ApiJson.text(spec, "clusterIP").isEmpty()) {
            spec.put("clusterIP", freeAddress());
        }
        spec.putArray("clusterIPs").add(ApiJson.text(spec, "clusterIP"));
        Set<Integer> taken = takenNodePorts(service);
        for (JsonNode port : spec.path("ports").values()) {
            if (port instanceof ObjectNode object) {
                port(service, object, type, taken);
            }
        }
    }

    private static void port(ObjectNode service, ObjectNode port, String type, Set<Integer> taken) throws ApiFailure {
        if (!port.has("protocol")) {
            port.put("protocol", "TCP");
        }
        if (!ApiJson.text(port, "protocol").equals("TCP")) {
            throw ApiFailure.invalid(
                    "Service", ApiJson.name(service), "spec.ports.protocol: the emulated cluster carries TCP only");
        }
        if (!port.has("targetPort")) {
            port.put("targetPort", port.path("port").asInt(0));
        }
        if (!type.equals("NodePort") && !type.equals("LoadBalancer")) {
            return;
        }
        int wanted = port.path("nodePort").asInt(0);
        if (wanted == 0) {
            wanted = java.util.stream.IntStream.range(31_000, 32_768)
                    .filter(candidate -> !taken.contains(candidate))
                    .findFirst()
                    .orElseThrow(() -> new ApiFailure(500, "InternalError", "no node port is free"));
            port.put("nodePort", wanted);
        } else if (taken.contains(wanted) || wanted < 30_000 || wanted > 32_767) {
            throw ApiFailure.invalid(
                    "Service",
                    ApiJson.name(service),
                    "spec.ports.nodePort: Invalid value: " + wanted
                            + ": provided port is already allocated or not in the valid range 30000-32767");
        }
        taken.add(wanted);
    }

    private Stream<ObjectNode> others(ObjectNode service) {
        return store.list(ApiResource.SERVICES, null).stream()
                .filter(other -> !ApiJson.name(other).equals(ApiJson.name(service))
                        || !ApiJson.namespace(other).equals(ApiJson.namespace(service)));
    }

    private Set<Integer> takenNodePorts(ObjectNode service) {
        Set<Integer> taken = new HashSet<>();
        others(service)
                .flatMap(other -> ApiJson.at(other, "spec", "ports").valueStream())
                .forEach(port -> taken.add(port.path("nodePort").asInt(0)));
        taken.remove(0);
        return taken;
    }

    private String freeAddress() {
        Set<String> taken = new HashSet<>();
        store.list(ApiResource.SERVICES, null).forEach(other -> taken.add(ApiJson.text(other, "spec", "clusterIP")));
        for (int i = 10; ; i++) {
            String address = "10.96." + i / 250 + "." + (1 + i % 250);
            if (!taken.contains(address)) {
                return address;
            }
        }
    }
}
