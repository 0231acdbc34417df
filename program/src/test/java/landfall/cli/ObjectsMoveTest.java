package landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import landfall.sandbox.S3Requests;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Manifests with MinIO, planned and applied: the app's own settings open the new store. */
final class ObjectsMoveTest {
    @TempDir
    Path home;

    @Test
    void afterApplyTheAppsSettingsReadAndWriteObjectsOfTheNewService() throws Exception {
        Assumptions.assumeTrue(
                Files.isDirectory(Path.of("../objects/target/lib")),
                "the object store isn't built: ./mvnw -pl objects package");
        String move = home.resolve("move").toString();
        try (RecipeHost host = new RecipeHost(home)) {
            LandfallProcess.Ended planned = LandfallProcess.run(
                    home, "plan", "src/test/cases/minio/in", "-o", move, "--answer", "minio-data=copy");
            assertThat(planned.exit()).as(planned.out() + planned.err()).isZero();
            assertThat(planned.out())
                    .contains("objects service gallery-objects")
                    .contains("its data comes by hand");
            host.landfall(0, "apply", move, "--yes");

            JsonNode environment =
                    JsonMapper.builder().build().readTree(host.byHand("config:export", "--format", "json", "gallery"));
            assertThat(environment.path("S3_ENDPOINT").asString())
                    .isEqualTo("http://dokku-objects-gallery-objects:9000");
            String address = host.byHand("objects:info", "gallery-objects", "--internal-ip")
                    .strip();
            S3Requests app = new S3Requests(
                    URI.create(environment.path("S3_ENDPOINT").asString().replaceFirst("//[^:]+", "//" + address)),
                    environment.path("S3_REGION").asString(),
                    environment.path("S3_ACCESS_KEY").asString(),
                    environment.path("S3_SECRET_KEY").asString());
            for (String bucket : new String[] {environment.path("S3_BUCKET").asString(), "thumbnails"}) {
                assertThat(app.put("/" + bucket + "/2026/cat.txt", "a cat").statusCode())
                        .isEqualTo(200);
                assertThat(app.get("/" + bucket + "/2026/cat.txt").body()).isEqualTo("a cat");
            }
            S3Requests old = new S3Requests(app.endpoint(), "us-east-1", "gallery-admin", "example-minio-password");
            assertThat(old.get("/pictures/2026/cat.txt").statusCode()).isEqualTo(403);

            LandfallProcess.Ended again = host.landfall(0, "apply", move, "--dry-run");
            assertThat(again.out()).doesNotContain("objects:");
            assertThat(host.landfall(0, "diff", move).out())
                    .doesNotContain("AWS_")
                    .doesNotContain("OBJECTS_URL");
        }
    }
}
