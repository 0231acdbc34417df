package landfall.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketCannedACL;

/** Bytes that no honest client sends, to a bucket that anybody may write to: S3's error, nothing lost, nothing outside. */
final class BadInputTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    static TestServer server;

    @SuppressWarnings("NullAway.Init")
    static S3Client s3;

    @BeforeAll
    static void start() throws Exception {
        Files.writeString(folder.resolve("outside.txt"), "untouched");
        server = TestServer.start(folder.resolve("data"));
        s3 = server.client();
        s3.createBucket(bucket -> bucket.bucket("open").acl(BucketCannedACL.PUBLIC_READ_WRITE));
        s3.putObject(object -> object.bucket("open").key("kept"), RequestBody.fromString("kept"));
    }

    @AfterAll
    static void stop() {
        s3.close();
        server.close();
    }

    /** Sends bytes as they are and reads what comes until the server closes or says nothing for two seconds. */
    private static String raw(byte[] request) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.server().port())) {
            socket.setSoTimeout(2_000);
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            try {
                socket.getOutputStream().write(request);
                byte[] buffer = new byte[8_192];
                for (int read = socket.getInputStream().read(buffer);
                        read >= 0;
                        read = socket.getInputStream().read(buffer)) {
                    answer.write(buffer, 0, read);
                    if (answer.size() > 1 << 20) {
                        break;
                    }
                }
            } catch (java.net.SocketTimeoutException | SocketException quiet) {
                // What came so far is the answer: the server may close on a broken request at any byte.
                assertThat(quiet).isNotNull();
            }
            return answer.toString(StandardCharsets.ISO_8859_1);
        }
    }

    private static String raw(String request) throws IOException {
        return raw(request.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String request(String line, String headers, String body) {
        return line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + "Content-Length: " + body.length()
                + "\r\n\r\n" + body;
    }

    private void stillWell() throws IOException {
        assertThat(s3.getObjectAsBytes(object -> object.bucket("open").key("kept"))
                        .asUtf8String())
                .isEqualTo("kept");
        assertThat(folder.resolve("outside.txt")).hasContent("untouched");
        try (Stream<Path> entries = Files.list(folder)) {
            assertThat(entries.map(each -> String.valueOf(each.getFileName())))
                    .containsExactlyInAnyOrder("outside.txt", "data");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PUT /open/%2e%2e/%2e%2e/outside.txt,             400, InvalidRequest",
        "PUT /open/../../outside.txt,                     400, InvalidRequest",
        "PUT /open/..%2f..%2foutside.txt,                 200,",
        "PUT /open/%2fetc/passwd,                         200,",
        "PUT /../open/x,                                  400, InvalidRequest",
        "PUT /open/.landfall/index.db,                    200,",
        "GET /open/%zz,                                   400, InvalidRequest",
        "GET /open/%c3%28,                                400, ",
        "GET /open/absent,                                404, NoSuchKey",
        "GET /no-such-bucket/x,                           404, NoSuchBucket",
        "GET /.landfall/index.db,                         404, NoSuchBucket",
        "GET /.landfall/users.json,                       404, NoSuchBucket",
        "GET /open?list-type=2&max-keys=x,                400, InvalidArgument",
        "GET /open?list-type=2&continuation-token=%%%,    400, InvalidURI",
        "GET /open?list-type=2&continuation-token=***,    400, InvalidArgument",
        "PUT /open/x?partNumber=0&uploadId=y,             400, InvalidArgument",
        "PUT /open/x?partNumber=1&uploadId=y,             404, NoSuchUpload",
        "POST /open/x?uploadId=y,                         400, MalformedXML",
        "GET /open?inventory,                             501, NotImplemented",
        "PATCH /open/x,                                   405, MethodNotAllowed",
        "DELETE /open,                                    403, AccessDenied",
        "PUT /open?policy,                                403, AccessDenied"
    })
    void oddPathsAndQueriesGetTheRightError(String line, int status, String code) throws Exception {
        String answer = raw(request(line, "", line.startsWith("PUT /open") && !line.contains("?") ? "x" : ""));
        assertThat(answer).as(line).startsWith("HTTP/1.1 " + status);
        if (code != null) {
            assertThat(answer).contains("<Code>" + code + "</Code>");
        }
        stillWell();
    }

    @Test
    void xmlThatIsABombOrBrokenIsMalformed() throws Exception {
        String bomb = "<?xml version=\"1.0\"?><!DOCTYPE d [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>"
                + "<Delete><Object><Key>&b;</Key></Object></Delete>";
        String outside =
                "<!DOCTYPE d [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><Delete><Object><Key>&a;</Key></Object></Delete>";
        String deep = "<a>".repeat(5_000);
        String wrong = "<Other/>";
        for (String body : List.of(bomb, outside, deep, wrong, "", "<Delete>", "\u0000\u0001")) {
            String answer = raw(request("POST /open?delete", "Content-MD5: " + md5(body) + "\r\n", body));
            assertThat(answer)
                    .as(body.substring(0, Math.min(60, body.length())))
                    .contains("<Code>MalformedXML</Code>");
        }
        stillWell();
    }

    private static String md5(String body) throws Exception {
        return java.util.Base64.getEncoder()
                .encodeToString(java.security.MessageDigest.getInstance("MD5")
                        .digest(body.getBytes(StandardCharsets.ISO_8859_1)));
    }

    @Test
    void bodiesThatArentWhatTheySayAreNotStored() throws Exception {
        assertThat(raw("PUT /open/short HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nonly this"))
                .doesNotContain(" 200");
        assertThat(raw(request("PUT /open/md5", "Content-MD5: " + md5("other") + "\r\n", "this")))
                .contains("<Code>BadDigest</Code>");
        assertThat(raw(request("PUT /open/crc", "x-amz-checksum-crc32: AAAAAA==\r\n", "this")))
                .contains("<Code>BadDigest</Code>");
        assertThat(raw("PUT /open/big HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000000000000000\r\n\r\n"))
                .contains("<Code>EntityTooLarge</Code>");
        assertThat(raw("PUT /open/negative HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
        assertThat(raw("PUT /open/none HTTP/1.1\r\nHost: x\r\n\r\n")).contains("<Code>MissingContentLength</Code>");
        assertThat(raw(request(
                        "PUT /open/chunks",
                        "x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\nx-amz-decoded-content-length: 4\r\n",
                        "4\r\nabcd\r\nffffffffffffffff\r\n")))
                .contains("<Code>InvalidRequest</Code>");
        assertThat(s3.listObjectsV2(list -> list.bucket("open")).contents())
                .noneMatch(object -> List.of("short", "md5", "crc", "big", "negative", "none", "chunks")
                        .contains(object.key()));
        stillWell();
    }

    @Test
    void tooManyHeadersAreRefusedWithoutHarm() throws Exception {
        StringBuilder headers = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            headers.append("x-h-").append(i).append(": v\r\n");
        }
        assertThat(raw(request("GET /open/kept", headers.toString(), ""))).startsWith("HTTP/1.1 4");
        assertThat(raw(request("PUT /open/meta", "x-amz-meta-a: " + "v".repeat(3_000) + "\r\n", "x")))
                .contains("<Code>MetadataTooLarge</Code>");
        assertThat(raw(request("PUT /open/" + "k".repeat(1_025), "", "x"))).contains("<Code>KeyTooLongError</Code>");
        stillWell();
    }

    @Test
    void anEncodedBodyIsStoredAsItIsAndNeverUnpacked() throws Exception {
        byte[] gzip = new byte[] {0x1f, (byte) 0x8b, 8, 0, 1, 2, 3};
        s3.putObject(object -> object.bucket("open").key("bomb").contentEncoding("gzip"), RequestBody.fromBytes(gzip));
        assertThat(folder.resolve("data/open/kept").getParent()).isDirectory();
        assertThat(s3.headObject(object -> object.bucket("open").key("bomb")).contentLength())
                .isEqualTo(gzip.length);
        stillWell();
    }

    @Test
    void encryptionAndLocksThatArentThereAreNotPromised() throws Exception {
        assertThat(raw(request("PUT /open/sse", "x-amz-server-side-encryption: AES256\r\n", "x")))
                .contains("<Code>NotImplemented</Code>");
        assertThat(raw(request("PUT /open/lock", "x-amz-object-lock-mode: COMPLIANCE\r\n", "x")))
                .contains("<Code>NotImplemented</Code>");
        assertThat(s3.listObjectsV2(list -> list.bucket("open")).contents())
                .noneMatch(object -> List.of("sse", "lock").contains(object.key()));
    }

    /** Valid requests with bytes changed, cut, doubled and mixed; seconds by LANDFALL_FUZZ_SECONDS, seed printed. */
    @Test
    void mangledRequestsNeverBreakTheServer() throws Exception {
        long seed = Long.parseLong(
                System.getenv().getOrDefault("LANDFALL_FUZZ_SEED", Long.toString(System.nanoTime() & 0xffffff)));
        int seconds = Integer.parseInt(System.getenv().getOrDefault("LANDFALL_FUZZ_SECONDS", "60"));
        List<String> honest = List.of(
                request("PUT /open/fuzz", "x-amz-meta-a: b\r\nContent-MD5: " + md5("hello") + "\r\n", "hello"),
                request("GET /open/kept?versionId=null&partNumber=1", "Range: bytes=0-1\r\nIf-Match: *\r\n", ""),
                request("GET /open?list-type=2&prefix=k&delimiter=/&max-keys=3&encoding-type=url", "", ""),
                request("GET /open?versions&key-marker=a&version-id-marker=b", "", ""),
                request(
                        "POST /open?delete",
                        "x-amz-checksum-crc32: AAAAAA==\r\n",
                        "<Delete><Object><Key>nothing</Key></Object></Delete>"),
                request("POST /open/mp?uploads", "", ""),
                request(
                        "PUT /open/fuzz",
                        "x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\nx-amz-decoded-content-length: 5\r\nx-amz-trailer: x-amz-checksum-crc32\r\n",
                        "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"),
                request(
                        "POST /open",
                        "Content-Type: multipart/form-data; boundary=B\r\n",
                        "--B\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nform\r\n--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nbytes\r\n--B--\r\n"),
                request("PUT /open/copy", "x-amz-copy-source: /open/kept\r\nx-amz-metadata-directive: REPLACE\r\n", ""),
                request(
                        "GET /open/kept",
                        "Authorization: AWS4-HMAC-SHA256 Credential=rootkey0000000000000/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00\r\nx-amz-date: 20260101T000000Z\r\nx-amz-content-sha256: UNSIGNED-PAYLOAD\r\n",
                        ""),
                request("OPTIONS /open/kept", "Origin: http://a\r\nAccess-Control-Request-Method: GET\r\n", ""));
        Random random = new Random(seed);
        TreeMap<String, Integer> answers = new TreeMap<>();
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        while (System.nanoTime() < end) {
            byte[] bytes = honest.get(random.nextInt(honest.size())).getBytes(StandardCharsets.ISO_8859_1);
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes = mangled(bytes, honest, random);
            }
            String answer = quick(bytes);
            String status = answer.length() < 12 ? "closed" : answer.substring(9, 12);
            assertThat(status)
                    .as("seed %d: %s", seed, new String(bytes, StandardCharsets.ISO_8859_1))
                    .isNotEqualTo("500");
            answers.merge(status, 1, Integer::sum);
        }
        System.out.println("fuzz: seed " + seed + ", " + seconds + " s, answers " + answers);
        assertThat(answers).as("the seeds reach the operations").containsKeys("200", "400", "404");
        stillWell();
    }

    /** As raw, but waits for a moment only. */
    private static String quick(byte[] request) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.server().port())) {
            socket.setSoTimeout(150);
            byte[] buffer = new byte[512];
            try {
                socket.getOutputStream().write(request);
                socket.shutdownOutput();
                int read = socket.getInputStream().read(buffer);
                return read < 0 ? "" : new String(buffer, 0, read, StandardCharsets.ISO_8859_1);
            } catch (java.net.SocketTimeoutException | SocketException quiet) {
                return "";
            }
        }
    }

    private static byte[] mangled(byte[] bytes, List<String> honest, Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int at = random.nextInt(bytes.length);
        out.write(bytes, 0, at);
        switch (random.nextInt(6)) {
            case 0 -> out.write(random.nextInt(256));
            case 1 -> {
                byte[] other = honest.get(random.nextInt(honest.size())).getBytes(StandardCharsets.ISO_8859_1);
                int from = random.nextInt(other.length);
                out.write(other, from, Math.min(30, other.length - from));
                out.write(bytes, at, bytes.length - at);
                return out.toByteArray();
            }
            case 2 -> {
                out.write(bytes, at, bytes.length - at);
                return out.toByteArray();
            }
            case 3 -> out.writeBytes(new byte[] {'%', 'f', 'f'});
            case 4 -> out.writeBytes("9999999999999999999".getBytes(StandardCharsets.US_ASCII));
            default -> out.writeBytes(new byte[] {'\r', '\n'});
        }
        if (at + 1 < bytes.length) {
            out.write(bytes, at + 1, bytes.length - at - 1);
        }
        return out.toByteArray();
    }
}
