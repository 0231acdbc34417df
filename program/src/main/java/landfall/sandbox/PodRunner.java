package landfall.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The kubelet's part for one pod: init containers in turn, then the containers, status, and the end. */
final class PodRunner {
    private static final System.Logger LOG = System.getLogger(PodRunner.class.getName());

    private final ClusterPods owner;
    private final ObjectNode pod;
    private final String address;
    private final String podIp;
    private final List<PodContainer> init = new ArrayList<>();
    private final List<PodContainer> main = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicBoolean ending = new AtomicBoolean();
    private volatile boolean initialized;
    private volatile boolean initFailed;
    private volatile boolean prepared;

    PodRunner(ClusterPods owner, ObjectNode pod, String address, String podIp) {
        this.owner = owner;
        this.pod = pod;
        this.address = address;
        this.podIp = podIp;
        for (JsonNode container : ApiJson.at(pod, "spec", "initContainers").values()) {
            init.add(new PodContainer(this, container));
        }
        for (JsonNode container : ApiJson.at(pod, "spec", "containers").values()) {
            main.add(new PodContainer(this, container));
        }
        prepared = true;
        publish();
    }

    String name() {
        return ApiJson.name(pod);
    }

    String namespace() {
        return ApiJson.namespace(pod);
    }

    String address() {
        return address;
    }

    boolean ending() {
        return ending.get();
    }

    String restartPolicy() {
        String policy = ApiJson.text(pod, "spec", "restartPolicy");
        return policy.isEmpty() ? "Always" : policy;
    }

    Containers containers() {
        return owner.containers();
    }

    Addresses addresses() {
        return owner.addresses();
    }

    ProcessRegistry registry() {
        return owner.registry();
    }

    Path home(String container) throws IOException {
        return Files.createDirectories(owner.folder().resolve("containers").resolve(container));
    }

    PodEnvironment environment() {
        return new PodEnvironment(owner.store(), pod, address);
    }

    PodVolumes volumes() {
        return new PodVolumes(owner.store(), pod, owner.folder());
    }

    Program image(String image) throws PodTrouble {
        return owner.images()
                .apply(image)
                .orElseThrow(() -> new PodTrouble(
                        "ErrImagePull", "failed to pull image \"" + image + "\": the sandbox has no such image"));
    }

    PodContainer container(String wanted) throws ApiFailure {
        return Stream.concat(main.stream(), init.stream())
                .filter(container -> wanted.isEmpty() || container.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> ApiFailure.badRequest("container " + wanted + " is not valid for pod " + name()));
    }

    void start() {
        threads.add(Thread.ofVirtual().name("pod " + name()).start(this::run));
    }

    private void run() {
        try {
            for (PodContainer container : init) {
                while (!ending() && container.runOnce() != 0) {
                    if (restartPolicy().equals("Never")) {
                        initFailed = true;
                        publish();
                        return;
                    }
                    container.waiting("CrashLoopBackOff", "back-off restarting failed container " + container.name());
                    Thread.sleep(1_000);
                }
            }
            if (ending()) {
                return;
            }
            initialized = true;
            List<Thread> running = new ArrayList<>();
            for (PodContainer container : main) {
                running.add(Thread.ofVirtual()
                        .name("container " + name() + "/" + container.name())
                        .start(container::supervise));
            }
            for (Thread thread : running) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** SIGTERM to all, SIGKILL after the grace period, then the pod's object is gone. */
    void end(int graceSeconds) {
        if (ending.compareAndSet(false, true)) {
            publish();
            Thread.ofVirtual().name("end " + name()).start(() -> {
                try {
                    stop(graceSeconds);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } finally {
                    owner.gone(this, pod);
                }
            });
        }
    }

    void stop(int graceSeconds) throws InterruptedException {
        ending.set(true);
        List<Thread> terminations = new ArrayList<>();
        for (PodContainer container : all()) {
            terminations.add(Thread.ofVirtual().start(graceSeconds > 0 ? container::terminate : container::kill));
        }
        long end = System.nanoTime() + graceSeconds * 1_000_000_000L;
        for (Thread thread : threads) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0 || !thread.join(java.time.Duration.ofMillis(left))) {
                all().forEach(PodContainer::kill);
                thread.join(java.time.Duration.ofSeconds(5));
            }
        }
        for (Thread termination : terminations) {
            termination.join(java.time.Duration.ofSeconds(5));
        }
        removeFolder();
    }

    private List<PodContainer> all() {
        return Stream.concat(init.stream(), main.stream()).toList();
    }

    private void removeFolder() {
        Path own = volumes().own();
        if (!Files.exists(own)) {
            return;
        }
        try (Stream<Path> files = Files.walk(own)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the folder of pod " + name() + " is left behind", e);
        }
    }

    private String phase() {
        if (initFailed) {
            return "Failed";
        }
        boolean allEnded = initialized && main.stream().allMatch(PodContainer::ended);
        if (allEnded && !ending()) {
            return main.stream().allMatch(container -> container.exitCode() == 0) ? "Succeeded" : "Failed";
        }
        return initialized ? "Running" : "Pending";
    }

    /** Writes the pod's status as it is now. */
    void publish() {
        if (!prepared) {
            return;
        }
        try {
            owner.store().edit(ApiResource.PODS, namespace(), name(), object -> {
                // A namesake that came later has a runner of its own.
                if (ApiJson.text(object, "metadata", "uid").equals(ApiJson.text(pod, "metadata", "uid"))) {
                    status(ApiJson.child(object, "status"));
                }
            });
        } catch (ApiFailure e) {
            LOG.log(System.Logger.Level.DEBUG, "pod " + name() + " is gone already", e);
        }
    }

    private void status(ObjectNode status) {
        boolean ready = initialized && !ending() && main.stream().allMatch(PodContainer::ready);
        status.put("phase", phase()).put("podIP", podIp).put("hostIP", ClusterPods.NODE_ADDRESS);
        status.put("qosClass", "Burstable");
        if (!status.has("startTime")) {
            status.put("startTime", ApiStore.now());
        }
        status.putArray("podIPs").addObject().put("ip", podIp);
        JsonNode before = status.path("conditions").deepCopy();
        ArrayNode conditions = status.putArray("conditions");
        condition(conditions, before, "PodScheduled", true);
        condition(conditions, before, "Initialized", initialized);
        condition(conditions, before, "ContainersReady", ready);
        condition(conditions, before, "Ready", ready);
        ArrayNode containers = status.putArray("containerStatuses");
        main.forEach(container -> containers.add(container.status()));
        if (!init.isEmpty()) {
            ArrayNode first = status.putArray("initContainerStatuses");
            init.forEach(container -> first.add(container.status()));
        }
    }

    /** The time of the last transition changes with the value only. */
    static void condition(ArrayNode conditions, JsonNode before, String type, boolean value) {
        String text = value ? "True" : "False";
        String since = before.valueStream()
                .filter(old -> ApiJson.text(old, "type").equals(type)
                        && ApiJson.text(old, "status").equals(text))
                .map(old -> ApiJson.text(old, "lastTransitionTime"))
                .findFirst()
                .orElse(ApiStore.now());
        conditions.addObject().put("type", type).put("status", text).put("lastTransitionTime", since);
    }
}
