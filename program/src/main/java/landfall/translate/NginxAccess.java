package landfall.translate;

import static landfall.translate.NginxAnnotation.emulated;
import static landfall.translate.NginxAnnotation.same;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Annotations of ingress-nginx about who may come in: passwords, certificates, addresses, other origins. */
final class NginxAccess {
    private static final String AUTH = "basic-auth";
    private static final String CLIENTS = "client-certificates";
    private static final String EXTERNAL = "external-auth";
    private static final String APP_FOLDER = "{{ $.DOKKU_ROOT }}/{{ $.APP }}/";
    private static final String USUAL_HEADERS =
            "DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization";
    private static final Pattern URL = Pattern.compile("[^\\s;{}\"']+");

    private NginxAccess() {}

    static List<NginxAnnotation> all() {
        List<NginxAnnotation> all = new ArrayList<>(List.of(
                emulated(
                        "auth-type",
                        "basic: auth_basic in nginx.conf.sigil, with a file that you put on the host; digest: nobody"
                                + " gets in until you decide",
                        NginxAccess::type),
                emulated(
                        "auth-secret",
                        "the file of users and passwords, which you put on the host",
                        part("auth-type", AUTH)),
                emulated("auth-secret-type", "the form of that Secret", part("auth-type", AUTH)),
                emulated("auth-realm", "the realm of auth_basic", part("auth-type", AUTH)),
                emulated(
                        "auth-tls-secret",
                        "ssl_client_certificate in nginx.conf.sigil once you have put the file on the host;"
                                + " until then nobody gets in",
                        NginxAccess::clientCertificates),
                emulated("auth-tls-verify-depth", "ssl_verify_depth", part("auth-tls-secret", CLIENTS)),
                emulated("auth-tls-verify-client", "ssl_verify_client", part("auth-tls-secret", CLIENTS)),
                emulated(
                        "auth-tls-error-page",
                        "the page for clients without a certificate",
                        part("auth-tls-secret", CLIENTS)),
                emulated(
                        "auth-tls-pass-certificate-to-upstream",
                        "the header ssl-client-cert",
                        part("auth-tls-secret", CLIENTS)),
                emulated(
                        "auth-tls-match-cn", "a condition on the certificate's name", part("auth-tls-secret", CLIENTS)),
                emulated(
                        "auth-url",
                        "auth_request in nginx.conf.sigil; an address inside the cluster is asked about",
                        NginxAccess::external),
                emulated("auth-signin", "where clients go to sign in (302)", NginxAccess::signIn),
                emulated("auth-method", "the method of auth_request", part("auth-url", "")),
                emulated("auth-response-headers", "headers of the answer that the app gets too", part("auth-url", "")),
                emulated("auth-request-redirect", "the header X-Auth-Request-Redirect", part("auth-url", "")),
                emulated(
                        "auth-signin-redirect-param",
                        "the parameter that carries the way back",
                        part("auth-signin", "")),
                NginxAnnotation.lost(
                        "auth-always-set-cookie",
                        "cookies of the authentication's error answers",
                        "let the authentication service set them on its own pages"),
                NginxAnnotation.lost(
                        "auth-cache-key",
                        "the cache of external authentication",
                        "each request asks again, which is slower and no less safe"),
                NginxAnnotation.lost(
                        "auth-cache-duration",
                        "the cache of external authentication",
                        "each request asks again, which is slower and no less safe"),
                noKeepalive("auth-keepalive"),
                noKeepalive("auth-keepalive-share-vars"),
                noKeepalive("auth-keepalive-requests"),
                noKeepalive("auth-keepalive-timeout"),
                NginxAnnotation.lost(
                        "auth-proxy-set-headers",
                        "headers from a ConfigMap for external authentication",
                        "add proxy_set_header lines to the location of auth_request in nginx.conf.sigil"),
                NginxAnnotation.lost(
                        "auth-snippet",
                        "a snippet for external authentication",
                        "add its lines to the location of auth_request in nginx.conf.sigil"),
                same(
                        "enable-global-auth",
                        "no effect: a global external authentication is the controller's own setting",
                        (reading, value) ->
                                reading.irrelevant("a global external authentication is the controller's own setting")),
                emulated("satisfy", "satisfy in nginx.conf.sigil", (reading, value) -> {
                    if (reading.fits(Pattern.compile("any|all"), value, "any or all")) {
                        reading.location("satisfy " + value);
                    }
                }),
                addresses("whitelist-source-range", true),
                addresses("allowlist-source-range", true),
                addresses("denylist-source-range", false)));
        all.add(emulated(
                "enable-cors",
                "headers for other origins and the answer to OPTIONS, in nginx.conf.sigil",
                NginxAccess::cors));
        for (String name : List.of(
                "cors-allow-origin",
                "cors-allow-methods",
                "cors-allow-headers",
                "cors-expose-headers",
                "cors-allow-credentials",
                "cors-max-age")) {
            all.add(emulated(name, "a header for other origins, in nginx.conf.sigil", part("enable-cors", "")));
        }
        return all;
    }

