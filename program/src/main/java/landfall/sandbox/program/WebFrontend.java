package landfall.sandbox.program;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import landfall.sandbox.Containers;

/** Stands for Uro's web frontend: a page rendered from what the API answers, and a health check that asks nobody. */
public final class WebFrontend {
    private WebFrontend() {}

    public static void main(String[] words) throws IOException {
        Map<String, String> env = System.getenv();
        HttpListener listener = new HttpListener(
                env.getOrDefault(Containers.BIND_VARIABLE, "127.0.0.1"),
                Integer.parseInt(env.getOrDefault("PORT", "3000")),
                request -> answer(request, env.getOrDefault("API_ORIGIN", "http://uro:4000")));
        Shutdown.with(listener);
        listener.start();
        Log.line("Ready on port " + listener.port());
    }

    private static HttpListener.Response answer(HttpListener.Request request, String api) throws IOException {
        return switch (request.path()) {
            case "/health" -> HttpListener.Response.json(200, Map.of("status", "ok"));
            case "/" -> HttpListener.Response.text(200, "text/html; charset=utf-8", page(api));
            default -> HttpListener.Response.text(404, "text/plain", "Not Found");
        };
    }

    private static String page(String api) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(api + "/avatars").toURL().openConnection();
        connection.setConnectTimeout(5_000);
        connection.setReadTimeout(60_000);
        int status = connection.getResponseCode();
        if (status != 200) {
            throw new IOException("the API answered " + status);
        }
        try (InputStream in = connection.getInputStream()) {
            String avatars = new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("<", "&lt;");
            return "<!doctype html><title>V-Sekai</title><h1>Avatars</h1><pre>" + avatars + "</pre>";
        }
    }
}
