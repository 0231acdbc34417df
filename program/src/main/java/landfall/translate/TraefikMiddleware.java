package landfall.translate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Traefik's middlewares, as the treatment of one route. */
final class TraefikMiddleware {
    private static final String RULE = "Middleware.";

    private final Draft draft;
    private final Treatment treatment;
    private final TraefikMatch.Part part;
    private final Field route;

    TraefikMiddleware(Draft draft, Treatment treatment, TraefikMatch.Part part, Field route) {
        this.draft = draft;
        this.treatment = treatment;
        this.part = part;
        this.route = route;
    }

    /** @return true if all that the middleware does is to send plain HTTP to HTTPS, which Dokku does */
    boolean apply(Field reference) {
        return apply(reference, reference.at("name").text("").replaceAll("@.*$", ""));
    }

    /** @param reference what names it */
    boolean apply(Field reference, String name) {
        Optional<Field> object = Stream.of("traefik.io", "traefik.containo.us")
                .flatMap(group -> draft.index.named(group, "Middleware", name).stream())
                .findFirst();
        if (object.isEmpty()) {
            String id = "middleware-" + name;
            draft.ask(
                    id,
                    route.object().shortName() + " has the middleware " + name
                            + ", which is not among the manifests: nobody gets in until you say what it does.",
                    Draft.options(
                            "open", "it keeps nobody out; what it did is left out",
                            "closed", "nobody gets in until I have written it into nginx.conf.sigil"),
                    reference);
            closedUnlessOpen(id);
            reference.decision(RULE + "missing", id, "not among the manifests");
            return false;
        }
        treatment.effect(reference, "IngressRoute.middlewares", "what the middleware does, in nginx.conf.sigil");
        boolean isRedirect = false;
        for (Map.Entry<String, Field> kind : object.get().at("spec").entries().entrySet()) {
            isRedirect |= kind(object.get(), kind.getKey(), kind.getValue());
        }
        return isRedirect;
    }

    private void closedUnlessOpen(String id) {
        if (draft.answered(id).filter("open"::equals).isEmpty()) {
            treatment.locationDirectives.add("deny all");
        }
    }

    private boolean kind(Field object, String kind, Field field) {
        switch (kind) {
            case "redirectScheme" -> {
                if (field.at("scheme").is("https")) {
                    field.satisfied(RULE + kind, "Dokku sends plain HTTP to HTTPS once the app has a certificate");
                    return true;
                }
                int code = field.at("permanent").is("true") ? 301 : 302;
                treatment.answer = Optional.of(HttpFilters.redirect(
                        code, field.at("scheme").text(""), "", field.at("port").text(""), ""));
            }
            case "redirectRegex" -> redirectRegex(field);
            case "stripPrefix" -> strip(field);
            case "stripPrefixRegex" ->
                field.at("regex").texts().stream()
                        .findFirst()
                        .ifPresent(regex -> treatment.rewriting = Optional.of(new Treatment.Rewriting(
                                "^" + regex.replaceAll("^\\^", "") + "(?:/(?<rest>.*))?$", "/$rest")));
            case "addPrefix" ->
                treatment.rewriting = Optional.of(
                        new Treatment.Rewriting("^(.*)$", field.at("prefix").text("") + "$1"));
            case "replacePath" ->
                treatment.rewriting = Optional.of(
                        new Treatment.Rewriting("^", field.at("path").text("/")));
            case "replacePathRegex" ->
                treatment.rewriting = Optional.of(new Treatment.Rewriting(
                        field.at("regex").text("^$"),
                        dollars(field.at("replacement").text("/"))));
            case "headers" -> {
                headers(field);
                return false;
            }
            case "ipAllowList", "ipWhiteList" -> {
                addresses(object, field);
                return false;
            }
            case "buffering" -> {
                buffering(field);
                return false;
            }
            case "rateLimit" -> rate(object, field);
            case "inFlightReq" -> {
                String zone = Treatment.APP + "_" + object.object().name() + "_connections";
                treatment.sharedBlocks.add("limit_conn_zone $binary_remote_addr zone=" + zone + ":5m;");
                treatment.locationDirectives.add(
                        "limit_conn " + zone + " " + field.at("amount").number().orElse(1));
            }
            case "basicAuth", "digestAuth", "forwardAuth", "passTLSClientCert" -> {
                guard(object, kind, field);
                return false;
            }
            case "chain" -> {
                boolean isRedirect = false;
                for (Field link : field.at("middlewares").items()) {
                    isRedirect |= apply(link);
                }
                return isRedirect;
            }
            case "compress" -> {
                treatment.locationDirectives.addAll(
                        List.of(
                                "gzip on",
                                "gzip_vary on",
                                "gzip_types text/css text/plain text/xml application/javascript application/json application/xml image/svg+xml"));
            }
            default -> {
                // circuitBreaker, retry, errors, plugin, grpcWeb, contentType, encodedCharacters: the table answers.
                return false;
            }
        }
        treatment.effect(field, RULE + kind, "written into nginx.conf.sigil");
        return false;
    }

