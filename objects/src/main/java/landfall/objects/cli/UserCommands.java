package landfall.objects.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import landfall.objects.admin.AdminClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Users and their keys. */
final class UserCommands {
    private UserCommands() {}

    /** {@code objects user-create}. */
    @Command(
            name = "user-create",
            description = "Creates a user and prints its keys; the secret is shown this once.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  objects user-create uro --bucket uploads --bucket assets",
                "  objects user-create reports --bucket uploads --read-only",
                "  printf '%%s' \"$SECRET\" | objects user-create old --access-key AKIAOLD --secret-stdin --bucket uploads"
            })
    static final class Create extends Admin {
        @Parameters(paramLabel = "NAME", description = "Its name.")
        String name = "";

        @Option(
                names = "--bucket",
                paramLabel = "BUCKET",
                description = "A bucket that it may use; * for all. May be given again.")
        List<String> buckets = new ArrayList<>();

        @Option(names = "--read-only", description = "It may only read these buckets.")
        boolean readOnly;

        @Option(names = "--administrator", description = "It may do everything to every bucket.")
        boolean administrator;

        @Option(names = "--may-create-buckets", description = "It may create buckets of its own.")
        boolean mayCreateBuckets;

        @Option(names = "--access-key", paramLabel = "ID", description = "Take this access key instead of a new one.")
        @Nullable
        String accessKey;

        @Option(
                names = "--secret-stdin",
                description = "Read the secret that goes with --access-key from standard input.")
        boolean secretStdin;

        @Option(
                names = "--display-name",
                paramLabel = "TEXT",
                description = "How listings name it (otherwise its name).")
        String displayName = "";

        @Option(names = "--email", paramLabel = "ADDRESS", description = "For ACL grants by e-mail address.")
        String email = "";

        @Override
        int run(AdminClient client, PrintWriter out) throws IOException, AdminClient.Refused {
            ObjectNode body = object();
            body.put("name", name);
            body.put("displayName", displayName);
            body.put("email", email);
            body.put("administrator", administrator);
            body.put("mayCreateBuckets", mayCreateBuckets);
            String given = accessKey;
            if ((given != null) != secretStdin) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "--access-key and --secret-stdin belong together: only one is given");
            }
            if (given != null) {
                String secret = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
                body.put("accessKeyId", given);
                body.put("secretAccessKey", secret == null ? "" : secret.strip());
            }
            ArrayNode grants = body.putArray("grants");
            buckets.forEach(
                    bucket -> grants.addObject().put("bucket", bucket).put("access", readOnly ? "read" : "read-write"));
            JsonNode user = client.ask("POST", "/users", body);
            show(out, user, () -> {
                for (JsonNode key : user.path("keys")) {
                    out.println("AWS_ACCESS_KEY_ID=" + key.path("accessKeyId").asString());
                    out.println("AWS_SECRET_ACCESS_KEY="
                            + key.path("secretAccessKey").asString());
                }
            });
            return CommandLine.ExitCode.OK;
        }
    }

    /** {@code objects user-list}. */
    @Command(name = "user-list", description = "Lists users, their access keys and what they may do.")
    static final class ListAll extends Admin {
        @Override
        int run(AdminClient client, PrintWriter out) throws IOException, AdminClient.Refused {
            JsonNode users = client.ask("GET", "/users", null);
            show(out, users, () -> {
                for (JsonNode user : users) {
                    List<String> rights = new ArrayList<>();
                    if (user.path("administrator").asBoolean(false)) {
                        rights.add("administrator");
                    }
                    user.path("grants")
                            .forEach(grant -> rights.add(grant.path("bucket").asString() + ":"
                                    + grant.path("access").asString()));
                    List<String> keys = new ArrayList<>();
                    user.path("keys")
                            .forEach(key -> keys.add(key.path("accessKeyId").asString()));
                    out.printf(
                            "%-24s %-22s %s%n",
                            user.path("name").asString(), String.join(",", keys), String.join(" ", rights));
                }
            });
            return CommandLine.ExitCode.OK;
        }
    }

    /** {@code objects user-destroy}. */
    @Command(name = "user-destroy", description = "Removes a user and its keys; what it stored stays.")
    static final class Destroy extends Admin {
        @Parameters(paramLabel = "NAME")
        String name = "";

        @Override
        int run(AdminClient client, PrintWriter out) throws IOException, AdminClient.Refused {
            JsonNode answer = client.ask("DELETE", "/users/" + encoded(name), null);
            show(out, answer, () -> out.println("user " + name + " destroyed"));
            return CommandLine.ExitCode.OK;
        }
    }

    /** {@code objects user-key}. */
    @Command(
            name = "user-key",
            description = "Adds a pair of keys to a user, or removes one: to change keys without a gap.")
    static final class Key extends Admin {
        @Parameters(paramLabel = "NAME")
        String name = "";

        @Option(names = "--remove", paramLabel = "ID", description = "Remove this access key.")
        @Nullable
        String remove;

        @Override
        int run(AdminClient client, PrintWriter out) throws IOException, AdminClient.Refused {
            String id = remove;
            if (id != null) {
                JsonNode answer = client.ask("DELETE", "/users/" + encoded(name) + "/keys/" + encoded(id), null);
                show(out, answer, () -> out.println("access key " + id + " of " + name + " removed"));
            } else {
                JsonNode key = client.ask("POST", "/users/" + encoded(name) + "/keys", object());
                show(out, key, () -> {
                    out.println("AWS_ACCESS_KEY_ID=" + key.path("accessKeyId").asString());
                    out.println("AWS_SECRET_ACCESS_KEY="
                            + key.path("secretAccessKey").asString());
                });
            }
            return CommandLine.ExitCode.OK;
        }
    }
}
