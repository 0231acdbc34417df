package landfall.kube;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import landfall.base.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads every object of a namespace through the server's discovery. */
final class ClusterListing {
    /** What controllers write by themselves and nobody deploys. */
    private static final Set<String> RUNTIME_KINDS =
            Set.of("Event", "Lease", "Endpoints", "EndpointSlice", "PodMetrics", "ControllerRevision", "PodTemplate");

    private static final int PAGE = 500;

    private final ClusterApi api;
    private final String namespace;

    ClusterListing(ClusterApi api, String namespace) {
        this.api = api;
        this.namespace = namespace;
    }

    Cluster.Listing read() throws ClusterException {
        List<Map<String, Object>> objects = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (Map.Entry<String, String> collection : collections().entrySet()) {
            try {
                readCollection(collection.getKey(), collection.getValue(), objects);
            } catch (ClusterException e) {
                if (e.code() != 403) {
                    throw e;
                }
                problems.add(Problem.error(
                        "objects of kind " + collection.getValue() + " can't be read",
                        e.reason(),
                        "Give the kubeconfig's user the right to list them, or plan from manifests."));
            }
        }
        return new Cluster.Listing(objects, problems);
    }

    /** Path of each listable namespaced collection, with its kind. */
    private Map<String, String> collections() throws ClusterException {
        Map<String, String> found = new TreeMap<>();
        resources("/api/v1", found);
        for (JsonNode group : api.get("/apis").path("groups").values()) {
            resources(
                    "/apis/"
                            + group.path("preferredVersion")
                                    .path("groupVersion")
                                    .asString(),
                    found);
        }
        return found;
    }

    private void resources(String base, Map<String, String> found) throws ClusterException {
        for (JsonNode resource : api.get(base).path("resources").values()) {
            String name = resource.path("name").asString("");
            String kind = resource.path("kind").asString("");
            boolean list = resource.path("verbs")
                    .valueStream()
                    .anyMatch(verb -> verb.asString("").equals("list"));
            if (resource.path("namespaced").asBoolean(false)
                    && list
                    && !name.contains("/")
                    && !RUNTIME_KINDS.contains(kind)) {
                found.put(base + "/namespaces/" + namespace + "/" + name, kind);
            }
        }
    }

    private void readCollection(String path, String kind, List<Map<String, Object>> into) throws ClusterException {
        String version = path.startsWith("/api/v1/") ? "v1" : path.split("/")[2] + "/" + path.split("/")[3];
        String next = "";
        do {
            JsonNode page =
                    api.get(path + "?limit=" + PAGE + (next.isEmpty() ? "" : "&continue=" + ClusterApi.encoded(next)));
            for (JsonNode item : page.path("items").values()) {
                boolean owned = item.path("metadata")
                        .path("ownerReferences")
                        .valueStream()
                        .anyMatch(owner -> owner.path("controller").asBoolean(false));
                if (!owned) {
                    // The items of a list carry neither apiVersion nor kind.
                    ObjectNode object = ClusterApi.object();
                    object.put("apiVersion", version).put("kind", kind);
                    item.properties().forEach(field -> object.set(field.getKey(), field.getValue()));
                    into.add(tree(object));
                }
            }
            next = page.path("metadata").path("continue").asString("");
        } while (!next.isEmpty());
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> tree(ObjectNode object) {
        return ClusterApi.JSON.treeToValue(object, LinkedHashMap.class);
    }
}
