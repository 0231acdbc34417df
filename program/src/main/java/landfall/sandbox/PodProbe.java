package landfall.sandbox;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** One probe of a container, checked as the kubelet does. */
final class PodProbe {
    /** Runs a command in the container. */
    interface Command {
        ProcessBuilder builder(List<String> words) throws IOException;
    }

    private final JsonNode probe;
    private final JsonNode container;
    private final String address;
    private final Command command;
    private int failures;
    private int successes;

    PodProbe(JsonNode probe, JsonNode container, String address, Command command) {
        this.probe = probe;
        this.container = container;
        this.address = address;
        this.command = command;
    }

    long periodMillis() {
        return probe.path("periodSeconds").asInt(10) * 1000L;
    }

    long delayMillis() {
        return probe.path("initialDelaySeconds").asInt(0) * 1000L;
    }

    /** @return 1 when the success threshold is met, -1 when the failure threshold is, else 0 */
    int verdict() throws InterruptedException {
        if (succeeds()) {
            failures = 0;
            successes++;
            return successes >= probe.path("successThreshold").asInt(1) ? 1 : 0;
        }
        successes = 0;
        failures++;
        return failures >= probe.path("failureThreshold").asInt(3) ? -1 : 0;
    }

    private int timeoutMillis() {
        return probe.path("timeoutSeconds").asInt(1) * 1000;
    }

    private boolean succeeds() throws InterruptedException {
        try {
            if (probe.has("httpGet")) {
                return http(probe.path("httpGet"));
            }
            if (probe.has("tcpSocket")) {
                return tcp(port(ApiJson.at(probe, "tcpSocket", "port")));
            }
            if (probe.has("exec")) {
                return exec(ApiJson.list(ApiJson.at(probe, "exec", "command")));
            }
            // gRPC: nothing here can answer it, so the container never gets ready.
            return false;
        } catch (IOException e) {
            return false;
        }
    }

    private int port(JsonNode port) throws IOException {
        if (port.isNumber()) {
            return port.asInt();
        }
        String name = port.asString("");
        if (name.matches("\\d+")) {
            return Integer.parseInt(name);
        }
        return container
                .path("ports")
                .valueStream()
                .filter(candidate -> ApiJson.text(candidate, "name").equals(name))
                .map(candidate -> candidate.path("containerPort").asInt(0))
                .findFirst()
                .orElseThrow(() -> new IOException("no port " + name));
    }

    private boolean http(JsonNode get) throws IOException {
        String path = ApiJson.text(get, "path");
        URI uri = URI.create("http://" + address + ":" + port(get.path("port")) + (path.isEmpty() ? "/" : path));
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setConnectTimeout(timeoutMillis());
        connection.setReadTimeout(timeoutMillis());
        connection.setInstanceFollowRedirects(false);
        connection.setRequestProperty("User-Agent", "kube-probe/1.34");
        connection.setRequestProperty("Connection", "close");
        for (JsonNode header : get.path("httpHeaders").values()) {
            connection.setRequestProperty(ApiJson.text(header, "name"), ApiJson.text(header, "value"));
        }
        try {
            int code = connection.getResponseCode();
            return code >= 200 && code < 400;
        } finally {
            connection.disconnect();
        }
    }

    private boolean tcp(int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), timeoutMillis());
            return true;
        }
    }

    private boolean exec(List<String> words) throws IOException, InterruptedException {
        if (!words.isEmpty() && words.getFirst().equals("pg_isready")) {
            // The embedded bundle has no pg_isready; the server is up before the container counts as started.
            return tcp(5432);
        }
        Process process = command.builder(words)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor(timeoutMillis(), TimeUnit.MILLISECONDS)) {
            return process.exitValue() == 0;
        }
        process.destroyForcibly();
        return false;
    }
}
