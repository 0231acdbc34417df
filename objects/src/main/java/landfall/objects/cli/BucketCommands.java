package landfall.objects.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import landfall.objects.admin.AdminClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Buckets, what they hold, and care of their files. */
final class BucketCommands {
    private BucketCommands() {}

    /** Options that creating and changing share. */
    static final class Shape {
        @Option(names = "--versioning", paramLabel = "STATE", description = "enabled or suspended.")
        @Nullable
        String versioning;

        @Option(
                names = "--quota",
                paramLabel = "SIZE",
                description = "Most bytes it may hold: 500M, 20G; none removes the bound.")
        @Nullable
        String quota;

        @Option(
                names = "--public-read",
                negatable = true,
                description = "Everybody may get its objects (not list them); --no-public-read ends it.")
        @Nullable
        Boolean publicRead;

        void into(ObjectNode body, String bucket) {
            Boolean open = publicRead;
            if (open != null && open) {
                body.putObject("settings").put("policy", publicPolicy(bucket));
            } else if (open != null) {
                body.putObject("settings").putNull("policy");
            }
            String state = versioning;
            if (state != null) {
                body.put("versioning", state);
            }
            String most = quota;
            if (most != null && most.equals("none")) {
                body.putNull("quotaBytes");
            } else if (most != null) {
                body.put("quotaBytes", bytes(most));
            }
        }

        /** The policy of AWS's user guide, "Granting read-only permission to an anonymous user". */
        private static String publicPolicy(String bucket) {
            ObjectNode policy = Admin.object().put("Version", "2012-10-17");
            policy.putArray("Statement")
                    .addObject()
                    .put("Sid", "PublicRead")
                    .put("Effect", "Allow")
                    .put("Principal", "*")
                    .put("Action", "s3:GetObject")
                    .put("Resource", "arn:aws:s3:::" + bucket + "/*");
            return Admin.JSON.writeValueAsString(policy);
        }

        private static long bytes(String text) {
            String number = text.toUpperCase(Locale.ROOT).replaceFirst("I?B?$", "");
            int unit = number.isEmpty() ? -1 : "KMGT".indexOf(number.charAt(number.length() - 1));
            try {
                return Math.multiplyExact(
                        Long.parseLong(unit < 0 ? number : number.substring(0, number.length() - 1)),
                        1L << (10 * (unit + 1)));
            } catch (ArithmeticException | NumberFormatException unfit) {
                throw new IllegalArgumentException(
                        "--quota " + text + ": a size like 500M or 20G is wanted, or none", unfit);
            }
        }
    }

    /** {@code objects bucket-create}. */
    @Command(name = "bucket-create", description = "Creates a bucket.")
    static final class Create extends Admin {
        @Parameters(paramLabel = "BUCKET")
        String name = "";

        @Option(names = "--owner", paramLabel = "USER", description = "The user who owns it.")
        String owner = "";

        @CommandLine.Mixin
        Shape shape = new Shape();

        @Override
        int run(AdminClient client, PrintWriter out) throws IOException, AdminClient.Refused {
            ObjectNode body = object().put("name", name).put("owner", owner);
            shape.into(body, name);
            JsonNode bucket = client.ask("POST", "/buckets", body);
            show(out, bucket, () -> out.println("bucket " + name + " created"));
            return CommandLine.ExitCode.OK;
        }
    }

    /** {@code objects bucket-set}. */
    @Command(name = "bucket-set", description = "Changes a bucket's versioning, quota, or the old store behind it.")
    static final class Change extends Admin {
        @Parameters(paramLabel = "BUCKET")
        String name = "";

        @CommandLine.Mixin
        Shape shape = new Shape();

        @CommandLine.Mixin
        ReadThroughOptions readThrough = new ReadThroughOptions();

