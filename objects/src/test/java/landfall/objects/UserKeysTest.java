package landfall.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import landfall.objects.admin.AdminClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Keys of a user, over the admin side's socket. */
final class UserKeysTest {
    private static final int KEYS = 20;

    /** The keys that were left used to be those of a moment before: a revoked key came back, or a new one was gone. */
    @Test
    void keysMadeAndRevokedAtTheSameTimeStaySo(@TempDir Path folder) throws Exception {
        try (TestServer server = TestServer.start(folder);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(server.server()).isNotNull();
            AdminClient admin = new AdminClient(folder.resolve(".landfall/admin.sock"));
            String first = admin.ask("POST", "/users", new JsonMapper().readTree("{\"name\": \"app\"}"))
                    .path("keys")
                    .path(0)
                    .path("accessKeyId")
                    .asString("");
            List<String> revoked = new ArrayList<>(List.of(first));
            for (int i = 1; i < KEYS; i++) {
                revoked.add(newKey(admin));
            }
            List<Callable<String>> changes = new ArrayList<>();
            for (String each : revoked) {
                changes.add(() -> newKey(admin));
                changes.add(() -> {
                    admin.ask("DELETE", "/users/app/keys/" + each, null);
                    return "";
                });
            }
            List<String> made = new ArrayList<>();
            for (Future<String> each : threads.invokeAll(changes)) {
                if (!each.get().isEmpty()) {
                    made.add(each.get());
                }
            }
            List<String> left = new ArrayList<>();
            for (JsonNode key : admin.ask("GET", "/users/app", null).path("keys")) {
                left.add(key.path("accessKeyId").asString(""));
            }
            assertThat(left).containsExactlyInAnyOrderElementsOf(made);
            assertThatThrownBy(() -> admin.ask("DELETE", "/users/app/keys/" + first, null))
                    .hasMessageContaining("app has no access key " + first);
        }
    }

    private static String newKey(AdminClient admin) throws Exception {
        return admin.ask("POST", "/users/app/keys", null).path("accessKeyId").asString("");
    }
}