    /** A setting of another annotation: it means nothing without that one, and is asked about with it. */
    private static NginxAnnotation.Reader part(String owner, String topic) {
        return (reading, value) -> {
            if (reading.other(owner).isEmpty() || reading.other(owner).get().equals("false")) {
                reading.irrelevant("has an effect only beside " + owner);
            } else if (topic.isEmpty()) {
                reading.effect();
            } else {
                reading.partOf(topic);
            }
        };
    }

    private static NginxAnnotation noKeepalive(String name) {
        return same(
                name,
                "no effect on answers: connections to the authentication are made anew",
                (reading, value) -> reading.irrelevant("only how connections to the authentication are kept"));
    }

    private static void type(NginxReading reading, String value) {
        String secret = reading.other("auth-secret").orElse("");
        if (value.equals("basic")) {
            boolean isMap =
                    reading.other("auth-secret-type").filter("auth-map"::equals).isPresent();
            Optional<String> chosen = reading.ask(
                    AUTH,
                    reading.shownIngress() + " asks for a password. Its users stand in Secret " + secret
                            + (isMap ? ", one key a user with the password's hash" : ", key auth, as an htpasswd file")
                            + ": put them into /home/dokku/APP/htpasswd on the Dokku host, readable for nginx. As long as the"
                            + " file is missing, nobody gets in.",
                    Draft.options(
                            "file", "I put the file on the host",
                            "open", "the paths need no password any more"));
            if (chosen.filter("open"::equals).isEmpty()) {
                String realm = reading.other("auth-realm").orElse("Authentication Required");
                reading.treatment.locationDirectives.add("auth_basic " + Treatment.literal(Treatment.quoted(realm)));
                reading.treatment.locationDirectives.add("auth_basic_user_file " + APP_FOLDER + "htpasswd");
            }
            return;
        }
        reading.guard(
                AUTH,
                reading.shownIngress() + " asks for a password by digest authentication, which nginx can't.",
                Draft.options(
                        "closed", "nobody gets in until I have seen to it",
                        "open", "the app or something in front of it asks for passwords itself"));
    }

    private static void clientCertificates(NginxReading reading, String value) {
        Optional<String> chosen = reading.guard(
                CLIENTS,
                reading.shownIngress()
                        + " lets in clients with a certificate only; the authority that signs them stands in"
                        + " Secret " + value
                        + ", key ca.crt. nginx reads it from /home/dokku/APP/client-ca.crt, and no app of"
                        + " the host can be reached while nginx.conf names a file that isn't there.",
                Draft.options(
                        "file", "the file is on the host: clients are asked for their certificates",
                        "closed", "nobody gets in until I have seen to it",
                        "open", "anybody may come in"));
        if (chosen.filter("file"::equals).isEmpty()) {
            return;
        }
        String verify = reading.other("auth-tls-verify-client")
                .filter(text -> text.matches("on|off|optional|optional_no_ca"))
                .orElse("on");
        String depth = reading.other("auth-tls-verify-depth")
                .filter(NginxReading.NUMBER.asMatchPredicate())
                .orElse("1");
        reading.treatment.serverDirectives.add("{{ if $tls }}ssl_client_certificate " + APP_FOLDER
                + "client-ca.crt; ssl_verify_client " + verify + "; ssl_verify_depth " + depth + ";{{ end }}");
        reading.other("auth-tls-error-page")
                .filter(URL.asMatchPredicate())
                .ifPresent(page -> reading.treatment.serverDirectives.add(
                        "{{ if $tls }}error_page 495 496 = " + Treatment.word(page) + ";{{ end }}"));
        reading.treatment.requestHeaders.put("ssl-client-verify", "$ssl_client_verify");
        reading.treatment.requestHeaders.put("ssl-client-subject-dn", "$ssl_client_s_dn");
        reading.treatment.requestHeaders.put("ssl-client-issuer-dn", "$ssl_client_i_dn");
        if (reading.isOn("auth-tls-pass-certificate-to-upstream")) {
            reading.treatment.requestHeaders.put("ssl-client-cert", "$ssl_client_escaped_cert");
        }
        reading.other("auth-tls-match-cn")
                .ifPresent(pattern -> reading.treatment.locationDirectives.add("if ($ssl_client_s_dn !~ "
                        + Treatment.literal(Treatment.quoted(pattern)) + ") { return 403; }"));
    }

