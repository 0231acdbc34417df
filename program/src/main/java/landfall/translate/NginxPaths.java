package landfall.translate;

import static landfall.translate.NginxAnnotation.emulated;
import static landfall.translate.NginxAnnotation.refused;
import static landfall.translate.NginxAnnotation.same;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import landfall.target.Route;

/** Annotations of ingress-nginx about redirects, rewrites, names and headers. */
final class NginxPaths {
    private static final Pattern HOST = Pattern.compile("(\\*\\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?");
    private static final Pattern URL = Pattern.compile("[^\\s;{}\"']+");

    private NginxPaths() {}

    static List<NginxAnnotation> all() {
        return List.of(
                emulated(
                        "rewrite-target",
                        "a rewrite in nginx.conf.sigil, groups of the path's pattern included",
                        (reading, value) -> {
                            if (reading.fits(URL, value, "a path")) {
                                reading.treatment.rewrite = Optional.of(value);
                                reading.treatment.patterns = true;
                                reading.effect();
                            }
                        }),
                emulated(
                        "use-regex",
                        "the host's paths become case-insensitive patterns, as ingress-nginx takes them",
                        (reading, value) -> {
                            if (!reading.fits(NginxReading.SWITCH, value, "true or false")) {
                                return;
                            }
                            if (value.equals("true")) {
                                reading.treatment.patterns = true;
                                reading.effect();
                            } else {
                                reading.satisfied("paths are no patterns");
                            }
                        }),
                emulated("app-root", "a redirect of / in nginx.conf.sigil", (reading, value) -> {
                    if (value.startsWith("/") && URL.matcher(value).matches()) {
                        reading.server(
                                "if ($uri = /) { return 302 $scheme://$http_host" + Treatment.word(value) + "; }");
                    } else {
                        reading.bad("a path that begins with /");
                    }
                }),
                redirect("permanent-redirect", "permanent-redirect-code", 301),
                code("permanent-redirect-code"),
                redirect("temporal-redirect", "temporal-redirect-code", 302),
                code("temporal-redirect-code"),
                emulated(
                        "from-to-www-redirect",
                        "the other name (with or without www.) becomes a domain that redirects (308)",
                        (reading, value) -> {
                            if (!reading.fits(NginxReading.SWITCH, value, "true or false")) {
                                return;
                            }
                            if (value.equals("true")) {
                                reading.treatment.redirectsOtherWww = true;
                                reading.effect();
                            } else {
                                reading.satisfied("switched off");
                            }
                        }),
                same(
                        "ssl-redirect",
                        "Dokku redirects plain HTTP once the app has a certificate; false needs nginx.conf.sigil",
                        (reading, value) -> {
                            if (!reading.fits(NginxReading.SWITCH, value, "true or false")) {
                                return;
                            }
                            if (value.equals("true")) {
                                reading.satisfied("Dokku redirects once a certificate exists");
                            } else if (reading.isOn("force-ssl-redirect")) {
                                reading.satisfied("force-ssl-redirect wins");
                            } else {
                                reading.treatment.redirectsToHttps = false;
                                reading.effect();
                            }
                        }),
                same(
                        "force-ssl-redirect",
                        "Dokku redirects plain HTTP once the app has a certificate",
                        (reading, value) -> {
                            if (!reading.fits(NginxReading.SWITCH, value, "true or false")) {
                                return;
                            }
                            if (value.equals("true")) {
                                reading.draft.changed(
                                        reading.shownIngress(),
                                        "plain HTTP is redirected only once the app has a certificate in Dokku (force-ssl-redirect)");
                            }
                            reading.satisfied("Dokku redirects once a certificate exists");
                        }),
                same(
                        "preserve-trailing-slash",
                        "nginx leaves paths as they are",
                        (reading, value) -> reading.satisfied("nginx leaves paths as they are")),
                refused(
                        "ssl-passthrough",
                        "refused: Dokku's nginx ends TLS itself; publish the app's own TLS port with a docker option (-p)",
                        (reading, value) -> {
                            if (value.equals("true")) {
                                reading.lost(
                                        "TLS that is passed through to the app",
                                        "give the certificate to Dokku (certs:add), or publish the app's TLS port with a docker option (-p)");
                            } else {
                                reading.satisfied("switched off");
                            }
                        }),
                emulated(
                        "proxy-cookie-domain",
                        "proxy_cookie_domain in nginx.conf.sigil",
                        (reading, value) -> pair(reading, "proxy_cookie_domain", value)),
                emulated(
                        "proxy-cookie-path",
                        "proxy_cookie_path in nginx.conf.sigil",
                        (reading, value) -> pair(reading, "proxy_cookie_path", value)),
                emulated("proxy-redirect-from", "proxy_redirect in nginx.conf.sigil", NginxPaths::proxyRedirect),
                emulated("proxy-redirect-to", "part of proxy-redirect-from", (reading, value) -> {
                    if (reading.other("proxy-redirect-from").isPresent()) {
                        reading.effect();
                    } else {
                        reading.irrelevant("has an effect only beside proxy-redirect-from");
                    }
                }),
                emulated(
                        "x-forwarded-prefix", "the header X-Forwarded-Prefix in nginx.conf.sigil", (reading, value) -> {
                            reading.treatment.requestHeaders.put("X-Forwarded-Prefix", Treatment.word(value));
                            reading.effect();
                        }),
                emulated("upstream-vhost", "the header Host in nginx.conf.sigil", (reading, value) -> {
                    if (reading.fits(URL, value, "a host name")) {
                        reading.treatment.requestHeaders.put("Host", Treatment.word(value));
                        reading.effect();
                    }
                }),
                emulated("connection-proxy-header", "the header Connection in nginx.conf.sigil", (reading, value) -> {
                    reading.treatment.requestHeaders.put("Connection", Treatment.word(value));
                    reading.effect();
                }),
                same("server-alias", "further domains of the app", NginxPaths::aliases),
                emulated("custom-headers", "headers of every answer, in nginx.conf.sigil", NginxPaths::customHeaders),
                emulated("relative-redirects", "absolute_redirect off in nginx.conf.sigil", (reading, value) -> {
                    if (value.equals("true")) {
                        reading.server("absolute_redirect off");
                    } else {
                        reading.satisfied("the default");
                    }
                }),
                emulated("ssl-ciphers", "ssl_ciphers in nginx.conf.sigil", (reading, value) -> {
                    if (reading.fits(Pattern.compile("[A-Za-z0-9:!+@=_-]+"), value, "a list of ciphers")) {
                        reading.server("{{ if $tls }}ssl_ciphers " + Treatment.word(value) + ";{{ end }}");
                    }
                }),
                emulated(
                        "ssl-prefer-server-ciphers",
                        "ssl_prefer_server_ciphers in nginx.conf.sigil",
                        (reading, value) -> {
                            if (reading.fits(NginxReading.SWITCH, value, "true or false")) {
                                reading.server("{{ if $tls }}ssl_prefer_server_ciphers "
                                        + (value.equals("true") ? "on" : "off") + ";{{ end }}");
                            }
                        }),
                same("enable-access-log", "nginx property access-log-path: off", (reading, value) -> {
                    if (value.equals("false")) {
                        reading.property("access-log-path", "off");
                    } else {
                        reading.satisfied("Dokku's nginx writes an access log for each app");
                    }
                }),
                emulated("enable-rewrite-log", "rewrite_log in nginx.conf.sigil", (reading, value) -> {
                    if (value.equals("true")) {
                        reading.location("rewrite_log on");
                    } else {
                        reading.satisfied("switched off");
                    }
                }),
                refused(
                        "http2-push-preload",
                        "refused, and no loss: browsers take no pushed files any more",
                        (reading, value) -> reading.irrelevant(
                                "browsers take no pushed files any more, and nginx has dropped it")));
    }

