package landfall.translate;

import static landfall.translate.NginxAnnotation.emulated;
import static landfall.translate.NginxAnnotation.lost;
import static landfall.translate.NginxAnnotation.refused;
import static landfall.translate.NginxAnnotation.same;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Annotations of ingress-nginx about what stands behind it, about snippets, copies and spans. */
final class NginxRest {
    private static final String SESSIONS = "run one process, or keep sessions in Redis";
    private static final String FIREWALL = "put a web application firewall in front of the Dokku host";
    private static final Pattern URL = Pattern.compile("https?://[^\\s;{}\"']+");

    private NginxRest() {}

    static List<NginxAnnotation> all() {
        List<NginxAnnotation> all = new ArrayList<>();
        backends(all);
        canaries(all);
        sessions(all);
        snippets(all);
        all.add(emulated("mirror-target", "mirror in nginx.conf.sigil", NginxRest::mirror));
        all.add(emulated("mirror-request-body", "mirror_request_body in nginx.conf.sigil", (reading, value) -> {
            if (reading.other("mirror-target").isEmpty()) {
                reading.irrelevant("has an effect only beside mirror-target");
            } else if (reading.fits(NginxReading.ON_OFF, value, "on or off")) {
                reading.location("mirror_request_body " + value);
            }
        }));
        all.add(emulated("mirror-host", "the header Host of the copies", (reading, value) -> {
            if (reading.other("mirror-target").isEmpty()) {
                reading.irrelevant("has an effect only beside mirror-target");
            } else {
                reading.effect();
            }
        }));
        for (String name : List.of(
                "enable-opentelemetry",
                "opentelemetry-trust-incoming-span",
                "opentelemetry-operation-name",
                "enable-opentracing")) {
            all.add(lost(
                    name,
                    "the proxy's spans in traces",
                    "let the app begin its traces itself; headers of traces pass through"));
        }
        for (String name : List.of(
                "enable-modsecurity", "enable-owasp-core-rules", "modsecurity-transaction-id", "modsecurity-snippet")) {
            all.add(lost(name, "the web application firewall (ModSecurity)", FIREWALL));
        }
        return all;
    }

    private static void backends(List<NginxAnnotation> all) {
        all.add(emulated(
                "backend-protocol",
                "grpc_pass or proxy_pass https in nginx.conf.sigil; FCGI is refused",
                NginxRest::protocol));
        all.add(same(
                "service-upstream",
                "one address answers for all of an app's processes",
                (reading, value) -> reading.satisfied("nginx has the processes' addresses from Dokku")));
        all.add(same("load-balance", "nginx takes the processes in turn", (reading, value) -> {
            if (value.equals("round_robin") || !reading.isSpread()) {
                reading.satisfied("nginx takes the processes in turn");
            } else {
                reading.lost(
                        "the way of choosing a process (" + value + ")",
                        "nginx takes them in turn; watch for slow ones");
            }
        }));
        all.add(emulated("default-backend", "the app that custom-http-errors asks for pages", (reading, value) -> {
            if (reading.other("custom-http-errors").isPresent()) {
                reading.effect();
            } else {
                reading.lost(
                        "pages of another Service while no pod answers (" + value + ")",
                        "Dokku's nginx answers 502 with a page of its own; a page can be set with nginx.conf.d");
            }
        }));
        all.add(emulated(
                "custom-http-errors",
                "error_page in nginx.conf.sigil, answered by the Service of default-backend",
                NginxRest::errors));
        all.add(emulated(
                "disable-proxy-intercept-errors",
                "proxy_intercept_errors in nginx.conf.sigil",
                (reading, value) -> reading.satisfied("answers of the app are passed on as they come")));
        all.add(refused(
                "proxy-ssl-secret",
                "refused: a certificate towards the app; Dokku's nginx has none to show",
                (reading, value) -> reading.ask(
                        "backend-certificate",
                        reading.shownIngress() + " shows the app a certificate, or checks the app's (Secret " + value
                                + ").",
                        Draft.options("leave", "nginx speaks to the app without; the app must allow that"))));
        for (String name :
                List.of("proxy-ssl-ciphers", "proxy-ssl-name", "proxy-ssl-protocols", "proxy-ssl-server-name")) {
            String directive = name.replace('-', '_');
            all.add(emulated(name, directive + " in nginx.conf.sigil", (reading, value) -> {
                if (reading.fits(Pattern.compile("[A-Za-z0-9 .:!+_-]+"), value, "words without quotes")) {
                    reading.location(directive + " " + value);
                }
            }));
        }
        all.add(refused(
                "proxy-ssl-verify",
                "refused when on: Dokku's host has no authority to check the app's certificate by",
                (reading, value) -> {
                    if (value.equals("on")) {
                        reading.lost(
                                "the check of the app's own certificate",
                                "the way from nginx to the app doesn't leave the host");
                    } else {
                        reading.satisfied("the default");
                    }
                }));
        all.add(refused(
                "proxy-ssl-verify-depth",
                "refused with proxy-ssl-verify",
                (reading, value) -> reading.irrelevant("has an effect only beside proxy-ssl-verify")));
    }

