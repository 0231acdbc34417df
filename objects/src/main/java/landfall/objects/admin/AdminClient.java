package landfall.objects.admin;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Talks to the admin side of a running server. HTTP/1.0 over the Unix socket, written here because the JDK's client knows
 * no Unix sockets: one request, the answer to the end of the stream.
 */
public final class AdminClient {
    private final Path socket;
    private final JsonMapper json = JsonMapper.builder().build();

    public AdminClient(Path socket) {
        this.socket = socket;
    }

    /** The server refused, or there is none; the message is for the user. */
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    /** One request with one JSON answer. */
    public JsonNode ask(String method, String path, @Nullable JsonNode body) throws IOException, Refused {
        StringBuilder answer = new StringBuilder();
        exchange(method, path, body, line -> answer.append(line).append('\n'));
        return json.readTree(answer.toString());
    }

    /** One request answered with lines, which are handed on as they come. */
    public void follow(String path, JsonNode body, Consumer<JsonNode> lines) throws IOException, Refused {
        exchange("POST", path, body, line -> {
            if (!line.isBlank()) {
                lines.accept(json.readTree(line));
            }
        });
    }

    /** Writes what the server sends, to the end. @throws IOException if the server broke off before it */
    public void download(String path, OutputStream out) throws IOException, Refused {
        try (SocketChannel channel = connect()) {
            // Without "Connection: close", with which Jetty would mark the end by closing: a break would look the same.
            send(channel, "GET " + path + " HTTP/1.1\r\nHost: admin\r\n\r\n");
            InputStream in = new BufferedInputStream(Channels.newInputStream(channel), 1 << 16);
            Chunks.Head head = Chunks.head(in);
            if (head.status() >= 300) {
                throw new Refused(said(Chunks.text(in, head), head.status()));
            }
            Chunks.copy(in, head, out);
            out.flush();
        }
    }

    /** Sends a stream to its end and returns the server's answer. */
    public JsonNode upload(String path, InputStream body) throws IOException, Refused {
        try (SocketChannel channel = connect()) {
            send(
                    channel,
                    "PUT " + path + " HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n");
            try {
                byte[] copy = new byte[1 << 16];
                for (int count = body.read(copy); count >= 0; count = body.read(copy)) {
                    if (count > 0) {
                        send(channel, Integer.toHexString(count) + "\r\n");
                        send(channel, ByteBuffer.wrap(copy, 0, count));
                        send(channel, "\r\n");
                    }
                }
                send(channel, "0\r\n\r\n");
            } catch (IOException broken) {
                if (!"Broken pipe".equals(broken.getMessage())) {
                    throw broken;
                }
                // The server refused before the end and says why below.
            }
            InputStream in = new BufferedInputStream(Channels.newInputStream(channel));
            Chunks.Head head = Chunks.head(in);
            String answer = Chunks.text(in, head);
            if (head.status() >= 300) {
                throw new Refused(said(answer, head.status()));
            }
            return json.readTree(answer);
        }
    }

    private static void send(SocketChannel channel, String text) throws IOException {
        send(channel, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static void send(SocketChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private SocketChannel connect() throws IOException, Refused {
        if (!Files.exists(socket)) {
            throw new Refused("no server is running here: there is no socket " + socket
                    + ". Start one with `objects serve`, or name its data folder with --data");
        }
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return channel;
        } catch (IOException unreachable) {
            channel.close();
            throw new Refused("the server's socket " + socket + " doesn't answer (" + unreachable.getMessage()
                    + "): it was killed, or belongs to another user");
        }
    }

    private void exchange(String method, String path, @Nullable JsonNode body, Consumer<String> lines)
            throws IOException, Refused {
        try (SocketChannel channel = connect()) {
            byte[] bytes = body == null ? new byte[0] : json.writeValueAsBytes(body);
            ByteArrayOutputStream request = new ByteArrayOutputStream();
            request.writeBytes((method + " " + path + " HTTP/1.0\r\nHost: admin\r\nContent-Type: application/json\r\n"
                            + "Content-Length: " + bytes.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            request.writeBytes(bytes);
            ByteBuffer buffer = ByteBuffer.wrap(request.toByteArray());
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            read(Channels.newInputStream(channel), lines);
        }
    }

    private void read(InputStream in, Consumer<String> lines) throws IOException, Refused {
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        String first = reader.readLine();
        if (first == null) {
            throw new Refused("the server closed the connection without an answer: see its log");
        }
        int status = Integer.parseInt(first.split(" ", 3)[1]);
        boolean chunked = false;
        for (String header = reader.readLine(); header != null && !header.isEmpty(); header = reader.readLine()) {
            chunked |= header.toLowerCase(Locale.ROOT).startsWith("transfer-encoding:");
        }
        if (chunked) {
            throw new Refused("the server answered HTTP/1.0 with chunks; this client and the server don't match");
        }
        StringBuilder error = new StringBuilder();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (status < 300) {
                lines.accept(line);
            } else {
                error.append(line);
            }
        }
        if (status >= 300) {
            throw new Refused(said(error.toString(), status));
        }
    }

    private String said(String answer, int status) {
        try {
            return json.readTree(answer).path("error").asString(answer);
        } catch (tools.jackson.core.JacksonException notJson) {
            return "HTTP status " + status + ": " + answer;
        }
    }
}