        @Override
        int run(AdminClient client, PrintWriter out) throws IOException, AdminClient.Refused {
            ObjectNode body = object();
            shape.into(body, name);
            boolean through = readThrough.given();
            if (body.isEmpty() && !through) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(),
                        "nothing to change: give --versioning, --quota, --public-read or --read-through");
            }
            JsonNode bucket =
                    through ? readThrough.apply(client, name) : client.ask("PATCH", "/buckets/" + encoded(name), body);
            if (through && !body.isEmpty()) {
                bucket = client.ask("PATCH", "/buckets/" + encoded(name), body);
            }
            JsonNode changed = bucket;
            show(out, changed, () -> out.println("bucket " + name + " changed"));
            return CommandLine.ExitCode.OK;
        }
    }

    /** {@code objects bucket-list} and {@code objects usage}. */
    @Command(name = "bucket-list", aliases = "usage", description = "Lists buckets with what they hold.")
    static final class ListAll extends Admin {
        @Override
        int run(AdminClient client, PrintWriter out) throws IOException, AdminClient.Refused {
            JsonNode buckets = client.ask("GET", "/buckets", null);
            show(out, buckets, () -> {
                out.printf("%-32s %12s %16s %16s  %s%n", "BUCKET", "OBJECTS", "BYTES", "QUOTA", "VERSIONING");
                for (JsonNode bucket : buckets) {
                    out.printf(
                            "%-32s %12d %16d %16s  %s%n",
                            bucket.path("name").asString(),
                            bucket.path("objects").asLong(),
                            bucket.path("bytes").asLong(),
                            bucket.path("quotaBytes").isNull()
                                    ? "-"
                                    : bucket.path("quotaBytes").asString(),
                            bucket.path("versioning").asString());
                }
            });
            return CommandLine.ExitCode.OK;
        }
    }

    /** {@code objects bucket-destroy}. */
    @Command(name = "bucket-destroy", description = "Removes an empty bucket, or with --force a bucket and all in it.")
    static final class Destroy extends Admin {
        @Parameters(paramLabel = "BUCKET")
        String name = "";

        @Option(names = "--force", description = "Delete its objects and versions too. There is no way back.")
        boolean force;

        @Override
        int run(AdminClient client, PrintWriter out) throws IOException, AdminClient.Refused {
            JsonNode answer = client.ask("DELETE", "/buckets/" + encoded(name) + (force ? "?force=true" : ""), null);
            show(out, answer, () -> out.println("bucket " + name + " destroyed"));
            return CommandLine.ExitCode.OK;
        }
    }

    /** {@code objects scrub}: exit code 1 if damage was found. */
    @Command(
            name = "scrub",
            description = "Reads every byte and compares it with its checksums; exit code 1 if anything is damaged.")
    static final class Scrub extends Admin {
        @Parameters(paramLabel = "BUCKET", arity = "0..1", description = "One bucket only.")
        String bucket = "";

        @Override
        int run(AdminClient client, PrintWriter out) throws IOException, AdminClient.Refused {
            AtomicLong damaged = new AtomicLong();
            client.follow("/care/scrub", object().put("bucket", bucket), line -> {
                if (line.has("damaged")) {
                    damaged.incrementAndGet();
                }
                tell(out, line);
            });
            return damaged.get() == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        }
    }

    /** {@code objects adopt}. */
    @Command(
            name = "adopt",
            description = "Serves a folder of files that lies in the data folder as a bucket; rewrites nothing.")
    static final class Adopt extends Admin {
        @Parameters(paramLabel = "BUCKET", description = "The folder's name.")
        String bucket = "";

        @Override
        int run(AdminClient client, PrintWriter out) throws IOException, AdminClient.Refused {
            client.follow("/care/adopt", object().put("bucket", bucket), line -> tell(out, line));
            return CommandLine.ExitCode.OK;
        }
    }

    /** {@code objects health}: exit code 0 if the server answers. */
    @Command(name = "health", description = "Asks the running server whether it is well.")
    static final class Health extends Admin {
        @Override
        int run(AdminClient client, PrintWriter out) throws IOException, AdminClient.Refused {
            JsonNode answer = client.ask("GET", "/health", null);
            show(out, answer, () -> out.println(answer.path("status").asString()));
            return CommandLine.ExitCode.OK;
        }
    }

    /** Scrub and adopt tell {@code message} beside their figures. */
    private static void tell(PrintWriter out, JsonNode line) {
        out.println(line.has("message") ? line.path("message").asString() : line.toString());
    }
}
