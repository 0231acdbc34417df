package landfall.recipe.task;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The properties of Dokku's plugins and how their values are written. Dokku stores any value, and what nginx doesn't
 * take fails only when the next configuration is written, for every app of the host.
 */
final class Properties {
    private static final Syntax TIME =
            new Syntax("([0-9]+(ms|[smhdwMy])?)( ?[0-9]+(ms|[smhdwMy])?)*", "a time as nginx writes it (60s, 2m, 1h)");
    private static final Syntax SIZE = new Syntax("[0-9]+[kKmMgG]?", "a size as nginx writes it (8k, 50m, 1g)");
    private static final Syntax BUFFER = new Syntax("[1-9][0-9]*[kKmM]?", "a size as nginx writes it (8k, 1m)");
    private static final Syntax BUFFERS = new Syntax("[1-9][0-9]* [1-9][0-9]*[kKmM]?", "a count and a size (8 16k)");
    private static final Syntax NUMBER = new Syntax("[0-9]{1,15}", "a whole number");
    private static final Syntax SWITCH = new Syntax("on|off", "on or off");
    private static final Syntax TRUTH = new Syntax("true|false", "true or false");
    private static final Syntax LOG = new Syntax("off|/[^\\s;{}'\"]+|syslog:[^\\s;{}'\"]+", "an absolute path, or off");
    private static final Syntax PATH = new Syntax("[^\\s;{}'\"]+", "a path without blanks, quotes, ; and braces");
    private static final Syntax WORD = new Syntax("[^\\s;{}'\"]+", "one word without quotes, ; and braces");
    private static final Syntax ANY = new Syntax(".*", "a text of one line");
    private static final Syntax IPV4 =
            new Syntax("((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\\.(?!$)|$)){4}", "an IPv4 address");
    private static final Syntax IPV6 = new Syntax("\\[?[0-9a-fA-F]*:[0-9a-fA-F:.]*]?", "an IPv6 address");
    private static final Syntax NETWORKS =
            new Syntax("[A-Za-z0-9][A-Za-z0-9_.-]*(,[A-Za-z0-9][A-Za-z0-9_.-]*)*", "a network's name");
    private static final Syntax LISTENER =
            new Syntax("([0-9]{1,3}\\.){3}[0-9]{1,3}(:[0-9]{1,5})?", "an IPv4 address and a port");

    private static final Map<String, Syntax> NGINX = new TreeMap<>(Map.ofEntries(
            Map.entry("access-log-format", WORD),
            Map.entry("access-log-path", LOG),
            Map.entry("bind-address-ipv4", IPV4),
            Map.entry("bind-address-ipv6", IPV6),
            Map.entry("client-body-timeout", TIME),
            Map.entry("client-header-timeout", TIME),
            Map.entry("client-max-body-size", SIZE),
            Map.entry("disable-custom-config", TRUTH),
            Map.entry("error-log-path", LOG),
            Map.entry("hsts", TRUTH),
            Map.entry("hsts-include-subdomains", TRUTH),
            Map.entry("hsts-max-age", NUMBER),
            Map.entry("hsts-preload", TRUTH),
            Map.entry("keepalive-timeout", TIME),
            Map.entry("lingering-timeout", TIME),
            Map.entry("nginx-conf-sigil-path", PATH),
            Map.entry("nginx-service-command", PATH),
            Map.entry("proxy-buffer-size", BUFFER),
            Map.entry("proxy-buffering", SWITCH),
            Map.entry("proxy-buffers", BUFFERS),
            Map.entry("proxy-busy-buffers-size", BUFFER),
            Map.entry("proxy-connect-timeout", TIME),
            Map.entry("proxy-keepalive", NUMBER),
            Map.entry("proxy-read-timeout", TIME),
            Map.entry("proxy-send-timeout", TIME),
            Map.entry("send-timeout", TIME),
            Map.entry("underscore-in-headers", SWITCH),
            Map.entry("x-forwarded-for-value", WORD),
            Map.entry("x-forwarded-port-value", WORD),
            Map.entry("x-forwarded-proto-value", WORD),
            Map.entry("x-forwarded-ssl", WORD)));

    private static final Map<String, Map<String, Syntax>> KNOWN = Map.of(
            "nginx",
            NGINX,
            "checks",
            Map.of("wait-to-retire", NUMBER),
            "network",
            Map.of(
                    "attach-post-create", NETWORKS,
                    "attach-post-deploy", NETWORKS,
                    "bind-all-interfaces", TRUTH,
                    "initial-network", NETWORKS,
                    "static-web-listener", LISTENER,
                    "tld", WORD),
            "ps",
            Map.of(
                    "dockerfile-start-cmd", ANY,
                    "procfile-path", PATH,
                    "restart-policy",
                            new Syntax(
                                    "no|always|unless-stopped|on-failure(:[0-9]+)?",
                                    "no, always, unless-stopped, on-failure or on-failure:COUNT"),
                    "skip-deploy", TRUTH,
                    "start-cmd", ANY,
                    "stop-timeout-seconds", NUMBER));

    private record Syntax(Pattern pattern, String told) {
        Syntax(String pattern, String told) {
            this(Pattern.compile(pattern), told);
        }
    }

    private Properties() {}

    static List<String> names(String plugin) {
        return List.copyOf(new TreeSet<>(KNOWN.getOrDefault(plugin, Map.of()).keySet()));
    }

    /** The field {@code property}, which must be one of the plugin's and have a value that it takes. */
    static String property(TaskFields fields, String plugin, String value) {
        String name = fields.text("property");
        Syntax syntax = KNOWN.getOrDefault(plugin, Map.of()).get(name);
        if (syntax == null) {
            fields.demand(
                    false,
                    "property",
                    plugin + " has no property \"" + name + "\"; the nearest one is " + nearest(plugin, name));
            return name;
        }
        fields.demand(
                syntax.pattern().matcher(value).matches(),
                "value",
                "\"" + value + "\" is nothing that " + name + " takes: it is " + syntax.told());
        return name;
    }

    private static String nearest(String plugin, String name) {
        return names(plugin).stream()
                .min(Comparator.comparingInt(known -> known.startsWith(name) ? 0 : distance(known, name)))
                .orElseThrow();
    }

    /** How many letters must be put in, taken out or replaced. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int at = 0; at <= other.length(); at++) {
            row[at] = at;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[other.length()];
    }
}
