package landfall.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import landfall.objects.admin.AdminClient;
import landfall.objects.user.User;
import landfall.objects.user.UserFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.Tag;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server in front of another store, which is a second one of ours; or the one that LANDFALL_BACKEND_URL names, with the
 * keys in LANDFALL_BACKEND_KEY and LANDFALL_BACKEND_SECRET.
 */
final class BackendTest {
    private static final String PREFIX = "lf" + Long.toString(System.nanoTime(), 36) + "-";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static TestServer backend;

    @SuppressWarnings("NullAway.Init")
    private static TestServer front;

    @SuppressWarnings("NullAway.Init")
    private static S3Client s3;

    private static int tests;
    private final String bucket = "bucket" + ++tests;

    @BeforeAll
    static void start() throws Exception {
        backend = TestServer.start(folder.resolve("backend"), Map.of("OBJECTS_STOP_SECONDS", "0"));
        Map<String, String> given = System.getenv();
        front = TestServer.start(
                folder.resolve("front"),
                Map.of(
                        "OBJECTS_STOP_SECONDS",
                        "0",
                        "OBJECTS_BACKEND_URL",
                        given.getOrDefault(
                                "LANDFALL_BACKEND_URL", backend.uri("").toString()),
                        "OBJECTS_BACKEND_ACCESS_KEY_ID",
                        given.getOrDefault("LANDFALL_BACKEND_KEY", TestServer.KEY),
                        "OBJECTS_BACKEND_SECRET_ACCESS_KEY",
                        given.getOrDefault("LANDFALL_BACKEND_SECRET", TestServer.SECRET),
                        "OBJECTS_BACKEND_BUCKET_PREFIX",
                        PREFIX));
        s3 = front.impatient();
    }

    @AfterAll
    static void stop() {
        s3.close();
        front.close();
        backend.close();
    }

    private void create() {
        s3.createBucket(create -> create.bucket(bucket));
    }

