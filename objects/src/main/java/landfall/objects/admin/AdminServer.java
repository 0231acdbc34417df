package landfall.objects.admin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The admin side: HTTP on a Unix socket that only the server's own user (and root) can open. */
public final class AdminServer implements AutoCloseable {
    /** What a Unix socket's path may have: sun_path in unix(7), less the final zero. */
    private static final int SOCKET_PATH_MAX = 107;

    private final Server server;
    private final Path socket;

    private AdminServer(Server server, Path socket) {
        this.server = server;
        this.socket = socket;
    }

    /**
     * Listens; a socket left by a server that was killed is replaced.
     *
     * @throws IOException if the path won't do or can't be listened on
     */
    public static AdminServer start(Path socket, AdminHandler handler) throws IOException {
        if (socket.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length > SOCKET_PATH_MAX) {
            throw new IOException("the admin socket's path is longer than " + SOCKET_PATH_MAX + " bytes: " + socket
                    + ". Set OBJECTS_ADMIN_SOCKET to a shorter one");
        }
        Path folder = Files.createDirectories(socket.toAbsolutePath().getParent());
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        Files.deleteIfExists(socket);
        QueuedThreadPool threads = new QueuedThreadPool(8, 1);
        threads.setName("admin");
        threads.setDaemon(true);
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        UnixDomainServerConnector connector =
                new UnixDomainServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setUnixDomainPath(socket);
        server.addConnector(connector);
        server.setHandler(handler);
        try {
            server.start();
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        } catch (Exception unstarted) {
            throw new IOException(
                    "can't listen on the admin socket " + socket + ": " + unstarted.getMessage(), unstarted);
        }
        return new AdminServer(server, socket);
    }

    @Override
    public void close() {
        try {
            server.stop();
            Files.deleteIfExists(socket);
        } catch (Exception unstopped) {
            System.getLogger(AdminServer.class.getName())
                    .log(System.Logger.Level.WARNING, "The admin side didn't stop cleanly", unstopped);
        }
    }
}
