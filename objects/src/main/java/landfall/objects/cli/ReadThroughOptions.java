package landfall.objects.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import landfall.objects.admin.AdminClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The old store behind a bucket: options of {@code bucket-set}, and {@code bucket-fetch}. */
final class ReadThroughOptions {
    @Option(
            names = "--read-through",
            paramLabel = "URL",
            description = "What isn't here is fetched from the old store: https://s3.example.org/BUCKET[/PREFIX].")
    @Nullable
    String url;

    @Option(names = "--no-read-through", description = "Ends it.")
    boolean end;

    @Option(names = "--read-through-region", paramLabel = "NAME", description = "The old store's region (us-east-1).")
    String region = "us-east-1";

    @Option(
            names = "--keys-stdin",
            description = "Read the old store's access key id and secret from standard input, a line each;"
                    + " otherwise it is asked without keys.")
    boolean keysStdin;

    boolean given() {
        return url != null || end;
    }

    /** Changes it and answers the bucket. */
    JsonNode apply(AdminClient client, String bucket) throws IOException, AdminClient.Refused {
        String path = "/buckets/" + Admin.encoded(bucket) + "/read-through";
        String from = url;
        if (from == null) {
            return client.ask("DELETE", path, null);
        }
        if (end) {
            throw new IllegalArgumentException("--read-through and --no-read-through don't go together");
        }
        ObjectNode body = Admin.object().put("url", from).put("region", region);
        if (keysStdin) {
            BufferedReader keys = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            String id = keys.readLine();
            String secret = keys.readLine();
            if (id == null || secret == null || id.isBlank() || secret.isBlank()) {
                throw new IllegalArgumentException("standard input must have two lines: access key id and secret");
            }
            body.put("accessKeyId", id.strip()).put("secretAccessKey", secret.strip());
        }
        return client.ask("PUT", path, body);
    }

    /** {@code objects bucket-fetch}: exit code 1 if something couldn't be fetched. */
    @Command(
            name = "bucket-fetch",
            description = "Fetches all that is in the old store of a bucket and not here yet; begun again it goes on.")
    static final class Fetch extends Admin {
        @Parameters(paramLabel = "BUCKET")
        String bucket = "";

        @Override
        int run(AdminClient client, PrintWriter out) throws IOException, AdminClient.Refused {
            AtomicLong failed = new AtomicLong(-1);
            client.follow("/care/fetch", object().put("bucket", bucket), line -> {
                if (line.path("done").asBoolean(false)) {
                    failed.set(line.path("failed").asLong());
                }
                out.println(asJson ? line.toString() : line.path("message").asString());
            });
            return failed.get() == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        }
    }
}
