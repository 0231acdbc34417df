package landfall.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/** All pods of the emulated node. A pod has an address of the pod network in the API and a loopback address here. */
final class ClusterPods {
    static final String NODE_NAME = "sandbox";
    static final String NODE_ADDRESS = "10.0.0.10";

    private final ApiStore store;
    private final Path folder;
    private final Addresses addresses;
    private final Containers containers;
    private final ProcessRegistry registry;
    private final Function<String, Optional<Program>> images;
    private final Map<String, PodRunner> runners = new ConcurrentHashMap<>();
    private final Map<String, String> realAddresses = new ConcurrentHashMap<>();
    private int nextIp = 1;

    ClusterPods(
            ApiStore store,
            Path folder,
            Addresses addresses,
            Containers containers,
            ProcessRegistry registry,
            Function<String, Optional<Program>> images) {
        this.store = store;
        this.folder = folder;
        this.addresses = addresses;
        this.containers = containers;
        this.registry = registry;
        this.images = images;
    }

    ApiStore store() {
        return store;
    }

    Path folder() {
        return folder;
    }

    Addresses addresses() {
        return addresses;
    }

    Containers containers() {
        return containers;
    }

    ProcessRegistry registry() {
        return registry;
    }

    Function<String, Optional<Program>> images() {
        return images;
    }

    /** @param grace -1: the pod's own */
    static ObjectNode markDeleted(ApiStore store, ObjectNode pod, int grace) throws ApiFailure {
        int seconds = grace >= 0
                ? grace
                : ApiJson.at(pod, "spec", "terminationGracePeriodSeconds").asInt(30);
        return store.edit(ApiResource.PODS, ApiJson.namespace(pod), ApiJson.name(pod), object -> {
            ObjectNode metadata = ApiJson.metadata(object);
            if (!metadata.has("deletionTimestamp")) {
                Instant end = Instant.now().plusSeconds(seconds).truncatedTo(ChronoUnit.SECONDS);
                metadata.put("deletionTimestamp", end.toString());
            }
            if (!metadata.has("deletionGracePeriodSeconds")
                    || metadata.path("deletionGracePeriodSeconds").asInt(30) > seconds) {
                metadata.put("deletionGracePeriodSeconds", seconds);
            }
        });
    }

    /** Starts what is new and ends what is marked as deleted. */
    void reconcile() {
        for (ObjectNode pod : store.list(ApiResource.PODS, null)) {
            String uid = ApiJson.text(pod, "metadata", "uid");
            PodRunner runner = runners.get(uid);
            if (ApiJson.terminating(pod)) {
                if (runner == null) {
                    store.remove(ApiResource.PODS, ApiJson.namespace(pod), ApiJson.name(pod));
                } else {
                    runner.end(ApiJson.at(pod, "metadata", "deletionGracePeriodSeconds")
                            .asInt(30));
                }
            } else if (runner == null) {
                start(uid, pod);
            }
        }
    }

    private void start(String uid, ObjectNode pod) {
        String address = addresses.nextPod();
        String ip = "10.42." + nextIp / 250 + "." + (1 + nextIp % 250);
        nextIp++;
        realAddresses.put(ip, address);
        PodRunner runner = new PodRunner(this, pod, address, ip);
        runners.put(uid, runner);
        runner.start();
    }

    void gone(PodRunner runner, ObjectNode pod) {
        runners.remove(ApiJson.text(pod, "metadata", "uid"), runner);
        store.remove(ApiResource.PODS, ApiJson.namespace(pod), ApiJson.name(pod));
    }

    /** Where an address of an API object is served here. */
    String real(String address) {
        return realAddresses.getOrDefault(address, addresses.real(address));
    }

    private PodRunner runner(String namespace, String name) throws ApiFailure {
        ObjectNode pod = store.get(ApiResource.PODS, namespace, name);
        PodRunner runner = runners.get(ApiJson.text(pod, "metadata", "uid"));
        if (runner == null) {
            throw ApiFailure.badRequest("pod " + name + " does not have a host assigned");
        }
        return runner;
    }

    boolean runs(String namespace, String name) {
        return store.find(ApiResource.PODS, namespace, name)
                .filter(pod -> List.of("Pending", "Running").contains(ApiJson.text(pod, "status", "phase")))
                .isPresent();
    }

    String address(String namespace, String name) throws ApiFailure {
        PodRunner runner = runner(namespace, name);
        String phase = ApiJson.text(store.get(ApiResource.PODS, namespace, name), "status", "phase");
        if (!phase.equals("Running")) {
            throw ApiFailure.badRequest("unable to forward port because pod is not running. Current status=" + phase);
        }
        return runner.address();
    }

    Path log(String namespace, String name, String container) throws ApiFailure {
        return runner(namespace, name).container(container).log();
    }

    ProcessBuilder exec(String namespace, String name, String container, List<String> command)
            throws ApiFailure, IOException {
        PodContainer target = runner(namespace, name).container(container);
        if (!target.status().path("state").has("running")) {
            throw ApiFailure.badRequest("container " + target.name() + " of pod " + name + " is not running");
        }
        return target.exec(command);
    }

    /** Ends every pod, for the end of the sandbox. */
    void close() throws InterruptedException {
        List<Thread> ends = new ArrayList<>();
        for (PodRunner runner : runners.values()) {
            ends.add(Thread.ofVirtual().start(() -> {
                try {
                    runner.stop(3);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        for (Thread end : ends) {
            end.join();
        }
    }
}
