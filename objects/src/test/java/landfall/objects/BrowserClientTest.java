package landfall.objects;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CORSRule;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A page in a real browser, of another origin than the server's: presigned uploads with preflight, ranges, pictures, and a
 * form as browsers send it. The page is {@code uploads.html}; it tells what it saw, then its form goes.
 */
final class BrowserClientTest {
    private static final long SECONDS_MAX = 90;
    private static final String BUCKET = "page-bucket";
    private static final int LARGE = 3 << 20;

    /** A picture of one red pixel. */
    private static final byte[] RED = Base64.getDecoder()
            .decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==");

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final JsonMapper json = new JsonMapper();

    @Test
    void aPageUploadsReadsAndPostsAcrossOrigins(@TempDir Path folder, TestReporter reporter) throws Exception {
        Client browser = Client.find(folder, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
        reporter.publishEntry("client", browser.run("--version").strip());
        HttpServer pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        URI origin = URI.create("http://localhost:" + pages.getAddress().getPort());
        try (TestServer server = TestServer.start(Files.createDirectory(folder.resolve("data")));
                S3Client s3 = server.client()) {
            prepare(s3, origin);
            String config = config(server, origin);
            pages.createContext("/", exchange -> answer(exchange, config));
            pages.start();
            Path console = folder.resolve("console");
            Process process = browser.started(
                    console,
                    "--headless=new",
                    "--no-sandbox", // CI runs as root, where the browser's own sandbox refuses to start
                    "--disable-gpu",
                    "--disable-dev-shm-usage",
                    "--enable-logging=stderr",
                    "--user-data-dir=" + folder.resolve("profile"),
                    "--remote-debugging-port=0", // keeps it running until it is stopped
                    origin + "/");
            try {
                checkOutcomes(json.readTree(next("outcomes", console)), s3);
                checkForm(next("done", console), s3);
            } finally {
                Client.stop(process);
                process.waitFor();
            }
        } finally {
            pages.stop(0);
        }
    }

    private static void prepare(S3Client s3, URI origin) {
        s3.createBucket(bucket -> bucket.bucket("closed"));
        s3.createBucket(bucket -> bucket.bucket(BUCKET));
        CORSRule rule = CORSRule.builder()
                .allowedOrigins(origin.toString())
                .allowedMethods("GET", "PUT", "POST")
                .allowedHeaders("content-type", "x-amz-meta-*", "range")
                .exposeHeaders("ETag", "Content-Range")
                .maxAgeSeconds(60)
                .build();
        s3.putBucketCors(bucket -> bucket.bucket(BUCKET).corsConfiguration(cors -> cors.corsRules(List.of(rule))));
        s3.putObject(
                object -> object.bucket(BUCKET)
                        .key("red.png")
                        .contentType("image/png")
                        .cacheControl("public, max-age=600")
                        .acl(ObjectCannedACL.PUBLIC_READ),
                RequestBody.fromBytes(RED));
    }

    private String config(TestServer server, URI origin) throws Exception {
        try (S3Presigner presigner = server.presigner()) {
            return json.writeValueAsString(Map.of(
                    "large",
                    LARGE,
                    "put",
                    presigned(presigner, BUCKET, "by fetch ü+%.bin", "text/plain", Map.of("from", "a page")),
                    "xhr",
                    presigned(presigner, BUCKET, "by/xhr", "application/x-test", Map.of()),
                    "closed",
                    presigned(presigner, "closed", "x", "text/plain", Map.of()),
                    "get",
                    presigner
                            .presignGetObject(get -> get.signatureDuration(Duration.ofMinutes(5))
                                    .getObjectRequest(
                                            object -> object.bucket(BUCKET).key("by/xhr")))
                            .url()
                            .toString(),
                    "picture",
                    server.uri("/" + BUCKET + "/red.png").toString(),
                    "post",
                    server.uri("/" + BUCKET).toString(),
                    "fetched",
                    form(Map.of("success_action_status", "201")),
                    "submitted",
                    form(Map.of(
                            "Content-Type",
                            "application/x-test",
                            "x-amz-meta-from",
                            "a form",
                            "success_action_redirect",
                            origin.resolve("/done?from=form").toString()))));
        }
    }

    private static Map<String, String> form(Map<String, String> others) throws GeneralSecurityException {
        return new PostForm(BUCKET, "posted/", 2L * LARGE, others)
                .fields(TestServer.KEY, TestServer.SECRET, Instant.now());
    }

    private static String presigned(
            S3Presigner presigner, String bucket, String key, String type, Map<String, String> metadata) {
        return presigner
                .presignPutObject(put -> put.signatureDuration(Duration.ofMinutes(5))
                        .putObjectRequest(object ->
                                object.bucket(bucket).key(key).contentType(type).metadata(metadata)))
                .url()
                .toString();
    }

    private void answer(HttpExchange exchange, String config) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        byte[] page = switch (path) {
            case "/" -> resource();
            case "/config" -> config.getBytes(StandardCharsets.UTF_8);
            case "/outcomes" -> {
                told.add("outcomes" + body);
                yield new byte[0];
            }
            case "/done" -> {
                told.add("done" + exchange.getRequestURI().getRawQuery());
                yield "<!DOCTYPE html>uploaded".getBytes(StandardCharsets.UTF_8);
            }
            default -> new byte[0];
        };
        exchange.getResponseHeaders()
                .add("Content-Type", path.equals("/config") ? "application/json" : "text/html; charset=utf-8");
        exchange.sendResponseHeaders(200, page.length == 0 ? -1 : page.length);
        exchange.getResponseBody().write(page);
        exchange.close();
    }

