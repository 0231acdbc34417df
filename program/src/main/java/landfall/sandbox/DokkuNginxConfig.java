package landfall.sandbox;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The nginx.conf of one app, as Dokku's own template renders it.
 *
 * @param tls whether the app has a certificate
 * @param names the domains, separated by blanks
 * @param mappings those that nginx serves
 * @param listeners addresses of the web containers
 * @param setting the value in force of an nginx property
 */
record DokkuNginxConfig(
        String app,
        boolean tls,
        String names,
        List<DokkuRouting.Mapping> mappings,
        List<String> listeners,
        UnaryOperator<String> setting) {
    private static final String ERRORS = """
                root /var/lib/dokku/data/nginx-vhosts/dokku-errors;
                internal;
              }
            """;
    private static final String TYPES = "text/css text/javascript text/xml text/plain text/x-component"
            + " application/javascript application/x-javascript application/wasm application/json"
            + " application/graphql-response+json application/xml application/rss+xml font/truetype"
            + " application/x-font-ttf font/opentype application/vnd.ms-fontobject image/svg+xml";

    DokkuNginxConfig {
        mappings = List.copyOf(mappings);
        listeners = List.copyOf(listeners);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        Set<Integer> upstreams = new LinkedHashSet<>();
        for (DokkuRouting.Mapping mapping : mappings) {
            upstreams.add(mapping.containerPort());
            if (List.of("http", "https").contains(mapping.scheme())) {
                server(text, mapping);
            }
        }
        if (!listeners.isEmpty()) {
            upstreams.forEach(port -> upstream(text, port));
        }
        return text.append('\n').toString();
    }

    private void server(StringBuilder text, DokkuRouting.Mapping mapping) {
        boolean secure = mapping.scheme().equals("https");
        List<String> lines = new ArrayList<>();
        lines.addAll(List.of("", "server {", "  "));
        listen(lines, mapping.hostPort(), secure);
        lines.add(names.isEmpty() ? "  " : "  server_name " + names + "; ");
        String log = setting.apply("access-log-path");
        String format = setting.apply("access-log-format");
        lines.add("  access_log  " + log + (format.isEmpty() || log.equals("off") ? "" : " " + format) + ";");
        lines.add("  error_log   " + setting.apply("error-log-path") + ";");
        lines.add("  underscores_in_headers " + setting.apply("underscore-in-headers") + ";");
        lines.add("");
        for (String timeout : List.of(
                "client-body-timeout",
                "client-header-timeout",
                "keepalive-timeout",
                "lingering-timeout",
                "send-timeout")) {
            lines.add("  " + directive(timeout));
        }
        lines.addAll(List.of("", "  "));
        if (secure) {
            lines.add("  ssl_certificate           /home/dokku/" + app + "/tls/server.crt;");
            lines.add("  ssl_certificate_key       /home/dokku/" + app + "/tls/server.key;");
            lines.add("  ssl_protocols             TLSv1.2 TLSv1.3;");
            lines.add("  ssl_prefer_server_ciphers off;");
            lines.add("  ");
        }
        lines.add("");
        if (!secure && tls && mapping.hostPort() == 80) {
            redirect(lines);
        } else {
            location(lines, mapping.containerPort(), secure);
            errors(lines, secure);
        }
        lines.addAll(List.of("", "}"));
        lines.forEach(line -> text.append(line).append('\n'));
    }

    private String directive(String property) {
        return property.replace('-', '_') + " " + setting.apply(property) + ";";
    }

    private void listen(List<String> lines, int port, boolean secure) {
        String six = setting.apply("bind-address-ipv6");
        String four = setting.apply("bind-address-ipv4");
        String end = secure ? " ssl http2;" : ";";
        if (secure) {
            lines.add("  ");
        }
        lines.add("  listen      [" + six + "]:" + port + end);
        lines.add("  listen      " + (four.isEmpty() ? "" : four + ":") + port + end);
        lines.addAll(secure ? List.of("  ", "  ", "  ") : List.of("  ", "  "));
    }

    private void redirect(List<String> lines) {
        int port = mappings.stream()
                .filter(mapping -> mapping.scheme().equals("https"))
                .mapToInt(DokkuRouting.Mapping::hostPort)
                .findFirst()
                .orElse(443);
        lines.add("  include /home/dokku/" + app + "/nginx.conf.d/*.conf;");
        lines.add("  location / {");
        lines.add("    return 301 https://$host:" + port + "$request_uri;");
        lines.add("  }");
    }

    private void location(List<String> lines, int containerPort, boolean secure) {
        lines.addAll(List.of("  location    / {", ""));
        if (listeners.isEmpty()) {
            lines.addAll(List.of("    return 502;", "", "  }", ""));
            return;
        }
        lines.addAll(List.of(
                "    gzip on;",
                "    gzip_min_length  1100;",
                "    gzip_buffers  4 32k;",
                "    gzip_types    " + TYPES + ";",
                "    gzip_vary on;",
                "    gzip_comp_level  6;",
                "",
                "    proxy_pass  http://" + app + "-" + containerPort + ";",
                secure ? "    http2_push_preload on; " : "    ",
                "    proxy_http_version 1.1;"));
        for (String property : List.of(
                "proxy-connect-timeout",
                "proxy-read-timeout",
                "proxy-send-timeout",
                "proxy-buffer-size",
                "proxy-buffering",
                "proxy-buffers",
                "proxy-busy-buffers-size")) {
            lines.add("    " + directive(property));
        }
        String ssl = setting.apply("x-forwarded-ssl");
        lines.addAll(List.of(
                "    proxy_set_header Upgrade $http_upgrade;",
                "    proxy_set_header Connection $http_connection;",
                "    proxy_set_header Host $http_host;",
                "    proxy_set_header X-Forwarded-For " + setting.apply("x-forwarded-for-value") + ";",
                "    proxy_set_header X-Forwarded-Port " + setting.apply("x-forwarded-port-value") + ";",
                "    proxy_set_header X-Forwarded-Proto " + setting.apply("x-forwarded-proto-value") + ";",
                "    proxy_set_header X-Request-Start $msec;",
                ssl.isEmpty() ? "    " : "    proxy_set_header X-Forwarded-Ssl " + ssl + ";",
                "",
                "  }",
                ""));
    }

    private void errors(List<String> lines, boolean secure) {
        lines.addAll(List.of("  " + directive("client-max-body-size"), ""));
        page(
                lines,
                "400 401 402 403 405 406 407 408 409 410 411 412 413 414 415 416 417 418 420 422 423 424 426 428"
                        + " 429 431 444 449 450 451",
                "400");
        lines.add("");
        page(lines, "404", "404");
        lines.addAll(List.of("", "  "));
        lines.add("  error_page 500 501 " + (secure ? "" : "502 ")
                + "503 504 505 506 507 508 509 510 511 /500-error.html;");
        lines.addAll(List.of("  ", "  location /500-error.html {"));
        lines.addAll(ERRORS.lines().toList());
        lines.addAll(List.of("", "  "));
        if (secure) {
            page(lines, "502", "502");
            lines.add("  ");
        }
        lines.add("  include /home/dokku/" + app + "/nginx.conf.d/*.conf;");
    }

    private static void page(List<String> lines, String codes, String name) {
        lines.add("  error_page " + codes + " /" + name + "-error.html;");
        lines.add("  location /" + name + "-error.html {");
        lines.addAll(ERRORS.lines().toList());
    }

    private void upstream(StringBuilder text, int port) {
        String keepalive = setting.apply("proxy-keepalive");
        text.append("\nupstream ").append(app).append('-').append(port).append(" {\n");
        text.append(keepalive.isEmpty() ? "" : "  keepalive " + keepalive + ";\n");
        listeners.forEach(address -> text.append("\n  server ")
                .append(address)
                .append(':')
                .append(port)
                .append(";\n"));
        text.append("}\n");
    }
}
