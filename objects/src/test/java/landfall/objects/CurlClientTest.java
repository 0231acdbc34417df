package landfall.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** What curl does with the server: signed by itself, presigned, ranges, conditions, resuming, bodies of unknown length. */
final class CurlClientTest {
    private static final String BUCKET = "curl-bucket";
    private static final String DIGITS = "0123456789";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    static Client curl;

    @SuppressWarnings("NullAway.Init")
    static TestServer server;

    @SuppressWarnings("NullAway.Init")
    static S3Client s3;

    @SuppressWarnings("NullAway.Init")
    static Path large;

    @BeforeAll
    static void start(TestReporter reporter) throws Exception {
        curl = Client.find(folder, "curl");
        reporter.publishEntry(
                "client", curl.run("--version").lines().findFirst().orElseThrow());
        server = TestServer.start(Files.createDirectory(folder.resolve("data")));
        s3 = server.client();
        s3.createBucket(bucket -> bucket.bucket(BUCKET));
        s3.putObject(object -> object.bucket(BUCKET).key("digits"), RequestBody.fromString(DIGITS));
        large = ClientFiles.large(folder.resolve("large.bin"));
    }

    @AfterAll
    static void stop() {
        if (s3 != null) {
            s3.close();
            server.close();
        }
    }

    /** Signed by curl; versions before 8 don't send the header that S3 requires. Ends with the status in brackets. */
    private static String curl(String path, String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of(
                "--silent",
                "--show-error",
                "--aws-sigv4",
                "aws:amz:us-east-1:s3",
                "--user",
                TestServer.KEY + ":" + TestServer.SECRET,
                "--header",
                "x-amz-content-sha256: UNSIGNED-PAYLOAD",
                "--write-out",
                "<%{http_code}>"));
        words.addAll(List.of(options));
        words.add(server.uri(path).toString());
        return curl.run(words.toArray(String[]::new));
    }

    private static String header(String name) throws Exception {
        return curl("/" + BUCKET + "/digits", "--head")
                .lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void curlSignsByItself() throws Exception {
        assertThat(curl("/curl-made", "--request", "PUT")).isEqualTo("<200>");
        Path note = Files.writeString(folder.resolve("note"), "a note");
        assertThat(curl(
                        "/curl-made/a%20b%2Bc%C3%BC.txt",
                        "--upload-file",
                        note.toString(),
                        "--header",
                        "Content-Type: text/plain",
                        "--header",
                        "x-amz-meta-colour: green"))
                .isEqualTo("<200>");
        assertThat(curl("/curl-made/a%20b%2Bc%C3%BC.txt")).isEqualTo("a note<200>");
        assertThat(curl("/curl-made/a%20b%2Bc%C3%BC.txt", "--head"))
                .contains("Content-Type: text/plain", "x-amz-meta-colour: green", "Content-Length: 6")
                .endsWith("<200>");
        assertThat(curl("/curl-made?list-type=2&prefix=a")).contains("<Key>a b+cü.txt</Key>", "<KeyCount>1</KeyCount>");
        assertThat(curl("/curl-made/a%20b%2Bc%C3%BC.txt", "--request", "DELETE"))
                .isEqualTo("<204>");
        assertThat(curl("/curl-made/a%20b%2Bc%C3%BC.txt"))
                .contains("<Code>NoSuchKey</Code>")
                .endsWith("<404>");
        assertThat(curl("/curl-made", "--request", "DELETE")).isEqualTo("<204>");
    }

    @Test
    void aRangeIsSentAsAskedAndSeveralAsTheWhole() throws Exception {
        Map<String, String> expected = Map.of(
                "0-4", "01234<206>",
                "-3", "789<206>",
                "7-", "789<206>",
                "8-100", "89<206>",
                "0-0,9-9", DIGITS + "<200>", // S3 sends the whole object
                "4-2", DIGITS + "<200>"); // no range by RFC 9110, 14.1.1
        for (var each : expected.entrySet()) {
            assertThat(curl("/" + BUCKET + "/digits", "--range", each.getKey()))
                    .as(each.getKey())
                    .isEqualTo(each.getValue());
        }
        assertThat(curl("/" + BUCKET + "/digits", "--range", "10-", "--dump-header", "-"))
                .contains("Content-Range: bytes */10", "<Code>InvalidRange</Code>")
                .endsWith("<416>");
        assertThat(curl("/" + BUCKET + "/digits", "--range", "2-3", "--dump-header", "-"))
                .contains("Content-Range: bytes 2-3/10", "Content-Length: 2");
    }

    @Test
    void conditionsDecideAsRfc9110Says() throws Exception {
        String etag = header("etag");
        String modified = header("last-modified");
        String before = "Mon, 01 Jan 2024 00:00:00 GMT";
        Map<String, String> expected = Map.of(
                "If-Match: " + etag,
                "200",
                "If-Match: \"other\"",
                "412",
                "If-None-Match: " + etag,
                "304",
                "If-None-Match: W/" + etag,
                "304",
                "If-None-Match: \"other\", " + etag,
                "304",
                "If-None-Match: \"other\"",
                "200",
                "If-Modified-Since: " + modified,
                "304",
                "If-Modified-Since: " + before,
                "200",
                "If-Unmodified-Since: " + modified,
                "200",
                "If-Unmodified-Since: " + before,
                "412");
        for (var each : expected.entrySet()) {
            assertThat(curl("/" + BUCKET + "/digits", "--header", each.getKey()))
                    .as(each.getKey())
                    .endsWith("<" + each.getValue() + ">");
        }
        assertThat(curl("/" + BUCKET + "/digits", "--header", "If-None-Match: " + etag, "--dump-header", "-"))
                .as("a 304 says which state it is")
                .contains("ETag: " + etag, "Last-Modified: " + modified);
    }

    /** Else a download that is resumed after the object was replaced joins halves of two objects. */
    @Test
    void aRangeOfAnotherStateOfTheObjectIsTheWholeObject() throws Exception {
        String etag = header("etag");
        Map<String, String> expected = Map.of(
                "If-Range: " + etag,
                "78<206>",
                "If-Range: \"other\"",
                DIGITS + "<200>",
                "If-Range: W/" + etag,
                DIGITS + "<200>", // weak ETags never match here: RFC 9110, 13.1.5
                "If-Range: " + header("last-modified"),
                "78<206>",
                "If-Range: Mon, 01 Jan 2024 00:00:00 GMT",
                DIGITS + "<200>",
                "If-Range: Fri, 01 Jan 2100 00:00:00 GMT",
                DIGITS + "<200>",
                "If-Range: nonsense",
                DIGITS + "<200>");
        for (var each : expected.entrySet()) {
            assertThat(curl("/" + BUCKET + "/digits", "--range", "7-8", "--header", each.getKey()))
                    .as(each.getKey())
                    .isEqualTo(each.getValue());
        }
        assertThat(curl("/" + BUCKET + "/digits", "--range", "50-", "--header", "If-Range: \"other\""))
                .as("a range that the new state doesn't have")
                .isEqualTo(DIGITS + "<200>");
    }

    @Test
    void anUploadIsResumedInTheMiddleOfItsDownload() throws Exception {
        assertThat(curl("/" + BUCKET + "/large", "--upload-file", large.toString()))
                .isEqualTo("<200>");
        Path got = folder.resolve("got");
        byte[] all = Files.readAllBytes(large);
        Files.write(got, Arrays.copyOf(all, 1_000_003));
        assertThat(curl("/" + BUCKET + "/large", "--continue-at", "-", "--output", got.toString()))
                .isEqualTo("<206>");
        assertThat(got).hasBinaryContent(all);
        assertThat(curl("/" + BUCKET + "/large", "--continue-at", "-", "--output", got.toString()))
                .as("nothing is left to get")
                .isEqualTo("<416>");
        assertThat(got).hasBinaryContent(all);
    }

    @Test
    void aBodyOfUnknownLengthArrivesWhole() throws Exception {
        // curl sends Transfer-Encoding: chunked, and Expect: 100-continue, whose answer it waits a minute for
        String url = server.presigner()
                .presignPutObject(put -> put.signatureDuration(Duration.ofMinutes(5))
                        .putObjectRequest(object -> object.bucket(BUCKET).key("streamed ü")))
                .url()
                .toString();
        Client.Outcome sent = curl.fed(
                        large,
                        "--silent",
                        "--verbose",
                        "--expect100-timeout",
                        "60",
                        "--upload-file",
                        "-",
                        "--write-out",
                        "<%{http_code}>",
                        url)
                .succeeded();
        assertThat(sent.out()).isEqualTo("<200>");
        assertThat(sent.err()).contains("Transfer-Encoding: chunked", "HTTP/1.1 100 Continue");
        Path got = folder.resolve("streamed");
        assertThat(curl("/" + BUCKET + "/streamed%20%C3%BC", "--output", got.toString()))
                .isEqualTo("<200>");
        assertThat(got).hasSameBinaryContentAs(large);
    }

    @Test
    void anUploadThatIsRefusedIsRefusedBeforeItsBytes() throws Exception {
        assertThat(curl(
                        "/no-such-bucket/large",
                        "--upload-file",
                        large.toString(),
                        "--header",
                        "Expect: 100-continue",
                        "--expect100-timeout",
                        "60",
                        "--write-out",
                        "<%{http_code} %{size_upload}>"))
                .contains("<Code>NoSuchBucket</Code>")
                .endsWith("<404 0>");
    }
}
