package landfall.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketCannedACL;

/** Clients that send or take a byte now and then, for ever: they are given up, and the others are served meanwhile. */
@Timeout(60)
final class SlowClientsTest {
    private static final long BETWEEN_MILLIS = 100;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private TestServer server(Map<String, String> settings) throws Exception {
        TestServer server = TestServer.start(folder, settings);
        try (S3Client s3 = server.client()) {
            s3.createBucket(bucket -> bucket.bucket("open").acl(BucketCannedACL.PUBLIC_READ_WRITE));
            s3.putObject(object -> object.bucket("open").key("kept"), RequestBody.fromString("kept"));
        }
        return server;
    }

    private static Socket connect(TestServer server) throws IOException {
        Socket socket = new Socket();
        // Little may wait in the kernel's buffers.
        socket.setReceiveBufferSize(8 << 10);
        socket.connect(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), server.server().port()));
        return socket;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Sends the start at once, then the drip again and again until the server hangs up; what the server said. */
    private static String drip(TestServer server, String start, String drip) throws IOException, InterruptedException {
        try (Socket socket = connect(server)) {
            CompletableFuture<String> answer =
                    CompletableFuture.supplyAsync(() -> everything(socket), Thread::startVirtualThread);
            OutputStream out = socket.getOutputStream();
            try {
                out.write(bytes(start));
                while (!answer.isDone()) {
                    out.write(bytes(drip));
                    Thread.sleep(BETWEEN_MILLIS);
                }
            } catch (SocketException hungUp) {
                assertThat(hungUp).isNotNull();
            }
            return answer.join();
        }
    }

    private static String everything(Socket socket) {
        StringBuilder all = new StringBuilder();
        try {
            InputStream in = socket.getInputStream();
            for (int each = in.read(); each >= 0; each = in.read()) {
                all.append((char) each);
            }
        } catch (IOException reset) {
            all.append("(reset)");
        }
        return all.toString();
    }

    private static void served(TestServer server) {
        try (S3Client s3 = server.client()) {
            assertThat(s3.getObjectAsBytes(object -> object.bucket("open").key("kept"))
                            .asUtf8String())
                    .isEqualTo("kept");
        }
    }

    @Test
    void aHeaderThatNeverEndsIsCutOff() throws Exception {
        try (TestServer server = server(Map.of("OBJECTS_PATIENCE_SECONDS", "1"))) {
            List<CompletableFuture<String>> slow = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                slow.add(dripping(server, "GET /open/kept HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", "x"));
            }
            served(server);
            for (CompletableFuture<String> each : slow) {
                assertThat(each.join()).isIn("", "(reset)");
            }
        }
    }

    @Test
    void bodiesThatDripAreRefusedAndGiveTheirPlacesBack() throws Exception {
        try (TestServer server = server(Map.of("OBJECTS_PATIENCE_SECONDS", "1", "OBJECTS_REQUESTS_MAX", "4"))) {
            List<CompletableFuture<String>> slow = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                slow.add(dripping(
                        server,
                        "PUT /open/slow" + i + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n",
                        "x"));
            }
            // All places are taken now; this waits for one.
            served(server);
            for (CompletableFuture<String> each : slow) {
                assertThat(each.join())
                        .contains("400", "<Code>RequestTimeout</Code>")
                        .containsIgnoringCase("connection: close");
            }
            try (S3Client s3 = server.client()) {
                assertThat(s3.listObjectsV2(list -> list.bucket("open")).contents())
                        .extracting(object -> object.key())
                        .containsExactly("kept");
            }
        }
    }

    private static CompletableFuture<String> dripping(TestServer server, String start, String drip) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return drip(server, start, drip);
                    } catch (IOException failed) {
                        return failed.toString();
                    } catch (InterruptedException interrupted) {
                        Thread.currentThread().interrupt();
                        return "interrupted";
                    }
                },
                Thread::startVirtualThread);
    }

    @Test
    void whoTakesAnAnswerTooSlowlyIsCutOff() throws Exception {
        try (TestServer server = server(Map.of("OBJECTS_PATIENCE_SECONDS", "1", "OBJECTS_RATE_MIN", "1048576"))) {
            int size = 30_000_000;
            try (S3Client s3 = server.client()) {
                s3.putObject(
                        object -> object.bucket("open").key("large").acl("public-read"),
                        RequestBody.fromBytes(new byte[size]));
            }
            long taken = 0;
            try (Socket socket = connect(server)) {
                socket.getOutputStream().write(bytes("GET /open/large HTTP/1.1\r\nHost: localhost\r\n\r\n"));
                byte[] some = new byte[20_000];
                InputStream in = socket.getInputStream();
                for (int read = in.read(some); read >= 0; read = in.read(some)) {
                    taken += read;
                    if (taken < 400_000) {
                        // Afterwards what waits in the kernel's buffers is taken at once.
                        Thread.sleep(BETWEEN_MILLIS);
                    }
                }
            } catch (SocketException reset) {
                assertThat(reset).isNotNull();
            }
            assertThat(taken).isLessThan(size);
            served(server);
        }
    }

    @Test
    void aConnectionMayRestBetweenRequests() throws Exception {
        try (TestServer server = server(Map.of("OBJECTS_PATIENCE_SECONDS", "1"));
                Socket socket = connect(server)) {
            for (int i = 0; i < 2; i++) {
                socket.getOutputStream().write(bytes("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"));
                StringBuilder answer = new StringBuilder();
                while (answer.indexOf("\"ok\"}") < 0) {
                    int each = socket.getInputStream().read();
                    assertThat(each).as(answer.toString()).isNotNegative();
                    answer.append((char) each);
                }
                Thread.sleep(2_500);
            }
        }
    }

    @Test
    void connectionsBeyondTheMostWaitForOthersToClose() throws Exception {
        try (TestServer server = server(Map.of("OBJECTS_CONNECTIONS_MAX", "8"))) {
            List<Socket> open = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                open.add(connect(server));
            }
            try (Socket waiting = connect(server)) {
                waiting.getOutputStream().write(bytes("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"));
                waiting.setSoTimeout(500);
                assertThatThrownBy(() -> waiting.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
                for (Socket each : open) {
                    each.close();
                }
                waiting.setSoTimeout(20_000);
                assertThat(waiting.getInputStream().read()).isEqualTo('H');
            }
        }
    }
}
