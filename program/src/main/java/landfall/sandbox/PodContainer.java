package landfall.sandbox;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One container of a pod: its process, its state as the API shows it, its probes. */
final class PodContainer {
    private static final System.Logger LOG = System.getLogger(PodContainer.class.getName());

    private final PodRunner pod;
    private final JsonNode definition;
    private final ObjectNode state = ApiJson.object();
    private volatile @Nullable PodProcess process;
    private volatile boolean ready;
    private volatile boolean ended;
    private volatile int exitCode;
    private final AtomicInteger restarts = new AtomicInteger();

    PodContainer(PodRunner pod, JsonNode definition) {
        this.pod = pod;
        this.definition = definition;
        waiting("PodInitializing", "");
    }

    String name() {
        return ApiJson.text(definition, "name");
    }

    boolean ready() {
        return ready;
    }

    boolean ended() {
        return ended;
    }

    int exitCode() {
        return exitCode;
    }

    void waiting(String reason, String message) {
        synchronized (state) {
            state.removeAll();
            state.putObject("waiting").put("reason", reason).put("message", message);
        }
        pod.publish();
    }

    private void running() {
        synchronized (state) {
            state.removeAll();
            state.putObject("running").put("startedAt", ApiStore.now());
        }
        pod.publish();
    }

    private void terminated(int code) {
        exitCode = code;
        ready = false;
        synchronized (state) {
            state.removeAll();
            state.putObject("terminated")
                    .put("exitCode", code)
                    .put("reason", code == 0 ? "Completed" : "Error")
                    .put("finishedAt", ApiStore.now());
        }
        pod.publish();
    }

    ObjectNode status() {
        ObjectNode status = ApiJson.object();
        status.put("name", name()).put("image", ApiJson.text(definition, "image"));
        status.put("imageID", "").put("ready", ready).put("restartCount", restarts.get());
        synchronized (state) {
            status.set("state", state.deepCopy());
            status.put("started", state.has("running"));
        }
        return status;
    }

    Path log() {
        return pod.containers().log(specName());
    }

    private String specName() {
        return pod.name() + "." + name();
    }

    /** The container as a process could be started now. */
    Containers.Spec spec() throws PodTrouble, IOException {
        Map<String, String> env = pod.environment().resolve(definition);
        Program image = pod.image(ApiJson.text(definition, "image"));
        List<String> words = PodEnvironment.words(definition, env);
        List<String> command = ApiJson.list(definition.path("command"));
        Program program = PodCommands.program(image, command);
        return new Containers.Spec(
                specName(), program, words, env, pod.address(), pod.volumes().mounts(definition));
    }

