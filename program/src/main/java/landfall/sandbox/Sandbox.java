package landfall.sandbox;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import tools.jackson.databind.node.ObjectNode;

/**
 * Both sides of a move on this machine, in one process of its own with its state in one folder. What a killed run left
 * behind is ended by the next start or by a stop.
 */
public final class Sandbox implements AutoCloseable {
    /** Written when all is ready; gone when the sandbox is. */
    public static final String ADDRESSES_FILE = "addresses.json";

    /** One line: what is being waited for. */
    public static final String PROGRESS_FILE = "progress";

    private static final Duration READY_MAX = Duration.ofMinutes(3);

    private final Path folder;
    private final FileChannel lockFile;
    private final ProcessRegistry registry;
    private final Addresses addresses;
    private final Containers containers;
    private final List<AutoCloseable> parts = new ArrayList<>();

    private Sandbox(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder);
        lockFile = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = lockFile.tryLock();
        if (lock == null) {
            lockFile.close();
            throw new IOException("a sandbox is running in " + folder + " already");
        }
        registry = ProcessRegistry.in(folder);
        int left = registry.endAll();
        if (left > 0) {
            System.getLogger(Sandbox.class.getName())
                    .log(System.Logger.Level.INFO, left + " processes of an earlier run were ended");
        }
        Files.deleteIfExists(folder.resolve(ADDRESSES_FILE));
        addresses = Addresses.claim();
        containers = new Containers(folder, addresses, registry);
    }

    /** Starts both sides and waits until the cluster's workloads are ready. */
    static Sandbox start(Path folder, List<Path> manifests, SandboxManners manners)
            throws IOException, InterruptedException {
        Sandbox sandbox = new Sandbox(folder.toAbsolutePath().normalize());
        try {
            sandbox.progress("starting the cluster");
            EmulatedCluster cluster =
                    EmulatedCluster.start(sandbox.folder, sandbox.addresses, sandbox.containers, sandbox.registry);
            sandbox.parts.addFirst(cluster);
            cluster.apply(manifests);
            sandbox.progress("starting the Dokku host");
            EmulatedDokku dokku =
                    EmulatedDokku.start(sandbox.folder, sandbox.addresses, sandbox.containers, sandbox.registry);
            sandbox.parts.addFirst(dokku);
            manners.give(dokku);
            sandbox.awaitReady(cluster);
            sandbox.writeAddresses(cluster, dokku);
            return sandbox;
        } catch (IOException | InterruptedException | RuntimeException e) {
            sandbox.close();
            throw e;
        }
    }

    private void awaitReady(EmulatedCluster emulated) throws IOException, InterruptedException {
        long end = System.nanoTime() + READY_MAX.toNanos();
        List<String> waiting = emulated.notReady();
        while (!waiting.isEmpty()) {
            progress(String.join("; ", waiting));
            if (System.nanoTime() > end) {
                throw new IOException("not ready after " + READY_MAX.toSeconds() + " s: " + String.join("; ", waiting));
            }
            Thread.sleep(100);
            waiting = emulated.notReady();
        }
    }

    private void progress(String line) throws IOException {
        replace(PROGRESS_FILE, line);
    }

    private void replace(String name, String text) throws IOException {
        Path next = Files.createTempFile(
                folder,
                name,
                ".next",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(next, text);
        Files.move(next, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void writeAddresses(EmulatedCluster emulated, EmulatedDokku dokku) throws IOException {
        ObjectNode file = ApiJson.object();
        emulated.nodePorts()
                .forEach((service, address) ->
                        file.put(service.substring(service.indexOf('/') + 1), "http://" + address));
        file.put("kubeconfig", emulated.kubeconfig().toString());
        file.put("node", addresses.node());
        file.put("dokkuSsh", dokku.destination());
        file.put("dokkuHttp", "http://" + addresses.dokkuHost() + ":" + Addresses.listenPort(80));
        file.put("identity", dokku.clientKeyFile().toString());
        file.put("knownHosts", dokku.knownHostsFile().toString());
        file.put("bridgeAddress", Addresses.DOKKU_HOST_ADDRESS);
        String postgres = addresses.names().get("postgres");
        if (postgres != null) {
            file.put("sourcePostgres", postgres + ":5432");
        }
        file.put("pid", ProcessHandle.current().pid());
        replace(ADDRESSES_FILE, file.toPrettyString() + "\n");
    }

    /** Ends all that runs; volumes and data stay in the folder. */
    @Override
    public void close() throws IOException {
        Files.deleteIfExists(folder.resolve(ADDRESSES_FILE));
        IOException failure = null;
        for (AutoCloseable part : parts) {
            try {
                part.close();
            } catch (Exception e) {
                failure = new IOException("a part of the sandbox did not end", e);
            }
        }
        registry.endAll();
        addresses.close();
        lockFile.close();
        if (failure != null) {
            throw failure;
        }
    }

    /** The sandbox's process: runs until SIGTERM. Arguments: folder, manners of the Dokku host, then manifests. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        List<Path> manifests = new ArrayList<>();
        for (int i = 2; i < arguments.length; i++) {
            manifests.add(Path.of(arguments[i]));
        }
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stop.countDown();
            try {
                ended.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        Thread starter = Thread.currentThread();
        Thread.ofVirtual().start(() -> {
            try {
                stop.await();
                // Also in the middle of a start.
                starter.interrupt();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try (Sandbox sandbox = start(folder, manifests, SandboxManners.parse(arguments[1]))) {
            sandbox.progress("ready");
            stop.await();
        } catch (InterruptedException stopped) {
            System.getLogger(Sandbox.class.getName()).log(System.Logger.Level.INFO, "stopped");
        } catch (IOException | RuntimeException e) {
            System.getLogger(Sandbox.class.getName()).log(System.Logger.Level.ERROR, "the sandbox ended", e);
            if (Files.isDirectory(folder)) {
                Files.writeString(folder.resolve("failure"), String.valueOf(e.getMessage()));
            }
            ended.countDown();
            System.exit(1);
        } finally {
            ended.countDown();
        }
    }
}
