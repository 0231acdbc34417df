package landfall.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the {@code aws} command does with the server, version 1 or 2, by its default checksums. */
final class AwsClientTest {
    private static final String ODD = "odd ü+%25 & key//a b.txt";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    static Client aws;

    @SuppressWarnings("NullAway.Init")
    static TestServer server;

    @SuppressWarnings("NullAway.Init")
    static Path tree;

    private final JsonMapper json = new JsonMapper();

    @BeforeAll
    static void start(TestReporter reporter) throws Exception {
        aws = Client.findIfAsked(folder, "aws");
        reporter.publishEntry("client", aws.run("--version").strip());
        server = TestServer.start(Files.createDirectory(folder.resolve("data")));
        aws.with("AWS_ENDPOINT_URL_S3", server.uri("").toString())
                .with("AWS_REGION", "us-east-1")
                .with("AWS_DEFAULT_REGION", "us-east-1") // version 1 knows this one only
                .with("AWS_ACCESS_KEY_ID", TestServer.KEY)
                .with("AWS_SECRET_ACCESS_KEY", TestServer.SECRET)
                .with("AWS_MAX_ATTEMPTS", "1")
                .with("AWS_PAGER", "")
                .with("AWS_EC2_METADATA_DISABLED", "true");
        tree = ClientFiles.tree(Files.createDirectory(folder.resolve("tree")));
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private JsonNode api(String... arguments) throws Exception {
        String[] words = new String[arguments.length + 1];
        words[0] = "s3api";
        System.arraycopy(arguments, 0, words, 1, arguments.length);
        return json.readTree(aws.run(words));
    }

    @Test
    void aFolderGoesThereAndBackAndIsLeftAloneTheSecondTime() throws Exception {
        aws.run("s3", "mb", "s3://aws-tree");
        aws.run("s3", "sync", "--no-progress", tree.toString(), "s3://aws-tree/dir");
        assertThat(aws.run("s3", "sync", "--no-progress", tree.toString(), "s3://aws-tree/dir"))
                .isEmpty();
        aws.run("s3", "sync", "--no-progress", "s3://aws-tree/dir", "s3://aws-tree/copy of ü+");
        Path back = folder.resolve("back");
        aws.run("s3", "sync", "--no-progress", "s3://aws-tree/copy of ü+", back.toString());
        ClientFiles.assertSame(back, tree);
        aws.run("s3", "rm", "--recursive", "--quiet", "s3://aws-tree/copy of ü+");
        assertThat(aws.run("s3", "ls", "s3://aws-tree").lines().map(String::strip))
                .containsExactly("PRE dir/");
        aws.run("s3", "rb", "--force", "s3://aws-tree");
        assertThat(aws.run("s3", "ls")).doesNotContain("aws-tree");
    }

    @Test
    void largeFilesGoInPartsWithTheChecksumOfTheWhole() throws Exception {
        aws.run("s3", "mb", "s3://aws-large");
        Path large = tree.resolve("large.bin");
        aws.run("s3", "cp", "--no-progress", large.toString(), "s3://aws-large/large.bin");
        JsonNode head = api("head-object", "--bucket", "aws-large", "--key", "large.bin", "--checksum-mode", "ENABLED");
        assertThat(head.path("ETag").asString()).matches("\"[0-9a-f]{32}-\\d+\"");
        assertThat(head.propertyNames()).anyMatch(name -> name.matches("ChecksumCRC(32|64NVME)"));
        aws.fed(large, "s3", "cp", "-", "s3://aws-large/streamed").succeeded();
        aws.run("s3", "cp", "--no-progress", "s3://aws-large/large.bin", "s3://aws-large/c o+py");
        aws.run("s3", "mv", "--no-progress", "s3://aws-large/c o+py", "s3://aws-large/moved ü");
        assertThat(aws.run("s3", "ls", "s3://aws-large")).doesNotContain("c o+py");
        for (String name : new String[] {"large.bin", "streamed", "moved ü"}) {
            Path got = folder.resolve("got");
            aws.run("s3", "cp", "--no-progress", "s3://aws-large/" + name, got.toString());
            assertThat(got).as(name).hasSameBinaryContentAs(large);
        }
        for (String algorithm : new String[] {"CRC32", "SHA1", "SHA256"}) {
            Path got = folder.resolve(algorithm);
            String address = "s3://aws-large/" + algorithm;
            aws.run("s3", "cp", "--no-progress", "--checksum-algorithm", algorithm, large.toString(), address);
            aws.run("s3", "cp", "--no-progress", "--checksum-mode", "ENABLED", address, got.toString());
            assertThat(got).as(algorithm).hasSameBinaryContentAs(large);
        }
    }

    /** Over TLS it signs no bodies: chunks with a checksum behind them. */
    @Test
    void overTlsTheBytesAreTheSame() throws Exception {
        try (TlsFront front = TlsFront.start(folder, server.server().port())) {
            String[] more = {
                "--endpoint-url",
                front.uri().toString(),
                "--ca-bundle",
                front.certificate().toString()
            };
            aws.run("s3", "mb", "s3://aws-tls", more[0], more[1], more[2], more[3]);
            aws.run("s3", "sync", "--no-progress", tree.toString(), "s3://aws-tls", more[0], more[1], more[2], more[3]);
            Path back = folder.resolve("back over TLS");
            aws.run("s3", "sync", "--no-progress", "s3://aws-tls", back.toString(), more[0], more[1], more[2], more[3]);
            ClientFiles.assertSame(back, tree);
        }
    }

    @Test
    void typesMetadataAndPresignedUrls() throws Exception {
        aws.run("s3", "mb", "s3://aws-odd");
        Path note = Files.writeString(folder.resolve("note"), "a note");
        aws.run(
                "s3",
                "cp",
                "--no-progress",
                "--content-type",
                "text/css",
                "--metadata",
                "colour=green",
                "--cache-control",
                "max-age=5",
                note.toString(),
                "s3://aws-odd/" + ODD);
        JsonNode head = api("head-object", "--bucket", "aws-odd", "--key", ODD);
        assertThat(head.path("ContentType").asString()).isEqualTo("text/css");
        assertThat(head.path("CacheControl").asString()).isEqualTo("max-age=5");
        assertThat(head.at("/Metadata/colour").asString()).isEqualTo("green");
        String url = aws.run("s3", "presign", "s3://aws-odd/" + ODD).strip();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> got =
                    http.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(got.statusCode()).as(got.body()).isEqualTo(200);
            assertThat(got.body()).isEqualTo("a note");
        }
        Client.Outcome refused = aws.tried(
                "s3api",
                "put-object",
                "--bucket",
                "aws-odd",
                "--key",
                ODD,
                "--body",
                note.toString(),
                "--if-none-match",
                "*");
        assertThat(refused.exit()).isNotZero();
        assertThat(refused.err()).contains("PreconditionFailed");
    }

