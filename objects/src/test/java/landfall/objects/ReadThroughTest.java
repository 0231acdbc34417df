package landfall.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import landfall.objects.admin.AdminClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A bucket in front of an old store: one server reads through from another. */
final class ReadThroughTest {
    /** Nothing is under way when a test stops its servers. */
    private static final Map<String, String> AT_ONCE = Map.of("OBJECTS_STOP_SECONDS", "0");

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path shared;

    @SuppressWarnings("NullAway.Init")
    private static TestServer sharedOld;

    @SuppressWarnings("NullAway.Init")
    private static TestServer sharedHere;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path own;

    private static int tests;
    private final String before = "before-" + ++tests;
    private final String now = "now-" + tests;
    private Path folder = shared;
    private TestServer old = sharedOld;
    private TestServer here = sharedHere;
    private S3Client oldS3 = old.impatient();
    private S3Client s3 = here.impatient();

    @BeforeAll
    static void startAll() throws Exception {
        sharedOld = TestServer.start(shared.resolve("old"), AT_ONCE);
        sharedHere = TestServer.start(shared.resolve("new"), AT_ONCE);
    }

    @AfterAll
    static void stopAll() {
        sharedHere.close();
        sharedOld.close();
    }

    @BeforeEach
    void begin() throws Exception {
        oldS3.createBucket(bucket -> bucket.bucket(before));
        s3.createBucket(bucket -> bucket.bucket(now));
        readThrough("");
    }

    @AfterEach
    void end() {
        s3.close();
        oldS3.close();
        if (!folder.equals(shared)) {
            here.close();
            old.close();
        }
    }

    /** Servers that the test may stop. */
    private void ownServers() throws Exception {
        s3.close();
        oldS3.close();
        folder = own;
        Map<String, String> log =
                Map.of("OBJECTS_ACCESS_LOG", folder.resolve("old.log").toString(), "OBJECTS_STOP_SECONDS", "0");
        old = TestServer.start(folder.resolve("old"), log);
        here = TestServer.start(folder.resolve("new"), AT_ONCE);
        oldS3 = old.impatient();
        s3 = here.impatient();
        begin();
    }

    private AdminClient admin() {
        return new AdminClient(folder.resolve("new/.landfall/admin.sock"));
    }

    private JsonNode readThrough(String prefix) throws Exception {
        ObjectNode body = JSON.createObjectNode();
        body.put("url", old.uri("/" + before + "/" + prefix).toString());
        body.put("accessKeyId", TestServer.KEY).put("secretAccessKey", TestServer.SECRET);
        return admin().ask("PUT", "/buckets/" + now + "/read-through", body);
    }

    private List<JsonNode> fetchAll() throws Exception {
        List<JsonNode> lines = new ArrayList<>();
        admin().follow("/care/fetch", JSON.createObjectNode().put("bucket", now), lines::add);
        return lines;
    }

