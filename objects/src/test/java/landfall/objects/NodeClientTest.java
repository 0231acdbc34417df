package landfall.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** What Amazon's JavaScript client does with the server by its default checksums and signatures: {@code client.cjs}. */
final class NodeClientTest {
    @Test
    void everyStepOfTheScriptIsDone(@TempDir Path folder, TestReporter reporter) throws Exception {
        // LANDFALL_CLIENTS may name a node_modules folder, too
        Client node = Client.findIfAsked(folder, "node").with("NODE_PATH", System.getenv("LANDFALL_CLIENTS"));
        Assumptions.assumeTrue(
                node.tried("-e", "require('@aws-sdk/client-s3')").exit() == 0,
                "no folder of LANDFALL_CLIENTS is a node_modules with @aws-sdk/client-s3: not tried (docs/s3-clients.md)");
        Path script = folder.resolve("client.cjs");
        try (InputStream text = NodeClientTest.class.getResourceAsStream("client.cjs")) {
            Files.copy(Objects.requireNonNull(text), script);
        }
        Path large = ClientFiles.large(folder.resolve("large.bin"));
        try (TestServer server = TestServer.start(Files.createDirectory(folder.resolve("data")));
                TlsFront front = TlsFront.start(folder, server.server().port())) {
            node.with("AWS_REGION", "us-east-1")
                    .with("AWS_ACCESS_KEY_ID", TestServer.KEY)
                    .with("AWS_SECRET_ACCESS_KEY", TestServer.SECRET)
                    .with("NODE_EXTRA_CA_CERTS", front.certificate().toString());
            for (URI endpoint : List.of(server.uri(""), front.uri())) {
                String said =
                        node.with("AWS_ENDPOINT_URL_S3", endpoint.toString()).run(script.toString(), large.toString());
                reporter.publishEntry(endpoint.getScheme(), said);
                assertThat(said).contains("small: ok", "streams: ok", "checksums: ok", "presigned: ok", "buckets: ok");
            }
        }
    }
}
