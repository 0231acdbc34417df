package landfall.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.CORSRule;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.LifecycleRule;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What Amazon's own Java client does with the server, with the client's default checksums and signatures. */
final class S3ClientTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    static TestServer server;

    @SuppressWarnings("NullAway.Init")
    static S3Client s3;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(folder);
        s3 = server.client();
        s3.createBucket(bucket -> bucket.bucket("uploads"));
    }

    @AfterAll
    static void stop() {
        s3.close();
        server.close();
    }

    private static byte[] random(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] get(String key) {
        return s3.getObjectAsBytes(object -> object.bucket("uploads").key(key)).asByteArray();
    }

    @Test
    void everyChecksumOfTheClientArrivesAndTheObjectIsJustItsBytes() {
        byte[] bytes = random(300_000, 1);
        for (ChecksumAlgorithm each : List.of(
                ChecksumAlgorithm.CRC32, ChecksumAlgorithm.CRC32_C, ChecksumAlgorithm.SHA1, ChecksumAlgorithm.SHA256)) {
            String key = "sum/" + each;
            s3.putObject(
                    object -> object.bucket("uploads").key(key).checksumAlgorithm(each), RequestBody.fromBytes(bytes));
            assertThat(s3.getObjectAsBytes(
                                    object -> object.bucket("uploads").key(key).checksumMode(ChecksumMode.ENABLED))
                            .asByteArray())
                    .as(key)
                    .isEqualTo(bytes);
        }
        assertThat(folder.resolve("uploads/sum/SHA256")).hasBinaryContent(bytes);
    }

    @Test
    void metadataComesBack() {
        s3.putObject(
                object -> object.bucket("uploads")
                        .key("meta")
                        .contentType("image/png")
                        .cacheControl("max-age=60")
                        .contentDisposition("attachment; filename=\"a b.png\"")
                        .metadata(Map.of("colour", "grün", "empty", ""))
                        .tagging("a=1&b=2"),
                RequestBody.fromString("x"));
        var head = s3.headObject(object -> object.bucket("uploads").key("meta"));
        assertThat(head.contentType()).isEqualTo("image/png");
        assertThat(head.cacheControl()).isEqualTo("max-age=60");
        assertThat(head.contentDisposition()).isEqualTo("attachment; filename=\"a b.png\"");
        assertThat(head.metadata()).containsEntry("empty", "").containsKey("colour");
        assertThat(s3.getObjectTagging(object -> object.bucket("uploads").key("meta"))
                        .tagSet())
                .hasSize(2);
    }

    @Test
    void partsAreJoinedWithTheETagOfS3() {
        String id = s3.createMultipartUpload(upload -> upload.bucket("uploads").key("parts"))
                .uploadId();
        List<CompletedPart> parts = new ArrayList<>();
        byte[] five = "A".repeat(5 << 20).getBytes(StandardCharsets.US_ASCII);
        byte[] rest = "B".repeat(5 << 20).getBytes(StandardCharsets.US_ASCII);
        byte[] last = "C".repeat(5 << 20).getBytes(StandardCharsets.US_ASCII);
        for (byte[] each : List.of(five, rest, last)) {
            int number = parts.size() + 1;
            String etag = s3.uploadPart(
                            part -> part.bucket("uploads")
                                    .key("parts")
                                    .uploadId(id)
                                    .partNumber(number),
                            RequestBody.fromBytes(each))
                    .eTag();
            parts.add(CompletedPart.builder().partNumber(number).eTag(etag).build());
        }
        assertThat(s3.listParts(upload -> upload.bucket("uploads").key("parts").uploadId(id))
                        .parts())
                .hasSize(3);
        var completed = s3.completeMultipartUpload(upload ->
                upload.bucket("uploads").key("parts").uploadId(id).multipartUpload(whole -> whole.parts(parts)));
        // The value that ceph/s3-tests and Amazon's S3 give for these three parts.
        assertThat(completed.eTag()).isEqualTo("\"b2add96cc9702bbf4efb0ccdfc6b7747-3\"");
        assertThat(get("parts")).hasSize(15 << 20).startsWith(five).endsWith(last);
        assertThat(s3.headObject(object -> object.bucket("uploads").key("parts").partNumber(2))
                        .contentLength())
                .isEqualTo(5 << 20);
    }

    @Test
    void listsPageThroughPrefixes() {
        for (int i = 0; i < 25; i++) {
            int number = i;
            s3.putObject(
                    object -> object.bucket("uploads").key("list/" + number % 5 + "/" + number),
                    RequestBody.fromString("x"));
        }
        List<String> prefixes = new ArrayList<>();
        s3.listObjectsV2Paginator(list ->
                        list.bucket("uploads").prefix("list/").delimiter("/").maxKeys(2))
                .commonPrefixes()
                .forEach(prefix -> prefixes.add(prefix.prefix()));
        assertThat(prefixes).containsExactly("list/0/", "list/1/", "list/2/", "list/3/", "list/4/");
        List<String> keys = new ArrayList<>();
        s3.listObjectsV2Paginator(list -> list.bucket("uploads").prefix("list/").maxKeys(7))
                .contents()
                .forEach(object -> keys.add(object.key()));
        assertThat(keys).hasSize(25).isSorted();
    }

    @Test
    void rangesConditionsAndErrorsAreThoseOfS3() {
        s3.putObject(object -> object.bucket("uploads").key("digits"), RequestBody.fromString("0123456789"));
        assertThat(s3.getObjectAsBytes(
                                object -> object.bucket("uploads").key("digits").range("bytes=-3"))
                        .asUtf8String())
                .isEqualTo("789");
        assertThatThrownBy(() -> s3.getObjectAsBytes(
                        object -> object.bucket("uploads").key("digits").range("bytes=20-30")))
                .isInstanceOfSatisfying(
                        S3Exception.class,
                        refused -> assertThat(refused.awsErrorDetails().errorCode())
                                .isEqualTo("InvalidRange"));
        assertThatThrownBy(() -> s3.putObject(
                        object -> object.bucket("uploads").key("digits").ifNoneMatch("*"),
                        RequestBody.fromString("other")))
                .isInstanceOfSatisfying(
                        S3Exception.class,
                        refused -> assertThat(refused.statusCode()).isEqualTo(412));
        assertThatThrownBy(() -> get("nothing here")).isInstanceOf(NoSuchKeyException.class);
        assertThatThrownBy(() -> server.client(TestServer.KEY, "wrong secret").listBuckets())
                .isInstanceOfSatisfying(
                        S3Exception.class,
                        refused -> assertThat(refused.awsErrorDetails().errorCode())
                                .isEqualTo("SignatureDoesNotMatch"));
    }

    @Test
    void versionsAndMarkers() {
        s3.createBucket(bucket -> bucket.bucket("versioned"));
        s3.putBucketVersioning(bucket -> bucket.bucket("versioned")
                .versioningConfiguration(versioning -> versioning.status(BucketVersioningStatus.ENABLED)));
        String first = s3.putObject(object -> object.bucket("versioned").key("k"), RequestBody.fromString("first"))
                .versionId();
        s3.putObject(object -> object.bucket("versioned").key("k"), RequestBody.fromString("second"));
        s3.deleteObject(object -> object.bucket("versioned").key("k"));
        assertThatThrownBy(() ->
                        s3.getObjectAsBytes(object -> object.bucket("versioned").key("k")))
                .isInstanceOf(NoSuchKeyException.class);
        assertThat(s3.getObjectAsBytes(
                                object -> object.bucket("versioned").key("k").versionId(first))
                        .asUtf8String())
                .isEqualTo("first");
        var all = s3.listObjectVersions(list -> list.bucket("versioned"));
        assertThat(all.versions()).hasSize(2);
        assertThat(all.deleteMarkers()).hasSize(1);
    }

    @Test
    void aPageMayPutByPresignedUrlAndBeAskedForFirst() throws Exception {
        CORSRule rule = CORSRule.builder()
                .allowedOrigins("https://*.example.org")
                .allowedMethods("PUT", "GET")
                .allowedHeaders("*")
                .maxAgeSeconds(600)
                .build();
        s3.putBucketCors(bucket -> bucket.bucket("uploads").corsConfiguration(cors -> cors.corsRules(List.of(rule))));
        var url = server.presigner()
                .presignPutObject(put -> put.signatureDuration(Duration.ofMinutes(5))
                        .putObjectRequest(object -> object.bucket("uploads").key("from page.txt")))
                .url()
                .toURI();
        HttpResponse<String> preflight = http.send(
                HttpRequest.newBuilder(url)
                        .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                        .header("Origin", "https://app.example.org")
                        .header("Access-Control-Request-Method", "PUT")
                        .header("Access-Control-Request-Headers", "content-type")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(preflight.statusCode()).isEqualTo(200);
        assertThat(preflight.headers().firstValue("access-control-allow-origin"))
                .contains("https://app.example.org");
        HttpResponse<String> put = http.send(
                HttpRequest.newBuilder(url)
                        .PUT(HttpRequest.BodyPublishers.ofString("hello"))
                        .header("Origin", "https://app.example.org")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(put.statusCode()).as(put.body()).isEqualTo(200);
        assertThat(get("from page.txt")).asString(StandardCharsets.UTF_8).isEqualTo("hello");
    }

    @Test
    void aPolicyLetsAnybodyReadAndNoMore() throws Exception {
        s3.createBucket(bucket -> bucket.bucket("assets"));
        s3.putObject(object -> object.bucket("assets").key("logo.svg"), RequestBody.fromString("<svg/>"));
        var request = HttpRequest.newBuilder(server.uri("/assets/logo.svg")).build();
        assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(403);
        s3.putBucketPolicy(bucket -> bucket.bucket("assets").policy("""
                        {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",
                         "Action":"s3:GetObject","Resource":"arn:aws:s3:::assets/*"}]}"""));
        assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).body())
                .isEqualTo("<svg/>");
        var put = HttpRequest.newBuilder(server.uri("/assets/other"))
                .PUT(HttpRequest.BodyPublishers.ofString("x"))
                .build();
        assertThat(http.send(put, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(403);
    }

    @Test
    void healthIsToldToAnybody() throws Exception {
        var answer =
                http.send(HttpRequest.newBuilder(server.uri("/health")).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"status\":\"ok\"}");
    }

    @Test
    void rulesExpireObjectsMarkersAndUploads() throws Exception {
        s3.createBucket(bucket -> bucket.bucket("expiring"));
        s3.putObject(object -> object.bucket("expiring").key("tmp/old"), RequestBody.fromString("x"));
        s3.putObject(object -> object.bucket("expiring").key("kept"), RequestBody.fromString("x"));
        s3.createMultipartUpload(upload -> upload.bucket("expiring").key("tmp/abandoned"));
        LifecycleRule rule = LifecycleRule.builder()
                .id("tmp")
                .status("Enabled")
                .filter(filter -> filter.prefix("tmp/"))
                .expiration(expiration -> expiration.days(1))
                .abortIncompleteMultipartUpload(abort -> abort.daysAfterInitiation(1))
                .build();
        s3.putBucketLifecycleConfiguration(bucket ->
                bucket.bucket("expiring").lifecycleConfiguration(lifecycle -> lifecycle.rules(List.of(rule))));
        long end = System.nanoTime() + 30_000_000_000L;
        while (s3.listObjectsV2(list -> list.bucket("expiring")).keyCount() > 1
                || !s3.listMultipartUploads(list -> list.bucket("expiring"))
                        .uploads()
                        .isEmpty()) {
            assertThat(System.nanoTime()).as("the rule was carried out").isLessThan(end);
            Thread.sleep(50);
        }
        assertThat(s3.listObjectsV2(list -> list.bucket("expiring"))
                        .contents()
                        .getFirst()
                        .key())
                .isEqualTo("kept");
    }

    @Test
    void keysOfOneAppReachItsBucketOnly() throws Exception {
        s3.createBucket(bucket -> bucket.bucket("other"));
        var user = server.server()
                .users()
                .create(new landfall.objects.user.UserFile.NewUser(
                        "app",
                        "",
                        "",
                        false,
                        false,
                        List.of(),
                        List.of(new landfall.objects.user.User.Grant(
                                "uploads", landfall.objects.user.User.Access.READ_WRITE))));
        try (S3Client app = server.client(
                user.keys().getFirst().id(), user.keys().getFirst().secret().reveal())) {
            app.putObject(object -> object.bucket("uploads").key("mine"), RequestBody.fromString("x"));
            assertThat(app.listBuckets().buckets()).hasSize(1);
            assertThatThrownBy(() -> app.listObjectsV2(list -> list.bucket("other")))
                    .isInstanceOfSatisfying(
                            S3Exception.class,
                            refused -> assertThat(refused.statusCode()).isEqualTo(403));
        }
    }
}