    private static byte[] random(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private byte[] get(String key) {
        return s3.getObjectAsBytes(object -> object.bucket(bucket).key(key)).asByteArray();
    }

    private void put(String key, String text) {
        s3.putObject(object -> object.bucket(bucket).key(key), RequestBody.fromString(text));
    }

    @Test
    void objectsAreInTheBackendWithTheirMetadata() {
        create();
        byte[] bytes = random(3_000_000, 1);
        s3.putObject(
                object -> object.bucket(bucket)
                        .key("a dir/ü+.bin")
                        .contentType("image/png")
                        .cacheControl("max-age=60")
                        .metadata(Map.of("colour", "grün", "shape", "round"))
                        .checksumAlgorithm(ChecksumAlgorithm.SHA256),
                RequestBody.fromBytes(bytes));
        var got = s3.getObjectAsBytes(
                object -> object.bucket(bucket).key("a dir/ü+.bin").checksumMode(ChecksumMode.ENABLED));
        assertThat(got.asByteArray()).isEqualTo(bytes);
        assertThat(got.response().contentType()).isEqualTo("image/png");
        assertThat(got.response().cacheControl()).isEqualTo("max-age=60");
        assertThat(got.response().metadata()).containsEntry("shape", "round").containsOnlyKeys("colour", "shape");
        assertThat(got.response().checksumSHA256()).isNotEmpty();
        assertThat(s3.getObjectAsBytes(object ->
                                object.bucket(bucket).key("a dir/ü+.bin").range("bytes=2999990-"))
                        .asByteArray())
                .isEqualTo(Arrays.copyOfRange(bytes, 2_999_990, 3_000_000));
        assertThat(folder.resolve("front/" + bucket + "/a dir")).doesNotExist();
        s3.copyObject(copy -> copy.sourceBucket(bucket)
                .sourceKey("a dir/ü+.bin")
                .destinationBucket(bucket)
                .destinationKey("copy"));
        assertThat(get("copy")).isEqualTo(bytes);
        s3.deleteObject(object -> object.bucket(bucket).key("copy"));
        assertThatThrownBy(() -> get("copy")).isInstanceOf(NoSuchKeyException.class);
        assertThatThrownBy(() -> s3.deleteBucket(delete -> delete.bucket(bucket)))
                .isInstanceOfSatisfying(
                        S3Exception.class,
                        refused -> assertThat(refused.statusCode()).isEqualTo(409));
    }

    @Test
    void tagsAreKept() {
        create();
        s3.putObject(object -> object.bucket(bucket).key("k").tagging("a=1&b=2%203"), RequestBody.fromString("x"));
        assertThat(tags()).containsExactlyInAnyOrder(tag("a", "1"), tag("b", "2 3"));
        s3.putObjectTagging(object ->
                object.bucket(bucket).key("k").tagging(tagging -> tagging.tagSet(List.of(tag("c", "4:5")))));
        assertThat(tags()).containsExactly(tag("c", "4:5"));
        s3.deleteObjectTagging(object -> object.bucket(bucket).key("k"));
        assertThat(tags()).isEmpty();
    }

    private List<Tag> tags() {
        return s3.getObjectTagging(object -> object.bucket(bucket).key("k")).tagSet();
    }

    private static Tag tag(String key, String value) {
        return Tag.builder().key(key).value(value).build();
    }

    @Test
    void partsGoToTheBackendAndAreJoinedThere() {
        create();
        byte[] bytes = random(11 << 20, 2);
        String id = s3.createMultipartUpload(upload -> upload.bucket(bucket)
                        .key("parts")
                        .contentType("video/mp4")
                        .metadata(Map.of("a", "b")))
                .uploadId();
        List<CompletedPart> parts = new ArrayList<>();
        for (int part = 1; part <= 3; part++) {
            int number = part;
            byte[] slice = Arrays.copyOfRange(bytes, (part - 1) * (5 << 20), Math.min(bytes.length, part * (5 << 20)));
            String etag = s3.uploadPart(
                            each -> each.bucket(bucket)
                                    .key("parts")
                                    .uploadId(id)
                                    .partNumber(number),
                            RequestBody.fromBytes(slice))
                    .eTag();
            parts.add(CompletedPart.builder().partNumber(number).eTag(etag).build());
        }
        assertThat(s3.listParts(list -> list.bucket(bucket).key("parts").uploadId(id))
                        .parts())
                .hasSize(3);
        assertThat(s3.listMultipartUploads(list -> list.bucket(bucket)).uploads())
                .hasSize(1);
        s3.completeMultipartUpload(
                upload -> upload.bucket(bucket).key("parts").uploadId(id).multipartUpload(all -> all.parts(parts)));
        var got = s3.getObjectAsBytes(object -> object.bucket(bucket).key("parts"));
        assertThat(got.asByteArray()).isEqualTo(bytes);
        assertThat(got.response().contentType()).isEqualTo("video/mp4");
        assertThat(got.response().metadata()).containsOnlyKeys("a");
        String aborted = s3.createMultipartUpload(
                        upload -> upload.bucket(bucket).key("aborted"))
                .uploadId();
        s3.abortMultipartUpload(upload -> upload.bucket(bucket).key("aborted").uploadId(aborted));
        assertThat(s3.listMultipartUploads(list -> list.bucket(bucket)).uploads())
                .isEmpty();
    }

    @Test
    void listingsPageInOrder() {
        create();
        List<String> names = List.of("a", "b/1", "b/2", "c d+e", "g\uFF5E", "g\uD83D\uDE00", "z");
        names.forEach(name -> put(name, name));
        assertThat(s3.listObjectsV2Paginator(list -> list.bucket(bucket).maxKeys(2)).contents().stream()
                        .map(S3Object::key))
                .containsExactlyElementsOf(names);
        var page = s3.listObjectsV2(list -> list.bucket(bucket).delimiter("/").maxKeys(2));
        assertThat(page.commonPrefixes()).hasSize(1);
        var rest = s3.listObjectsV2(
                list -> list.bucket(bucket).delimiter("/").continuationToken(page.nextContinuationToken()));
        assertThat(rest.contents()).hasSize(4);
        assertThat(rest.commonPrefixes()).isEmpty();
    }

    @Test
    void conditionsHoldAndWhatCannotBeDoneIsRefused() {
        create();
        put("k", "one");
        assertStatus(
                412,
                () -> s3.putObject(
                        object -> object.bucket(bucket).key("k").ifNoneMatch("*"), RequestBody.fromString("x")));
        assertStatus(
                412,
                () -> s3.putObject(
                        object -> object.bucket(bucket).key("k").ifMatch("\"0\""), RequestBody.fromString("x")));
        assertStatus(
                304,
                () -> s3.headObject(object -> object.bucket(bucket)
                        .key("k")
                        .ifNoneMatch(s3.headObject(head -> head.bucket(bucket).key("k"))
                                .eTag())));
        s3.putObject(object -> object.bucket(bucket).key("new").ifNoneMatch("*"), RequestBody.fromString("x"));
        assertStatus(
                501,
                () -> s3.putBucketVersioning(
                        change -> change.bucket(bucket).versioningConfiguration(on -> on.status("Enabled"))));
        assertThat(get("k")).asString(StandardCharsets.UTF_8).isEqualTo("one");
    }

    private static void assertStatus(int status, Runnable what) {
        assertThatThrownBy(what::run)
                .isInstanceOfSatisfying(
                        S3Exception.class,
                        refused -> assertThat(refused.statusCode()).isEqualTo(status));
    }

    @Test
    void whatAnOldStoreHasMovesToTheBackend() throws Exception {
        create();
        byte[] large = random(2_000_000, 3);
        try (S3Client old = backend.client()) {
            old.createBucket(make -> make.bucket("moved"));
            old.putObject(
                    object -> object.bucket("moved").key("large").contentType("image/png"),
                    RequestBody.fromBytes(large));
            for (String key : List.of("seen", "unseen", "deleted")) {
                old.putObject(object -> object.bucket("moved").key(key), RequestBody.fromString(key));
            }
        }
        AdminClient admin = new AdminClient(folder.resolve("front/.landfall/admin.sock"));
        JsonMapper json = JsonMapper.builder().build();
        admin.ask(
                "PUT",
                "/buckets/" + bucket + "/read-through",
                json.createObjectNode()
                        .put("url", backend.uri("/moved").toString())
                        .put("accessKeyId", TestServer.KEY)
                        .put("secretAccessKey", TestServer.SECRET));
        s3.deleteObject(object -> object.bucket(bucket).key("deleted"));
        assertThat(get("large")).isEqualTo(large);
        assertThat(get("seen")).asString(StandardCharsets.UTF_8).isEqualTo("seen");
        List<JsonNode> lines = new ArrayList<>();
        admin.follow("/care/fetch", json.createObjectNode().put("bucket", bucket), lines::add);
        assertThat(lines.getLast().path("done").asBoolean())
                .as(lines.toString())
                .isTrue();
        assertThat(lines.getLast().path("fetched").asInt()).as(lines.toString()).isEqualTo(1);
        admin.ask("DELETE", "/buckets/" + bucket + "/read-through", null);
        assertThat(s3.listObjectsV2(list -> list.bucket(bucket)).contents())
                .extracting(S3Object::key)
                .containsExactly("large", "seen", "unseen");
        var moved = s3.getObjectAsBytes(object -> object.bucket(bucket).key("large"));
        assertThat(moved.asByteArray()).isEqualTo(large);
        assertThat(moved.response().contentType()).isEqualTo("image/png");
    }

    @Test
    void usersAndPoliciesAreThoseOfTheFront() throws Exception {
        create();
        put("logo", "<svg/>");
        HttpClient http = HttpClient.newHttpClient();
        HttpRequest request =
                HttpRequest.newBuilder(front.uri("/" + bucket + "/logo")).build();
        assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(403);
        s3.putBucketPolicy(change -> change.bucket(bucket).policy("""
                        {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",
                         "Action":"s3:GetObject","Resource":"arn:aws:s3:::%s/*"}]}""".formatted(bucket)));
        assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).body())
                .isEqualTo("<svg/>");
        User user = front.server()
                .users()
                .create(new UserFile.NewUser(
                        "reader", "", "", false, false, List.of(), List.of(new User.Grant(bucket, User.Access.READ))));
        User.AccessKey key = user.keys().getFirst();
        try (S3Client reader = front.client(key.id(), key.secret().reveal())) {
            assertThat(reader.listObjectsV2(list -> list.bucket(bucket)).keyCount())
                    .isEqualTo(1);
            assertStatus(
                    403,
                    () -> reader.putObject(object -> object.bucket(bucket).key("mine"), RequestBody.fromString("x")));
        }
    }
}
