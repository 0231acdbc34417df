package landfall.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import landfall.target.Route;

/** Traefik's rule of a route, {@code Host(`a`) && PathPrefix(`/b`)}, as the hosts and paths that it stands for. */
record TraefikMatch(List<Part> parts) {
    private static final Pattern CALL =
            Pattern.compile("\\s*(Host|PathPrefix|Path|PathRegexp|HostRegexp)\\(([^()]*)\\)\\s*");
    private static final Pattern TEXT = Pattern.compile("[`\"']([^`\"']*)[`\"']");

    TraefikMatch {
        parts = List.copyOf(parts);
    }

    /** @param host empty for any */
    record Part(String host, Route.Match match, String path) {}

    /** Empty if it says more than hosts and paths: headers, methods, addresses, a negation. */
    static Optional<TraefikMatch> of(String rule) {
        List<Part> parts = new ArrayList<>();
        for (String alternative : alternatives(rule)) {
            List<String> hosts = new ArrayList<>();
            List<String> paths = new ArrayList<>();
            Route.Match match = Route.Match.START;
            for (String condition : alternative.split("&&", -1)) {
                Matcher call = CALL.matcher(inner(condition));
                if (!call.matches() || call.group(1).equals("HostRegexp")) {
                    return Optional.empty();
                }
                List<String> texts = new ArrayList<>();
                TEXT.matcher(call.group(2)).results().forEach(text -> texts.add(text.group(1)));
                if (texts.isEmpty() || (call.group(1).equals("Host") ? hosts : paths).size() > 0) {
                    return Optional.empty();
                }
                switch (call.group(1)) {
                    case "Host" -> hosts.addAll(texts);
                    case "Path" -> {
                        paths.addAll(texts);
                        match = Route.Match.EXACT;
                    }
                    case "PathRegexp" -> {
                        paths.addAll(texts);
                        match = Route.Match.REGEX;
                    }
                    default -> paths.addAll(texts);
                }
            }
            for (String host : hosts.isEmpty() ? List.of("") : hosts) {
                for (String path : paths.isEmpty() ? List.of("/") : paths) {
                    parts.add(new Part(host, match, match == Route.Match.REGEX ? path.replaceAll("^\\^", "") : path));
                }
            }
        }
        return parts.isEmpty() ? Optional.empty() : Optional.of(new TraefikMatch(parts));
    }

    /** {@code (Host(a) || Host(b)) && PathPrefix(c)} is two alternatives, each with the path. */
    private static List<String> alternatives(String rule) {
        Matcher group = Pattern.compile("^\\s*\\(((?:[^()]|\\([^()]*\\))*)\\)\\s*(&&.*)?$", Pattern.DOTALL)
                .matcher(rule);
        if (group.matches() && group.group(1).contains("||")) {
            String rest = group.group(2) == null ? "" : group.group(2);
            List<String> all = new ArrayList<>();
            for (String part : group.group(1).split("\\|\\|", -1)) {
                all.add(part + rest);
            }
            return all;
        }
        Matcher behind = Pattern.compile(
                        "^((?:[^()]|\\([^()]*\\))*&&)\\s*\\(((?:[^()]|\\([^()]*\\))*)\\)\\s*$", Pattern.DOTALL)
                .matcher(rule);
        if (behind.matches() && behind.group(2).contains("||")) {
            List<String> all = new ArrayList<>();
            for (String part : behind.group(2).split("\\|\\|", -1)) {
                all.add(behind.group(1) + part);
            }
            return all;
        }
        return List.of(rule.split("\\|\\|", -1));
    }

    private static String inner(String condition) {
        String text = condition.strip();
        return text.startsWith("(") && text.endsWith(")") ? text.substring(1, text.length() - 1) : text;
    }
}
