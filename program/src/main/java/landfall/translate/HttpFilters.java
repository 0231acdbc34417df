package landfall.translate;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import landfall.target.Route;

/** What HTTPRoutes, VirtualServices and middlewares have in common: headers, redirects, rewrites, times. */
final class HttpFilters {
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9_-]+");
    private static final Pattern DURATION_PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(h|ms|m|s)");

    private HttpFilters() {}

    static void requestHeader(Treatment treatment, String name, String value) {
        if (HEADER.matcher(name).matches()) {
            treatment.requestHeaders.put(name, value.isEmpty() ? "" : Treatment.literal(Treatment.quoted(value)));
        }
    }

    static void responseHeader(Treatment treatment, String name, String value) {
        if (HEADER.matcher(name).matches()) {
            hide(treatment, name);
            treatment.responseHeaders.put(name, Treatment.literal(Treatment.quoted(value)));
        }
    }

    static void hide(Treatment treatment, String name) {
        String line = "proxy_hide_header " + name;
        if (HEADER.matcher(name).matches() && !treatment.locationDirectives.contains(line)) {
            treatment.locationDirectives.add(line);
        }
    }

    /** {@code name: value} pairs of a free map, or {@code [{name, value}]}. */
    static Map<String, String> pairs(Field field) {
        Map<String, String> pairs = new java.util.LinkedHashMap<>();
        field.entries().forEach((name, value) -> pairs.put(name, value.text("")));
        field.items()
                .forEach(item ->
                        pairs.put(item.at("name").text(""), item.at("value").text("")));
        return pairs;
    }

    /** nginx counts in milliseconds where a part of a second is asked for; 0 means no limit, which nginx hasn't. */
    static Optional<String> duration(String text) {
        if (text.matches("[0-9]+")) {
            return Optional.of(text + "s");
        }
        Matcher part = DURATION_PART.matcher(text);
        double millis = 0;
        int end = 0;
        while (part.find() && part.start() == end) {
            double number = Double.parseDouble(part.group(1));
            millis += switch (part.group(2)) {
                case "h" -> number * 3_600_000;
                case "m" -> number * 60_000;
                case "s" -> number * 1000;
                default -> number;
            };
            end = part.end();
        }
        if (text.isEmpty() || end != text.length()) {
            return Optional.empty();
        }
        if (millis == 0) {
            return Optional.of("86400s");
        }
        return Optional.of(millis % 1000 == 0 ? (long) (millis / 1000) + "s" : (long) millis + "ms");
    }

    /** The text as a pattern that fits nothing else. */
    static String escaped(String text) {
        return text.replaceAll("([.+*?()\\[\\]{}^$|\\\\])", "\\\\$1");
    }

    /** The prefix of the path is another from here on. */
    static void replacePrefix(Treatment treatment, String path, String by) {
        String bare = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        String target = by.endsWith("/") ? by.substring(0, by.length() - 1) : by;
        treatment.rewriting = Optional.of(new Treatment.Rewriting("^" + escaped(bare) + "/?(.*)$", target + "/$1"));
    }

    /**
     * A redirect by its parts; what isn't given stays as the client asked.
     *
     * @param path whole path of the target; empty: the client's own
     */
    static Route.Answer redirect(int code, String scheme, String host, String port, String path) {
        String to = address(scheme, host, port) + (path.isEmpty() ? "$request_uri" : path);
        return new Route.Answer.Redirect(code, Treatment.word(to));
    }

    /** A redirect that keeps what stands behind the prefix. */
    static String prefixRedirect(int code, String scheme, String host, String port, String path, String by) {
        String bare = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        String target = by.endsWith("/") ? by.substring(0, by.length() - 1) : by;
        return "if ($uri ~ " + Treatment.pattern("^" + escaped(bare) + "/?(.*)$") + ") { return " + code + " "
                + Treatment.word(address(scheme, host, port) + target + "/$1$is_args$args") + "; }";
    }

    private static String address(String scheme, String host, String port) {
        String usual = scheme.equals("https") ? "443" : "80";
        return (scheme.isEmpty() ? "$scheme" : scheme) + "://" + (host.isEmpty() ? "$host" : host)
                + (port.isEmpty() || port.equals(usual) ? "" : ":" + port);
    }

    /** True if a redirect does no more than Dokku does by itself: plain HTTP to HTTPS. */
    static boolean isToHttpsOnly(String scheme, String host, String path, List<String> hosts) {
        return scheme.equals("https") && path.isEmpty() && (host.isEmpty() || hosts.contains(host));
    }
}
