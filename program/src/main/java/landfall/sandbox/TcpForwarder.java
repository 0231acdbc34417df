package landfall.sandbox;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Accepts TCP on one address and joins each connection to whatever backend is chosen at that moment, as kube-proxy does:
 * a connection once made stays with its backend, whatever is chosen later. Without a backend a connection is reset.
 */
public final class TcpForwarder implements Closeable {
    private final ServerSocket server;
    private final Supplier<Optional<InetSocketAddress>> backend;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    public TcpForwarder(String address, int port, Supplier<Optional<InetSocketAddress>> backend) throws IOException {
        this.backend = backend;
        server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(address, port), 1024);
        Thread.ofVirtual().name("forward " + address + ":" + port).start(this::accept);
    }

    public int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> join(client));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    System.getLogger(TcpForwarder.class.getName()).log(System.Logger.Level.WARNING, "accept failed", e);
                }
            }
        }
    }

    private void join(Socket client) {
        open.add(client);
        try (client) {
            Optional<InetSocketAddress> target = backend.get();
            if (target.isEmpty()) {
                client.setSoLinger(true, 0);
                return;
            }
            try (Socket upstream = new Socket()) {
                open.add(upstream);
                client.setTcpNoDelay(true);
                upstream.setTcpNoDelay(true);
                upstream.connect(target.get(), 5_000);
                Thread back = Thread.ofVirtual().start(() -> pump(upstream, client));
                pump(client, upstream);
                back.join();
            } catch (IOException e) {
                client.setSoLinger(true, 0);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        } catch (IOException e) {
            System.getLogger(TcpForwarder.class.getName()).log(System.Logger.Level.DEBUG, "connection ended", e);
        } finally {
            open.removeIf(Socket::isClosed);
        }
    }

    private static void pump(Socket from, Socket to) {
        byte[] buffer = new byte[64 << 10];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
            }
            to.shutdownOutput();
        } catch (SocketException e) {
            reset(to);
        } catch (IOException e) {
            reset(to);
        }
    }

    private static void reset(Socket socket) {
        try {
            if (!socket.isClosed()) {
                socket.setSoLinger(true, 0);
                socket.close();
            }
        } catch (IOException e) {
            System.getLogger(TcpForwarder.class.getName()).log(System.Logger.Level.DEBUG, "already closed", e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        open.forEach(TcpForwarder::reset);
    }
}
