package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FaultProxyTest {
    private ServerSocket echo;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws IOException {
        echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serve);
        proxy = new FaultProxy(echo::getLocalPort);
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        echo.close();
    }

    private void serve() {
        while (!echo.isClosed()) {
            try {
                Socket socket = echo.accept();
                Thread.ofVirtual().start(() -> {
                    try (socket) {
                        socket.getInputStream().transferTo(socket.getOutputStream());
                    } catch (IOException ended) {
                        assertThat(ended).isInstanceOf(SocketException.class);
                    }
                });
            } catch (IOException closed) {
                return;
            }
        }
    }

    private Socket client() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(300);
        return socket;
    }

    private static void write(Socket socket, int bytes) throws IOException {
        socket.getOutputStream().write(new byte[bytes]);
    }

    @Test
    void aConnectionIsLostAtTheVeryByteThatWasAskedFor() throws Exception {
        AtomicInteger fired = new AtomicInteger();
        proxy.after(1000, FaultProxy.Way.FROM_SERVER, () -> {
            fired.incrementAndGet();
            proxy.cut(false);
        });
        try (Socket socket = client()) {
            write(socket, 999);
            assertThat(socket.getInputStream().readNBytes(999)).hasSize(999);
            assertThat(fired).hasValue(0);
            write(socket, 50);
            assertThat(socket.getInputStream().readNBytes(50)).hasSize(1);
        }
        assertThat(fired).hasValue(1);
        assertThat(proxy.bytes(FaultProxy.Way.FROM_SERVER)).isEqualTo(1000);
        try (Socket again = client()) {
            write(again, 5);
            assertThat(again.getInputStream().readNBytes(5)).hasSize(5);
        }
    }

    @Test
    void aResetIsSeenAsOneAndRefusedConnectionsAreServedLaterAgain() throws Exception {
        try (Socket socket = client()) {
            write(socket, 1);
            assertThat(socket.getInputStream().readNBytes(1)).hasSize(1);
            proxy.refuse();
            proxy.cut(true);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
        }
        try (Socket refused = client()) {
            assertThatThrownBy(() -> {
                        write(refused, 1);
                        refused.getInputStream().read();
                    })
                    .isInstanceOf(SocketException.class);
        }
        proxy.heal();
        try (Socket socket = client()) {
            write(socket, 7);
            assertThat(socket.getInputStream().readNBytes(7)).hasSize(7);
        }
    }

    @Test
    void aHeldConnectionStaysOpenAndPassesNothingThoughOthersAreServedAgain() throws Exception {
        try (Socket held = client()) {
            write(held, 1);
            assertThat(held.getInputStream().readNBytes(1)).hasSize(1);
            proxy.hold();
            write(held, 100);
            assertThatThrownBy(() -> held.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            proxy.heal();
            assertThatThrownBy(() -> held.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            try (Socket socket = client()) {
                write(socket, 3);
                assertThat(socket.getInputStream().readNBytes(3)).hasSize(3);
            }
        }
    }

    @Test
    void aThrottledLineIsSlowAndComplete() throws Exception {
        proxy.throttle(200_000);
        try (Socket socket = client()) {
            socket.setSoTimeout(10_000);
            long start = System.nanoTime();
            write(socket, 20_000);
            assertThat(socket.getInputStream().readNBytes(20_000)).hasSize(20_000);
            // Both ways at this rate; only a lower bound, which no slow machine breaks.
            assertThat(System.nanoTime() - start).isGreaterThan(100_000_000L);
        }
    }
}