    private static void external(NginxReading reading, String value) {
        if (!reading.fits(URL, value, "an address")) {
            return;
        }
        boolean isInside = value.matches("https?://[^/]*\\.svc(\\.cluster\\.local)?([:/].*)?")
                || value.matches("https?://[A-Za-z0-9-]+([:/].*)?");
        if (isInside) {
            reading.guard(
                    EXTERNAL,
                    reading.shownIngress() + " has every request allowed by " + value
                            + ", an address inside the cluster: name its new address in the manifests.",
                    Draft.options(
                            "closed", "nobody gets in until I have seen to it",
                            "open", "the app sees to it itself"));
            return;
        }
        String location = "/_landfall_auth_" + reading.ingressName();
        String method = reading.other("auth-method")
                .filter(text -> text.matches("[A-Z]+"))
                .orElse("GET");
        reading.server("location = " + location + " {\n  internal;\n  proxy_method " + method
                + ";\n  proxy_pass_request_body off;\n  proxy_set_header Content-Length \"\";\n"
                + "  proxy_set_header Host $proxy_host;\n"
                + "  proxy_set_header X-Original-URL $scheme://$http_host$request_uri;\n"
                + "  proxy_set_header X-Original-Method $request_method;\n"
                + "  proxy_set_header X-Auth-Request-Redirect "
                + reading.other("auth-request-redirect").map(Treatment::word).orElse("$request_uri") + ";\n"
                + "  proxy_set_header X-Real-IP $remote_addr;\n  proxy_set_header X-Forwarded-For $remote_addr;\n"
                + "  proxy_ssl_server_name on;\n  proxy_pass " + Treatment.word(value) + ";\n}");
        reading.treatment.locationDirectives.add("auth_request " + location);
        int number = 0;
        for (String header :
                NginxReading.list(reading.other("auth-response-headers").orElse(""))) {
            if (header.matches("[A-Za-z0-9-]+")) {
                String variable = "$landfall_auth_" + number++;
                reading.treatment.locationDirectives.add("auth_request_set " + variable + " $upstream_http_"
                        + header.toLowerCase(java.util.Locale.ROOT).replace('-', '_'));
                reading.treatment.requestHeaders.put(header, variable);
            }
        }
        reading.draft.changed(
                reading.shownIngress(),
                "nginx looks up the address of its external authentication (" + value + ") when it loads, not at every"
                        + " request");
    }

    private static void signIn(NginxReading reading, String value) {
        if (reading.other("auth-url").isEmpty()) {
            reading.irrelevant("has an effect only beside auth-url");
            return;
        }
        if (!reading.fits(URL, value, "an address")) {
            return;
        }
        String parameter = reading.other("auth-signin-redirect-param")
                .filter(text -> text.matches("[A-Za-z0-9_-]+"))
                .orElse("rd");
        String to = value.contains("?") ? value : value + "?" + parameter + "=$scheme://$http_host$request_uri";
        String location = "@landfall_sign_in_" + reading.ingressName().replaceAll("[^A-Za-z0-9_]", "_");
        reading.server("location " + location + " {\n  return 302 " + Treatment.word(to) + ";\n}");
        reading.treatment.locationDirectives.add("error_page 401 = " + location);
    }

    private static NginxAnnotation addresses(String name, boolean allows) {
        String becomes = allows
                ? "allow and deny all in nginx.conf.sigil; it sees the clients' own addresses unless a proxy stands in front"
                : "deny in nginx.conf.sigil; it sees the clients' own addresses unless a proxy stands in front";
        return emulated(name, becomes, (reading, value) -> {
            List<String> addresses = NginxReading.list(value);
            if (addresses.isEmpty() || !addresses.stream().allMatch(NginxReading.ADDRESS.asMatchPredicate())) {
                reading.bad("addresses or networks, with commas between them");
                return;
            }
            addresses.forEach(address -> reading.location((allows ? "allow " : "deny ") + address));
            if (allows) {
                reading.location("deny all");
            }
        });
    }

    private static void cors(NginxReading reading, String value) {
        if (!value.equals("true")) {
            reading.satisfied("switched off");
            return;
        }
        List<String> origins =
                NginxReading.list(reading.other("cors-allow-origin").orElse("*"));
        if (origins.isEmpty() || !origins.stream().allMatch(Cors.ORIGIN.asMatchPredicate())) {
            reading.bad("origins such as https://shop.example");
            return;
        }
        new Cors(
                        origins,
                        reading.other("cors-allow-methods").orElse(Cors.METHODS),
                        reading.other("cors-allow-headers").orElse(USUAL_HEADERS),
                        reading.other("cors-expose-headers").orElse(""),
                        reading.other("cors-allow-credentials")
                                .filter("false"::equals)
                                .isEmpty(),
                        reading.other("cors-max-age").orElse("1728000"))
                .addTo(reading.treatment, reading.unique());
        reading.effect();
    }
}
