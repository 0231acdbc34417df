package landfall.objects.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import landfall.objects.Configuration;
import landfall.objects.admin.AdminClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What commands that talk to a running server share: where it is, how answers are shown, what an error looks like. */
abstract class Admin implements Callable<Integer> {
    static final JsonMapper JSON = JsonMapper.builder().build();

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The data folder of the running server (otherwise OBJECTS_DATA).")
    @Nullable
    Path data;

    @Option(names = "--config", paramLabel = "FILE", description = "The server's configuration file.")
    @Nullable
    Path config;

    @Option(names = "--json", description = "Print JSON, as the server answered.")
    boolean asJson;

    /** Asks and shows. */
    abstract int run(AdminClient client, PrintWriter out) throws IOException, AdminClient.Refused;

    @Override
    public Integer call() throws IOException, Configuration.Unfit {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        try {
            return run(new AdminClient(socket()), out);
        } catch (AdminClient.Refused refused) {
            spec.commandLine().getErr().println("objects: " + refused.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    private Path socket() throws Configuration.Unfit {
        Path folder = data;
        return folder != null
                ? folder.toAbsolutePath().resolve(".landfall/admin.sock")
                : Configuration.read(Optional.ofNullable(config), System.getenv())
                        .adminSocket();
    }

    void show(PrintWriter out, JsonNode answer, Runnable text) {
        if (asJson) {
            out.println(JSON.writeValueAsString(answer));
        } else {
            text.run();
        }
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    static String encoded(String segment) {
        return java.net.URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
