package landfall.sandbox;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A network between the client and the host: every byte arrives half a round trip after it was sent. */
final class DokkuLatency implements Closeable {
    private final ServerSocket server;
    private final Supplier<InetSocketAddress> host;
    private final long halfNanos;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /**
     * Starts it.
     *
     * @param address where clients come
     * @param host where the host really listens
     */
    DokkuLatency(InetSocketAddress address, Supplier<InetSocketAddress> host, Duration roundTrip) throws IOException {
        this.host = host;
        this.halfNanos = roundTrip.toNanos() / 2;
        server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(address, 128);
        Thread.ofVirtual().name("latency " + address).start(this::accept);
    }

    /** Bytes on their way; none at all is the end. */
    private record Packet(ByteBuffer bytes, long dueNanos) {}

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> join(client));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    System.getLogger(DokkuLatency.class.getName()).log(System.Logger.Level.WARNING, "accept failed", e);
                }
            }
        }
    }

    private void join(Socket client) {
        open.add(client);
        try (client;
                Socket upstream = new Socket()) {
            open.add(upstream);
            client.setTcpNoDelay(true);
            upstream.setTcpNoDelay(true);
            // A connection itself takes one round trip.
            TimeUnit.NANOSECONDS.sleep(2 * halfNanos);
            upstream.connect(host.get(), 5_000);
            Thread back = Thread.ofVirtual().start(() -> pump(upstream, client));
            pump(client, upstream);
            back.join();
        } catch (IOException e) {
            System.getLogger(DokkuLatency.class.getName()).log(System.Logger.Level.DEBUG, "connection ended", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.removeIf(Socket::isClosed);
        }
    }

    private void pump(Socket from, Socket to) {
        BlockingQueue<Packet> line = new LinkedBlockingQueue<>();
        Thread writer = Thread.ofVirtual().start(() -> deliver(line, to));
        byte[] buffer = new byte[32 << 10];
        try {
            InputStream in = from.getInputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                line.add(new Packet(ByteBuffer.wrap(Arrays.copyOf(buffer, n)), System.nanoTime() + halfNanos));
            }
        } catch (IOException e) {
            System.getLogger(DokkuLatency.class.getName()).log(System.Logger.Level.DEBUG, "connection ended", e);
        }
        line.add(new Packet(ByteBuffer.allocate(0), System.nanoTime() + halfNanos));
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void deliver(BlockingQueue<Packet> line, Socket to) {
        try {
            OutputStream out = to.getOutputStream();
            for (Packet packet = line.take(); packet.bytes().hasRemaining(); packet = line.take()) {
                TimeUnit.NANOSECONDS.sleep(packet.dueNanos() - System.nanoTime());
                out.write(packet.bytes().array());
            }
            to.shutdownOutput();
        } catch (IOException e) {
            System.getLogger(DokkuLatency.class.getName()).log(System.Logger.Level.DEBUG, "connection ended", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
