package landfall.sandbox.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HttpListenerTest {
    @Test
    void aKeptConnectionIsAnsweredAndToldToCloseOnceTheListenerLeaves() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        HttpListener listener = new HttpListener("127.0.0.1", 0, request -> {
            if (request.path().equals("/slow")) {
                begun.countDown();
                go.await();
            }
            return HttpListener.Response.text(200, "text/plain", request.path());
        });
        listener.start();
        try (Client kept = new Client(listener.port());
                Client slow = new Client(listener.port())) {
            assertThat(kept.get("/one")).contains("/one").doesNotContain("connection: close");
            slow.send("GET /slow HTTP/1.1\r\n\r\n");
            assertThat(begun.await(5, TimeUnit.SECONDS)).isTrue();

            Thread leaving = Thread.ofVirtual().start(() -> {
                try {
                    listener.leave();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            Thread.sleep(50);
            assertThat(kept.get("/two")).contains("/two").contains("connection: close");
            assertThat(kept.ended()).isTrue();
            try (Client fresh = new Client(listener.port())) {
                assertThat(fresh.get("/three")).contains("/three").contains("connection: close");
            }
            assertThat(leaving.isAlive()).isTrue();
            go.countDown();
            assertThat(slow.answer()).contains("/slow").contains("connection: close");
            assertThat(leaving.join(java.time.Duration.ofSeconds(5))).isTrue();
        }
    }

    @Test
    void aRequestStuckForeverDoesNotKeepTheListenerFromLeaving() throws Exception {
        HttpListener listener = new HttpListener("127.0.0.1", 0, request -> {
            Thread.sleep(60_000);
            return HttpListener.Response.text(200, "text/plain", "late");
        });
        listener.start();
        try (Client client = new Client(listener.port())) {
            client.send("GET / HTTP/1.1\r\n\r\n");
            Thread.sleep(100);
            long start = System.nanoTime();
            listener.leave();
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isBetween(1_400L, 5_000L);
        }
    }

    @Test
    void bodiesWithLengthAndInChunksAreReadAndTheConnectionGoesOn() throws Exception {
        HttpListener listener = new HttpListener(
                "127.0.0.1", 0, request -> HttpListener.Response.text(200, "text/plain", request.text()));
        listener.start();
        try (Client client = new Client(listener.port())) {
            client.send("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello");
            assertThat(client.answer()).endsWith("hello");
            client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
            assertThat(client.answer()).endsWith("abcde");
        }
    }

    @Test
    void aHandlerThatThrowsIsAnsweredWith500AndItsMessage() throws Exception {
        HttpListener listener = new HttpListener("127.0.0.1", 0, request -> {
            throw new IllegalStateException("no \"such\" thing");
        });
        listener.start();
        try (Client client = new Client(listener.port())) {
            String answer = client.get("/");
            assertThat(answer).startsWith("HTTP/1.1 500 ");
            String body = answer.substring(answer.indexOf('{'));
            assertThat(Json.parse(body)).isEqualTo(Map.of("errors", Map.of("detail", "no \"such\" thing")));
        }
    }

    /** A connection that is kept between requests, read by hand. */
    static final class Client implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader in;

        Client(int port) throws IOException {
            socket = new Socket(java.net.InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(10_000);
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        }

        void send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        String get(String path) throws IOException {
            send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
            return answer();
        }

        String answer() throws IOException {
            StringBuilder answer = new StringBuilder();
            int length = 0;
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                answer.append(line).append('\n');
                if (line.startsWith("content-length: ")) {
                    length = Integer.parseInt(line.substring(16));
                }
            }
            for (int i = 0; i < length; i++) {
                answer.append((char) in.read());
            }
            return answer.toString();
        }

        boolean ended() throws IOException {
            return in.read() < 0;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
