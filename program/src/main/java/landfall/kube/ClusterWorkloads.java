package landfall.kube;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Workloads and their pods in a live cluster. */
final class ClusterWorkloads {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

    private final ClusterApi api;
    private final String namespace;

    ClusterWorkloads(ClusterApi api, String namespace) {
        this.api = api;
        this.namespace = namespace;
    }

    private String path(String workload) throws ClusterException {
        int slash = workload.indexOf('/');
        String kind = slash < 0 ? "" : workload.substring(0, slash);
        if (!List.of("Deployment", "StatefulSet", "ReplicaSet", "DaemonSet").contains(kind)) {
            throw new ClusterException(
                    0, workload + " is not a workload: Deployment/NAME or StatefulSet/NAME is expected");
        }
        return "/apis/apps/v1/namespaces/" + namespace + "/" + kind.toLowerCase(Locale.ROOT) + "s/"
                + workload.substring(slash + 1);
    }

    private List<JsonNode> podsOf(String workload) throws ClusterException {
        JsonNode selector = api.get(path(workload)).path("spec").path("selector");
        List<String> terms = new ArrayList<>();
        selector.path("matchLabels")
                .properties()
                .forEach(label ->
                        terms.add(label.getKey() + "=" + label.getValue().asString("")));
        for (JsonNode expression : selector.path("matchExpressions").values()) {
            terms.add(term(expression));
        }
        JsonNode list = api.get("/api/v1/namespaces/" + namespace + "/pods?labelSelector="
                + ClusterApi.encoded(String.join(",", terms)));
        return new ArrayList<>(list.path("items").values());
    }

    private static String term(JsonNode expression) throws ClusterException {
        String key = expression.path("key").asString("");
        String values = expression
                .path("values")
                .valueStream()
                .map(value -> value.asString(""))
                .collect(Collectors.joining(",", "(", ")"));
        return switch (expression.path("operator").asString("")) {
            case "In" -> key + " in " + values;
            case "NotIn" -> key + " notin " + values;
            case "Exists" -> key;
            case "DoesNotExist" -> "!" + key;
            default -> throw new ClusterException(0, "unknown operator in selector: " + expression);
        };
    }

    private static boolean ready(JsonNode pod) {
        return !pod.path("metadata").has("deletionTimestamp")
                && pod.path("status")
                        .path("conditions")
                        .valueStream()
                        .anyMatch(
                                condition -> condition.path("type").asString("").equals("Ready")
                                        && condition.path("status").asString("").equals("True"));
    }

    Optional<String> readyPod(String workload) throws ClusterException {
        return podsOf(workload).stream()
                .filter(ClusterWorkloads::ready)
                .map(ClusterWorkloads::name)
                .findFirst();
    }

    /** The container that serves a port; where none declares it, the one that kubectl would take. */
    String container(String pod, int port) throws ClusterException {
        JsonNode object = api.get("/api/v1/namespaces/" + namespace + "/pods/" + pod);
        List<JsonNode> containers =
                object.path("spec").path("containers").valueStream().toList();
        return containers.stream()
                .filter(container -> container
                        .path("ports")
                        .valueStream()
                        .anyMatch(each -> each.path("containerPort").asInt(0) == port))
                .map(container -> container.path("name").asString(""))
                .findFirst()
                .orElseGet(() -> object.path("metadata")
                        .path("annotations")
                        .path("kubectl.kubernetes.io/default-container")
                        .asString(
                                containers.isEmpty()
                                        ? ""
                                        : containers.getFirst().path("name").asString("")));
    }

    private static String name(JsonNode object) {
        return object.path("metadata").path("name").asString("");
    }

    List<String> pods(String workload) throws ClusterException {
        return podsOf(workload).stream()
                .filter(pod -> !List.of("Succeeded", "Failed")
                        .contains(pod.path("status").path("phase").asString("")))
                .map(ClusterWorkloads::name)
                .toList();
    }

    int replicas(String workload) throws ClusterException {
        return api.get(path(workload)).path("spec").path("replicas").asInt(1);
    }

    int scale(String workload, int replicas) throws ClusterException {
        int before = replicas(workload);
        if (before != replicas) {
            ObjectNode patch = ClusterApi.object();
            patch.putObject("spec").put("replicas", replicas);
            api.mergePatch(path(workload) + "/scale", patch);
        }
        return before;
    }

    boolean awaitReady(String workload, Duration patience) throws ClusterException {
        return await(patience, () -> {
            JsonNode object = api.get(path(workload));
            int wanted = object.path("spec").path("replicas").asInt(1);
            JsonNode status = object.path("status");
            return status.path("observedGeneration").asInt(0)
                            >= object.path("metadata").path("generation").asInt(0)
                    && status.path("readyReplicas").asInt(0) == wanted;
        });
    }

