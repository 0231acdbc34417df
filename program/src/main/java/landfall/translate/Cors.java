package landfall.translate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Which pages of other origins may use the answers, as headers and an answer to OPTIONS. */
record Cors(
        List<String> origins,
        String methods,
        String headers,
        String exposed,
        boolean allowsCredentials,
        String maxAge) {
    static final Pattern ORIGIN = Pattern.compile("\\*|https?://[A-Za-z0-9.*-]+(:[0-9]+)?");

    static final String METHODS = "GET, PUT, POST, DELETE, PATCH, OPTIONS";

    Cors {
        origins = List.copyOf(origins);
    }

    /** @param unique a name for the map of origins that no other object has */
    void addTo(Treatment treatment, String unique) {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("Access-Control-Allow-Origin", origin(treatment, unique));
        if (allowsCredentials) {
            lines.put("Access-Control-Allow-Credentials", "true");
        }
        put(lines, "Access-Control-Allow-Methods", methods);
        put(lines, "Access-Control-Allow-Headers", headers);
        put(lines, "Access-Control-Expose-Headers", exposed);
        StringBuilder preflight = new StringBuilder("if ($request_method = OPTIONS) {\n");
        lines.forEach((name, text) -> preflight
                .append("  add_header ")
                .append(name)
                .append(' ')
                .append(text)
                .append(" always;\n"));
        if (maxAge.matches("[0-9]+")) {
            preflight
                    .append("  add_header Access-Control-Max-Age ")
                    .append(maxAge)
                    .append(";\n");
        }
        treatment.locationDirectives.add(preflight.append("  return 204;\n}").toString());
        treatment.responseHeaders.putAll(lines);
    }

    private static void put(Map<String, String> lines, String name, String value) {
        if (!value.isEmpty()) {
            lines.put(name, Treatment.literal(Treatment.quoted(value)));
        }
    }

    /** Of several origins, the one that asks is named back, as the browsers want it. */
    private String origin(Treatment treatment, String unique) {
        if (origins.contains("*")) {
            return "\"*\"";
        }
        String variable = "$landfall_origin_" + unique;
        StringBuilder map = new StringBuilder("map $http_origin " + variable + " {\n  default \"\";\n");
        for (String origin : origins) {
            String pattern = origin.replace(".", "\\.").replace("*", "[A-Za-z0-9-]+");
            map.append("  \"~*^").append(pattern).append("$\" $http_origin;\n");
        }
        treatment.sharedBlocks.add(map.append('}').toString());
        return variable;
    }
}