    private static byte[] random(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private void putOld(String key, byte[] bytes) {
        oldS3.putObject(object -> object.bucket(before).key(key), RequestBody.fromBytes(bytes));
    }

    private void putOld(String key, String text) {
        putOld(key, text.getBytes(StandardCharsets.UTF_8));
    }

    private byte[] get(String key) {
        return s3.getObjectAsBytes(object -> object.bucket(now).key(key)).asByteArray();
    }

    private List<String> keys() {
        return s3.listObjectsV2Paginator(list -> list.bucket(now).maxKeys(3)).contents().stream()
                .map(S3Object::key)
                .toList();
    }

    private static String md5(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
    }

    @Test
    void whatIsNotHereIsFetchedStoredAndServed() throws Exception {
        byte[] large = random(9_000_000, 1);
        oldS3.putObject(
                object -> object.bucket(before)
                        .key("a dir/ü.bin")
                        .contentType("image/png")
                        .cacheControl("max-age=60")
                        .metadata(Map.of("colour", "green"))
                        .tagging("a=1&b=2"),
                RequestBody.fromBytes(large));
        putOld("small", "small");
        var origin = oldS3.headObject(object -> object.bucket(before).key("a dir/ü.bin"));
        var head = s3.headObject(object -> object.bucket(now).key("a dir/ü.bin"));
        assertThat(head.contentLength()).isEqualTo(large.length);
        assertThat(head.lastModified()).isEqualTo(origin.lastModified());
        assertThat(folder.resolve("new/" + now + "/a dir/ü.bin")).doesNotExist();
        var got = s3.getObjectAsBytes(object -> object.bucket(now).key("a dir/ü.bin"));
        assertThat(got.asByteArray()).isEqualTo(large);
        assertThat(got.response().eTag()).isEqualTo(origin.eTag());
        assertThat(get("small")).asString(StandardCharsets.UTF_8).isEqualTo("small");
        admin().ask("DELETE", "/buckets/" + now + "/read-through", null);
        var kept = s3.getObjectAsBytes(object -> object.bucket(now).key("a dir/ü.bin"));
        assertThat(kept.asByteArray()).isEqualTo(large);
        assertThat(kept.response().eTag()).isEqualTo(origin.eTag());
        assertThat(kept.response().contentType()).isEqualTo("image/png");
        assertThat(kept.response().cacheControl()).isEqualTo("max-age=60");
        assertThat(kept.response().metadata()).containsEntry("colour", "green");
        assertThat(kept.response().lastModified()).isEqualTo(origin.lastModified());
        assertThat(s3.getObjectTagging(object -> object.bucket(now).key("a dir/ü.bin"))
                        .tagSet())
                .hasSize(2);
        assertThat(folder.resolve("new/" + now + "/a dir/ü.bin")).hasBinaryContent(large);
    }

    @Test
    void rangesAndConditionsReachWhatIsNotHere() throws Exception {
        byte[] large = random(5_000_000, 2);
        putOld("large", large);
        String etag = '"' + md5(large) + '"';
        assertThat(s3.getObjectAsBytes(object -> object.bucket(now).key("large").range("bytes=4999000-"))
                        .asByteArray())
                .isEqualTo(java.util.Arrays.copyOfRange(large, 4_999_000, 5_000_000));
        putOld("other", "other");
        assertThatThrownBy(() ->
                        s3.getObject(object -> object.bucket(now).key("other").ifMatch("\"0123\"")))
                .isInstanceOfSatisfying(
                        S3Exception.class,
                        refused -> assertThat(refused.statusCode()).isEqualTo(412));
        assertThatThrownBy(() ->
                        s3.headObject(object -> object.bucket(now).key("large").ifNoneMatch(etag)))
                .isInstanceOfSatisfying(
                        S3Exception.class,
                        refused -> assertThat(refused.statusCode()).isEqualTo(304));
        assertThatThrownBy(() -> s3.putObject(
                        object -> object.bucket(now).key("other").ifNoneMatch("*"), RequestBody.fromString("new")))
                .isInstanceOfSatisfying(
                        S3Exception.class,
                        refused -> assertThat(refused.statusCode()).isEqualTo(412));
        putOld("source", "source");
        s3.copyObject(copy -> copy.sourceBucket(now)
                .sourceKey("source")
                .destinationBucket(now)
                .destinationKey("copy"));
        assertThat(get("copy")).asString(StandardCharsets.UTF_8).isEqualTo("source");
    }

    @Test
    void whatWasDeletedOrWrittenHereStaysSoAlsoAfterARestart() throws Exception {
        ownServers();
        for (String key : List.of("deleted", "deleted-unseen", "overwritten", "kept")) {
            putOld(key, "old");
        }
        get("deleted");
        s3.deleteObject(object -> object.bucket(now).key("deleted"));
        s3.deleteObjects(objects -> objects.bucket(now)
                .delete(delete -> delete.objects(
                        List.of(ObjectIdentifier.builder().key("deleted-unseen").build()))));
        s3.putObject(object -> object.bucket(now).key("overwritten"), RequestBody.fromString("new"));
        s3.putObject(object -> object.bucket(now).key("both"), RequestBody.fromString("new"));
        s3.deleteObject(object -> object.bucket(now).key("both"));
        putOld("both", "old");
        here.close();
        s3.close();
        here = TestServer.start(folder.resolve("new"), AT_ONCE);
        s3 = here.impatient();
        for (String key : List.of("deleted", "deleted-unseen", "both")) {
            assertThatThrownBy(() -> get(key)).as(key).isInstanceOf(NoSuchKeyException.class);
        }
        assertThat(get("overwritten")).asString(StandardCharsets.UTF_8).isEqualTo("new");
        assertThat(keys()).containsExactly("kept", "overwritten");
        JsonNode end = fetchAll().getLast();
        assertThat(end.path("fetched").asInt()).as(end.toString()).isEqualTo(1);
        assertThat(keys()).containsExactly("kept", "overwritten");
        admin().ask("DELETE", "/buckets/" + now + "/read-through", null);
        assertThat(keys()).containsExactly("kept", "overwritten");
    }

    @Test
    void manyWhoMissFetchOnce() throws Exception {
        ownServers();
        byte[] large = random(3_000_000, 3);
        putOld("wanted", large);
        try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<byte[]>> gets = IntStream.range(0, 16)
                    .mapToObj(each -> all.submit(() -> get("wanted")))
                    .toList();
            for (Future<byte[]> each : gets) {
                assertThat(each.get()).isEqualTo(large);
            }
        }
        // Stopped, so that every request has been counted in its log.
        old.close();
        assertThat(Files.readAllLines(folder.resolve("old.log")))
                .filteredOn(line -> line.contains("\"GetObject\""))
                .hasSize(1);
    }

