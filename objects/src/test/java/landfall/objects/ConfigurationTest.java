package landfall.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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
}
