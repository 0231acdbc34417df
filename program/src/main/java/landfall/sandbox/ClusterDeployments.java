package landfall.sandbox;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Deployments and StatefulSets. A Deployment owns its pods itself: there are no ReplicaSets in between; a changed
 * template brings all new pods up first (all down first with strategy Recreate).
 */
final class ClusterDeployments {
    private static final String HASH_LABEL = "pod-template-hash";

    private final ApiStore store;

    ClusterDeployments(ApiStore store) {
        this.store = store;
    }

    void reconcile() throws ApiFailure {
        for (ObjectNode deployment : store.list(ApiResource.DEPLOYMENTS, null)) {
            deployment(deployment);
        }
        for (ObjectNode set : store.list(ApiResource.STATEFUL_SETS, null)) {
            statefulSet(set);
        }
    }

    private List<ObjectNode> owned(ObjectNode owner) {
        String uid = ApiJson.text(owner, "metadata", "uid");
        List<ObjectNode> owned = new ArrayList<>(store.list(ApiResource.PODS, ApiJson.namespace(owner)));
        owned.removeIf(pod -> !ClusterNames.ownedBy(pod, uid));
        return owned;
    }

    private static int replicas(ObjectNode owner) {
        return ApiJson.at(owner, "spec", "replicas").asInt(1);
    }

    private void deployment(ObjectNode deployment) throws ApiFailure {
        String hash = ClusterNames.hash(ApiJson.at(deployment, "spec", "template"));
        List<ObjectNode> all = owned(deployment);
        List<ObjectNode> current = new ArrayList<>();
        List<ObjectNode> old = new ArrayList<>();
        for (ObjectNode pod : all) {
            if (!ApiJson.terminating(pod)) {
                boolean same =
                        ApiJson.text(pod, "metadata", "labels", HASH_LABEL).equals(hash);
                (same ? current : old).add(pod);
            }
        }
        int wanted = replicas(deployment);
        boolean recreate = ApiJson.text(deployment, "spec", "strategy", "type").equals("Recreate");
        if (!recreate || old.isEmpty()) {
            for (int i = current.size(); i < wanted; i++) {
                ObjectNode pod = pod(deployment, ApiJson.name(deployment) + "-" + hash + "-" + ClusterNames.suffix());
                ApiJson.child(ApiJson.metadata(pod), "labels").put(HASH_LABEL, hash);
                store.create(ApiResource.PODS, ApiJson.namespace(deployment), pod);
            }
        }
        // Those that are not ready go first, then the youngest.
        current.sort(Comparator.comparing((ObjectNode pod) -> ApiJson.ready(pod))
                .thenComparing(
                        pod -> Long.parseLong(ApiJson.text(pod, "metadata", "resourceVersion")),
                        Comparator.reverseOrder()));
        for (int i = 0; i < current.size() - wanted; i++) {
            ClusterPods.markDeleted(store, current.get(i), -1);
        }
        long ready = current.stream().filter(ApiJson::ready).count();
        if (recreate || ready >= wanted) {
            for (ObjectNode pod : old) {
                ClusterPods.markDeleted(store, pod, -1);
            }
        }
        status(ApiResource.DEPLOYMENTS, deployment);
    }

    private void statefulSet(ObjectNode set) throws ApiFailure {
        int wanted = replicas(set);
        String hash = ClusterNames.hash(ApiJson.at(set, "spec", "template"));
        List<ObjectNode> pods = owned(set);
        boolean parallel = ApiJson.text(set, "spec", "podManagementPolicy").equals("Parallel");
        for (int i = 0; i < wanted; i++) {
            String name = ApiJson.name(set) + "-" + i;
            ObjectNode existing = pods.stream()
                    .filter(pod -> ApiJson.name(pod).equals(name))
                    .findFirst()
                    .orElse(null);
            if (existing == null) {
                createMember(set, name, hash);
            } else if (!ApiJson.terminating(existing)
                    && !ApiJson.text(existing, "metadata", "labels", "controller-revision-hash")
                            .equals(hash)) {
                ClusterPods.markDeleted(store, existing, -1);
            }
            if (!parallel && (existing == null || !ApiJson.ready(existing))) {
                break;
            }
        }
        for (ObjectNode pod : pods) {
            String ordinal = ApiJson.name(pod).substring(ApiJson.name(set).length() + 1);
            if (!ApiJson.terminating(pod) && Integer.parseInt(ordinal) >= wanted) {
                ClusterPods.markDeleted(store, pod, -1);
            }
        }
        status(ApiResource.STATEFUL_SETS, set);
    }

    private void createMember(ObjectNode set, String name, String hash) throws ApiFailure {
        ObjectNode pod = pod(set, name);
        ApiJson.child(ApiJson.metadata(pod), "labels")
                .put("statefulset.kubernetes.io/pod-name", name)
                .put("controller-revision-hash", hash);
        ObjectNode spec = ApiJson.child(pod, "spec");
        spec.put("hostname", name);
        ArrayNode volumes = spec.path("volumes") instanceof ArrayNode there ? there : spec.putArray("volumes");
        for (JsonNode template : ApiJson.at(set, "spec", "volumeClaimTemplates").values()) {
            String claim = ApiJson.name(template) + "-" + name;
            volumes.addObject()
                    .put("name", ApiJson.name(template))
                    .putObject("persistentVolumeClaim")
                    .put("claimName", claim);
            if (store.find(ApiResource.CLAIMS, ApiJson.namespace(set), claim).isEmpty()) {
                ObjectNode object = (ObjectNode) template.deepCopy();
                ApiJson.metadata(object).put("name", claim);
                store.create(ApiResource.CLAIMS, ApiJson.namespace(set), object);
            }
        }
        store.create(ApiResource.PODS, ApiJson.namespace(set), pod);
    }

    /** A pod of the owner's template. */
    static ObjectNode pod(ObjectNode owner, String name) {
        ObjectNode pod = (ObjectNode) ApiJson.at(owner, "spec", "template").deepCopy();
        ApiJson.metadata(pod).put("name", name);
        ClusterNames.own(pod, owner);
        return pod;
    }

    private void status(ApiResource resource, ObjectNode owner) throws ApiFailure {
        List<ObjectNode> pods = owned(owner);
        int all = (int) pods.stream().filter(pod -> !ApiJson.terminating(pod)).count();
        int ready = (int) pods.stream().filter(ApiJson::ready).count();
        boolean available = ready >= replicas(owner);
        store.edit(resource, ApiJson.namespace(owner), ApiJson.name(owner), object -> {
            ObjectNode status = ApiJson.child(object, "status");
            status.put(
                    "observedGeneration",
                    ApiJson.at(owner, "metadata", "generation").asLong(1));
            status.put("replicas", all).put("readyReplicas", ready).put("updatedReplicas", all);
            status.put("availableReplicas", ready);
            if (resource.equals(ApiResource.STATEFUL_SETS)) {
                status.put("currentReplicas", all);
            } else {
                status.put("unavailableReplicas", Math.max(0, replicas(owner) - ready));
                JsonNode before = status.path("conditions").deepCopy();
                PodRunner.condition(status.putArray("conditions"), before, "Available", available);
            }
        });
    }
}
