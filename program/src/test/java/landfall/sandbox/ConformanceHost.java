package landfall.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import landfall.dokku.DokkuCommand;
import landfall.dokku.DokkuJson;
import landfall.dokku.DokkuResult;
import landfall.remote.ExecResult;
import landfall.remote.SshConnection;
import landfall.remote.SshOptions;
import landfall.remote.SshTarget;

/**
 * The host that the conformance suite asks: the emulated one, or the real one that {@code LANDFALL_DOKKU} names
 * ({@code dokku@host:port}; its key in known_hosts or as {@code LANDFALL_DOKKU_HOST_KEY=SHA256:...}, the client's in
 * {@code LANDFALL_DOKKU_IDENTITY} or where ssh has it). What the suite makes bears its own prefix and is taken away.
 */
final class ConformanceHost implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final SshConnection connection;
    private final Deque<End> below = new ArrayDeque<>();
    private final Deque<List<String>> undo = new ArrayDeque<>();
    private final String prefix =
            "landfall-conf-" + Integer.toString(ThreadLocalRandom.current().nextInt(1_679_616, 60_466_176), 36);
    private final String image;
    private int names;

    /** Ends what the emulated host consists of. */
    private interface End {
        void run() throws IOException;
    }

    private ConformanceHost(SshTarget target, SshOptions options, String image) {
        connection = SshConnection.connect(target, options);
        this.image = image;
    }

    static boolean isReal() {
        return System.getenv("LANDFALL_DOKKU") != null;
    }

    static ConformanceHost open(Path folder) throws IOException {
        String real = System.getenv("LANDFALL_DOKKU");
        if (real == null) {
            return emulated(folder);
        }
        Optional<String> identity = Optional.ofNullable(System.getenv("LANDFALL_DOKKU_IDENTITY"));
        SshOptions options =
                new SshOptions(identity.map(Path::of).orElse(null), null, System.getenv("LANDFALL_DOKKU_HOST_KEY"));
        String image =
                Optional.ofNullable(System.getenv("LANDFALL_DOKKU_IMAGE")).orElse("nginx:alpine");
        return new ConformanceHost(SshTarget.parse(real), options, image);
    }

    private static ConformanceHost emulated(Path folder) throws IOException {
        Addresses addresses = Addresses.claim();
        ProcessRegistry registry = ProcessRegistry.in(folder);
        EmulatedDokku dokku = EmulatedDokku.start(
                folder,
                addresses,
                new Containers(folder, addresses, registry),
                registry,
                reference -> reference.startsWith("tinyweb:v")
                        ? Optional.of(new Program("tinyweb", DokkuTinyWeb.class.getName(), 5000, "/app"))
                        : Program.find(reference),
                0.01);
        SshOptions options = new SshOptions(dokku.clientKeyFile(), dokku.knownHostsFile(), null);
        ConformanceHost host = new ConformanceHost(SshTarget.parse(dokku.destination()), options, "tinyweb:v1");
        host.below.push(addresses::close);
        host.below.push(registry::endAll);
        host.below.push(dokku::close);
        return host;
    }

    /** A reference that the host has or can pull, of a program that listens. */
    String image() {
        return image;
    }

    String newName() {
        return prefix + "-" + names++;
    }

    /** An app of this suite's own, destroyed at the end. */
    String newApp() {
        String app = newName();
        atTheEnd("--force", "apps:destroy", app);
        done("apps:create", app);
        return app;
    }

    /** To be run at the end, the last first; whether it works is not asked. */
    void atTheEnd(String... words) {
        undo.push(List.of(words));
    }

    DokkuResult run(String... words) {
        return run(new byte[0], words);
    }

    DokkuResult run(byte[] stdin, String... words) {
        return line(DokkuCommand.of(words).line(), stdin);
    }

    /** A command line as it is, where quoting is what is asked about. */
    DokkuResult line(String line, byte[] stdin) {
        try {
            ExecResult result = connection.exec(line, stdin, PATIENCE, printed -> {});
            return new DokkuResult(result.exit(), result.stdout(), result.stderr());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(line, e);
        }
    }

    DokkuResult done(String... words) {
        DokkuResult result = run(words);
        if (!result.succeeded()) {
            throw new AssertionError(String.join(" ", words) + " gave " + result);
        }
        return result;
    }

    void imported(String app, Map<String, String> values) {
        byte[] json = DokkuJson.write(values).getBytes(StandardCharsets.UTF_8);
        DokkuResult result = run(json, "config:import", "--no-restart", "--format", "json", app, "-");
        if (!result.succeeded()) {
            throw new AssertionError("config:import gave " + result);
        }
    }

    Map<String, String> report(String family, String app) {
        return DokkuJson.strings(
                done(family + ":report", app, "--format", "json").stdout(), family);
    }

    Map<String, String> config(String app) {
        return DokkuJson.strings(done("config:export", "--format", "json", app).stdout(), "config:export");
    }

    boolean hasPlugin(String name) {
        return DokkuJson.objects(done("plugin:list", "--format", "json").stdout(), "plugin:list").stream()
                .anyMatch(plugin -> name.equals(plugin.get("name")) && Boolean.TRUE.equals(plugin.get("enabled")));
    }

    static byte[] fixture(String name) throws IOException {
        return Files.readAllBytes(Path.of("src/test/resources/landfall/sandbox", name));
    }

    @Override
    public void close() throws IOException {
        List<String> left = new ArrayList<>();
        while (!undo.isEmpty()) {
            List<String> words = undo.pop();
            DokkuResult result = run(words.toArray(String[]::new));
            if (isReal() && !result.succeeded()) {
                left.add(String.join(" ", words) + ": " + result.tail());
            }
        }
        connection.close();
        while (!below.isEmpty()) {
            below.pop().run();
        }
        left.forEach(System.err::println);
    }
}