    boolean awaitGone(String workload, Duration patience) throws ClusterException {
        return await(patience, () -> pods(workload).isEmpty());
    }

    String whyNotReady(String workload) throws ClusterException {
        List<String> reasons = new ArrayList<>();
        for (JsonNode pod : podsOf(workload)) {
            if (!ready(pod)) {
                reasons.add(why(pod));
            }
        }
        return reasons.isEmpty() ? "it has no pods" : String.join("; ", reasons);
    }

    String whyPodNotReady(String pod) throws ClusterException {
        return why(api.get("/api/v1/namespaces/" + namespace + "/pods/" + pod));
    }

    private static String why(JsonNode pod) {
        List<String> states = new ArrayList<>();
        for (String list : List.of("initContainerStatuses", "containerStatuses")) {
            for (JsonNode container : pod.path("status").path(list).values()) {
                for (Map.Entry<String, JsonNode> state : container.path("state").properties()) {
                    states.add(container.path("name").asString("") + " " + state.getKey() + " "
                            + state.getValue().path("reason").asString("")
                            + " " + state.getValue().path("message").asString(""));
                }
            }
        }
        return "pod " + name(pod) + " is " + pod.path("status").path("phase").asString("Pending") + " ("
                + String.join(", ", states).strip() + ")";
    }

    boolean awaitPodReady(String pod, Duration patience) throws ClusterException {
        return await(patience, () -> ready(api.get("/api/v1/namespaces/" + namespace + "/pods/" + pod)));
    }

    private interface Condition {
        boolean holds() throws ClusterException;
    }

    private static boolean await(Duration patience, Condition condition) throws ClusterException {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() >= end) {
                return false;
            }
            try {
                Thread.sleep(BETWEEN_LOOKS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ClusterException("interrupted while waiting", e);
            }
        }
        return true;
    }

    boolean createFilesPod(
            String name, String claim, String likeWorkload, String container, String mountPath, String moveId)
            throws ClusterException {
        JsonNode template =
                api.get(path(likeWorkload)).path("spec").path("template").path("spec");
        JsonNode like = template.path("containers")
                .valueStream()
                .filter(candidate -> candidate.path("name").asString("").equals(container))
                .findFirst()
                .orElseThrow(() -> new ClusterException(0, likeWorkload + " has no container " + container));
        ObjectNode pod = ClusterApi.object();
        pod.put("apiVersion", "v1").put("kind", "Pod");
        ObjectNode metadata = pod.putObject("metadata");
        metadata.put("name", name);
        metadata.putObject("labels")
                .put("app.kubernetes.io/managed-by", "landfall")
                .put("landfall.dev/move", moveId);
        ObjectNode spec = pod.putObject("spec");
        spec.put("restartPolicy", "Always").put("terminationGracePeriodSeconds", 1);
        spec.put("automountServiceAccountToken", false);
        // A ReadWriteOnce volume is only to be had where the workload may run, and by the same user.
        for (String field : List.of("securityContext", "nodeSelector", "tolerations", "affinity", "imagePullSecrets")) {
            if (template.has(field)) {
                spec.set(field, template.path(field).deepCopy());
            }
        }
        spec.putArray("volumes")
                .addObject()
                .put("name", "files")
                .putObject("persistentVolumeClaim")
                .put("claimName", claim);
        ObjectNode files = spec.putArray("containers").addObject();
        files.put("name", Cluster.FILES_CONTAINER)
                .put("image", like.path("image").asString(""));
        for (String field : List.of("securityContext", "imagePullPolicy")) {
            if (like.has(field)) {
                files.set(field, like.path(field).deepCopy());
            }
        }
        ArrayNode command = files.putArray("command");
        List.of("sh", "-c", "trap 'exit 0' TERM; while :; do sleep 5 & wait $!; done")
                .forEach(command::add);
        files.putArray("volumeMounts").addObject().put("name", "files").put("mountPath", mountPath);
        try {
            api.post("/api/v1/namespaces/" + namespace + "/pods", pod);
            return true;
        } catch (ClusterException e) {
            if (e.code() != 409) {
                throw e;
            }
            String owner = api.get("/api/v1/namespaces/" + namespace + "/pods/" + name)
                    .path("metadata")
                    .path("labels")
                    .path("landfall.dev/move")
                    .asString("");
            if (!owner.equals(moveId)) {
                throw new ClusterException(409, "a pod " + name + " exists that is not of move " + moveId);
            }
            return false;
        }
    }
}
