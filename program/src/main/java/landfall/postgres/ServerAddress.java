package landfall.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketOption;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import jdk.net.ExtendedSocketOptions;
import landfall.base.Duplex;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Where a server is, and how its identity and the line are protected: from a URL with libpq's parameters.
 *
 * @param sslMode libpq's: disable, allow, prefer, require, verify-ca, verify-full
 * @param sslRootCertificate file with the authorities that verify-ca and verify-full trust; null: libpq's own place
 * @param options further command line options for the session, as in {@code PGOPTIONS}
 */
public record ServerAddress(
        String host,
        int port,
        String sslMode,
        @Nullable String sslRootCertificate,
        @Nullable String options) {
    /** A stream that is protected already, or never leaves the machine. */
    static final ServerAddress STREAM = new ServerAddress("localhost", 5432, "disable", null, null);

    private static final int PORT = 5432;
    private static final Duration CONNECT_MAX = Duration.ofSeconds(15);
    private static final int KEEP_ALIVE_SECONDS = 20;
    private static final int KEEP_ALIVE_UNANSWERED_MAX = 3;
    private static final List<String> MODES =
            List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

    /** What a URL says; user and database where it names them. */
    public record Parsed(ServerAddress address, Optional<String> user, Optional<String> database) {}

    /** @throws LandfallException if it isn't such a URL; it holds no password, so the message may quote it */
    public static Parsed parse(String url) {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw wrong(url, "it is no URL");
        }
        if (uri.getHost() == null) {
            throw wrong(url, "it names no host");
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair :
                uri.getRawQuery() == null ? new String[0] : uri.getRawQuery().split("&")) {
            String[] parts = pair.split("=", 2);
            parameters.put(decoded(parts[0]), parts.length == 2 ? decoded(parts[1]) : "");
        }
        String mode = parameters.getOrDefault("sslmode", "prefer");
        if (!MODES.contains(mode)) {
            throw wrong(url, "sslmode is `" + mode + "`, not one of " + String.join(", ", MODES));
        }
        for (String name : parameters.keySet()) {
            if (!List.of("sslmode", "sslrootcert", "options").contains(name)) {
                throw wrong(url, "the parameter `" + name + "` is not one of sslmode, sslrootcert, options");
            }
        }
        // An IPv6 address stands in brackets in a URL, and without them elsewhere.
        String host = uri.getHost().replaceFirst("^\\[(.*)]$", "$1");
        String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceFirst("^/", "");
        return new Parsed(
                new ServerAddress(
                        host,
                        uri.getPort() < 0 ? PORT : uri.getPort(),
                        mode,
                        parameters.get("sslrootcert"),
                        parameters.get("options")),
                Optional.ofNullable(uri.getRawUserInfo()).map(user -> decoded(user.split(":", 2)[0])),
                path.isEmpty() ? Optional.empty() : Optional.of(decoded(path)));
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static LandfallException wrong(String url, String why) {
        return new LandfallException(
                ExitCode.BAD_INPUT,
                Problem.error(
                        "the database URL `" + url + "` can't be used",
                        why,
                        "Write postgres://USER@HOST:PORT/NAME?sslmode=verify-full into move.yaml."));
    }

    /** A TCP connection per call; an unknown name and a refused connection are told by the driver. */
    public Duplex.Dialer dialer() {
        return () -> {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(host, port), (int) CONNECT_MAX.toMillis());
                socket.setTcpNoDelay(true);
                keepAlive(socket);
                return new Stream(socket, socket.getInputStream(), socket.getOutputStream());
            } catch (IOException e) {
                socket.close();
                throw e;
            }
        };
    }

    /**
     * So often that no NAT forgets an idle session. That a peer has gone is noticed by it too, but not while something is
     * being sent: see {@link StreamWatch}.
     */
    private static void keepAlive(Socket socket) throws IOException {
        socket.setKeepAlive(true);
        Set<SocketOption<?>> supported = socket.supportedOptions();
        if (supported.contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
            socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEP_ALIVE_SECONDS);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEP_ALIVE_SECONDS / 2);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEP_ALIVE_UNANSWERED_MAX);
        }
    }

    private record Stream(Socket socket, InputStream input, OutputStream output) implements Duplex {
        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** What is left of it for a stream that is protected already. */
    ServerAddress asStream() {
        return new ServerAddress(STREAM.host(), STREAM.port(), STREAM.sslMode(), null, options);
    }

    /** The host as a JDBC URL has it. */
    String urlHost() {
        return host.contains(":") ? "[" + host + "]" : host;
    }
}
