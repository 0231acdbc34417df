package landfall.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of an app that stands for its container; restarted after a failure up to ten times, as Dokku sets it. */
final class DokkuContainer {
    private static final int RESTARTS_MAX = 10;

    private final Containers containers;
    private final Containers.Spec spec;
    private final String type;
    private final int index;
    private final int port;
    private final String id;
    private volatile Process process;
    private volatile int restarts;
    private volatile boolean retired;

    DokkuContainer(Containers containers, Containers.Spec spec, String type, int index, int port) throws IOException {
        this.containers = containers;
        this.spec = spec;
        this.type = type;
        this.index = index;
        this.port = port;
        String seed = spec.name() + System.nanoTime();
        this.id = DokkuDeploys.sha(seed) + DokkuDeploys.sha(seed + "+").substring(0, 24);
        process = containers.start(spec);
        Thread.ofVirtual().name("watch " + spec.name()).start(this::watch);
    }

    private void watch() {
        try {
            while (process.waitFor() != 0 && !retired && restarts < RESTARTS_MAX) {
                Thread.sleep(Math.min(2_000, 100L << restarts));
                synchronized (this) {
                    if (!retired) {
                        restarts++;
                        process = containers.start(spec);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            System.getLogger(DokkuContainer.class.getName()).log(System.Logger.Level.WARNING, "restart failed", e);
        }
    }

    String type() {
        return type;
    }

    int index() {
        return index;
    }

    int port() {
        return port;
    }

    String id() {
        return id;
    }

    String address() {
        return spec.address();
    }

    Containers.Spec spec() {
        return spec;
    }

    int restarts() {
        return restarts;
    }

    boolean alive() {
        return !retired && process.isAlive();
    }

    List<String> output() throws IOException {
        Path log = containers.log(spec.name());
        return Files.exists(log) ? Files.readAllLines(log, java.nio.charset.StandardCharsets.ISO_8859_1) : List.of();
    }

    /** SIGTERM at once; what has not ended after its grace is killed in the background. */
    void retire() {
        synchronized (this) {
            retired = true;
            process.destroy();
        }
        Thread.ofVirtual().start(() -> {
            try {
                if (!process.waitFor(30, TimeUnit.SECONDS)) {
                    kill();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Until it has ended, as {@code docker stop} waits; its grace bounds it. */
    void awaitEnd() throws InterruptedException {
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            kill();
        }
    }

    void kill() {
        retired = true;
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