    /** Traefik writes groups as ${1}, nginx as $1. */
    private static String dollars(String replacement) {
        return replacement.replaceAll("\\$\\{([0-9A-Za-z_]+)}", "\\$$1");
    }

    private void redirectRegex(Field field) {
        int code = field.at("permanent").is("true") ? 301 : 302;
        String condition = "if ($scheme://$http_host$request_uri ~ "
                + Treatment.pattern(field.at("regex").text("^$")) + ")";
        // nginx compares variables only: the whole address is put into one first.
        treatment.locationDirectives.add("set $landfall_address $scheme://$http_host$request_uri");
        treatment.locationDirectives.add(condition.replace("$scheme://$http_host$request_uri", "$landfall_address")
                + " { return " + code + " "
                + Treatment.word(dollars(field.at("replacement").text("/"))) + "; }");
    }

    private void strip(Field field) {
        for (String prefix : field.at("prefixes").texts()) {
            if (part.path().startsWith(prefix) || field.at("prefixes").items().size() == 1) {
                HttpFilters.replacePrefix(treatment, prefix, "/");
                HttpFilters.requestHeader(treatment, "X-Forwarded-Prefix", prefix);
                return;
            }
        }
    }

    private void headers(Field headers) {
        Map<String, Field> entries = headers.entries();
        Map<String, String> fixed = new LinkedHashMap<>();
        fixed.put("contentTypeNosniff", "X-Content-Type-Options: nosniff");
        fixed.put("frameDeny", "X-Frame-Options: DENY");
        fixed.put("browserXssFilter", "X-XSS-Protection: 1; mode=block");
        Map<String, String> named = Map.of(
                "contentSecurityPolicy", "Content-Security-Policy",
                "contentSecurityPolicyReportOnly", "Content-Security-Policy-Report-Only",
                "customFrameOptionsValue", "X-Frame-Options",
                "customBrowserXSSValue", "X-XSS-Protection",
                "permissionsPolicy", "Permissions-Policy",
                "featurePolicy", "Feature-Policy",
                "referrerPolicy", "Referrer-Policy");
        entries.forEach((name, field) -> {
            if (fixed.containsKey(name) && field.is("true")) {
                String[] header = fixed.get(name).split(": ", 2);
                treatment.responseHeaders.put(header[0], "\"" + header[1] + "\"");
            } else if (named.containsKey(name)) {
                HttpFilters.responseHeader(treatment, named.get(name), field.text(""));
            } else if (name.equals("customRequestHeaders") || name.equals("sslProxyHeaders")) {
                HttpFilters.pairs(field)
                        .forEach((header, value) -> HttpFilters.requestHeader(treatment, header, value));
            } else if (name.equals("customResponseHeaders")) {
                HttpFilters.pairs(field).forEach((header, value) -> {
                    if (value.isEmpty()) {
                        HttpFilters.hide(treatment, header);
                    } else {
                        HttpFilters.responseHeader(treatment, header, value);
                    }
                });
            } else if (name.equals("stsSeconds") && field.number().isPresent()) {
                treatment.property(field, RULE + "headers.stsSeconds", "hsts-max-age", field.text(""));
                treatment.properties.put("hsts", field.is("0") ? "false" : "true");
                return;
            } else if (name.equals("stsIncludeSubdomains") || name.equals("stsPreload")) {
                String property = name.equals("stsPreload") ? "hsts-preload" : "hsts-include-subdomains";
                treatment.property(field, RULE + "headers." + name, property, field.text("false"));
                return;
            } else if (!name.startsWith("accessControl")) {
                return;
            }
            treatment.effect(field, RULE + "headers." + name, "a header in nginx.conf.sigil");
        });
        cors(headers);
    }

