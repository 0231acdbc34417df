package landfall.sandbox;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The loop that brings the cluster to what its objects say, after each change and at least every second. */
final class ClusterControllers {
    private static final System.Logger LOG = System.getLogger(ClusterControllers.class.getName());

    private final ApiStore store;
    private final ClusterPods pods;
    private final ClusterRoutes routes;
    private final ClusterDeployments deployments;
    private final ClusterJobs jobs;
    private final ClusterEndpoints endpoints;
    private final Thread loop;

    ClusterControllers(ApiStore store, ClusterPods pods, ClusterRoutes routes, java.time.InstantSource clock) {
        this.store = store;
        this.pods = pods;
        this.routes = routes;
        this.deployments = new ClusterDeployments(store);
        this.jobs = new ClusterJobs(store, clock);
        this.endpoints = new ClusterEndpoints(store);
        this.loop = Thread.ofPlatform().name("cluster controllers").daemon().start(this::run);
    }

    private void run() {
        long seen = 0;
        try {
            while (!store.isClosed()) {
                List<ApiStore.Change> changes = store.changes(seen, 1_000);
                seen = changes.isEmpty() ? seen : changes.getLast().version();
                try {
                    reconcile();
                } catch (ApiFailure e) {
                    // An object changed under our hands: the next round sees it as it is.
                    LOG.log(System.Logger.Level.DEBUG, "reconciled again", e);
                    Thread.sleep(20);
                } catch (IOException | RuntimeException e) {
                    LOG.log(System.Logger.Level.ERROR, "the cluster's controllers failed", e);
                    Thread.sleep(500);
                }
            }
        } catch (InterruptedException closing) {
            LOG.log(System.Logger.Level.DEBUG, "controllers end");
        }
    }

    private void reconcile() throws ApiFailure, IOException {
        for (ObjectNode claim : store.list(ApiResource.CLAIMS, null)) {
            store.edit(ApiResource.CLAIMS, ApiJson.namespace(claim), ApiJson.name(claim), object -> {
                ApiJson.child(object, "status").put("phase", "Bound");
                ApiJson.child(object, "spec").put("volumeName", "pvc-" + ApiJson.text(object, "metadata", "uid"));
            });
        }
        for (ObjectNode namespace : store.list(ApiResource.NAMESPACES, null)) {
            store.edit(
                    ApiResource.NAMESPACES,
                    "",
                    ApiJson.name(namespace),
                    object -> ApiJson.child(object, "status").put("phase", "Active"));
        }
        // Routes before pods: names must resolve when a program starts.
        routes.reconcile();
        collectGarbage();
        deployments.reconcile();
        jobs.reconcile();
        pods.reconcile();
        endpoints.reconcile();
    }

    /** What a controller made goes with it. */
    private void collectGarbage() throws ApiFailure {
        Set<String> alive = new HashSet<>();
        for (ApiResource resource : ApiResource.all()) {
            store.list(resource, null).forEach(object -> alive.add(ApiJson.text(object, "metadata", "uid")));
        }
        for (ApiResource resource : List.of(ApiResource.JOBS, ApiResource.PODS)) {
            for (ObjectNode object : store.list(resource, null)) {
                for (JsonNode owner :
                        ApiJson.at(object, "metadata", "ownerReferences").values()) {
                    if (!alive.contains(ApiJson.text(owner, "uid")) && !ApiJson.terminating(object)) {
                        remove(resource, object);
                        break;
                    }
                }
            }
        }
    }

    private void remove(ApiResource resource, ObjectNode object) throws ApiFailure {
        if (resource.equals(ApiResource.PODS)) {
            ClusterPods.markDeleted(store, object, -1);
        } else {
            store.remove(resource, ApiJson.namespace(object), ApiJson.name(object));
        }
    }

    void close() throws InterruptedException {
        loop.interrupt();
        loop.join(2_000);
    }
}
