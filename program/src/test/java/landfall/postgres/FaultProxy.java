package landfall.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A loopback TCP proxy with faults: it delays, throttles, loses connections at an exact byte, keeps them open without
 * passing anything on, refuses new ones, and is well again when told to be.
 */
public final class FaultProxy implements AutoCloseable {
    private static final int CHUNK = 16 << 10;
    private static final int CONNECT_MILLIS = 5000;

    /** Which way bytes go. */
    public enum Way {
        TO_SERVER,
        FROM_SERVER
    }

    /** What happens when so many bytes in all have passed one way. */
    private record Trigger(Way way, long bytes, Runnable action) {}

    /** One client and the server's end for it; a held one never passes anything again. */
    private static final class Link {
        private final Socket client;
        private final Socket server;
        private volatile boolean held;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void close(boolean reset) {
            for (Socket socket : new Socket[] {client, server}) {
                try {
                    if (reset) {
                        socket.setSoLinger(true, 0);
                    }
                    socket.close();
                } catch (IOException e) {
                    log(e);
                }
            }
        }
    }

    private final ServerSocket listener;
    private final IntSupplier serverPort;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final Map<Way, Long> passed = new EnumMap<>(Map.of(Way.TO_SERVER, 0L, Way.FROM_SERVER, 0L));
    private @Nullable Trigger trigger;
    private volatile boolean refusing;
    private volatile boolean holding;
    private volatile long latencyMillis;
    private volatile long bytesPerSecond;

    /** @param serverPort the server's port on loopback; asked for each connection, as it changes when that restarts */
    public FaultProxy(IntSupplier serverPort) throws IOException {
        this.serverPort = serverPort;
        listener = new ServerSocket(0, 50, loopback());
        Thread.ofVirtual().name("fault proxy").start(this::accept);
    }

    private static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }

    public int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                if (refusing) {
                    client.setSoLinger(true, 0);
                    client.close();
                } else {
                    Thread.ofVirtual().name("fault link").start(() -> link(client));
                }
            } catch (IOException e) {
                log(e);
            }
        }
    }

    private void link(Socket client) {
        try {
            Socket server = new Socket();
            Link link = new Link(client, server);
            links.add(link);
            if (holding) {
                // As behind a firewall that swallows everything: connected, and never a byte.
                link.held = true;
                return;
            }
            server.connect(new InetSocketAddress(loopback(), serverPort.getAsInt()), CONNECT_MILLIS);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Thread.ofVirtual().start(() -> pump(link, client, server, Way.TO_SERVER));
            pump(link, server, client, Way.FROM_SERVER);
        } catch (IOException e) {
            log(e);
            try {
                client.close();
            } catch (IOException again) {
                log(again);
            }
        }
    }

    private void pump(Link link, Socket from, Socket to, Way way) {
        byte[] chunk = new byte[CHUNK];
        try {
            InputStream input = from.getInputStream();
            OutputStream output = to.getOutputStream();
            for (int n = input.read(chunk); n >= 0; n = input.read(chunk)) {
                slow(n);
                int before = untilTrigger(way, n);
                if (!write(link, output, chunk, 0, before)) {
                    return;
                }
                Runnable action = count(way, before);
                if (action != null) {
                    action.run();
                }
                if (!write(link, output, chunk, before, n - before)) {
                    return;
                }
                // What a trigger set off may have set another one; it counts from the next chunk on.
                count(way, n - before);
            }
            if (!link.held) {
                to.shutdownOutput();
                return;
            }
        } catch (IOException e) {
            log(e);
        }
        if (!link.held) {
            links.remove(link);
            link.close(false);
        }
    }

    private static boolean write(Link link, OutputStream output, byte[] chunk, int offset, int length)
            throws IOException {
        if (link.held) {
            return false;
        }
        if (length > 0) {
            output.write(chunk, offset, length);
            output.flush();
        }
        return true;
    }

    private void slow(int bytes) {
        long millis = latencyMillis + (bytesPerSecond == 0 ? 0 : bytes * 1000L / bytesPerSecond);
        if (millis > 0) {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized int untilTrigger(Way way, int bytes) {
        Trigger set = trigger;
        if (set == null || set.way() != way || total(way) + bytes < set.bytes()) {
            return bytes;
        }
        return (int) Math.max(0, set.bytes() - total(way));
    }

    private synchronized @Nullable Runnable count(Way way, int bytes) {
        passed.merge(way, (long) bytes, Long::sum);
        Trigger set = trigger;
        if (set == null || set.way() != way || total(way) < set.bytes()) {
            return null;
        }
        trigger = null;
        return set.action();
    }

    private long total(Way way) {
        return passed.getOrDefault(way, 0L);
    }

    /** How many bytes have passed since the start. */
    public synchronized long bytes(Way way) {
        return total(way);
    }

    /** Runs the action, once, when so many more bytes have passed this way, exactly there. */
    public synchronized void after(long bytes, Way way, Runnable action) {
        trigger = new Trigger(way, total(way) + bytes, action);
    }

    /** Every connection is lost: reset, or ended as by a peer that closes. */
    public void cut(boolean reset) {
        links.removeIf(link -> {
            link.close(reset);
            return true;
        });
    }

    /** Connections stay open at both ends and pass nothing any more, new ones neither until it is well again. */
    public void hold() {
        holding = true;
        links.forEach(link -> link.held = true);
    }

    /** New connections are reset at once. */
    public void refuse() {
        refusing = true;
    }

    public void delay(Duration each) {
        latencyMillis = each.toMillis();
    }

    public void throttle(long bytesEachSecond) {
        bytesPerSecond = bytesEachSecond;
    }

    /** Passes everything on again; what was held stays so, as where a firewall has forgotten a connection. */
    public synchronized void heal() {
        trigger = null;
        refusing = false;
        holding = false;
        latencyMillis = 0;
        bytesPerSecond = 0;
    }

    private static void log(IOException e) {
        System.getLogger(FaultProxy.class.getName()).log(System.Logger.Level.DEBUG, "a connection ended", e);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cut(true);
    }
}
