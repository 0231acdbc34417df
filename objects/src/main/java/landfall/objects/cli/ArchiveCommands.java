package landfall.objects.cli;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.atomic.AtomicReference;
import landfall.objects.admin.AdminClient;
import landfall.objects.archive.Backup;
import landfall.objects.archive.BackupTarget;
import landfall.objects.user.Secret;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** All buckets as one tar: out, in, and to another store. */
final class ArchiveCommands {
    private static final String PATH = "/archive";

    private ArchiveCommands() {}

    /** {@code objects export}. */
    @Command(name = "export", description = "Writes all buckets with their objects as a tar to standard output.")
    static final class Export extends Admin {
        @Override
        int run(AdminClient client, PrintWriter out) throws IOException, AdminClient.Refused {
            OutputStream bytes = new BufferedOutputStream(System.out, 1 << 16);
            client.download(PATH, bytes);
            bytes.flush();
            return CommandLine.ExitCode.OK;
        }
    }

    /** {@code objects import}. */
    @Command(
            name = "import",
            description = "Reads a tar of files BUCKET/KEY from standard input; objects of the same key are replaced.")
    static final class Import extends Admin {
        @Override
        int run(AdminClient client, PrintWriter out) throws IOException, AdminClient.Refused {
            JsonNode answer = client.upload(PATH, System.in);
            show(
                    out,
                    answer,
                    () -> out.println(
                            answer.path("objects") + " objects imported, " + answer.path("bytes") + " bytes"));
            return CommandLine.ExitCode.OK;
        }
    }

    /** {@code objects backup}. */
    @Command(
            name = "backup",
            description = "Uploads all buckets as a tar to another S3 store, reads it back and compares it.")
    static final class Store extends Admin {
        @Parameters(paramLabel = "BUCKET[/PREFIX]", description = "Where to; the bucket must be there.")
        String to = "";

        @Option(names = "--endpoint", paramLabel = "URL", description = "The store (otherwise Amazon's of the region).")
        @Nullable
        URI endpoint;

        @Option(names = "--region", paramLabel = "NAME", description = "Its region (us-east-1).")
        String region = "us-east-1";

        @Option(names = "--name", paramLabel = "TEXT", description = "What the backup's name begins with (objects).")
        String name = "objects";

        @Option(
                names = "--keys-stdin",
                required = true,
                description = "Read access key id and secret from standard input, a line each.")
        boolean keysStdin;

        @Override
        int run(AdminClient client, PrintWriter out) throws IOException, AdminClient.Refused {
            BufferedReader keys = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            String id = keys.readLine();
            String secret = keys.readLine();
            if (id == null || secret == null || id.isBlank() || secret.isBlank()) {
                throw new IllegalArgumentException("standard input must have two lines: access key id and secret");
            }
            URI given = endpoint;
            URI where = given == null ? URI.create("https://s3." + region + ".amazonaws.com") : given;
            if (where.getHost() == null || !where.getPath().replace("/", "").isEmpty()) {
                throw new IllegalArgumentException(
                        "--endpoint " + where + ": a URL like https://s3.example.org is wanted");
            }
            int slash = to.indexOf('/');
            String prefix = slash < 0 ? "" : to.substring(slash + 1).replaceFirst("/*$", "/");
            String key = prefix + name + "-"
                    + DateTimeFormatter.ofPattern("yyyy-MM-dd-HH-mm-ss")
                            .withZone(ZoneOffset.UTC)
                            .format(Clock.systemUTC().instant())
                    + ".tar";
            try (BackupTarget target =
                    new BackupTarget(where, region, id.strip(), Secret.of(secret.strip()), Clock.systemUTC())) {
                Backup.Result result = upload(client, new Backup(target), slash < 0 ? to : to.substring(0, slash), key);
                out.println("backup " + result.key() + ": " + result.bytes()
                        + " bytes, read back and the same, SHA-256 " + result.sha256());
            }
            return CommandLine.ExitCode.OK;
        }

        /** The archive flows through a pipe; if its reading fails, the pipe breaks off and the upload fails with it. */
        private static Backup.Result upload(AdminClient client, Backup backup, String bucket, String key)
                throws IOException, AdminClient.Refused {
            AtomicReference<@Nullable Exception> broken = new AtomicReference<>();
            try (PipedInputStream in = new FailingPipe(broken);
                    PipedOutputStream out = new PipedOutputStream(in)) {
                Thread reader = Thread.ofVirtual().name("archive").start(() -> {
                    try (out) {
                        client.download(PATH, out);
                    } catch (IOException | AdminClient.Refused failed) {
                        broken.set(failed);
                    }
                });
                Backup.Result result = backup.run(in, bucket, key);
                reader.join();
                return result;
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                throw new IOException("the backup was interrupted", stop);
            }
        }
    }

    /** A pipe whose end of stream is an error where its writer failed. */
    private static final class FailingPipe extends PipedInputStream {
        private final AtomicReference<@Nullable Exception> broken;

        FailingPipe(AtomicReference<@Nullable Exception> broken) {
            super(1 << 20);
            this.broken = broken;
        }

        @Override
        public synchronized int read(byte[] bytes, int offset, int length) throws IOException {
            int count = super.read(bytes, offset, length);
            Exception why = broken.get();
            if (count < 0 && why != null) {
                throw new IOException("the archive broke off: " + why.getMessage(), why);
            }
            return count;
        }
    }
}