    @Test
    void anOldStoreThatIsDownOrRefusesIsNoMissingKey() throws Exception {
        ownServers();
        putOld("there", "there");
        s3.putObject(object -> object.bucket(now).key("mine"), RequestBody.fromString("mine"));
        old.server()
                .users()
                .update(
                        "root",
                        user -> new landfall.objects.user.User(
                                user.name(),
                                user.canonicalId(),
                                user.displayName(),
                                user.email(),
                                true,
                                true,
                                List.of(),
                                List.of()));
        for (boolean down : new boolean[] {false, true}) {
            if (down) {
                old.close();
            }
            for (Runnable ask : List.<Runnable>of(
                    () -> get("there"),
                    () -> s3.headObject(object -> object.bucket(now).key("there")),
                    () -> s3.listObjectsV2(list -> list.bucket(now)))) {
                assertThatThrownBy(ask::run)
                        .isInstanceOfSatisfying(
                                S3Exception.class,
                                refused -> assertThat(refused.statusCode()).isEqualTo(503));
            }
        }
        assertThat(get("mine")).asString(StandardCharsets.UTF_8).isEqualTo("mine");
        s3.putObject(object -> object.bucket(now).key("there"), RequestBody.fromString("mine now"));
        assertThat(get("there")).asString(StandardCharsets.UTF_8).isEqualTo("mine now");
    }

    @Test
    void listingsShowBothInOrderPageByPage() {
        List<String> names =
                List.of("a", "b/1", "b/2", "c", "d/deleted", "e/1", "f+g h", "g\uD83D\uDE00", "g\uFF5E", "z");
        for (int i = 0; i < names.size(); i++) {
            String key = names.get(i);
            if (i % 2 == 0 || key.startsWith("b/")) {
                putOld(key, "old");
            }
            if (i % 2 == 1) {
                s3.putObject(object -> object.bucket(now).key(key), RequestBody.fromString("new"));
            }
        }
        s3.deleteObject(object -> object.bucket(now).key("d/deleted"));
        assertThat(keys()).containsExactly("a", "b/1", "b/2", "c", "e/1", "f+g h", "g\uFF5E", "g\uD83D\uDE00", "z");
        List<String> seen = new ArrayList<>();
        String token = null;
        do {
            String from = token;
            var page = s3.listObjectsV2(
                    list -> list.bucket(now).delimiter("/").maxKeys(2).continuationToken(from));
            page.commonPrefixes().forEach(prefix -> seen.add(prefix.prefix()));
            page.contents().forEach(object -> seen.add(object.key()));
            token = page.nextContinuationToken();
        } while (token != null);
        assertThat(seen).containsExactlyInAnyOrder("a", "b/", "c", "e/", "f+g h", "g\uFF5E", "g\uD83D\uDE00", "z");
        assertThat(s3.listObjectVersions(list -> list.bucket(now)).versions()).hasSize(9);
    }

