package landfall.translate;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds Services' names in values. A full name ({@code redis.vsekai.svc.cluster.local}) counts anywhere; a short one
 * only where a host stands, because {@code web} or {@code postgres} is often just a word.
 */
final class ServiceNames {
    private static final Pattern HOST_VARIABLE =
            Pattern.compile("(?i).*(HOST|HOSTNAME|SERVER|ADDR|ADDRESS|ENDPOINT|URL|URI|DSN|NODES|BROKERS?)$");

    /** Whatever a Service may be called: looking these up takes as long for one Service as for thousands. */
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_-]+");

    private ServiceNames() {}

    /** Where a Service is named in a value: the host, and the port if one follows. */
    record Mention(int start, int end, String host, Optional<String> port) {}

    static Optional<Mention> find(Field service, String namespace, String variable, String value) {
        return find(service.object().name(), namespace, variable, value);
    }

    /** A name that an operator makes ({@code orders-rw}): no manifest has its Service, and it is no common word. */
    static Optional<Mention> findMade(Set<String> names, String namespace, String variable, String value) {
        for (String name : names) {
            if (value.equals(name)) {
                return Optional.of(new Mention(0, value.length(), name, Optional.empty()));
            }
            Optional<Mention> mention = find(name, namespace, variable, value);
            if (mention.isPresent()) {
                return mention;
            }
        }
        return Optional.empty();
    }

    private static Optional<Mention> find(String name, String namespace, String variable, String value) {
        String full = name + "." + namespace;
        for (String host : List.of(full + ".svc.cluster.local", full + ".svc", full, name)) {
            // One pod of a StatefulSet is reached through it as well: postgres-0.postgres.
            Matcher matcher = Pattern.compile("(?<![A-Za-z0-9._-])(?:[a-z0-9][a-z0-9-]*-[0-9]+\\.)?"
                            + Pattern.quote(host) + "(?![A-Za-z0-9_-]|\\.[A-Za-z0-9])(?::([0-9]{1,5}))?")
                    .matcher(value);
            while (matcher.find()) {
                boolean isShort = host.equals(name);
                if (!isShort || standsAsHost(value, matcher, variable)) {
                    return Optional.of(
                            new Mention(matcher.start(), matcher.end(), host, Optional.ofNullable(matcher.group(1))));
                }
            }
        }
        return Optional.empty();
    }

    /** The value with another host where the Service was named; a port stays. */
    static String renamed(Field service, String namespace, String variable, String value, String host) {
        return find(service, namespace, variable, value)
                .map(mention -> value.substring(0, mention.start())
                        + host
                        + mention.port().map(port -> ":" + port).orElse("")
                        + value.substring(mention.end()))
                .orElse(value);
    }

    private static boolean standsAsHost(String value, Matcher matcher, String variable) {
        String before = value.substring(0, matcher.start());
        if (before.endsWith("://") && value.substring(matcher.end()).matches("[^/?]*@.*")) {
            // What stands before the @ is a user.
            return false;
        }
        boolean inUrl = before.endsWith("://") || before.endsWith("@");
        boolean withPort = matcher.group(1) != null;
        boolean whole = matcher.start() == 0 && matcher.end() == value.length();
        return inUrl || withPort || (whole && HOST_VARIABLE.matcher(variable).matches());
    }

    /** The Services that a value names, in the order it names them. */
    static List<Field> mentioned(Draft draft, String variable, String value) {
        Set<String> words = new LinkedHashSet<>();
        Matcher word = WORD.matcher(value);
        while (word.find()) {
            words.add(word.group());
        }
        return words.stream()
                .flatMap(name -> draft.index.named("", "Service", name).stream())
                .filter(service ->
                        find(service, draft.namespace, variable, value).isPresent())
                .toList();
    }
}
