package landfall.objects.s3;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import landfall.objects.store.Bucket;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/** Which pages of other origins may ask: "Using cross-origin resource sharing (CORS)"; the first rule that fits holds. */
record Cors(List<Rule> rules) {
    private static final String VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";
    private static final int RULES_MAX = 100;
    private static final List<String> METHODS = List.of("GET", "PUT", "HEAD", "POST", "DELETE");

    /** One rule. {@code maxAgeSeconds}: -1 if not given. */
    record Rule(
            String id,
            List<String> origins,
            List<String> methods,
            List<String> headers,
            List<String> exposed,
            int maxAgeSeconds) {

        boolean fits(String origin, String method, List<String> asked) {
            return methods.contains(method)
                    && origins.stream().anyMatch(each -> Policy.like(each, origin))
                    && asked.stream()
                            .allMatch(header -> headers.stream()
                                    .anyMatch(each -> Policy.like(
                                            each.toLowerCase(Locale.ROOT), header.toLowerCase(Locale.ROOT))));
        }

        void tell(HttpFields.Mutable answer, String origin) {
            answer.put("Access-Control-Allow-Origin", origins.contains("*") ? "*" : origin);
            answer.put("Access-Control-Allow-Methods", String.join(", ", methods));
            if (!origins.contains("*")) {
                answer.put("Access-Control-Allow-Credentials", "true");
            }
            if (!exposed.isEmpty()) {
                answer.put("Access-Control-Expose-Headers", String.join(", ", exposed));
            }
            if (maxAgeSeconds >= 0) {
                answer.put("Access-Control-Max-Age", maxAgeSeconds);
            }
            answer.put("Vary", VARY);
        }
    }

    /** @throws S3Exception MalformedXML, InvalidRequest */
    static Cors parse(byte[] body) {
        List<Rule> rules = new ArrayList<>();
        for (Xml.Element each : Xml.read(body, "CORSConfiguration").children("CORSRule")) {
            List<String> methods = texts(each, "AllowedMethod");
            List<String> origins = texts(each, "AllowedOrigin");
            for (String method : methods) {
                if (!METHODS.contains(method)) {
                    throw new S3Exception(
                            S3Error.InvalidRequest,
                            "Found unsupported HTTP method in CORS config. Unsupported method is " + method);
                }
            }
            for (String origin : origins) {
                if (origin.indexOf('*') != origin.lastIndexOf('*')) {
                    throw new S3Exception(
                            S3Error.InvalidRequest,
                            "AllowedOrigin \"" + origin + "\" can not have more than one wildcard.");
                }
            }
            if (methods.isEmpty() || origins.isEmpty() || rules.size() == RULES_MAX) {
                throw new S3Exception(S3Error.MalformedXML);
            }
            String age = each.childText("MaxAgeSeconds");
            String id = each.childText("ID");
            rules.add(new Rule(
                    id == null ? "" : id,
                    origins,
                    methods,
                    texts(each, "AllowedHeader"),
                    texts(each, "ExposeHeader"),
                    age == null ? -1 : Numbers.bounded(age.strip(), "MaxAgeSeconds", 0, Integer.MAX_VALUE, 0)));
        }
        if (rules.isEmpty()) {
            throw new S3Exception(S3Error.MalformedXML);
        }
        return new Cors(rules);
    }

    private static List<String> texts(Xml.Element rule, String name) {
        return rule.children(name).stream().map(each -> each.text().strip()).toList();
    }

    Xml xml() {
        Xml xml = Xml.document("CORSConfiguration");
        for (Rule rule : rules) {
            xml.begin("CORSRule");
            if (!rule.id().isEmpty()) {
                xml.add("ID", rule.id());
            }
            rule.methods().forEach(each -> xml.add("AllowedMethod", each));
            rule.origins().forEach(each -> xml.add("AllowedOrigin", each));
            rule.headers().forEach(each -> xml.add("AllowedHeader", each));
            rule.exposed().forEach(each -> xml.add("ExposeHeader", each));
            if (rule.maxAgeSeconds() >= 0) {
                xml.add("MaxAgeSeconds", rule.maxAgeSeconds());
            }
            xml.end();
        }
        return xml;
    }

    private static @Nullable Rule rule(@Nullable Bucket bucket, String origin, String method, List<String> asked) {
        String text = bucket == null ? null : bucket.setting("cors");
        return text == null
                ? null
                : parse(text.getBytes(StandardCharsets.UTF_8)).rules().stream()
                        .filter(each -> each.fits(origin, method, asked))
                        .findFirst()
                        .orElse(null);
    }

    /**
     * Adds the headers of the rule that fits a request, if it comes from another origin's page. Where there are rules, any
     * answer may depend on the origin and says so (Fetch Standard, "CORS protocol and HTTP caches"): else a browser that has
     * shown a picture keeps the answer, without these headers, and refuses it to the script that reads the same picture.
     */
    static void tell(Call call, @Nullable Bucket bucket) {
        if (bucket != null && bucket.setting("cors") != null) {
            call.answer().put("Vary", VARY);
        }
        String origin = call.header("origin");
        if (origin != null && !call.method().equals("OPTIONS")) {
            Rule rule = rule(bucket, origin, call.header("access-control-request-method", call.method()), List.of());
            if (rule != null) {
                rule.tell(call.answer(), origin);
            }
        }
    }

    /** Answers a preflight. @throws S3Exception InvalidRequest, AccessForbidden */
    static void preflight(Call call, @Nullable Bucket bucket) throws IOException {
        String origin = call.header("origin");
        String method = call.header("access-control-request-method");
        if (origin == null || origin.isEmpty()) {
            throw new S3Exception(S3Error.InvalidRequest, "Insufficient information. Origin request header needed.");
        }
        if (method == null || method.isEmpty()) {
            throw new S3Exception(S3Error.InvalidRequest, "Invalid Access-Control-Request-Method: null");
        }
        List<String> asked = Arrays.stream(
                        call.header("access-control-request-headers", "").split(","))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .toList();
        Rule rule = rule(bucket, origin, method, asked);
        if (rule == null) {
            throw new S3Exception(
                            S3Error.AccessForbidden,
                            bucket == null || bucket.setting("cors") == null
                                    ? "CORSResponse: CORS is not enabled for this bucket."
                                    : "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.")
                    .with("Method", method)
                    .with("ResourceType", call.keyOrNull() == null ? "BUCKET" : "OBJECT");
        }
        rule.tell(call.answer(), origin);
        if (!asked.isEmpty()) {
            call.answer().put("Access-Control-Allow-Headers", String.join(", ", asked));
        }
        call.sendEmpty(200);
    }
}
