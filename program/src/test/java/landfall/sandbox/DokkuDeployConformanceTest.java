package landfall.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import landfall.dokku.DokkuJson;
import landfall.dokku.DokkuResult;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What Landfall relies on when apps run, have certificates and databases; see {@link DokkuConformanceTest}. */
class DokkuDeployConformanceTest {
    private static ConformanceHost host;

    @BeforeAll
    static void open(@TempDir Path folder) throws Exception {
        host = ConformanceHost.open(folder);
    }

    @AfterAll
    static void close() throws Exception {
        host.close();
    }

    @Test
    void anImageIsDeployedOnceAndRunsRestartsStopsAndStarts() {
        String app = host.newApp();
        DokkuResult deployed = host.done("git:from-image", app, host.image());
        assertThat(deployed.stdout()).contains("=====> Application deployed:");

        DokkuResult again = host.run("git:from-image", app, host.image());
        assertThat(again.exit()).isEqualTo(1);
        assertThat(again.stdout()).contains("No changes detected, skipping git commit");
        assertThat(host.report("git", app)).containsEntry("source-image", host.image());
        assertThat(host.report("apps", app)).containsEntry("deploy-source", "docker-image");
        assertThat(host.report("ps", app))
                .containsEntry("deployed", "true")
                .containsEntry("running", "true")
                .containsEntry("processes", "1");
        JsonNode containers =
                new JsonMapper().readTree(host.done("ps:inspect", app).stdout());
        assertThat(containers.get(0).get("Name").asString()).isEqualTo("/" + app + ".web.1");

        host.done("ps:restart", app);
        host.done("ps:stop", app);
        assertThat(host.report("ps", app)).containsEntry("running", "false").containsEntry("restore", "false");
        host.done("ps:start", app);
        assertThat(host.report("ps", app)).containsEntry("running", "true");
    }

    @Test
    void aChangedValueIsDeployedUnlessItIsAskedNotTo() {
        String app = host.newApp();
        host.done("git:from-image", app, host.image());

        assertThat(host.done("config:set", "--no-restart", app, "A=1").stdout()).doesNotContain("Restarting");
        assertThat(host.done("config:set", app, "A=1").stdout()).contains("-----> Restarting app " + app);
        assertThat(host.done("run", app, "printenv", "A").stdout()).isEqualTo("1\n");
    }

