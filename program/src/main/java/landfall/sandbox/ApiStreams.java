package landfall.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * exec and port-forward over WebSocket. Both push back: a message is asked for when the one before has been written on,
 * and a read waits until what it brought is sent. Public because Jetty looks its methods up from outside.
 */
public final class ApiStreams {
    private static final System.Logger LOG = System.getLogger(ApiStreams.class.getName());
    private static final int CHUNK = 32 << 10;

    private ApiStreams() {}

    static void upgrade(
            ServerWebSocketContainer container,
            ClusterPods pods,
            ApiStore store,
            String path,
            Fields query,
            Request request,
            Response response,
            Callback callback)
            throws ApiFailure, IOException {
        String[] words = path.split("/");
        // /api/v1/namespaces/NS/pods/POD/exec
        if (words.length != 8 || !words[5].equals("pods")) {
            throw new ApiFailure(404, "NotFound", "the server could not find the requested resource");
        }
        store.get(ApiResource.PODS, words[4], words[6]);
        String asked = String.join(",", request.getHeaders().getValuesList("Sec-WebSocket-Protocol"));
        boolean exec = path.endsWith("/exec");
        List<String> offered = exec ? List.of("v5.channel.k8s.io", "v4.channel.k8s.io") : List.of("v4.channel.k8s.io");
        String protocol = offered.stream()
                .filter(asked::contains)
                .findFirst()
                .orElseThrow(() -> ApiFailure.badRequest("no known WebSocket subprotocol in: " + asked
                        + " (SPDY is not emulated); known are " + offered));
        Session.Listener endpoint = exec
                ? new Exec(exec(pods, words[4], words[6], query), query.getValue("stdin"))
                : new PortForward(pods.address(words[4], words[6]), ports(query));
        boolean upgraded = container.upgrade(
                (upgradeRequest, upgradeResponse, failed) -> {
                    upgradeResponse.setAcceptedSubProtocol(protocol);
                    return endpoint;
                },
                request,
                response,
                callback);
        if (!upgraded) {
            throw ApiFailure.badRequest("Upgrade request required");
        }
    }

    private static ProcessBuilder exec(ClusterPods pods, String namespace, String pod, Fields query)
            throws ApiFailure, IOException {
        if ("true".equals(query.getValue("tty"))) {
            throw ApiFailure.badRequest("the emulated cluster has no terminals: tty=true is refused");
        }
        List<String> command = query.getValuesOrEmpty("command");
        if (command.isEmpty()) {
            throw ApiFailure.badRequest("you must specify at least 1 command for the container");
        }
        String container = query.getValue("container");
        return pods.exec(namespace, pod, container == null ? "" : container, command);
    }

    private static List<Integer> ports(Fields query) throws ApiFailure {
        List<Integer> ports = new ArrayList<>();
        for (String value : query.getValuesOrEmpty("ports")) {
            for (String port : value.split(",")) {
                if (!port.matches("\\d{1,5}")) {
                    throw ApiFailure.badRequest("bad port: " + port);
                }
                ports.add(Integer.parseInt(port));
            }
        }
        if (ports.isEmpty()) {
            throw ApiFailure.badRequest("query parameter \"ports\" is required");
        }
        return ports;
    }

    /** Sends and waits until it is on the wire. */
    private static void send(Session session, int channel, byte[] bytes, int length) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(length + 1);
        frame.put((byte) channel).put(bytes, 0, length).flip();
        java.util.concurrent.CompletableFuture<Void> sent = new java.util.concurrent.CompletableFuture<>();
        session.sendBinary(
                frame,
                org.eclipse.jetty.websocket.api.Callback.from(() -> sent.complete(null), sent::completeExceptionally));
        try {
            sent.get();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IOException("the client is gone", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static void pump(InputStream in, Session session, int channel) throws IOException {
        byte[] buffer = new byte[CHUNK];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            send(session, channel, buffer, n);
        }
    }

    private static void end(Session session, int code, String reason) {
        session.close(code, reason, org.eclipse.jetty.websocket.api.Callback.NOOP);
    }

    /** Connections to ports of a pod: channels 2i (data) and 2i+1 (error) for the i-th port. */
    public static final class PortForward implements Session.Listener {
        private final String address;
        private final List<Integer> ports;
        private final Socket[] sockets;
        private @Nullable Session session;

        PortForward(String address, List<Integer> ports) {
            this.address = address;
            this.ports = ports;
            this.sockets = new Socket[ports.size()];
        }

        @Override
        public void onWebSocketOpen(Session opened) {
            session = opened;
            for (int i = 0; i < sockets.length; i++) {
                sockets[i] = new Socket();
            }
            Thread.ofVirtual().name("port-forward " + address).start(() -> open(opened));
        }

        private void open(Session opened) {
            try {
                for (int i = 0; i < sockets.length; i++) {
                    byte[] port = ByteBuffer.allocate(2)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putShort(ports.get(i).shortValue())
                            .array();
                    send(opened, 2 * i, port, 2);
                    send(opened, 2 * i + 1, port, 2);
                }
                List<Thread> pumps = new ArrayList<>();
                for (int i = 0; i < sockets.length; i++) {
                    if (connected(opened, i)) {
                        int index = i;
                        pumps.add(Thread.ofVirtual().start(() -> pumpPort(opened, index)));
                    }
                }
                opened.demand();
                for (Thread pump : pumps) {
                    pump.join();
                }
                end(opened, 1000, "");
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "port-forward ended", e);
                end(opened, 1011, "");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                closeAll();
            }
        }

        private boolean connected(Session opened, int index) throws IOException {
            try {
                sockets[index].setTcpNoDelay(true);
                sockets[index].connect(new InetSocketAddress(address, ports.get(index)), 5_000);
                return true;
            } catch (IOException e) {
                byte[] text = ("an error occurred forwarding " + ports.get(index) + ": failed to connect to pod: "
                                + e.getMessage())
                        .getBytes(StandardCharsets.UTF_8);
                send(opened, 2 * index + 1, text, text.length);
                return false;
            }
        }

        private void pumpPort(Session opened, int index) {
            try {
                pump(sockets[index].getInputStream(), opened, 2 * index);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "forwarded connection ended", e);
                end(opened, 1011, "lost connection to pod");
            }
        }

