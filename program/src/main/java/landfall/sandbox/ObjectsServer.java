package landfall.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The real object store as the container of a service runs it, and its commands inside that container. */
final class ObjectsServer implements DokkuServices.Running {
    static final int PORT = 9000;

    /** Its launcher may have to build it first. */
    private static final Duration START_MAX = Duration.ofMinutes(5);

    private static final Duration STOP_MAX = Duration.ofSeconds(15);
    private static final Duration COMMAND_MAX = Duration.ofSeconds(60);

    private final Process process;
    private final ProcessRegistry registry;
    private final Path data;
    /** Names of sockets are short (108 bytes), paths of sandboxes are not. */
    private final Path socketFolder;

    private ObjectsServer(Process process, ProcessRegistry registry, Path data, Path socketFolder) {
        this.process = process;
        this.registry = registry;
        this.data = data;
        this.socketFolder = socketFolder;
    }

    /**
     * Starts it and waits until it takes connections.
     *
     * @param root the service's folder: data, log and the file with its secret lie there
     * @param settings its own variables, OBJECTS_BUCKETS for one
     */
    static ObjectsServer start(
            Path root,
            String address,
            String accessKey,
            String secret,
            Map<String, String> settings,
            ProcessRegistry registry)
            throws IOException, InterruptedException, DokkuFailure {
        Path data = Files.createDirectories(root.resolve("data")).toAbsolutePath();
        Path secretFile = root.resolve("SECRET").toAbsolutePath();
        Files.writeString(secretFile, secret);
        Files.setPosixFilePermissions(secretFile, PosixFilePermissions.fromString("rw-------"));
        Path socketFolder = Files.createTempDirectory("objects");
        Map<String, String> environment = new TreeMap<>(settings);
        environment.put("OBJECTS_DATA", data.toString());
        environment.put("OBJECTS_LISTEN", address + ":" + PORT);
        environment.put(
                "OBJECTS_ADMIN_SOCKET", socketFolder.resolve("admin.sock").toString());
        environment.put("OBJECTS_ACCESS_KEY_ID", accessKey);
        environment.put("OBJECTS_SECRET_ACCESS_KEY_FILE", secretFile.toString());
        Path log = log(root);
        ProcessBuilder builder = ObjectsProgram.command(List.of("serve"), environment)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectInput(new java.io.File("/dev/null"));
        Process process = registry.start(builder, "objects " + data);
        ObjectsServer server = new ObjectsServer(process, registry, data, socketFolder);
        server.awaitReady(address, log);
        return server;
    }

    static Path log(Path root) {
        return root.resolve("server.log");
    }

    private void awaitReady(String address, Path log) throws IOException, InterruptedException {
        long end = System.nanoTime() + START_MAX.toNanos();
        while (process.isAlive() && System.nanoTime() < end) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, PORT), 1000);
                return;
            } catch (IOException notYet) {
                Thread.sleep(50);
            }
        }
        end();
        List<String> lines = Files.readAllLines(log);
        throw new IOException("the object store did not start: "
                + String.join(" | ", lines.subList(Math.max(0, lines.size() - 5), lines.size())));
    }

    /** What one of the server's own commands answered. */
    record Answer(int exit, String out, String err) {}

    /** Runs a command of the server as {@code docker exec} would; its standard input is empty. */
    Answer ask(List<String> words, String input) throws IOException, InterruptedException, DokkuFailure {
        Process asked = registry.start(command(words), "objects " + words.getFirst());
        StringBuilder errors = new StringBuilder();
        Thread reader = Thread.ofVirtual().start(() -> errors.append(text(asked.getErrorStream())));
        try (var in = asked.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String out = text(asked.getInputStream());
        if (!asked.waitFor(COMMAND_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
            asked.destroyForcibly();
            throw new IOException("objects " + words.getFirst() + " took more than " + COMMAND_MAX.toSeconds() + " s");
        }
        reader.join();
        return new Answer(asked.exitValue(), out, errors.toString());
    }

    /** The same, with streams that the caller sets. */
    ProcessBuilder command(List<String> words) throws DokkuFailure {
        return ObjectsProgram.command(
                words,
                Map.of(
                        "OBJECTS_DATA",
                        data.toString(),
                        "OBJECTS_ADMIN_SOCKET",
                        socketFolder.resolve("admin.sock").toString()));
    }

    private static String text(InputStream stream) {
        try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void end() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(socketFolder.resolve("admin.sock"));
        Files.deleteIfExists(socketFolder);
    }
}