    @Test
    void anImageThatIsNotThereFailsAndLeavesTheAppAsItWas() {
        String app = host.newApp();

        DokkuResult result = host.run("git:from-image", app, "landfall.invalid/none:1");

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.stdout()).contains("Failed to pull image: landfall.invalid/none:1");
        assertThat(host.report("ps", app)).containsEntry("deployed", "false");
    }

    @Test
    void nothingIsRestartedOrBuiltOfAnAppWithoutADeploy() {
        String app = host.newApp();

        assertThat(host.run("ps:restart", app).exit()).isZero();
        assertThat(host.run("ps:rebuild", app).exit()).isEqualTo(1);
        assertThat(host.run("run", app, "true").exit()).isEqualTo(1);
        assertThat(DokkuJson.objects(
                        host.done("builds:list", app, "--status", "running", "--format", "json")
                                .stdout(),
                        "builds:list"))
                .isEmpty();
    }

    @Test
    void theProxyIsSwitchedAndItsConfigurationBuiltAgain() {
        String app = host.newApp();

        host.done("proxy:disable", app);
        assertThat(host.report("proxy", app)).containsEntry("enabled", "false");
        host.done("proxy:enable", app);
        assertThat(host.report("proxy", app)).containsEntry("enabled", "true").containsEntry("computed-type", "nginx");
        host.done("proxy:build-config", app);
        assertThat(host.done("nginx:show-config", app).stdout()).contains("server_name " + app);
    }

    @Test
    void aCertificateAndItsKeyArriveAsATar() throws Exception {
        String app = host.newApp();
        JsonNode pair = new JsonMapper()
                .readTree(ConformanceHost.fixture("transcripts/certs.json"))
                .get("calls")
                .get(13)
                .get("tar");

        DokkuResult result = host.run(tar(pair), "certs:add", app);

        assertThat(result.exit()).as(result.toString()).isZero();
        assertThat(host.report("certs", app))
                .containsEntry("enabled", "true")
                .containsEntry("hostnames", "tls.example.com www.tls.example.com");
        assertThat(host.report("ports", app).get("map-detected")).contains("https:443:");
        host.done("certs:remove", app);
        assertThat(host.report("certs", app)).containsEntry("enabled", "false");
        assertThat(host.run("certs:remove", app).exit()).isEqualTo(1);
    }

    @Test
    void aKeyOfAnotherCertificateStopsTheProxyOfTheWholeHost() throws Exception {
        assumeTrue(!ConformanceHost.isReal(), "a real host is not harmed: this is asked of the emulated one only");
        String app = host.newApp();
        String other = host.newApp();
        JsonNode pair = new JsonMapper()
                .readTree(ConformanceHost.fixture("transcripts/certs.json"))
                .get("calls")
                .get(12)
                .get("tar");

        assertThat(host.run(tar(pair), "certs:add", app).exit()).isEqualTo(1);
        assertThat(host.report("certs", app)).containsEntry("enabled", "true");
        DokkuResult innocent = host.run("domains:add", other, "innocent.example.com");
        assertThat(innocent.exit()).isEqualTo(1);
        assertThat(innocent.stderr()).contains("key values mismatch", "nginx.conf test failed");

        host.done("certs:remove", app);
        host.done("domains:add", other, "innocent.example.com");
    }

    private static byte[] tar(JsonNode files) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (Map.Entry<String, JsonNode> file : files.properties()) {
                byte[] content = file.getValue().asString().getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    @Test
    void aDatabaseIsCreatedLinkedAskedAndUnlinked() {
        assumeTrue(host.hasPlugin("postgres"), "the host has no postgres plugin");
        String app = host.newApp();
        String service = host.newName();
        host.atTheEnd("--force", "postgres:destroy", service);

        assertThat(host.run("postgres:exists", service).exit()).isEqualTo(1);
        host.done("postgres:create", service);
        assertThat(host.run("postgres:exists", service).exit()).isZero();
        assertThat(host.run("postgres:linked", service, app).exit()).isEqualTo(1);
        host.done("postgres:link", service, app, "--no-restart");

        String address =
                host.done("--quiet", "postgres:info", service, "--dsn").stdout().strip();
        assertThat(address)
                .matches("postgres://postgres:[0-9a-f]+@dokku-postgres-" + service + ":5432/"
                        + service.replace('-', '_'));
        assertThat(host.config(app)).containsEntry("DATABASE_URL", address);
        assertThat(host.run("postgres:linked", service, app).exit()).isZero();
        assertThat(host.run("postgres:link", service, app, "--no-restart").exit())
                .isEqualTo(1);
        assertThat(host.run("--force", "postgres:destroy", service).exit())
                .as("linked")
                .isEqualTo(1);
        host.done("postgres:unlink", service, app, "--no-restart");
        assertThat(host.config(app)).doesNotContainKey("DATABASE_URL");
        assertThat(List.of(host.done("postgres:list").stdout().split("\n"))).contains(service);
    }

    @Test
    void sqlGoesInAndOutThroughConnect() {
        assumeTrue(host.hasPlugin("postgres"), "the host has no postgres plugin");
        String service = host.newName();
        host.atTheEnd("--force", "postgres:destroy", service);
        host.done("postgres:create", service);

        DokkuResult answer =
                host.run("select 6 * 7 as answer;\n".getBytes(StandardCharsets.UTF_8), "postgres:connect", service);

        assertThat(answer.exit()).isZero();
        assertThat(answer.stdout()).contains("answer", "42");
    }
}
