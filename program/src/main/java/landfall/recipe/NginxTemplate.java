package landfall.recipe;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import landfall.target.Route;
import landfall.target.Site;
import landfall.target.TargetApp;

/**
 * nginx.conf.sigil for an app whose proxy must do more than Dokku's properties can say.
 *
 * <p>nginx runs on the host, where Docker's names mean nothing: a route names the upstream that Dokku writes for the
 * other app ({@code uro-4000}). It stands in a variable, so that nginx looks it up for each request: a name that is not
 * there yet, because the other app waits for its data, is a 502 for these paths and no broken configuration for all.
 *
 * <p>Only ports 80 and 443 are the sites' own. Another port of the host stands for a port of a Service, which knows no
 * host names and paths, and leads straight to the app.
 */
final class NginxTemplate {
    private static final Map<String, String> USUAL_HEADERS = usualHeaders();

    private final TargetApp.Web web;
    private final boolean hasOtherPorts;

    private NginxTemplate(TargetApp app) {
        this.web = app.web();
        this.hasOtherPorts = app.ports().stream().anyMatch(port -> port.host() != 80 && port.host() != 443);
    }

    static String text(TargetApp app) {
        return new NginxTemplate(app).text();
    }

    private static Map<String, String> usualHeaders() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Host", "$http_host");
        headers.put("Upgrade", "$http_upgrade");
        headers.put("Connection", "$http_connection");
        headers.put("X-Request-ID", "$request_id");
        headers.put("X-Real-IP", "$remote_addr");
        headers.put("X-Forwarded-For", "{{ $.PROXY_X_FORWARDED_FOR }}");
        headers.put("X-Forwarded-Host", "$http_host");
        headers.put("X-Forwarded-Port", "{{ $.PROXY_X_FORWARDED_PORT }}");
        headers.put("X-Forwarded-Proto", "{{ $.PROXY_X_FORWARDED_PROTO }}");
        headers.put("X-Forwarded-Scheme", "{{ $.PROXY_X_FORWARDED_PROTO }}");
        headers.put("X-Scheme", "{{ $.PROXY_X_FORWARDED_PROTO }}");
        return headers;
    }

    private String text() {
        StringBuilder sites = new StringBuilder(hasOtherPorts ? "{{ if or $tls (eq $listen \"80\") }}\n" : "");
        List<Site> all = web.template().sites().isEmpty()
                ? List.of(new Site(List.of(), true, List.of(), List.of()))
                : web.template().sites();
        all.forEach(site -> sites.append(server(site)));
        if (hasOtherPorts) {
            sites.append("{{ else }}\n").append(server(new Site(List.of(), false, List.of(), List.of())));
            sites.append("{{ end }}\n");
        }
        StringBuilder upstreams = new StringBuilder();
        for (int port : web.template().upstreamPorts()) {
            upstreams.append(upstream(port));
        }
        String shared =
                web.template().shared().stream().map(block -> block + "\n").collect(Collectors.joining());
        return part("nginx.conf.sigil")
                .replace("#LANDFALL-SHARED#\n", shared)
                .replace("#LANDFALL-SITES#\n", sites)
                .replace("#LANDFALL-UPSTREAMS#\n", upstreams);
    }

    private static String upstream(int port) {
        return """
                upstream {{ $.APP }}-%1$d {
                  {{ range $listener := $.DOKKU_APP_WEB_LISTENERS | split " " }}
                  {{ $address := $listener | split ":" }}
                  server {{ index $address 0 }}:%1$d;
                  {{ end }}
                }
                """.formatted(port);
    }

    private String server(Site site) {
        String names = site.hosts().isEmpty()
                ? "{{ if $.NOSSL_SERVER_NAME }}server_name {{ $.NOSSL_SERVER_NAME }};{{ end }}"
                : "server_name " + String.join(" ", site.hosts()) + ";";
        StringBuilder body = new StringBuilder();
        site.directives().forEach(directive -> body.append(line(2, directive)));
        headers(Map.of()).forEach(header -> body.append(line(2, header)));
        site.routes().forEach(route -> body.append(locations(route)));
        if (site.routes().stream().noneMatch(NginxTemplate::isRoot)) {
            body.append(location("/", ownRoot(List.of())));
        }
        String redirect = "";
        if (site.redirectsToHttps()) {
            redirect = """
                      {{ if and (not $tls) (eq $listen "80") $.SSL_INUSE }}
                      # 308, not Dokku's 301: a POST stays a POST.
                      location / {
                        return 308 https://$host{{ if ne $.PROXY_SSL_PORT "443" }}:{{ $.PROXY_SSL_PORT }}{{ end }}$request_uri;
                      }
                      {{ else }}
                    """;
            body.append("  {{ end }}\n");
        }
        return part("nginx-server.sigil")
                .replace("#LANDFALL-NAMES#", names)
                .replace("#LANDFALL-REDIRECT#\n", redirect)
                .replace("#LANDFALL-ROUTES#\n", body);
    }

    private static boolean isRoot(Route route) {
        return route.path().equals("/") && (route.match() == Route.Match.PREFIX || route.match() == Route.Match.START);
    }

    private String locations(Route route) {
        List<String> body = new ArrayList<>(route.directives());
        if (!route.requestHeaders().isEmpty()) {
            body.addAll(headers(route.requestHeaders()));
        }
        if (!route.responseHeaders().isEmpty()) {
            body.addAll(answers(route.responseHeaders()));
        }
        List<String> lines = answer(route.answer(), body);
        String path = quoted(route.path());
        String bare = path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return switch (route.match()) {
            case EXACT -> location("= \"" + path + "\"", lines);
            case START -> location(path.equals("/") ? "/" : "\"" + path + "\"", lines);
            case REGEX -> location("~* \"^" + path + "\"", lines);
            case PREFIX ->
                path.equals("/")
                        ? location("/", lines)
                        : location("= \"" + bare + "\"", lines) + location("\"" + bare + "/\"", lines);
        };
    }

    private static List<String> answer(Route.Answer answer, List<String> directives) {
        List<String> lines = new ArrayList<>();
        switch (answer) {
            case Route.Answer.Other(String upstream) -> {
                lines.add("set $landfall_upstream " + upstream);
                lines.addAll(directives);
                if (directives.stream().noneMatch(NginxTemplate::passes)) {
                    lines.add("proxy_pass http://$landfall_upstream");
                }
            }
            case Route.Answer.Own() -> lines.addAll(ownRoot(directives));
            case Route.Answer.OwnPort(int port) -> {
                lines.add("set $landfall_upstream {{ $.APP }}-" + port);
                lines.addAll(directives);
                if (directives.stream().noneMatch(NginxTemplate::passes)) {
                    lines.add("proxy_pass http://$landfall_upstream");
                }
            }
            case Route.Answer.Outside(String scheme, String address) -> {
                lines.addAll(directives);
                lines.add("proxy_pass " + scheme + "://" + address);
            }
            case Route.Answer.Redirect(int code, String to) -> {
                lines.addAll(directives);
                lines.add("return " + code + " " + to);
            }
            case Route.Answer.Status(int code) -> {
                lines.addAll(directives);
                lines.add("return " + code);
            }
        }
        return lines;
    }

    /** A protocol of the app's own (gRPC, HTTPS) comes as a directive and stands for {@code proxy_pass}. */
    private static boolean passes(String directive) {
        return directive.startsWith("grpc_pass ")
                || directive.startsWith("proxy_pass ")
                || directive.startsWith("fastcgi_pass ");
    }

    private static List<String> ownRoot(List<String> directives) {
        List<String> lines = new ArrayList<>(
                directives.stream().filter(directive -> !passes(directive)).toList());
        lines.add("{{ if $.DOKKU_APP_WEB_LISTENERS }}");
        lines.add(directives.stream()
                .filter(NginxTemplate::passes)
                .findFirst()
                .map(pass -> pass.replace("$landfall_upstream", "{{ $.APP }}-{{ $port }}"))
                .orElse("proxy_pass http://{{ $.APP }}-{{ $port }}"));
        lines.add("{{ else }}");
        lines.add("return 502");
        lines.add("{{ end }}");
        return lines;
    }

    private static String location(String match, List<String> lines) {
        StringBuilder text = new StringBuilder("  location ").append(match).append(" {\n");
        lines.forEach(line -> text.append(line(4, line)));
        return text.append("  }\n").toString();
    }

    /** nginx takes a location's headers instead of the server's: where one changes, all are written again. */
    private static List<String> headers(Map<String, String> changed) {
        Map<String, String> all = new LinkedHashMap<>(USUAL_HEADERS);
        changed.forEach((name, value) -> {
            all.keySet().removeIf(name::equalsIgnoreCase);
            all.put(name, value.isEmpty() ? "\"\"" : value);
        });
        return all.entrySet().stream()
                .map(header -> "proxy_set_header " + header.getKey() + " " + header.getValue())
                .toList();
    }

    /** As with requests: one header of its own takes away the server's, and so HSTS, which Dokku has there. */
    private List<String> answers(Map<String, String> headers) {
        List<String> lines = new ArrayList<>();
        if ("true".equals(web.nginx().get("hsts"))) {
            String scope = "true".equals(web.nginx().get("hsts-include-subdomains")) ? "; includeSubDomains" : "";
            lines.add("{{ if $tls }}");
            lines.add("add_header Strict-Transport-Security \"max-age="
                    + web.nginx().getOrDefault("hsts-max-age", "15724800") + scope + "\" always");
            lines.add("{{ end }}");
        }
        headers.forEach((name, value) -> lines.add("add_header " + name + " " + value + " always"));
        return lines;
    }

    private static String line(int indent, String directive) {
        boolean isComplete = directive.isBlank()
                || directive.startsWith("#")
                || (directive.startsWith("{{") && directive.endsWith("}}"))
                || (directive.endsWith("}") && !directive.endsWith("}}"))
                || directive.endsWith(";");
        return " ".repeat(indent) + directive.replace("\n", "\n" + " ".repeat(indent)) + (isComplete ? "\n" : ";\n");
    }

    private static String quoted(String path) {
        return path.replace("\"", "\\\"");
    }

    private static String part(String name) {
        try (InputStream stream = Objects.requireNonNull(NginxTemplate.class.getResourceAsStream(name), name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("reading a part of the program failed: " + e.getMessage(), e);
        }
    }
}
