package landfall.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** The examples that Amazon publishes of Signature Version 4 for S3, sent as they stand, on their day in 2013. */
final class SignatureTest {
    private static final String KEY = "AKIAIOSFODNN7EXAMPLE";
    private static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    private static final StaticCredentialsProvider CREDENTIALS =
            StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, SECRET));
    private static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final String BUCKET_HOST = "examplebucket.s3.amazonaws.com";

    /** Today, until it is set to the examples' day. */
    private static final class SettableClock extends Clock {
        private volatile Optional<Instant> set = Optional.empty();

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return set.orElseGet(Instant::now);
        }
    }

    private static final SettableClock CLOCK = new SettableClock();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    static ObjectsServer server;

    @SuppressWarnings("NullAway.Init")
    static S3Client s3;

    @BeforeAll
    static void start() throws Exception {
        server = ObjectsServer.start(
                Configuration.read(
                        Optional.empty(),
                        Map.of(
                                "OBJECTS_DATA",
                                folder.toString(),
                                "OBJECTS_LISTEN",
                                "127.0.0.1:0",
                                "OBJECTS_DOMAIN",
                                "s3.amazonaws.com",
                                "OBJECTS_ACCESS_LOG",
                                "off",
                                "OBJECTS_ACCESS_KEY_ID",
                                KEY,
                                "OBJECTS_SECRET_ACCESS_KEY",
                                SECRET)),
                CLOCK);
        s3 = S3Client.builder()
                .endpointOverride(URI.create("http://127.0.0.1:" + server.port()))
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .httpClient(UrlConnectionHttpClient.create())
                .credentialsProvider(CREDENTIALS)
                .build();
        s3.createBucket(bucket -> bucket.bucket("examplebucket"));
        s3.putObject(
                object -> object.bucket("examplebucket").key("test.txt"), RequestBody.fromString("0123456789abcdef"));
    }

    @AfterAll
    static void stop() {
        s3.close();
        server.close();
    }

    private static String send(String line, String headers, String body) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write((line + " HTTP/1.1\r\nConnection: close\r\n" + headers + "\r\n" + body)
                            .getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String in2013(String line, String headers, String body) throws IOException {
        CLOCK.set = Optional.of(Instant.parse("2013-05-24T00:00:00Z"));
        try {
            return send(line, headers, body);
        } finally {
            CLOCK.set = Optional.empty();
        }
    }

    private static String signed(String host, String payload, String names, String signature) {
        return "Host: " + host + "\r\nx-amz-date: 20130524T000000Z\r\nx-amz-content-sha256: " + payload
                + "\r\nAuthorization: AWS4-HMAC-SHA256 Credential=" + KEY
                + "/20130524/us-east-1/s3/aws4_request,SignedHeaders=" + names + ",Signature=" + signature + "\r\n";
    }

    @Test
    void theExamplesOfTheAuthorizationHeaderAreTaken() throws Exception {
        String range = signed(
                BUCKET_HOST,
                EMPTY,
                "host;range;x-amz-content-sha256;x-amz-date",
                "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
        assertThat(in2013("GET /test.txt", range + "Range: bytes=0-9\r\n", ""))
                .startsWith("HTTP/1.1 206")
                .endsWith("\r\n\r\n0123456789");
        assertThat(in2013("GET /test.txt", range + "Range: bytes=0-8\r\n", ""))
                .contains("<Code>SignatureDoesNotMatch</Code>");
        assertThat(send("GET /test.txt", range + "Range: bytes=0-9\r\n", ""))
                .contains("<Code>RequestTimeTooSkewed</Code>");
        assertThat(in2013(
                        "GET /?lifecycle",
                        signed(
                                BUCKET_HOST,
                                EMPTY,
                                "host;x-amz-content-sha256;x-amz-date",
                                "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
                        ""))
                .contains("<Code>NoSuchLifecycleConfiguration</Code>");
        assertThat(in2013(
                        "GET /?max-keys=2&prefix=J",
                        signed(
                                BUCKET_HOST,
                                EMPTY,
                                "host;x-amz-content-sha256;x-amz-date",
                                "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
                        ""))
                .startsWith("HTTP/1.1 200")
                .contains("<MaxKeys>2</MaxKeys>");
    }

    @Test
    void theExampleOfAPutIsStoredOnlyWithItsOwnBytes() throws Exception {
        String headers = signed(
                        BUCKET_HOST,
                        "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
                        "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
                        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
                + "Date: Fri, 24 May 2013 00:00:00 GMT\r\nx-amz-storage-class: REDUCED_REDUNDANCY\r\n"
                + "Content-Length: 21\r\n";
        assertThat(in2013("PUT /test$file.text", headers, "Welcome to Amazon S4."))
                .contains("<Code>XAmzContentSHA256Mismatch</Code>");
        assertThat(in2013("PUT /test$file.text", headers, "Welcome to Amazon S3."))
                .startsWith("HTTP/1.1 200");
        assertThat(s3.getObjectAsBytes(object -> object.bucket("examplebucket").key("test$file.text"))
                        .asUtf8String())
                .isEqualTo("Welcome to Amazon S3.");
    }

    @Test
    void theExampleOfAPresignedUrlIsTaken() throws Exception {
        String line = "GET /test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + KEY
                + "%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400"
                + "&X-Amz-SignedHeaders=host"
                + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
        assertThat(in2013(line, "Host: " + BUCKET_HOST + "\r\n", "")).endsWith("\r\n\r\n0123456789abcdef");
        assertThat(send(line, "Host: " + BUCKET_HOST + "\r\n", "")).contains("Request has expired");
    }

    @Test
    void theExampleOfSignedChunksIsStoredWithoutItsFraming() throws Exception {
        String headers = signed(
                        "s3.amazonaws.com",
                        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
                        "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class",
                        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9")
                + "x-amz-storage-class: REDUCED_REDUNDANCY\r\nContent-Encoding: aws-chunked\r\n"
                + "x-amz-decoded-content-length: 66560\r\nContent-Length: 66824\r\n";
        String body = "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n"
                + "a".repeat(65_536)
                + "\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n"
                + "a".repeat(1_024)
                + "\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n";
        String changed = body.substring(0, 66_000) + "b" + body.substring(66_001);
        assertThat(in2013("PUT /examplebucket/chunkObject.txt", headers, changed))
                .contains("<Code>SignatureDoesNotMatch</Code>");
        assertThat(in2013("PUT /examplebucket/chunkObject.txt", headers, body)).startsWith("HTTP/1.1 200");
        assertThat(s3.getObjectAsBytes(object -> object.bucket("examplebucket").key("chunkObject.txt"))
                        .asUtf8String())
                .isEqualTo("a".repeat(66_560));
    }

    @Test
    void aPresignedPutGivesNoMoreThanWasSigned() throws Exception {
        try (S3Presigner presigner = S3Presigner.builder()
                .endpointOverride(URI.create("http://127.0.0.1:" + server.port()))
                .region(Region.US_EAST_1)
                .serviceConfiguration(
                        S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .credentialsProvider(CREDENTIALS)
                .build()) {
            URI url = presigner
                    .presignPutObject(request -> request.signatureDuration(Duration.ofMinutes(5))
                            .putObjectRequest(
                                    object -> object.bucket("examplebucket").key("inbox")))
                    .url()
                    .toURI();
            String line = "PUT " + url.getRawPath() + "?" + url.getRawQuery();
            String host = "Host: 127.0.0.1:" + server.port() + "\r\n";
            for (String added : new String[] {
                "x-amz-copy-source: /examplebucket/test.txt", "x-amz-acl: public-read", "x-amz-tagging: a=b"
            }) {
                assertThat(send(line, host + added + "\r\nContent-Length: 0\r\n", ""))
                        .as(added)
                        .startsWith("HTTP/1.1 403")
                        .contains("<HeadersNotSigned>" + added.split(":", 2)[0] + "</HeadersNotSigned>");
            }
            assertThat(send(line, host + "Content-Length: 4\r\n", "mine")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    @SuppressWarnings("StringConcatToTextBlock") // the line ends are part of what is sent
    void aTrailerThatWasAnnouncedMustCome() throws Exception {
        s3.putBucketAcl(bucket -> bucket.bucket("examplebucket").acl("public-read-write"));
        String headers = "Host: 127.0.0.1\r\nx-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\n"
                + "x-amz-trailer: x-amz-checksum-crc32\r\nx-amz-decoded-content-length: 5\r\n";
        String absent = "5\r\nhello\r\n0\r\n\r\n";
        String other = "5\r\nhello\r\n0\r\nx-amz-checksum-sha1:AAAA\r\n\r\n";
        String right = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n";
        for (String body : new String[] {absent, other}) {
            assertThat(send("PUT /examplebucket/trailed", headers + "Content-Length: " + body.length() + "\r\n", body))
                    .contains("<Code>MalformedTrailerError</Code>");
        }
        assertThat(send("PUT /examplebucket/trailed", headers + "Content-Length: " + right.length() + "\r\n", right))
                .startsWith("HTTP/1.1 200");
    }
}
