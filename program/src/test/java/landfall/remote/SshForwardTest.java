package landfall.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import landfall.base.Duplex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tunnel: an account that may forward ports reaches what only its host does. */
final class SshForwardTest {
    @TempDir
    Path folder;

    @Test
    void bytesGoThroughUnchangedOverManyChannels() throws Exception {
        try (ProcessSshServer host = new ProcessSshServer(folder, line -> List.of("true"), Map.of());
                ServerSocket echo = new ServerSocket(0, 10, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            host.allowForwarding();
            Thread.ofVirtual().start(() -> {
                while (!echo.isClosed()) {
                    try {
                        Socket socket = echo.accept();
                        Thread.ofVirtual().start(() -> {
                            try (socket) {
                                socket.getInputStream().transferTo(socket.getOutputStream());
                            } catch (IOException e) {
                                System.getLogger("echo").log(System.Logger.Level.DEBUG, "ended", e);
                            }
                        });
                    } catch (IOException e) {
                        return;
                    }
                }
            });
            byte[] sent = new byte[300_000];
            new Random(7).nextBytes(sent);
            try (SshConnection connection = host.connect()) {
                for (int i = 0; i < 12; i++) {
                    try (Duplex duplex = connection.openForward("127.0.0.1", echo.getLocalPort())) {
                        Thread writer = Thread.ofVirtual().start(() -> {
                            try {
                                duplex.output().write(sent);
                                duplex.output().flush();
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        });
                        assertThat(duplex.input().readNBytes(sent.length)).isEqualTo(sent);
                        writer.join();
                    }
                }
            }
        }
    }

    @Test
    void anAccountThatMayNotForwardIsTold() throws Exception {
        try (ProcessSshServer host = new ProcessSshServer(folder, line -> List.of("true"), Map.of());
                SshConnection connection = host.connect()) {
            assertThatThrownBy(() -> connection.openForward("127.0.0.1", 5432)).isInstanceOf(IOException.class);
        }
    }
}
