package landfall.postgres;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A schema as statements, in an order in which each finds what it needs.
 *
 * @param before types, tables, functions, views: what must be there before rows
 * @param after indexes, constraints, triggers, rules: what comes when the rows are there
 * @param by who read it, to be told
 */
record SchemaScript(List<SchemaEntry> before, List<SchemaEntry> after, String by) {
    private static final Pattern SETTING = Pattern.compile("(?m)^SET (\\w+) = .*;$");

    SchemaScript {
        before = List.copyOf(before);
        after = List.copyOf(after);
    }

    /**
     * Without settings of the dump's head that the server doesn't know: a pg_dump of 17 sets transaction_timeout for any.
     *
     * @param parameters names that it knows, in lower case
     */
    SchemaScript forServer(Set<String> parameters) {
        return new SchemaScript(
                before.stream()
                        .map(entry -> entry.type().isEmpty()
                                ? new SchemaEntry(
                                        "",
                                        entry.name(),
                                        SETTING.matcher(entry.sql())
                                                .replaceAll(found -> parameters.contains(
                                                                found.group(1).toLowerCase(Locale.ROOT))
                                                        ? Matcher.quoteReplacement(found.group())
                                                        : ""))
                                : entry)
                        .toList(),
                after,
                by);
    }

    /** All that must be there before rows, to be sent as one. */
    String preData() {
        StringBuilder all = new StringBuilder();
        before.forEach(entry -> all.append(entry.sql()).append('\n'));
        return all.toString();
    }
}