    private static void protocol(NginxReading reading, String value) {
        switch (value.toUpperCase(Locale.ROOT)) {
            case "HTTP", "AUTO_HTTP" -> reading.satisfied("the default");
            case "HTTPS", "GRPC", "GRPCS" -> {
                reading.treatment.protocol = value.toLowerCase(Locale.ROOT);
                reading.effect();
            }
            case "FCGI" ->
                reading.ask(
                        "fastcgi",
                        reading.shownIngress() + " speaks FastCGI to its app; Dokku's nginx speaks HTTP.",
                        Draft.options(
                                "by-hand", "I add fastcgi_pass and its parameters to nginx.conf.sigil",
                                "http", "the app's image gets a web server of its own"));
            default -> reading.bad("HTTP, HTTPS, AUTO_HTTP, GRPC, GRPCS or FCGI");
        }
    }

    private static void errors(NginxReading reading, String value) {
        List<String> codes = NginxReading.list(value);
        String backend = reading.other("default-backend").orElse("");
        if (codes.isEmpty() || !codes.stream().allMatch(code -> code.matches("[345][0-9]{2}"))) {
            reading.bad("statuses, with commas between them");
            return;
        }
        if (new Backends(reading.draft).find(backend, "") instanceof FrontTarget.App(AppDraft app, int port)) {
            String location = "@landfall_errors_" + reading.ingressName().replaceAll("[^A-Za-z0-9_]", "_");
            app.routedPorts.add(port);
            reading.server("location " + location + " {\n  internal;\n  set $landfall_upstream " + app.name + "-" + port
                    + ";\n  proxy_set_header X-Code $upstream_status;\n  proxy_set_header X-Format $http_accept;\n"
                    + "  proxy_set_header X-Original-URI $request_uri;\n  proxy_set_header X-Ingress-Name "
                    + reading.ingressName() + ";\n  rewrite ^ / break;\n  proxy_pass http://$landfall_upstream;\n}");
            reading.location("proxy_intercept_errors on");
            reading.location("error_page " + NginxReading.joined(codes) + " = " + location);
        } else {
            reading.lost(
                    "error pages of the cluster's default backend for " + value,
                    "the app's own answers are passed on; bring pages with error_page in nginx.conf.sigil");
        }
    }

    private static void canaries(List<NginxAnnotation> all) {
        for (String name : List.of(
                "canary",
                "canary-by-header",
                "canary-by-header-value",
                "canary-by-header-pattern",
                "canary-by-cookie",
                "canary-weight",
                "canary-weight-total")) {
            all.add(refused(
                    name,
                    "refused: Dokku sends all traffic to one version; asked about, and the stable one is taken",
                    (reading, value) -> {
                        if (reading.isOn("canary")) {
                            reading.partOf("canary");
                        } else {
                            reading.satisfied("no canary");
                        }
                    }));
        }
    }

