package landfall.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;

/**
 * Every way in which Amazon's Java client puts a body on the wire: in the open and over TLS, in signed and unsigned chunks,
 * with a checksum behind it, before it and without. Stores that don't know one write its frame into the object.
 */
final class BodiesClientTest {
    private static final byte[] BYTES = new byte[300_001];

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    static TestServer server;

    @SuppressWarnings("NullAway.Init")
    static TlsFront front;

    private final List<String> sent = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        new Random(7).nextBytes(BYTES);
        server = TestServer.start(Files.createDirectory(folder.resolve("data")));
        front = TlsFront.start(folder, server.server().port());
        try (S3Client s3 = server.client()) {
            s3.createBucket(bucket -> bucket.bucket("bodies"));
        }
    }

    @AfterAll
    static void stop() throws Exception {
        front.close();
        server.close();
    }

    private S3Client client(URI endpoint, RequestChecksumCalculation checksums, boolean chunks) throws Exception {
        var trust = front.trust();
        return S3Client.builder()
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .httpClient(UrlConnectionHttpClient.builder()
                        .tlsTrustManagersProvider(trust::getTrustManagers)
                        .build())
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(TestServer.KEY, TestServer.SECRET)))
                .requestChecksumCalculation(checksums)
                .serviceConfiguration(S3Configuration.builder()
                        .pathStyleAccessEnabled(true)
                        .chunkedEncodingEnabled(chunks)
                        .build())
                .overrideConfiguration(override -> override.addExecutionInterceptor(new ExecutionInterceptor() {
                    @Override
                    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
                        context.httpRequest()
                                .firstMatchingHeader("x-amz-content-sha256")
                                .ifPresent(sent::add);
                    }
                }))
                .build();
    }

    /** Puts the bytes and reads them back. Gives what the request said of its body. */
    private String put(URI endpoint, RequestChecksumCalculation checksums, boolean chunks) throws Exception {
        try (S3Client s3 = client(endpoint, checksums, chunks)) {
            sent.clear();
            s3.putObject(object -> object.bucket("bodies").key("body"), RequestBody.fromBytes(BYTES));
            String said = sent.getFirst();
            assertThat(s3.getObjectAsBytes(object ->
                                    object.bucket("bodies").key("body").checksumMode(ChecksumMode.ENABLED))
                            .asByteArray())
                    .as(said)
                    .isEqualTo(BYTES);
            return said;
        }
    }

    @Test
    void everyFrameIsTakenOffItsBody() throws Exception {
        URI open = server.uri("");
        RequestChecksumCalculation always = RequestChecksumCalculation.WHEN_SUPPORTED;
        RequestChecksumCalculation never = RequestChecksumCalculation.WHEN_REQUIRED;
        assertThat(put(open, always, true)).isEqualTo("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER");
        assertThat(put(open, never, true)).isEqualTo("STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
        assertThat(put(open, never, false)).matches("[0-9a-f]{64}");
        assertThat(put(front.uri(), always, true)).isEqualTo("STREAMING-UNSIGNED-PAYLOAD-TRAILER");
        assertThat(put(front.uri(), never, true)).isEqualTo("UNSIGNED-PAYLOAD");
        assertThat(put(front.uri(), never, false)).isEqualTo("UNSIGNED-PAYLOAD");
    }

    @Test
    void everyChecksumBehindABodyIsComparedAndKept() throws Exception {
        for (URI endpoint : List.of(server.uri(""), front.uri())) {
            try (S3Client s3 = client(endpoint, RequestChecksumCalculation.WHEN_SUPPORTED, true)) {
                for (ChecksumAlgorithm each : List.of(
                        ChecksumAlgorithm.CRC32,
                        ChecksumAlgorithm.CRC32_C,
                        ChecksumAlgorithm.SHA1,
                        ChecksumAlgorithm.SHA256)) {
                    s3.putObject(
                            object -> object.bucket("bodies").key("sum").checksumAlgorithm(each),
                            RequestBody.fromBytes(BYTES));
                    var head = s3.headObject(
                            object -> object.bucket("bodies").key("sum").checksumMode(ChecksumMode.ENABLED));
                    assertThat(head.contentLength()).isEqualTo(BYTES.length);
                    assertThat(Stream.of(
                                            head.checksumCRC32(),
                                            head.checksumCRC32C(),
                                            head.checksumSHA1(),
                                            head.checksumSHA256())
                                    .filter(Objects::nonNull))
                            .as("%s at %s", each, endpoint)
                            .hasSize(1);
                }
            }
        }
    }
}
