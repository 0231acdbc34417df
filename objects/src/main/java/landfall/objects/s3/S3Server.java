package landfall.objects.s3;

import java.io.IOException;
import java.time.Duration;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The HTTP server of the S3 side: HTTP/1.1, bounded headers and idle times, requests on virtual threads. */
public final class S3Server implements AutoCloseable {
    private static final int HEADERS_MAX = 32 << 10;
    private static final Duration IDLE = Duration.ofSeconds(60);

    private final Server server;
    private final ServerConnector connector;

    private S3Server(Server server, ServerConnector connector) {
        this.server = server;
        this.connector = connector;
    }

    /**
     * Listens.
     *
     * @param port 0 for any that is free
     * @param slow what slow clients may do
     * @param stop how long requests may take to finish in {@link #close}
     * @throws IOException if the port can't be listened on
     */
    public static S3Server start(String host, int port, S3Handler handler, Pace.Limits slow, Duration stop)
            throws IOException {
        QueuedThreadPool threads = new QueuedThreadPool(16, 2);
        threads.setName("s3");
        threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("s3-"));
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(true);
        http.setRequestHeaderSize(HEADERS_MAX);
        http.setResponseHeaderSize(HEADERS_MAX);
        http.setOutputBufferSize(64 << 10);
        http.setUriCompliance(UriCompliance.UNSAFE);
        http.setHttpCompliance(HttpCompliance.RFC7230_LEGACY);
        // Otherwise Jetty hands over well-known header values in a spelling of its own, and signatures are of the
        // bytes.
        http.setHeaderCacheCaseSensitive(true);
        http.setIdleTimeout(IDLE.toMillis());
        ServerConnector connector = new ServerConnector(server, 1, 2, new HttpConnectionFactory(http));
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(IDLE.toMillis());
        connector.setAcceptQueueSize(1024);
        connector.setReuseAddress(true);
        server.addConnector(connector);
        SlowHeaders headers = new SlowHeaders(connector.getScheduler(), slow);
        connector.addBean(headers);
        connector.addBean(new NetworkConnectionLimit(slow.connectionsMax(), connector));
        server.setHandler(new GracefulHandler(new Handler.Wrapper(handler) {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                Connection connection = request.getConnectionMetaData().getConnection();
                headers.began(connection);
                try {
                    return super.handle(request, response, callback);
                } finally {
                    headers.ended(connection);
                }
            }
        }));
        server.setErrorHandler(new ErrorAnswers());
        server.setStopTimeout(stop.toMillis());
        try {
            server.start();
        } catch (Exception unstarted) {
            throw new IOException(
                    "can't listen on " + host + ":" + port + ": " + unstarted.getMessage()
                            + ". Is another server there? OBJECTS_LISTEN names another address or port",
                    unstarted);
        }
        return new S3Server(server, connector);
    }

    public int port() {
        return connector.getLocalPort();
    }

    /** Takes no new requests and lets those under way finish, for the time given at the start. */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception unstopped) {
            System.getLogger(S3Server.class.getName())
                    .log(System.Logger.Level.WARNING, "The S3 side didn't stop cleanly", unstopped);
        }
    }
}
