package landfall.sandbox.program;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One command to a Redis server, on a connection of its own: logins are rare here. */
final class RedisClient {
    private final URI address;

    RedisClient(String url) {
        address = URI.create(url);
    }

    Optional<String> call(String... command) throws IOException {
        try (Socket socket = new Socket()) {
            int port = address.getPort() < 0 ? 6379 : address.getPort();
            socket.connect(new InetSocketAddress(address.getHost(), port), 2_000);
            socket.setSoTimeout(5_000);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            String user = address.getUserInfo();
            List<String[]> commands = new ArrayList<>();
            if (user != null && user.contains(":")) {
                commands.add(new String[] {"AUTH", user.substring(user.indexOf(':') + 1)});
            }
            if (address.getPath() != null && address.getPath().length() > 1) {
                commands.add(new String[] {"SELECT", address.getPath().substring(1)});
            }
            commands.add(command);
            Optional<String> answer = Optional.empty();
            for (String[] words : commands) {
                socket.getOutputStream().write(encoded(words));
                answer = answer(in);
            }
            return answer;
        } catch (IOException e) {
            throw new IOException("the connection to Redis is closed: " + e.getMessage(), e);
        }
    }

    private static byte[] encoded(String... words) {
        StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            text.append('$')
                    .append(word.getBytes(StandardCharsets.UTF_8).length)
                    .append("\r\n")
                    .append(word)
                    .append("\r\n");
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static Optional<String> answer(InputStream in) throws IOException {
        String line = RedisServer.line(in);
        String rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '+', ':' -> Optional.of(rest);
            case '$' -> {
                int length = Integer.parseInt(rest);
                if (length < 0) {
                    yield Optional.empty();
                }
                byte[] bytes = in.readNBytes(length);
                if (bytes.length < length) {
                    throw new EOFException("cut within an answer");
                }
                RedisServer.line(in);
                yield Optional.of(new String(bytes, StandardCharsets.UTF_8));
            }
            default -> throw new IOException(rest);
        };
    }
}