    private static byte[] resource() throws IOException {
        try (InputStream page = BrowserClientTest.class.getResourceAsStream("uploads.html")) {
            return Objects.requireNonNull(page).readAllBytes();
        }
    }

    /** What the page told next; it begins with {@code what}. */
    private String next(String what, Path console) throws Exception {
        String text = told.poll(SECONDS_MAX, TimeUnit.SECONDS);
        assertThat(text)
                .as("the page told of %s; the browser's console: %s", what, Files.readString(console))
                .isNotNull()
                .startsWith(what);
        return Objects.requireNonNull(text).substring(what.length());
    }

    private static void checkOutcomes(JsonNode told, S3Client s3) {
        String large = etag(s3, "by/xhr");
        assertThat(told.get("fetch put"))
                .as("%s", told)
                .hasToString("{\"status\":200,\"etag\":\"" + large.replace("\"", "\\\"") + "\",\"hidden\":null}");
        assertThat(told.at("/XMLHttpRequest put/status").asInt()).as("%s", told).isEqualTo(200);
        assertThat(told.at("/XMLHttpRequest put/etag").asString()).isEqualTo(large);
        assertThat(told.at("/XMLHttpRequest put/sent").asInt()).isEqualTo(LARGE);
        assertThat(told.get("range"))
                .hasToString("{\"status\":206,\"range\":\"bytes 1-3/" + LARGE + "\",\"bytes\":[31,62,93]}");
        assertThat(told.at("/no rule/thrown").asString()).as("%s", told).startsWith("TypeError");
        assertThat(told.at("/refused/status").asInt()).as("%s", told).isEqualTo(403);
        assertThat(told.at("/refused/text").asString()).contains("<Code>SignatureDoesNotMatch</Code>");
        assertThat(told.at("/posted by fetch/status").asInt()).as("%s", told).isEqualTo(201);
        assertThat(told.at("/posted by fetch/text").asString()).contains("<Key>posted/by fetch.txt</Key>");
        assertThat(told.get("picture")).hasToString("{\"pixel\":[255,0,0,255],\"status\":200}");

        var put = s3.headObject(object -> object.bucket(BUCKET).key("by fetch ü+%.bin"));
        assertThat(put.contentType()).isEqualTo("text/plain");
        assertThat(put.metadata()).containsEntry("from", "a page");
        assertThat(put.contentLength()).isEqualTo(LARGE);
        assertThat(s3.getObjectAsBytes(object -> object.bucket(BUCKET).key("posted/by fetch.txt"))
                        .asUtf8String())
                .isEqualTo("posted by fetch");
    }

    private static void checkForm(String query, S3Client s3) {
        // browsers send a quotation mark of a file's name as %22: HTML Standard, "Multipart form data"
        String key = "posted/ünï %22quoted%22 100%+.bin";
        var posted = s3.headObject(object -> object.bucket(BUCKET).key(key));
        assertThat(posted.contentType()).isEqualTo("application/x-test");
        assertThat(posted.metadata()).containsEntry("from", "a form");
        assertThat(posted.eTag()).as("the same bytes as the other way").isEqualTo(etag(s3, "by/xhr"));
        assertThat(List.of(query.split("&")).stream()
                        .map(each -> URLDecoder.decode(each, StandardCharsets.UTF_8))
                        .toList())
                .containsExactly("from=form", "bucket=" + BUCKET, "key=" + key, "etag=" + posted.eTag());
    }

    private static String etag(S3Client s3, String key) {
        return s3.headObject(object -> object.bucket(BUCKET).key(key)).eTag();
    }
}
