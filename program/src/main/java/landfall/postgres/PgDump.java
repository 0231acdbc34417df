package landfall.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import landfall.base.LandfallException;
import landfall.base.TaskGroup;

/** The real pg_dump, at least as new as the server it reads: beside that server, or on this machine. */
abstract class PgDump {
    /** {@code pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)}. */
    private static final Pattern VERSION = Pattern.compile("pg_dump \\(PostgreSQL\\) (\\d+)");

    /** Where packages put it, besides the PATH: Debian, Red Hat, Homebrew (two processors), Postgres.app. */
    private static final List<String> FOLDERS = List.of(
            "/usr/lib/postgresql",
            "/usr",
            "/opt/homebrew/opt",
            "/usr/local/opt",
            "/Applications/Postgres.app/Contents/Versions");

    private static final int ATTEMPTS = 10;
    /** What it says when it waited too long for a lock, or gave way in a deadlock. */
    private static final Pattern GAVE_WAY =
            Pattern.compile("deadlock detected|due to (lock|statement) timeout|could not obtain lock");

    private final String program;
    private final int version;

    PgDump(String program, int version) {
        this.program = program;
        this.version = version;
    }

    String program() {
        return program;
    }

    /** @return the dump of one section, complete */
    abstract String read(Database source, String section, String snapshot) throws IOException;

    SchemaScript schema(Database source, String snapshot) throws IOException {
        // The copy waits for the schema: both sections are read at the same time.
        try (TaskGroup group = TaskGroup.open(2)) {
            var before = group.fork(() -> PgDumpText.entries(readAgain(source, "pre-data", snapshot)));
            var after = group.fork(() -> PgDumpText.entries(readAgain(source, "post-data", snapshot)));
            group.join();
            return new SchemaScript(before.get(), after.get(), toString());
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CopySessions.interrupted();
        }
    }

    /** It locks all tables one after the other, and gives way to an app that locks them in another order. */
    private String readAgain(Database source, String section, String snapshot) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return read(source, section, snapshot);
            } catch (LandfallException e) {
                if (attempt == ATTEMPTS
                        || !GAVE_WAY.matcher(String.valueOf(e.getMessage())).find()) {
                    throw e;
                }
            }
        }
    }

    static List<String> arguments(Database source, String host, int port, String section, String snapshot) {
        return List.of(
                "--host=" + host,
                "--port=" + port,
                "--username=" + source.user(),
                "--dbname=" + source.name(),
                "--no-password",
                // While it waits for one table it keeps the others locked, and an app that truncates one waits with it.
                "--lock-wait-timeout=1000",
                "--section=" + section,
                "--snapshot=" + snapshot,
                "--encoding=UTF8",
                "--exclude-schema=landfall",
                "--no-owner",
                "--no-privileges",
                "--no-publications",
                "--no-subscriptions",
                "--no-security-labels",
                "--no-tablespaces");
    }

    static int majorVersion(Database server) throws SQLException {
        try (Connection connection = server.connect("version")) {
            return connection.getMetaData().getDatabaseMajorVersion();
        }
    }

    /** One of this machine. */
    static Optional<PgDump> find(Database source) throws SQLException {
        int server = majorVersion(source);
        return candidates().stream()
                .flatMap(
                        path -> LocalPgDump.version(path)
                                .flatMap(PgDump::version)
                                .<PgDump>map(found -> new LocalPgDump(path, found))
                                .stream())
                .filter(found -> found.version >= server)
                // The nearest version writes the fewest statements an older target would not know.
                .min(Comparator.comparingInt(found -> found.version));
    }

    static Optional<Integer> version(String output) {
        Matcher matcher = VERSION.matcher(output);
        return matcher.find() ? Optional.of(Integer.parseInt(matcher.group(1))) : Optional.empty();
    }

    private static List<Path> candidates() {
        List<Path> found = new ArrayList<>();
        for (String folder : String.valueOf(System.getenv("PATH")).split(":")) {
            found.add(Path.of(folder, "pg_dump"));
        }
        for (String folder : FOLDERS) {
            if (!Files.isDirectory(Path.of(folder))) {
                continue;
            }
            try (Stream<Path> versions = Files.list(Path.of(folder))) {
                versions.map(version -> version.resolve("bin/pg_dump")).forEach(found::add);
            } catch (IOException e) {
                // A folder that may not be listed holds nothing for us.
                System.getLogger(PgDump.class.getName()).log(System.Logger.Level.DEBUG, "looking for pg_dump", e);
            }
        }
        return found.stream()
                .filter(Files::isExecutable)
                .filter(path -> !isWrapper(path))
                .toList();
    }

    /** Debian's pg_wrapper, a script that asks which cluster is meant and then runs one of those found beside it. */
    private static boolean isWrapper(Path program) {
        try {
            return program.toRealPath().endsWith("pg_wrapper");
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return program + " " + version;
    }
}
