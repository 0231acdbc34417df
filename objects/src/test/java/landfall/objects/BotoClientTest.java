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

/** What boto3 does with the server by its default checksums and signatures: {@code client.py}. */
final class BotoClientTest {
    @Test
    void everyStepOfTheScriptIsDone(@TempDir Path folder, TestReporter reporter) throws Exception {
        Client python = Client.findIfAsked(folder, "python3");
        Assumptions.assumeTrue(
                python.tried("-c", "import boto3").exit() == 0,
                "the first python3 of LANDFALL_CLIENTS and PATH has no boto3: not tried (docs/s3-clients.md)");
        Path script = folder.resolve("client.py");
        try (InputStream text = BotoClientTest.class.getResourceAsStream("client.py")) {
            Files.copy(Objects.requireNonNull(text), script);
        }
        Path large = ClientFiles.large(folder.resolve("large.bin"));
        try (TestServer server = TestServer.start(Files.createDirectory(folder.resolve("data")));
                TlsFront front = TlsFront.start(folder, server.server().port())) {
            python.with("AWS_DEFAULT_REGION", "us-east-1")
                    .with("AWS_ACCESS_KEY_ID", TestServer.KEY)
                    .with("AWS_SECRET_ACCESS_KEY", TestServer.SECRET)
                    .with("AWS_CA_BUNDLE", front.certificate().toString())
                    .with("SSL_CERT_FILE", front.certificate().toString());
            // In the open boto3 signs bodies; over TLS it sends unsigned chunks with a checksum behind them
            for (URI endpoint : List.of(server.uri(""), front.uri())) {
                String said = python.with("AWS_ENDPOINT_URL_S3", endpoint.toString())
                        .run(script.toString(), large.toString());
                reporter.publishEntry(endpoint.getScheme(), said);
                assertThat(said).contains("small: ok", "checksums: ok", "parts: ok", "presigned: ok", "buckets: ok");
            }
        }
    }
}