    private void cors(Field headers) {
        List<String> origins = headers.at("accessControlAllowOriginList").texts().stream()
                .filter(Cors.ORIGIN.asMatchPredicate())
                .toList();
        if (origins.isEmpty()) {
            return;
        }
        new Cors(
                        origins,
                        String.join(
                                ", ", headers.at("accessControlAllowMethods").texts()),
                        String.join(
                                ", ", headers.at("accessControlAllowHeaders").texts()),
                        String.join(
                                ", ", headers.at("accessControlExposeHeaders").texts()),
                        headers.at("accessControlAllowCredentials").is("true"),
                        headers.at("accessControlMaxAge").text(""))
                .addTo(
                        treatment,
                        Treatment.APP_VARIABLE + "_" + headers.object().name().replaceAll("[^A-Za-z0-9]", "_"));
    }

    private void addresses(Field object, Field field) {
        List<String> ranges = field.at("sourceRange").texts();
        if (ranges.isEmpty() || !ranges.stream().allMatch(NginxReading.ADDRESS.asMatchPredicate())) {
            guard(object, "addresses", field);
            return;
        }
        ranges.forEach(range -> treatment.locationDirectives.add("allow " + range));
        treatment.locationDirectives.add("deny all");
        treatment.effect(field.at("sourceRange"), RULE + "sourceRange", "allow and deny all in nginx.conf.sigil");
    }

    private void buffering(Field field) {
        field.at("maxRequestBodyBytes")
                .number()
                .filter(size -> size > 0)
                .ifPresent(size -> treatment.property(
                        field.at("maxRequestBodyBytes"),
                        RULE + "buffering",
                        "client-max-body-size",
                        String.valueOf(size)));
        field.at("memRequestBodyBytes").satisfied(RULE + "buffering", "nginx keeps large requests on disk by itself");
        field.at("memResponseBodyBytes").satisfied(RULE + "buffering", "nginx keeps large answers on disk by itself");
    }

    private void rate(Field object, Field field) {
        int average = field.at("average").number().orElse(0);
        if (average == 0) {
            return;
        }
        int burst = field.at("burst").number().orElse(1);
        String period = field.at("period").text("1s");
        String unit = period.equals("1m") || period.equals("60s") ? "r/m" : "r/s";
        String zone = Treatment.APP + "_" + object.object().name() + "_rate";
        treatment.sharedBlocks.add(
                "limit_req_zone $binary_remote_addr zone=" + zone + ":5m rate=" + average + unit + ";");
        treatment.locationDirectives.add("limit_req zone=" + zone + " burst=" + burst + " nodelay");
        treatment.locationDirectives.add("limit_req_status 429");
    }

    private void guard(Field object, String kind, Field field) {
        String id = "middleware-" + object.object().name();
        String what = switch (kind) {
            case "basicAuth" ->
                "asks for a password (Secret " + field.at("secret").text("") + ", key users)";
            case "digestAuth" -> "asks for a password by digest authentication, which nginx can't";
            case "forwardAuth" ->
                "has every request allowed by " + field.at("address").text("");
            case "addresses" -> "lets in addresses that Landfall can't read";
            default -> "hands the client's certificate to the app";
        };
        Optional<String> chosen = draft.ask(
                id,
                object.object().shortName() + " " + what + ". Nobody gets in until it is seen to."
                        + (kind.equals("basicAuth")
                                ? " With the answer `file`, nginx reads the users from /home/dokku/APP/htpasswd on the host."
                                : ""),
                kind.equals("basicAuth")
                        ? Draft.options(
                                "file", "I put the file on the host",
                                "closed", "nobody gets in until I have seen to it",
                                "open", "anybody may come in")
                        : Draft.options(
                                "closed", "nobody gets in until I have seen to it",
                                "open", "the app sees to it itself"),
                field);
        field.decision(RULE + kind, id, what);
        if (kind.equals("basicAuth") && chosen.filter("file"::equals).isPresent()) {
            String realm = field.at("realm").text("traefik");
            treatment.locationDirectives.add("auth_basic " + Treatment.literal(Treatment.quoted(realm)));
            treatment.locationDirectives.add("auth_basic_user_file {{ $.DOKKU_ROOT }}/{{ $.APP }}/htpasswd");
        } else if (chosen.filter("open"::equals).isEmpty()) {
            treatment.locationDirectives.add("deny all");
        }
    }
}
