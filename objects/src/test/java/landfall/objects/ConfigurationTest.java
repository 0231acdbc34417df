package landfall.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import landfall.objects.admin.AdminClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

final class ConfigurationTest {
    private static Map<String, String> environment(Path folder, String buckets) {
        return new HashMap<>(Map.of(
                "OBJECTS_DATA", folder.toString(),
                "OBJECTS_LISTEN", "127.0.0.1:0",
                "OBJECTS_ACCESS_LOG", "off",
                "OBJECTS_ACCESS_KEY_ID", "keeper",
                "OBJECTS_SECRET_ACCESS_KEY", "not-a-short-one",
                "OBJECTS_BUCKETS", buckets));
    }

    @Test
    void bucketsOfTheConfigurationAreThereFromTheStartAndStayWhenItNamesFewer(@TempDir Path folder) throws Exception {
        for (String buckets : new String[] {"uploads, assets,uploads", "", "assets"}) {
            Configuration configuration = Configuration.read(Optional.empty(), environment(folder, buckets));
            try (ObjectsServer server = ObjectsServer.start(configuration, Clock.systemUTC())) {
                assertThat(server.port()).isPositive();
                JsonNode all = new AdminClient(configuration.adminSocket()).ask("GET", "/buckets", null);
                assertThat(all.valueStream().map(bucket -> bucket.path("name").asString()))
                        .as("after a start with \"%s\"", buckets)
                        .containsExactly("assets", "uploads");
                assertThat(all.valueStream().map(bucket -> bucket.path("owner").asString()))
                        .allMatch(owner -> owner.matches("[0-9a-f]{64}"));
            }
        }
    }

    @Test
    void aBucketThatCantBeIsRefusedWithAllThatIsWrong(@TempDir Path folder) {
        Map<String, String> environment = environment(folder, "Uploads,ok-name,..");
        environment.put("OBJECTS_STOP_SECONDS", "soon");
        assertThatThrownBy(() -> Configuration.read(Optional.empty(), environment))
                .isInstanceOf(Configuration.Unfit.class)
                .hasMessageContaining("OBJECTS_BUCKETS names Uploads")
                .hasMessageContaining("OBJECTS_BUCKETS names ..")
                .hasMessageContaining("OBJECTS_STOP_SECONDS");
    }

    /** Files made in one locale would not be found in the other, and answered with 500. */
    @Test
    void aLocaleThatCantNameAllFilesIsRefused(@TempDir Path folder) throws Exception {
        ProcessBuilder serve = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "serve")
                .redirectErrorStream(true);
        serve.environment().putAll(environment(folder, ""));
        serve.environment().put("LC_ALL", "POSIX");
        Process process = serve.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
            assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("not in UTF-8", "LC_ALL=C.UTF-8");
            assertThat(process.exitValue()).isEqualTo(2);
            assertThat(folder).isEmptyDirectory();
        } finally {
            process.destroyForcibly();
        }
    }
}