    @Test
    void allTheRestIsFetchedOnceAndComparedAndThenTheOldStoreCanGo() throws Exception {
        for (int i = 0; i < 30; i++) {
            putOld("many/" + i, random(1_000 * i, i));
        }
        byte[] parts = random(11 << 20, 4);
        String id = oldS3.createMultipartUpload(
                        upload -> upload.bucket(before).key("many/parts").checksumAlgorithm("SHA256"))
                .uploadId();
        List<CompletedPart> done = new ArrayList<>();
        for (int part = 0; part < 3; part++) {
            int number = part + 1;
            byte[] bytes =
                    java.util.Arrays.copyOfRange(parts, part * (5 << 20), Math.min(parts.length, number * (5 << 20)));
            var sent = oldS3.uploadPart(
                    each -> each.bucket(before)
                            .key("many/parts")
                            .uploadId(id)
                            .partNumber(number)
                            .checksumAlgorithm("SHA256"),
                    RequestBody.fromBytes(bytes));
            done.add(CompletedPart.builder()
                    .partNumber(number)
                    .eTag(sent.eTag())
                    .checksumSHA256(sent.checksumSHA256())
                    .build());
        }
        oldS3.completeMultipartUpload(
                upload -> upload.bucket(before).key("many/parts").uploadId(id).multipartUpload(all -> all.parts(done)));
        readThrough("many/");
        get("3");
        s3.putObject(object -> object.bucket(now).key("4"), RequestBody.fromString("written here"));
        s3.deleteObject(object -> object.bucket(now).key("5"));
        JsonNode end = fetchAll().getLast();
        assertThat(end.path("done").asBoolean()).as(end.toString()).isTrue();
        assertThat(end.path("fetched").asInt()).as(end.toString()).isEqualTo(28);
        assertThat(end.path("here").asInt()).isEqualTo(1);
        assertThat(end.path("changedHere").asInt()).isEqualTo(1);
        assertThat(end.path("deleted").asInt()).isEqualTo(1);
        assertThat(fetchAll().getLast().path("fetched").asInt()).isZero();
        admin().ask("DELETE", "/buckets/" + now + "/read-through", null);
        assertThat(keys()).hasSize(30);
        assertThat(get("parts")).isEqualTo(parts);
        assertThat(s3.headObject(object -> object.bucket(now).key("parts")).eTag())
                .endsWith("-3\"");
        for (int i = 6; i < 30; i++) {
            assertThat(get(Integer.toString(i))).isEqualTo(random(1_000 * i, i));
        }
    }

    @Test
    void bytesThatDifferFromTheirETagAreNotKept() throws Exception {
        try (ForgedOrigin forged = new ForgedOrigin(2_000_000)) {
            ObjectNode body = JSON.createObjectNode().put("url", forged.uri("/before"));
            admin().ask("PUT", "/buckets/" + now + "/read-through", body);
            assertThatThrownBy(() -> get("large"))
                    .isInstanceOf(software.amazon.awssdk.core.exception.SdkException.class);
            JsonNode end = fetchAll().getLast();
            assertThat(end.path("failed").asInt()).as(end.toString()).isEqualTo(1);
        }
        assertThat(folder.resolve("new/" + now)).isDirectoryNotContaining("glob:**/large");
    }

    @Test
    void anOlderVersionIsKeptOfWhatIsOverwrittenWhereVersioningIsOn() throws Exception {
        putOld("k", "old");
        s3.putBucketVersioning(bucket -> bucket.bucket(now).versioningConfiguration(on -> on.status("Enabled")));
        s3.putObject(object -> object.bucket(now).key("k"), RequestBody.fromString("new"));
        var versions = s3.listObjectVersions(list -> list.bucket(now)).versions();
        assertThat(versions).hasSize(2);
        assertThat(s3.getObjectAsBytes(object -> object.bucket(now)
                                .key("k")
                                .versionId(versions.getLast().versionId()))
                        .asUtf8String())
                .isEqualTo("old");
    }

    @Test
    void secretsAreInAFileForItsOwnerOnly() throws Exception {
        assertThat(readThrough("").toString()).contains(TestServer.KEY).doesNotContain(TestServer.SECRET);
        assertThat(Files.readString(folder.resolve("new/" + now + "/.landfall/bucket.json")))
                .doesNotContain(TestServer.SECRET);
        Path kept = folder.resolve("new/.landfall/origins.json");
        assertThat(Files.readString(kept)).contains(TestServer.SECRET);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
                .isEqualTo("rw-------");
        assertThatThrownBy(() -> admin().ask(
                                "PUT",
                                "/buckets/" + now + "/read-through",
                                JSON.createObjectNode()
                                        .put("url", old.uri("/absent").toString())))
                .isInstanceOf(AdminClient.Refused.class)
                .hasMessageContaining("can't be listed");
    }
}
