package landfall.kube;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.WebSocketHandshakeException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import landfall.base.Limits;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Raw calls of the Kubernetes API over the client's authenticated connection: JSON trees in and out, so that no field is
 * lost in a typed model.
 */
final class ClusterApi implements AutoCloseable {
    static final JsonMapper JSON = JsonMapper.builder().build();
    static final String MERGE_PATCH = "application/merge-patch+json";

    private final KubernetesClient client;
    private final String server;

    ClusterApi(KubernetesClient client) {
        this.client = client;
        this.server = client.getMasterUrl().toString().replaceFirst("/+$", "");
    }

    String server() {
        return server;
    }

    JsonNode get(String path) throws ClusterException {
        return call("GET", path, null, null);
    }

    Optional<JsonNode> find(String path) throws ClusterException {
        try {
            return Optional.of(get(path));
        } catch (ClusterException e) {
            if (e.code() == 404) {
                return Optional.empty();
            }
            throw e;
        }
    }

    JsonNode post(String path, JsonNode body) throws ClusterException {
        return call("POST", path, "application/json", body);
    }

    JsonNode put(String path, JsonNode body) throws ClusterException {
        return call("PUT", path, "application/json", body);
    }

    JsonNode mergePatch(String path, JsonNode patch) throws ClusterException {
        return call("PATCH", path, MERGE_PATCH, patch);
    }

    /** @return false where there was nothing to delete */
    boolean delete(String path) throws ClusterException {
        try {
            call("DELETE", path, null, null);
            return true;
        } catch (ClusterException e) {
            if (e.code() == 404) {
                return false;
            }
            throw e;
        }
    }

    private JsonNode call(String method, String path, @Nullable String type, @Nullable JsonNode body)
            throws ClusterException {
        HttpRequest.Builder request = client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(server + path)
                .timeout(Limits.CLUSTER_CALL.toMillis(), TimeUnit.MILLISECONDS)
                .header("Accept", "application/json");
        if (body != null && type != null) {
            request.method(method, type, body.toString());
        } else {
            request.method(method, "application/json", method.equals("DELETE") ? "{}" : null);
        }
        HttpResponse<byte[]> response = await(request.build(), method + " " + path);
        byte[] bytes = response.body();
        if (!response.isSuccessful()) {
            throw new ClusterException(response.code(), statusMessage(response.code(), bytes));
        }
        try {
            return bytes == null || bytes.length == 0 ? JSON.createObjectNode() : JSON.readTree(bytes);
        } catch (JacksonException e) {
            throw new ClusterException("the answer of " + method + " " + path + " is not JSON", e);
        }
    }

    private HttpResponse<byte[]> await(HttpRequest request, String what) throws ClusterException {
        try {
            return client.getHttpClient()
                    .sendAsync(request, byte[].class)
                    .get(Limits.CLUSTER_CALL.toMillis() * 2, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new ClusterException(what + ": " + reason(cause), cause);
        } catch (TimeoutException e) {
            throw new ClusterException(what + ": no answer within " + Limits.CLUSTER_CALL.toSeconds() * 2 + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException(what + ": interrupted", e);
        }
    }

    /** The deepest message there is: the client wraps a refused connection several times. */
    private static String reason(Throwable failure) {
        String text = failure.getClass().getSimpleName();
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at.getMessage() != null && !at.getMessage().isBlank()) {
                text = at.getMessage();
            }
        }
        return text.equals("ConnectException") ? "nothing listens there" : text;
    }

    private static String statusMessage(int code, byte @Nullable [] bytes) {
        if (bytes != null && bytes.length > 0) {
            try {
                String message = JSON.readTree(bytes).path("message").asString("");
                if (!message.isEmpty()) {
                    return message + " (" + code + ")";
                }
            } catch (JacksonException notJson) {
                String text = new String(bytes, StandardCharsets.UTF_8).strip();
                return text.substring(0, Math.min(text.length(), 200)) + " (" + code + ")";
            }
        }
        return "HTTP status " + code;
    }

    /**
     * Opens a WebSocket with the first of the protocols that the server takes.
     *
     * @param pathAndQuery encoded
     */
    ClusterChannel open(String pathAndQuery, List<String> protocols, ClusterChannel.Kind kind) throws ClusterException {
        ClusterException last = new ClusterException(0, "no protocol was given");
        for (String protocol : protocols) {
            ClusterChannel channel = new ClusterChannel(kind, protocol, pathAndQuery);
            try {
                client.getHttpClient()
                        .newWebSocketBuilder()
                        .uri(URI.create(server + pathAndQuery))
                        .subprotocol(protocol)
                        .connectTimeout(Limits.CLUSTER_CALL.toMillis(), TimeUnit.MILLISECONDS)
                        .buildAsync(channel)
                        .get(Limits.CLUSTER_CALL.toMillis(), TimeUnit.MILLISECONDS);
                return channel;
            } catch (ExecutionException e) {
                last = handshakeFailure(e.getCause() == null ? e : e.getCause(), pathAndQuery);
                if (List.of(401, 404).contains(last.code())) {
                    throw last;
                }
            } catch (TimeoutException e) {
                throw new ClusterException(pathAndQuery + ": no WebSocket within " + Limits.CLUSTER_CALL, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ClusterException(pathAndQuery + ": interrupted", e);
            }
        }
        throw last;
    }

    private static ClusterException handshakeFailure(Throwable cause, String what) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof WebSocketHandshakeException refused) {
                int code = refused.getResponse().code();
                ClusterException failure =
                        new ClusterException(code, what + ": the server refused the WebSocket with status " + code);
                failure.initCause(refused);
                return failure;
            }
        }
        return new ClusterException(what + ": " + reason(cause), cause);
    }

    static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    @Override
    public void close() {
        client.close();
    }
}
