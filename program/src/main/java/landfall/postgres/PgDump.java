package landfall.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;

/** The real pg_dump of this machine, at least as new as the server it reads. */
final class PgDump {
    private static final Pattern ENTRY = Pattern.compile("^-- Name: .*; Type: ([A-Z ]+); Schema: .*$");
    private static final Pattern VERSION = Pattern.compile("(\\d+)(?:\\.\\d+)?");

    private final Path program;
    private final int version;

    private PgDump(Path program, int version) {
        this.program = program;
        this.version = version;
    }

    static Optional<PgDump> find(Database source) throws SQLException {
        int server;
        try (Connection connection = source.connect("version")) {
            server = connection.getMetaData().getDatabaseMajorVersion();
        }
        return candidates().stream()
                .flatMap(path -> version(path).stream().map(found -> new PgDump(path, found)))
                .filter(found -> found.version >= server)
                // The nearest version writes the fewest statements an older target would not know.
                .min(Comparator.comparingInt(found -> found.version));
    }

    private static List<Path> candidates() {
        List<Path> found = new ArrayList<>();
        Path versions = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(versions)) {
            try (Stream<Path> folders = Files.list(versions)) {
                folders.map(folder -> folder.resolve("bin/pg_dump")).forEach(found::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        for (String folder : String.valueOf(System.getenv("PATH")).split(":")) {
            found.add(Path.of(folder, "pg_dump"));
        }
        return found.stream().filter(Files::isExecutable).toList();
    }

    private static Optional<Integer> version(Path path) {
        try {
            Process process = new ProcessBuilder(path.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher matcher = VERSION.matcher(output);
            return process.waitFor() == 0 && matcher.find()
                    ? Optional.of(Integer.parseInt(matcher.group(1)))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    SchemaScript schema(Database source, String snapshot) {
        String before = run(source, "pre-data", snapshot);
        List<String> parallel = new ArrayList<>();
        List<String> ordered = new ArrayList<>();
        split(run(source, "post-data", snapshot), parallel, ordered);
        return new SchemaScript(before, parallel, ordered, program + " " + version);
    }

    private String run(Database source, String section, String snapshot) {
        try (LoopbackPort port = new LoopbackPort(source.dialer())) {
            ProcessBuilder builder = new ProcessBuilder(
                    program.toString(),
                    "--host=" + source.address().host(),
                    "--port=" + port.number(),
                    "--username=" + source.user(),
                    "--dbname=" + source.name(),
                    "--no-password",
                    "--section=" + section,
                    "--snapshot=" + snapshot,
                    "--exclude-schema=landfall",
                    "--no-owner",
                    "--no-privileges",
                    "--no-publications",
                    "--no-subscriptions",
                    "--no-security-labels",
                    "--no-tablespaces");
            // The environment, unlike arguments, is seen by this user alone.
            builder.environment().put("PGPASSWORD", source.password().reveal());
            // The port is this machine's; the name is what a certificate must carry.
            builder.environment().put("PGHOSTADDR", "127.0.0.1");
            builder.environment().put("PGSSLMODE", source.address().sslMode());
            if (source.address().sslRootCertificate() != null) {
                builder.environment().put("PGSSLROOTCERT", source.address().sslRootCertificate());
            }
            if (source.address().options() != null) {
                builder.environment().put("PGOPTIONS", source.address().options());
            }
            builder.environment().put("PGAPPNAME", "landfall/pg_dump");
            Path errors = Files.createTempFile("landfall-pg_dump", ".err");
            try {
                Process process = builder.redirectError(errors.toFile()).start();
                process.getOutputStream().close();
                String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                int code = process.waitFor();
                if (code != 0) {
                    throw new LandfallException(
                            ExitCode.FAILED,
                            Problem.error(
                                    "pg_dump could not read the schema of the " + source,
                                    "it ended with " + code + ": "
                                            + Files.readString(errors).strip(),
                                    "Run the same command again once the cause is gone."));
                }
                return withoutMetaCommands(output);
            } finally {
                Files.deleteIfExists(errors);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LandfallException(
                    ExitCode.INTERRUPTED, Problem.error("Interrupted", "the program was asked to stop", ""));
        }
    }

    /** Since 15.14 a plain dump is framed by psql's \restrict and \\unrestrict with one random word. */
    private static String withoutMetaCommands(String dump) {
        Matcher matcher = Pattern.compile("(?m)^\\\\restrict (\\S+)$").matcher(dump);
        if (!matcher.find()) {
            return dump;
        }
        String word = Pattern.quote(matcher.group(1));
        return dump.replaceAll("(?m)^\\\\(un)?restrict " + word + "$", "");
    }

    /** Cuts at pg_dump's headings, which name each entry's type. */
    private static void split(String dump, List<String> parallel, List<String> ordered) {
        StringBuilder entry = new StringBuilder();
        String type = "";
        for (String line : dump.split("\n", -1)) {
            Matcher heading = ENTRY.matcher(line);
            if (heading.matches()) {
                add(type, entry, parallel, ordered);
                type = heading.group(1);
                entry.setLength(0);
            }
            entry.append(line).append('\n');
        }
        add(type, entry, parallel, ordered);
    }

    private static void add(String type, StringBuilder entry, List<String> parallel, List<String> ordered) {
        if (type.isEmpty()) {
            return;
        }
        (type.equals("INDEX") || type.equals("CONSTRAINT") ? parallel : ordered).add(entry.toString());
    }
}
