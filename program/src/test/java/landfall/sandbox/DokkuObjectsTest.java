package landfall.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code objects:*} of the emulated host: the official plugins' manners, and the real object store behind them. */
final class DokkuObjectsTest {
    @Test
    void aLinkedAppHasKeysOfItsOwnForTheServicesBucketsAndNoOthers(@TempDir Path folder) throws Exception {
        Assumptions.assumeTrue(
                ObjectsProgram.classPath().isPresent(), "the object store isn't built: ./mvnw -pl objects package");
        ProcessRegistry registry = ProcessRegistry.in(folder);
        try (Addresses addresses = Addresses.claim();
                EmulatedDokku dokku =
                        EmulatedDokku.start(folder, addresses, new Containers(folder, addresses, registry), registry);
                DokkuClient client = new DokkuClient(dokku)) {
            assertThat(client.run("objects:exists store").stderr())
                    .isEqualTo(" !     Objects service store does not exist\n");
            DokkuClient.Answer created = client.run(
                    "objects:create store --password correcthorse --custom-env 'OBJECTS_BUCKETS=uploads,assets'");
            assertThat(created.exit()).as(created.toString()).isZero();
            assertThat(created.stdout()).contains("=====> Objects container created: store");
            assertThat(client.run("objects:list").stdout()).isEqualTo("=====> Objects services\nstore\n");
            assertThat(client.run("objects:info store --dsn").stdout())
                    .isEqualTo("s3://store:correcthorse@dokku-objects-store:9000/uploads?region=us-east-1\n");
            assertThat(client.run("objects:bucket-list store").stdout())
                    .contains("uploads")
                    .contains("assets");
            assertThat(client.run("apps:create shop").exit()).isZero();
            assertThat(client.run("objects:link store shop --no-restart").stdout())
                    .contains("OBJECTS_URL:")
                    .contains("AWS_ACCESS_KEY_ID:");
            assertThat(client.run("objects:link store shop").stderr())
                    .isEqualTo(" !     Already linked as OBJECTS_URL\n");
            assertThat(client.run("objects:links store").stdout()).isEqualTo("shop\n");

            String address =
                    client.run("objects:info store --internal-ip").stdout().strip();
            Map<String, String> environment = environment(client, "shop");
            assertThat(environment).containsEntry("AWS_ENDPOINT_URL_S3", "http://dokku-objects-store:9000");
            S3Requests requests = requests(environment, address);
            assertThat(requests.put("/uploads/greeting.txt", "hello").statusCode())
                    .isEqualTo(200);
            assertThat(requests.get("/uploads/greeting.txt").body()).isEqualTo("hello");
            assertThat(requests.put("/new-bucket", "").statusCode()).isEqualTo(403);
            S3Requests stranger = new S3Requests(requests.endpoint(), "us-east-1", "store", "wrong-secret");
            assertThat(stranger.get("/uploads/greeting.txt").statusCode()).isEqualTo(403);

            assertThat(client.run("objects:stop store").exit()).isZero();
            assertThat(client.run("objects:info store --status").stdout()).isEqualTo("missing\n");
            assertThat(client.run("objects:start store").exit()).isZero();
            address = client.run("objects:info store --internal-ip").stdout().strip();
            assertThat(requests(environment, address)
                            .get("/uploads/greeting.txt")
                            .body())
                    .isEqualTo("hello");

            assertThat(client.run("objects:destroy store --force").stderr())
                    .isEqualTo(" !     Cannot delete linked service\n");
            assertThat(client.run("objects:unlink store shop --no-restart").exit())
                    .isZero();
            assertThat(environment(client, "shop").keySet())
                    .noneMatch(key -> key.matches("AWS_.*|OBJECTS_.*|BUCKET_.*"));
            assertThat(requests(environment, address)
                            .get("/uploads/greeting.txt")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(client.run("objects:destroy store --force").exit()).isZero();
            assertThat(client.run("objects:exists store").exit()).isEqualTo(1);
        } finally {
            assertThat(registry.endAll()).isNotNegative();
        }
    }

    private static S3Requests requests(Map<String, String> environment, String address) {
        return new S3Requests(
                URI.create("http://" + address + ":" + ObjectsServer.PORT),
                environment.getOrDefault("AWS_REGION", ""),
                environment.getOrDefault("AWS_ACCESS_KEY_ID", ""),
                environment.getOrDefault("AWS_SECRET_ACCESS_KEY", ""));
    }

    private static Map<String, String> environment(DokkuClient client, String app) throws Exception {
        Map<String, String> values = new TreeMap<>();
        for (String line : client.run("config:export --format envfile " + app)
                .stdout()
                .lines()
                .toList()) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1).replaceAll("^[\"']|[\"']$", ""));
            }
        }
        return values;
    }
}
