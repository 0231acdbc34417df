package landfall.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DokkuDeployTest {
    @TempDir
    private Path folder;

    private Addresses addresses;
    private EmulatedDokku dokku;
    private DokkuClient client;
    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws Exception {
        addresses = Addresses.claim();
        ProcessRegistry registry = ProcessRegistry.in(folder);
        dokku = EmulatedDokku.start(
                folder,
                addresses,
                new Containers(folder, addresses, registry),
                registry,
                image -> image.startsWith("tinyweb")
                        ? Optional.of(new Program("tinyweb", DokkuTinyWeb.class.getName(), 5000, "/app"))
                        : Program.find(image),
                EmulatedDokku.PACE);
        client = new DokkuClient(dokku);
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        dokku.close();
        addresses.close();
        ProcessRegistry.in(folder).endAll();
    }

    private HttpResponse<String> get(int port, String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(
                                URI.create("http://" + addresses.dokkuHost() + ":" + Addresses.listenPort(port) + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private DokkuClient.Answer ok(String line) throws Exception {
        DokkuClient.Answer answer = client.run(line);
        assertThat(answer.exit()).as(line + "\n" + answer).isZero();
        return answer;
    }

    @Test
    void anImageIsDeployedServedReplacedAndAFailingOneLeavesTheOldServing() throws Exception {
        ok("apps:create web");
        ok("config:set --no-restart web TEXT=one");
        ok("ports:set web http:30400:5000");
        DokkuClient.Answer deployed = ok("git:from-image web tinyweb:v1");
        assertThat(deployed.stdout()).contains("web starting on 5000", "=====> Application deployed:");
        assertThat(get(30400, "/").body()).isEqualTo("one 0 127.0.0.1\n");
        assertThat(client.run("git:from-image web tinyweb:v1").exit()).isEqualTo(1);
        ok("config:set web TEXT=two");
        assertThat(get(30400, "/").body()).startsWith("two");
        ok("config:set --no-restart web CRASH=yes");
        DokkuClient.Answer failed = client.run("git:from-image web tinyweb:v2");
        assertThat(failed.exit()).isEqualTo(1);
        assertThat(failed.stdout()).contains("i will die", "Could not start due to 1 failed checks (web.1)");
        assertThat(get(30400, "/").body()).startsWith("two");
        assertThat(ok("git:report web --git-source-image").stdout()).isEqualTo("tinyweb:v1\n");
        assertThat(client.run("git:from-image web nowhere/none:1").stdout()).contains("Failed to pull image");
    }

    @Test
    void anArchiveIsBuiltWithChecksFromItsAppJson() throws Exception {
        ok("apps:create web");
        ok("storage:create files");
        ok("storage:mount web files --container-dir /app/files");
        Map<String, String> good = Map.of(
                "Dockerfile", "# comment\nFROM tinyweb:v1\nENV TEXT=archive\nEXPOSE 5000\nCOPY . /app\n",
                "app.json",
                        "{\"healthchecks\":{\"web\":[{\"type\":\"startup\",\"name\":\"web check\",\"path\":\"/x\"}]}}");
        DokkuClient.Answer answer = client.run("git:from-archive web --", tar(good));
        assertThat(answer.exit()).as(answer.toString()).isZero();
        assertThat(get(5000, "/").body()).startsWith("archive");
        DokkuClient.Answer bad = client.run(
                "git:from-archive web --",
                tar(Map.of(
                        "Dockerfile", good.get("Dockerfile"),
                        "app.json",
                                java.util.Objects.requireNonNull(good.get("app.json"))
                                        .replace("/x", "/bad"))));
        assertThat(bad.exit()).isEqualTo(1);
        assertThat(bad.stdout()).contains("unexpected status code: 404");
        assertThat(get(5000, "/").body()).startsWith("archive");
        DokkuClient.Answer refused =
                client.run("git:from-archive web --", tar(Map.of("Dockerfile", "FROM tinyweb\nRUN true\n")));
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.stdout()).contains("Dockerfile line 2 is not emulated: RUN true");
        DokkuClient.Answer listed = ok("enter web web sh -c 'echo hi > \"$1/f\"; cat \"$1/f\"' sh /app/files");
        assertThat(listed.stdout()).isEqualTo("hi\n");
        assertThat(folder.resolve("dokku/storage-data/files/f")).hasContent("hi\n");
        assertThat(client.run("enter web web cat", "lost".getBytes(StandardCharsets.UTF_8))
                        .stdout())
                .isEmpty();
    }

    private static byte[] tar(Map<String, String> files) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
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
    void theProxyStreamsUploadsAndRefusesTooLargeOnes() throws Exception {
        ok("apps:create web");
        ok("config:set --no-restart web TEXT=t");
        ok("nginx:set web client-max-body-size 200m");
        ok("nginx:set web keepalive-timeout 0");
        ok("git:from-image web tinyweb:v1");
        Path upload = folder.resolve("upload");
        Files.write(upload, new byte[32 << 20]);
        URI uri = URI.create("http://" + addresses.dokkuHost() + ":5000/");
        HttpRequest request = HttpRequest.newBuilder(uri)
                .version(HttpClient.Version.HTTP_1_1)
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> newStream(upload)))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.body()).startsWith("t " + (32 << 20) + " ");
        assertThat(answer.headers().firstValue("connection")).hasValue("close");
        ok("nginx:set web client-max-body-size 1m");
        ok("proxy:build-config web");
        assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(413);
        ok("ps:stop web");
        assertThat(get(5000, "/").statusCode()).isEqualTo(502);
    }

    private static java.io.InputStream newStream(Path file) {
        try {
            return Files.newInputStream(file);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
