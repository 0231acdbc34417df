package landfall.sandbox;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The emulated API over HTTPS: the bearer token is checked, watches and logs stream, exec and port-forward upgrade. */
final class ApiServer implements Closeable {
    private static final System.Logger LOG = System.getLogger(ApiServer.class.getName());
    private static final long BOOKMARK_MILLIS = 20_000;

    private final ApiStore store;
    private final ApiRequests requests;
    private final ClusterPods pods;
    private final Map<String, byte[]> authorizations = new LinkedHashMap<>();
    private final Server server;
    private final ServerWebSocketContainer webSockets;

    ApiServer(
            ApiStore store,
            ApiRequests requests,
            ClusterPods pods,
            String host,
            int port,
            Path keys,
            String password,
            Map<String, String> tokens)
            throws IOException {
        this.store = store;
        this.requests = requests;
        this.pods = pods;
        tokens.forEach((user, token) -> authorizations.put(user, ("Bearer " + token).getBytes(StandardCharsets.UTF_8)));
        QueuedThreadPool threads = new QueuedThreadPool(16, 2);
        threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        threads.setName("sandbox-api");
        server = new Server(threads);
        server.addConnector(connector(host, port, keys, password));
        webSockets = ServerWebSocketContainer.ensure(server);
        webSockets.setIdleTimeout(Duration.ZERO);
        webSockets.setMaxBinaryMessageSize(4 << 20);
        webSockets.setMaxFrameSize(4 << 20);
        server.setHandler(new Calls());
        try {
            server.start();
        } catch (Exception e) {
            throw new IOException("the emulated API server could not start at " + host + ":" + port, e);
        }
    }

    private ServerConnector connector(String host, int port, Path keys, String password) {
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setKeyStorePath(keys.toString());
        tls.setKeyStoreType("PKCS12");
        tls.setKeyStorePassword(password);
        tls.setSniRequired(false);
        HttpConfiguration http = new HttpConfiguration();
        SecureRequestCustomizer customizer = new SecureRequestCustomizer();
        customizer.setSniHostCheck(false);
        http.addCustomizer(customizer);
        http.setSendServerVersion(false);
        ServerConnector connector =
                new ServerConnector(server, new SslConnectionFactory(tls, "http/1.1"), new HttpConnectionFactory(http));
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(Duration.ofHours(24).toMillis());
        return connector;
    }

    private final class Calls extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            try {
                answer(user(request), request, response, callback);
            } catch (ApiFailure e) {
                send(response, callback, e.code(), e.status());
            } catch (Exception e) {
                LOG.log(System.Logger.Level.WARNING, "request failed: " + request, e);
                ApiFailure failure = new ApiFailure(500, "InternalError", "Internal error: " + e);
                send(response, callback, 500, failure.status());
            }
            return true;
        }
    }

    /** Whose token it is. */
    private String user(Request request) throws ApiFailure {
        String given = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        byte[] bytes = given == null ? new byte[0] : given.getBytes(StandardCharsets.UTF_8);
        for (Map.Entry<String, byte[]> known : authorizations.entrySet()) {
            if (MessageDigest.isEqual(known.getValue(), bytes)) {
                return known.getKey();
            }
        }
        throw new ApiFailure(401, "Unauthorized", "Unauthorized");
    }

    private void answer(String user, Request request, Response response, Callback callback) throws Exception {
        String path = Request.getPathInContext(request);
        Fields query = Request.extractQueryParameters(request);
        if (path.endsWith("/exec") || path.endsWith("/portforward")) {
            if (!user.equals(ApiAuthorizer.OWNER)) {
                throw new ApiFailure(403, "Forbidden", "User \"" + user + "\" cannot create resource at " + path);
            }
            ApiStreams.upgrade(webSockets, pods, store, path, query, request, response, callback);
            return;
        }
        Map<String, String> parameters = new HashMap<>();
        query.getNames().forEach(name -> parameters.put(name, query.getValue(name)));
        String body;
        try (var in = Content.Source.asInputStream(request)) {
            body = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        ApiRequests.Call call =
                new ApiRequests.Call(user, request.getMethod(), path, parameters, type == null ? "" : type, body);
        switch (requests.handle(call)) {
            case ApiRequests.Json json -> send(response, callback, json.code(), json.body());
            case ApiRequests.Watch ignored
            when request.getHeaders().contains(HttpHeader.UPGRADE) ->
                // As a proxy that knows no WebSockets: clients go on with a streamed answer.
                send(response, callback, 200, ApiJson.object());
            case ApiRequests.Watch watch -> watch(watch, response, callback);
            case ApiRequests.Log log -> log(log, response, callback);
        }
    }

    private static void send(Response response, Callback callback, int code, JsonNode body) {
        response.setStatus(code);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        Content.Sink.write(response, true, body.toString(), callback);
    }

    private void watch(ApiRequests.Watch watch, Response response, Callback callback) {
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        long end = System.nanoTime() + watch.millis() * 1_000_000;
        try (OutputStream out = Content.Sink.asOutputStream(response)) {
            long seen = watch.since();
            if (seen < 0) {
                List<ObjectNode> existing;
                synchronized (store) {
                    seen = store.version();
                    existing = store.list(watch.resource(), watch.namespace());
                }
                for (ObjectNode object : existing) {
                    if (watch.selected().test(object)) {
                        line(out, "ADDED", object);
                    }
                }
            }
            out.flush();
            while (System.nanoTime() < end && !store.isClosed()) {
                long left = (end - System.nanoTime()) / 1_000_000;
                List<ApiStore.Change> changes = store.changes(seen, Math.min(left, BOOKMARK_MILLIS));
                for (ApiStore.Change change : changes) {
                    seen = change.version();
                    if (matches(watch, change)) {
                        line(out, change.type(), change.object());
                    }
                }
                if (changes.isEmpty()) {
                    // Proves to us that the client is still there; clients pass over it.
                    ObjectNode bookmark = ApiJson.object();
                    bookmark.put("apiVersion", watch.resource().apiVersion())
                            .put("kind", watch.resource().kind());
                    bookmark.putObject("metadata").put("resourceVersion", Long.toString(seen));
                    line(out, "BOOKMARK", bookmark);
                }
                out.flush();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the client left its watch", e);
            callback.failed(e);
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            callback.failed(e);
            return;
        }
        callback.succeeded();
    }

    private static boolean matches(ApiRequests.Watch watch, ApiStore.Change change) {
        return change.resource().equals(watch.resource())
                && (watch.namespace() == null || watch.namespace().equals(ApiJson.namespace(change.object())))
                && watch.selected().test(change.object());
    }

    private static void line(OutputStream out, String type, JsonNode object) throws IOException {
        ObjectNode event = ApiJson.object();
        event.put("type", type).set("object", object);
        out.write((event + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private void log(ApiRequests.Log log, Response response, Callback callback) throws ApiFailure {
        Path file = pods.log(log.namespace(), log.pod(), log.container());
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain");
        try (OutputStream out = Content.Sink.asOutputStream(response)) {
            ApiLogs.copy(file, out, log.tail(), () -> log.follow() && pods.runs(log.namespace(), log.pod()));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "log reading ended", e);
            callback.failed(e);
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            callback.failed(e);
            return;
        }
        callback.succeeded();
    }

    @Override
    public void close() throws IOException {
        store.close();
        try {
            server.setStopTimeout(0);
            server.stop();
        } catch (Exception e) {
            throw new IOException("the emulated API server did not stop", e);
        }
    }
}
