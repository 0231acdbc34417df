package landfall.sandbox;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import landfall.sandbox.program.Json;

/** Where things are in a running sandbox: what {@code addresses.json} says, and its database servers. */
final class DemoPlace {
    static final String ADDRESSES = "addresses.json";

    private final Path folder;
    private final Map<?, ?> addresses;

    private DemoPlace(Path folder, Map<?, ?> addresses) {
        this.folder = folder;
        this.addresses = addresses;
    }

    static DemoPlace read(Path folder) throws IOException {
        return new DemoPlace(folder, Json.parseObject(Files.readString(folder.resolve(ADDRESSES))));
    }

    private String text(String name) throws IOException {
        if (addresses.get(name) instanceof String text) {
            return text;
        }
        throw new IOException(folder.resolve(ADDRESSES) + " has no \"" + name + "\"");
    }

    /** The old public address of the service, the only one its users know. */
    URI publicAddress() throws IOException {
        return URI.create(text("uro"));
    }

    /** The same service on the Dokku host itself, where its users go once the bridge is taken away. */
    URI newAddress() throws IOException {
        return URI.create("http://" + URI.create(text("dokkuHttp")).getHost() + ":"
                + publicAddress().getPort());
    }

    /** What a user would give on the command line to say where both sides are. */
    List<String> options() throws IOException {
        return List.of(
                "--host",
                text("dokkuSsh"),
                "--identity",
                text("identity"),
                "--known-hosts",
                text("knownHosts"),
                "--kubeconfig",
                text("kubeconfig"),
                "--bridge-address",
                text("bridgeAddress"));
    }

    /** A superuser's connection to whichever server of the sandbox holds the database. */
    Connection database(String name) throws IOException, SQLException {
        SQLException last = new SQLException("no server of the sandbox holds the database " + name);
        for (Path data : dataFolders()) {
            List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"));
            Properties login = new Properties();
            login.setProperty("user", "postgres");
            login.setProperty(
                    "password",
                    Files.readString(data.resolveSibling(data.getFileName() + ".password"))
                            .strip());
            login.setProperty("sslmode", "disable");
            try {
                return DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + lines.get(3).strip() + "/" + name, login);
            } catch (SQLException e) {
                boolean elsewhere = "3D000".equals(e.getSQLState());
                last = elsewhere ? last : e;
            }
        }
        throw last;
    }

    private List<Path> dataFolders() throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                if (!Files.exists(directory.resolve("PG_VERSION"))) {
                    return FileVisitResult.CONTINUE;
                }
                if (Files.exists(directory.resolve("postmaster.pid"))) {
                    found.add(directory);
                }
                return FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException vanished) {
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }
}
