package landfall.sandbox;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Stands for nginx as Dokku configures it: picks the app by Host among those on the port, else the first by name; one
 * upstream connection per request, as the template without {@code proxy-keepalive} does. A reload swaps the table: what
 * is under way ends as it began.
 */
final class DokkuProxy {
    private static final System.Logger LOG = System.getLogger(DokkuProxy.class.getName());
    private final String address;
    private final Map<Integer, ServerSocket> servers = new HashMap<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger turn = new AtomicInteger();
    private volatile List<Route> routes = List.of();

    DokkuProxy(String address) {
        this.address = address;
    }

    /** What an app serves on a port. */
    record Route(
            String app,
            int port,
            List<String> domains,
            List<InetSocketAddress> backends,
            Limits limits,
            boolean redirect,
            DokkuCertificates.@Nullable Pair certificate) {
        boolean serves(String host) {
            return domains.stream()
                    .anyMatch(domain -> domain.equalsIgnoreCase(host)
                            || (domain.startsWith("*.")
                                    && host.toLowerCase(java.util.Locale.ROOT)
                                            .endsWith(domain.substring(1).toLowerCase(java.util.Locale.ROOT))));
        }
    }

    /** The nginx properties that bind here. */
    record Limits(long bodyBytesMax, int keepAliveMillis, int readMillis, String transportSecurity) {
        static Limits of(Map<String, String> settings) {
            String age = settings.getOrDefault("nginx.hsts-max-age", "15724800");
            boolean below = !settings.getOrDefault("nginx.hsts-include-subdomains", "true").equals("false");
            boolean preload = settings.getOrDefault("nginx.hsts-preload", "false").equals("true");
            boolean on = !settings.getOrDefault("nginx.hsts", "true").equals("false");
            return new Limits(
                    size(settings.getOrDefault("nginx.client-max-body-size", "1m")),
                    (int) Math.min(millis(settings.getOrDefault("nginx.keepalive-timeout", "75s"), 75_000), 86_400_000),
                    (int) Math.min(millis(settings.getOrDefault("nginx.proxy-read-timeout", "60s"), 60_000), 86_400_000),
                    on ? "max-age=" + age + (below ? "; includeSubdomains" : "") + (preload ? "; preload" : "") : "");
        }

        private static long size(String text) {
            if (!text.matches("[0-9]{1,12}[kKmMgG]?")) {
                return 1 << 20;
            }
            String digits = text.replaceAll("[^0-9]", "");
            long unit =
                    switch (Character.toLowerCase(text.charAt(text.length() - 1))) {
                        case 'k' -> 1L << 10;
                        case 'm' -> 1L << 20;
                        case 'g' -> 1L << 30;
                        default -> 1L;
                    };
            return Long.parseLong(digits) * unit;
        }

        private static long millis(String text, long usual) {
            if (!text.matches("[0-9]{1,9}(ms|s|m|h)?")) {
                return usual;
            }
            long number = Long.parseLong(text.replaceAll("[^0-9]", ""));
            return text.endsWith("ms")
                    ? number
                    : number * (text.endsWith("m") ? 60_000 : text.endsWith("h") ? 3_600_000 : 1_000);
        }
    }

    synchronized void route(List<Route> next) throws IOException {
        routes = List.copyOf(next);
        Set<Integer> wanted = new HashSet<>();
        next.forEach(route -> wanted.add(route.port()));
        for (Integer port : List.copyOf(servers.keySet())) {
            if (!wanted.contains(port)) {
                ServerSocket gone = servers.remove(port);
                if (gone != null) {
                    gone.close();
                }
            }
        }
        for (Integer port : wanted) {
            if (!servers.containsKey(port)) {
                ServerSocket server = new ServerSocket();
                server.setReuseAddress(true);
                server.bind(new InetSocketAddress(address, Addresses.listenPort(port)), 4096);
                servers.put(port, server);
                Thread.ofVirtual().name("proxy " + port).start(() -> accept(server, port));
            }
        }
    }

    private void accept(ServerSocket server, int port) {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> serve(client, port));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    LOG.log(System.Logger.Level.WARNING, "accept failed on port " + port, e);
                }
            }
        }
    }

    private List<Route> on(int port) {
        return routes.stream().filter(route -> route.port() == port).toList();
    }

    Optional<Route> pick(int port, String hostHeader) {
        String host = hostHeader.replaceFirst(":[0-9]*$", "");
        List<Route> there = on(port);
        return there.stream()
                .filter(route -> route.serves(host))
                .findFirst()
                .or(() -> there.stream().findFirst());
    }

    InetSocketAddress backend(Route route) {
        return route.backends().get(Math.floorMod(turn.getAndIncrement(), route.backends().size()));
    }

    private void serve(Socket plain, int port) {
        open.add(plain);
        try (plain) {
            plain.setTcpNoDelay(true);
            List<DokkuCertificates.Pair> pairs = new ArrayList<>();
            on(port).forEach(route -> {
                if (route.certificate() != null) {
                    pairs.add(route.certificate());
                }
            });
            if (pairs.isEmpty()) {
                converse(plain, port, false);
                return;
            }
            try (SSLSocket secure = DokkuCertificates.accept(plain, pairs)) {
                converse(secure, port, true);
            }
        } catch (IOException | GeneralSecurityException e) {
            LOG.log(System.Logger.Level.DEBUG, "connection ended", e);
        } finally {
            open.remove(plain);
        }
    }

    private void converse(Socket client, int port, boolean secure) throws IOException {
        InputStream in = new BufferedInputStream(client.getInputStream(), 16 << 10);
        OutputStream out = client.getOutputStream();
        client.setSoTimeout(60_000);
        Optional<DokkuHttpHead> head = DokkuHttpHead.read(in);
        while (head.isPresent()) {
            Optional<Route> route = pick(port, head.get().header("host"));
            if (route.isEmpty()) {
                out.write(DokkuProxyExchange.plain(404, "Not Found", true, ""));
                return;
            }
            DokkuProxyExchange exchange =
                    new DokkuProxyExchange(this, route.get(), head.get(), client, in, out, port, secure);
            if (!exchange.run()) {
                lingeringClose(client, in);
                return;
            }
            client.setSoTimeout(Math.max(1, route.get().limits().keepAliveMillis()));
            head = DokkuHttpHead.read(in);
        }
    }

    /** Reads what the client still sends for a moment, so that our answer is not lost to a reset. */
    private static void lingeringClose(Socket client, InputStream in) throws IOException {
        if (client.isClosed() || client.isOutputShutdown()) {
            return;
        }
        client.shutdownOutput();
        client.setSoTimeout(1_000);
        byte[] buffer = new byte[16 << 10];
        long end = System.nanoTime() + 5_000_000_000L;
        while (in.read(buffer) >= 0 && System.nanoTime() < end) {
            // Dropped: the request was refused.
        }
    }

    Set<Socket> open() {
        return open;
    }

    synchronized void close() {
        for (ServerSocket server : servers.values()) {
            closeQuietly(server);
        }
        servers.clear();
        open.forEach(DokkuProxy::closeQuietly);
    }

    static void closeQuietly(java.io.Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "already closed", e);
        }
    }
}
