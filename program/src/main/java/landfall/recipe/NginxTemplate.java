package landfall.recipe;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import landfall.target.Route;

/**
 * nginx.conf.sigil for an app whose host has paths that other apps answer.
 *
 * <p>nginx runs on the host, where Docker's names mean nothing: a route names the upstream that Dokku writes for the
 * other app ({@code uro-4000}). It stands in a variable, so that nginx looks it up for each request: a name that is not
 * there yet, because the other app waits for its data, is a 502 for these paths and no broken configuration for all.
 */
final class NginxTemplate {
    private static final String PLACEHOLDER = "#LANDFALL-ROUTES#\n";

    private NginxTemplate() {}

    static String text(List<Route> routes) {
        StringBuilder locations = new StringBuilder();
        routes.forEach(route -> locations.append(location(route)));
        return template().replace(PLACEHOLDER, locations);
    }

    private static String location(Route route) {
        StringBuilder text = new StringBuilder();
        String path = quoted(route.path());
        String match = switch (route.match()) {
            case EXACT -> "= \"" + path + "\"";
            case PREFIX -> "\"" + path + "\"";
            case REGEX -> "~* \"^" + path + "\"";
        };
        text.append("  location ").append(match).append(" {\n");
        text.append("    set $landfall_upstream ").append(route.upstream()).append(";\n");
        route.rewrite()
                .ifPresent(rewrite -> text.append("    rewrite \"(?i)")
                        .append(path)
                        .append("\" ")
                        .append(rewrite)
                        .append(" break;\n"));
        route.bodySize()
                .ifPresent(size ->
                        text.append("    client_max_body_size ").append(size).append(";\n"));
        route.readTimeout()
                .ifPresent(timeout ->
                        text.append("    proxy_read_timeout ").append(timeout).append(";\n"));
        text.append("    proxy_pass http://$landfall_upstream;\n  }\n");
        return text.toString();
    }

    private static String quoted(String path) {
        return path.replace("\"", "\\\"");
    }

    private static String template() {
        try (InputStream stream = Objects.requireNonNull(
                NginxTemplate.class.getResourceAsStream("nginx.conf.sigil"), "nginx.conf.sigil")) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("reading a part of the program failed: " + e.getMessage(), e);
        }
    }
}