    @Test
    void whatIsSetForABucketComesBackAndVersionsStay() throws Exception {
        aws.run("s3", "mb", "s3://aws-set");
        String cors = "{\"CORSRules\": [{\"AllowedOrigins\": [\"*\"], \"AllowedMethods\": [\"GET\"]}]}";
        aws.run("s3api", "put-bucket-cors", "--bucket", "aws-set", "--cors-configuration", cors);
        assertThat(api("get-bucket-cors", "--bucket", "aws-set")).isEqualTo(json.readTree(cors));
        String rules = "{\"Rules\": [{\"ID\": \"tmp\", \"Status\": \"Enabled\", \"Filter\": {\"Prefix\": \"tmp/\"},"
                + " \"Expiration\": {\"Days\": 3}}]}";
        aws.run(
                "s3api",
                "put-bucket-lifecycle-configuration",
                "--bucket",
                "aws-set",
                "--lifecycle-configuration",
                rules);
        assertThat(api("get-bucket-lifecycle-configuration", "--bucket", "aws-set")
                        .path("Rules"))
                .isEqualTo(json.readTree(rules).path("Rules"));
        aws.run(
                "s3api",
                "put-bucket-versioning",
                "--bucket",
                "aws-set",
                "--versioning-configuration",
                "Status=Enabled");
        for (String text : new String[] {"first", "second"}) {
            Path file = Files.writeString(folder.resolve("version"), text);
            aws.run("s3", "cp", "--no-progress", file.toString(), "s3://aws-set/key");
        }
        aws.run("s3", "rm", "s3://aws-set/key");
        JsonNode versions = api("list-object-versions", "--bucket", "aws-set");
        assertThat(versions.path("Versions")).hasSize(2);
        assertThat(versions.path("DeleteMarkers")).hasSize(1);
        Path got = folder.resolve("first");
        String first = versions.at("/Versions/1/VersionId").asString();
        api("get-object", "--bucket", "aws-set", "--key", "key", "--version-id", first, got.toString());
        assertThat(got).hasContent("first");
    }
}