        @Override
        public void onWebSocketBinary(ByteBuffer payload, org.eclipse.jetty.websocket.api.Callback callback) {
            try {
                if (payload.hasRemaining()) {
                    int channel = payload.get() & 0xff;
                    if (channel % 2 == 0 && channel / 2 < sockets.length && payload.hasRemaining()) {
                        byte[] bytes = new byte[payload.remaining()];
                        payload.get(bytes);
                        sockets[channel / 2].getOutputStream().write(bytes);
                    }
                }
                callback.succeed();
                if (session != null) {
                    session.demand();
                }
            } catch (IOException e) {
                callback.fail(e);
                closeAll();
            }
        }

        private void closeAll() {
            for (Socket socket : sockets) {
                try {
                    socket.close();
                } catch (IOException e) {
                    LOG.log(System.Logger.Level.DEBUG, "already closed", e);
                }
            }
        }

        @Override
        public void onWebSocketClose(
                int statusCode, @Nullable String reason, org.eclipse.jetty.websocket.api.Callback callback) {
            closeAll();
            callback.succeed();
        }

        @Override
        public void onWebSocketError(Throwable cause) {
            LOG.log(System.Logger.Level.DEBUG, "port-forward failed", cause);
            closeAll();
        }
    }

    /** A command in a container: 0 in, 1 out, 2 error, 3 status, 255 (v5) closes a channel. */
    public static final class Exec implements Session.Listener {
        private final ProcessBuilder builder;
        private final boolean stdin;
        private @Nullable Session session;
        private @Nullable Process process;

        Exec(ProcessBuilder builder, @Nullable String stdin) {
            this.builder = builder;
            this.stdin = "true".equals(stdin);
        }

        @Override
        public void onWebSocketOpen(Session opened) {
            session = opened;
            Thread.ofVirtual().name("exec").start(() -> run(opened));
        }

        private void run(Session opened) {
            try {
                Process started = builder.start();
                process = started;
                if (!stdin) {
                    started.getOutputStream().close();
                }
                opened.demand();
                Thread errors = Thread.ofVirtual().start(() -> pumpOutput(started.getErrorStream(), opened, 2));
                pumpOutput(started.getInputStream(), opened, 1);
                errors.join();
                status(opened, started.waitFor());
                end(opened, 1000, "");
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "exec could not start or went away", e);
                notStarted(opened, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private static void pumpOutput(InputStream in, Session opened, int channel) {
            try (in) {
                pump(in, opened, channel);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "exec output ended", e);
            }
        }

        private static void status(Session opened, int code) throws IOException {
            ObjectNode status = ApiJson.object();
            status.putObject("metadata");
            if (code == 0) {
                status.put("status", "Success");
            } else {
                status.put("status", "Failure").put("reason", "NonZeroExitCode");
                status.put("message", "command terminated with non-zero exit code: exit status " + code);
                status.putObject("details")
                        .putArray("causes")
                        .addObject()
                        .put("reason", "ExitCode")
                        .put("message", Integer.toString(code));
            }
            byte[] bytes = status.toString().getBytes(StandardCharsets.UTF_8);
            send(opened, 3, bytes, bytes.length);
        }

        private static void notStarted(Session opened, IOException cause) {
            ObjectNode status = ApiJson.object();
            status.put("status", "Failure").put("reason", "InternalError").put("code", 500);
            status.put("message", "error executing command in container: " + cause.getMessage());
            byte[] bytes = status.toString().getBytes(StandardCharsets.UTF_8);
            try {
                send(opened, 3, bytes, bytes.length);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "the client is gone", e);
            }
            end(opened, 1000, "");
        }

        @Override
        public void onWebSocketBinary(ByteBuffer payload, org.eclipse.jetty.websocket.api.Callback callback) {
            Process running = process;
            try {
                if (payload.hasRemaining() && running != null) {
                    int channel = payload.get() & 0xff;
                    OutputStream input = running.getOutputStream();
                    if (channel == 0 && payload.hasRemaining()) {
                        byte[] bytes = new byte[payload.remaining()];
                        payload.get(bytes);
                        input.write(bytes);
                        input.flush();
                    } else if (channel == 255 && payload.hasRemaining() && payload.get() == 0) {
                        input.close();
                    }
                }
            } catch (IOException e) {
                // The command no longer reads: as on a real node, what is left of its input is dropped.
                LOG.log(System.Logger.Level.DEBUG, "exec input ended", e);
            }
            callback.succeed();
            if (session != null) {
                session.demand();
            }
        }

        private void kill() {
            Process running = process;
            if (running != null) {
                running.descendants().forEach(ProcessHandle::destroyForcibly);
                running.destroyForcibly();
            }
        }

        @Override
        public void onWebSocketClose(
                int statusCode, @Nullable String reason, org.eclipse.jetty.websocket.api.Callback callback) {
            kill();
            callback.succeed();
        }

        @Override
        public void onWebSocketError(Throwable cause) {
            LOG.log(System.Logger.Level.DEBUG, "exec connection failed", cause);
            kill();
        }
    }
}