    /** A command beside the container's own, as exec and probes run it. */
    ProcessBuilder exec(List<String> words) throws IOException {
        try {
            Containers.Spec spec = spec();
            Program program =
                    PodCommands.onMachine(words.getFirst()) ? new Program("", Program.SHELL, 0, "/") : spec.program();
            if (program.mainClass().equals(Program.POSTGRES)) {
                throw new IOException("the sandbox's PostgreSQL container has no program " + words.getFirst());
            }
            return pod.containers()
                    .builder(new Containers.Spec(
                            spec.name(), program, words, spec.env(), spec.address(), spec.mounts()));
        } catch (PodTrouble e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Runs once to the end; trouble is shown and tried again until the pod ends. */
    int runOnce() throws InterruptedException {
        while (!pod.ending()) {
            try {
                Containers.Spec spec = spec();
                Optional<InetSocketAddress> wanted = waitsFor(spec);
                if (wanted.isPresent()) {
                    return waitForPort(spec);
                }
                Optional<String> refused = spec.program().mainClass().equals(Program.SHELL)
                        ? PodCommands.refused(spec.words())
                        : Optional.empty();
                if (refused.isPresent()) {
                    note("the sandbox does not run " + refused.get() + " in a script: " + spec.words());
                    terminated(127);
                    return 127;
                }
                return runProcess(spec);
            } catch (PodTrouble e) {
                waiting(e.reason(), String.valueOf(e.getMessage()));
                if (e.reason().equals("ErrImagePull")) {
                    Thread.sleep(500);
                    waiting("ImagePullBackOff", "Back-off pulling image: " + e.getMessage());
                }
                Thread.sleep(500);
            } catch (IOException e) {
                note(e.getMessage());
                waiting("RunContainerError", String.valueOf(e.getMessage()));
                Thread.sleep(2_000);
            }
        }
        return 137;
    }

    private Optional<InetSocketAddress> waitsFor(Containers.Spec spec) {
        return PodCommands.waitsFor(spec.words(), pod.addresses(), pod.namespace());
    }

    private int waitForPort(Containers.Spec spec) throws InterruptedException {
        running();
        while (!pod.ending()) {
            if (waitsFor(spec).filter(PodCommands::open).isPresent()) {
                terminated(0);
                return 0;
            }
            Thread.sleep(200);
        }
        return 137;
    }

    private int runProcess(Containers.Spec spec) throws IOException, InterruptedException {
        PodProcess started = spec.program().mainClass().equals(Program.POSTGRES)
                ? PodProcess.postgres(spec, pod.home(spec.name()), pod.registry())
                : PodProcess.of(pod.containers().start(spec));
        process = started;
        running();
        if (pod.ending()) {
            started.terminate();
        }
        Thread probes = Thread.ofVirtual().start(this::probe);
        int code = started.waitFor();
        probes.interrupt();
        probes.join();
        process = null;
        terminated(code);
        return code;
    }

    private void note(@Nullable String message) {
        try {
            Files.createDirectories(log().getParent());
            Files.writeString(
                    log(),
                    message + "\n",
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "no log for " + specName(), e);
        }
    }

    /** Runs until the pod ends or the restart policy says that it is enough. */
    void supervise() {
        try {
            long backOff = 1_000;
            while (!pod.ending()) {
                long start = System.nanoTime();
                int code = runOnce();
                String policy = pod.restartPolicy();
                if (pod.ending() || policy.equals("Never") || (policy.equals("OnFailure") && code == 0)) {
                    break;
                }
                restarts.incrementAndGet();
                if (System.nanoTime() - start > 600_000_000_000L) {
                    backOff = 1_000;
                }
                waiting("CrashLoopBackOff", "back-off restarting failed container " + name());
                for (long slept = 0; slept < backOff && !pod.ending(); slept += 100) {
                    Thread.sleep(100);
                }
                backOff = Math.min(backOff * 2, 30_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended = true;
            pod.publish();
        }
    }

    private PodProbe probe(String kind) {
        return new PodProbe(definition.path(kind), definition, pod.address(), this::exec);
    }

    /** The kubelet's order: startup first, then readiness and liveness side by side. */
    private void probe() {
        try {
            if (definition.has("startupProbe")) {
                until(probe("startupProbe"));
            }
            Thread liveness =
                    definition.has("livenessProbe") ? Thread.ofVirtual().start(this::watchLiveness) : null;
            try {
                if (!definition.has("readinessProbe")) {
                    setReady(true);
                    Thread.sleep(Long.MAX_VALUE);
                }
                PodProbe readiness = probe("readinessProbe");
                Thread.sleep(readiness.delayMillis());
                while (true) {
                    int verdict = readiness.verdict();
                    if (verdict != 0) {
                        setReady(verdict > 0);
                    }
                    Thread.sleep(readiness.periodMillis());
                }
            } finally {
                if (liveness != null) {
                    liveness.interrupt();
                }
            }
        } catch (InterruptedException containerEnded) {
            ready = false;
        }
    }

    private void until(PodProbe startup) throws InterruptedException {
        Thread.sleep(startup.delayMillis());
        for (int verdict = startup.verdict(); verdict <= 0; verdict = startup.verdict()) {
            if (verdict < 0) {
                restart("startup");
            }
            Thread.sleep(startup.periodMillis());
        }
    }

    private void watchLiveness() {
        try {
            PodProbe liveness = probe("livenessProbe");
            Thread.sleep(liveness.delayMillis());
            while (liveness.verdict() >= 0) {
                Thread.sleep(liveness.periodMillis());
            }
            restart("liveness");
        } catch (InterruptedException containerEnded) {
            LOG.log(System.Logger.Level.DEBUG, "the container ended before its liveness probe failed");
        }
    }

    private void restart(String probe) {
        PodProcess running = process;
        if (running != null && !pod.ending()) {
            note("the " + probe + " probe failed: the container is restarted");
            running.terminate();
        }
    }

    private void setReady(boolean value) {
        if (ready != value) {
            ready = value;
            pod.publish();
        }
    }

    void terminate() {
        PodProcess running = process;
        if (running != null) {
            running.terminate();
        }
    }

    void kill() {
        PodProcess running = process;
        if (running != null) {
            running.kill();
        }
    }
}