    private static void sessions(List<NginxAnnotation> all) {
        for (String name : List.of(
                "affinity",
                "affinity-mode",
                "affinity-canary-behavior",
                "session-cookie-name",
                "session-cookie-path",
                "session-cookie-domain",
                "session-cookie-expires",
                "session-cookie-max-age",
                "session-cookie-samesite",
                "session-cookie-secure",
                "session-cookie-conditional-samesite-none",
                "session-cookie-change-on-failure",
                "upstream-hash-by",
                "upstream-hash-by-subset",
                "upstream-hash-by-subset-size")) {
            all.add(refused(
                    name,
                    "satisfied while the app runs one process; with several, sticky sessions are lost: " + SESSIONS,
                    (reading, value) -> {
                        if (reading.isSpread()) {
                            reading.lost("sticky sessions", SESSIONS);
                        } else {
                            reading.satisfied("one process answers everything");
                        }
                    }));
        }
    }

    private static void snippets(List<NginxAnnotation> all) {
        all.add(emulated(
                "configuration-snippet",
                "plain headers are written into nginx.conf.sigil; other lines are shown and asked about",
                (reading, value) -> snippet(reading, value, false)));
        all.add(emulated(
                "server-snippet",
                "shown and asked about; with your yes it stands in nginx.conf.sigil as it is",
                (reading, value) -> snippet(reading, value, true)));
        all.add(refused(
                "stream-snippet",
                "refused: Dokku's nginx has no stream; asked about",
                (reading, value) -> reading.ask(
                        "stream-snippet",
                        reading.shownIngress() + " has a snippet for TCP or UDP streams; Dokku's nginx serves HTTP.",
                        Draft.options(
                                "leave",
                                "it is left out",
                                "by-hand",
                                "I publish the port with a docker option (-p)"))));
    }

    private static void snippet(NginxReading reading, String value, boolean forServer) {
        Optional<NginxSnippet> simple = NginxSnippet.headers(value);
        if (simple.isPresent() && !forServer) {
            simple.get().request().forEach(reading.treatment.requestHeaders::put);
            simple.get().response().forEach(reading.treatment.responseHeaders::put);
            reading.effect();
            return;
        }
        String topic = forServer ? "server-snippet" : "snippet";
        Optional<String> chosen = reading.ask(
                topic,
                reading.shownIngress() + " adds lines of its own to the " + (forServer ? "server" : "location")
                        + " of ingress-nginx: " + shown(value) + ". Dokku's nginx lacks Lua and more_set_headers.",
                Draft.options(
                        "take",
                                "they stand in nginx.conf.sigil as they are; a line that nginx refuses stops the deploy",
                        "leave", "they are left out"));
        if (chosen.filter("take"::equals).isPresent()) {
            String text = Treatment.literal(value.strip());
            if (forServer) {
                reading.treatment.serverDirectives.add(text);
            } else {
                reading.treatment.locationDirectives.add(text);
            }
        }
    }

    private static String shown(String value) {
        String line = value.strip().replaceAll("\\s+", " ");
        return line.length() > 160 ? line.substring(0, 160) + "…" : line;
    }

    private static void mirror(NginxReading reading, String value) {
        String target = value.replace("$request_uri", "");
        if (!URL.matcher(target).matches() || target.contains("$")) {
            reading.ask(
                    "mirror",
                    reading.shownIngress() + " sends a copy of each request to " + value
                            + ", an address that only ingress-nginx can make.",
                    Draft.options("leave", "no copies are sent", "by-hand", "I add mirror to nginx.conf.sigil"));
            return;
        }
        String location = "/_landfall_mirror_" + reading.ingressName();
        String host = reading.other("mirror-host")
                .filter(text -> text.matches("[A-Za-z0-9.-]+"))
                .orElse("$proxy_host");
        reading.server("location = " + location + " {\n  internal;\n  proxy_set_header Host " + host
                + ";\n  rewrite ^ $request_uri? break;\n  proxy_pass " + target.replaceAll("/$", "") + ";\n}");
        reading.location("mirror " + location);
    }
}
