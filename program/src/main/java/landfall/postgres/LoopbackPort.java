package landfall.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import landfall.base.Duplex;

/** A port of 127.0.0.1 that leads to a dialer, for programs that know only TCP; there only while they run. */
final class LoopbackPort implements AutoCloseable {
    private final ServerSocket server;

    LoopbackPort(Duplex.Dialer dialer) throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        Thread.ofVirtual().name("landfall loopback").start(() -> {
            while (!server.isClosed()) {
                try {
                    Socket client = server.accept();
                    Thread.ofVirtual().start(() -> serve(client, dialer));
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    int number() {
        return server.getLocalPort();
    }

    private static void serve(Socket client, Duplex.Dialer dialer) {
        try (client) {
            Duplex duplex = dialer.dial();
            Thread back = Thread.ofVirtual().start(() -> {
                try {
                    pump(duplex.input(), client.getOutputStream());
                    client.shutdownOutput();
                } catch (IOException e) {
                    ended(e);
                }
            });
            try {
                pump(client.getInputStream(), duplex.output());
            } finally {
                // Ends the other pump, which waits for more from the server.
                duplex.close();
            }
            back.join();
        } catch (IOException e) {
            ended(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void ended(IOException e) {
        System.getLogger(LoopbackPort.class.getName()).log(System.Logger.Level.DEBUG, "connection ended", e);
    }

    private static void pump(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[64 << 10];
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
            to.write(buffer, 0, n);
            to.flush();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