    private static NginxAnnotation redirect(String name, String codeName, int usual) {
        String becomes = "nginx itself answers with the redirect (" + usual + ", or the code given)";
        return emulated(name, becomes, (reading, value) -> {
            if (!reading.fits(URL, value, "an address")) {
                return;
            }
            int code = reading.other(codeName)
                    .filter(text -> text.matches("30[12378]"))
                    .map(Integer::valueOf)
                    .orElse(usual);
            // Where both are given, ingress-nginx takes the temporal one.
            if (name.startsWith("temporal")
                    || reading.other("temporal-redirect").isEmpty()) {
                reading.treatment.answer = Optional.of(new Route.Answer.Redirect(code, Treatment.word(value)));
            }
            reading.effect();
        });
    }

    private static NginxAnnotation code(String name) {
        return emulated(name, "the redirect's status in nginx.conf.sigil", (reading, value) -> {
            if (reading.fits(Pattern.compile("30[12378]"), value, "301, 302, 303, 307 or 308")) {
                reading.effect();
            }
        });
    }

    private static void pair(NginxReading reading, String directive, String value) {
        List<String> words = NginxReading.list(value);
        if (value.equals("off")) {
            reading.location(directive + " off");
        } else if (words.size() == 2 && words.stream().allMatch(URL.asMatchPredicate())) {
            reading.location(directive + " " + words.get(0) + " " + words.get(1));
        } else {
            reading.bad("off, or what to replace and by what");
        }
    }

    private static void proxyRedirect(NginxReading reading, String value) {
        String to = reading.other("proxy-redirect-to").orElse("");
        if (value.equals("off") || value.equals("default")) {
            reading.location("proxy_redirect " + value);
        } else if (URL.matcher(value).matches() && URL.matcher(to).matches()) {
            reading.location("proxy_redirect " + value + " " + to);
        } else {
            reading.bad("off, default, or an address beside proxy-redirect-to");
        }
    }

    private static void aliases(NginxReading reading, String value) {
        List<String> names = NginxReading.list(value);
        if (names.stream().allMatch(HOST.asMatchPredicate())) {
            reading.treatment.aliases.addAll(names);
            reading.effect();
            return;
        }
        reading.ask(
                "alias",
                reading.shownIngress() + " has an alias that is a pattern (" + value
                        + "): Dokku's domains are names, or *.name.",
                Draft.options("leave", "it is left out", "by-hand", "I add the names with `dokku domains:add`"));
    }

    private static void customHeaders(NginxReading reading, String value) {
        String name = value.substring(value.indexOf('/') + 1);
        Optional<Field> map = reading.draft.index.configMap(name);
        if (map.isEmpty()) {
            reading.ask(
                    "headers",
                    reading.shownIngress() + " adds the headers of ConfigMap " + value
                            + " to every answer, and that is not among the manifests.",
                    Draft.options("leave", "they are left out", "by-hand", "I add them to nginx.conf.sigil"));
            return;
        }
        map.get().at("data").entries().forEach((header, text) -> {
            if (header.matches("[A-Za-z0-9-]+")) {
                reading.treatment.responseHeaders.put(header, Treatment.literal(Treatment.quoted(text.text(""))));
                reading.treatment.effect(text, "ConfigMap.headers", "a header of every answer");
            }
        });
        reading.effect();
    }
}
