package landfall.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import landfall.base.Quantities;
import org.jspecify.annotations.Nullable;

/** One value of {@code status} on a terminal, a line each; what has nothing to say has none. */
final class StatusText {
    /** A run tells its figures every second. */
    private static final long STALE_SECONDS = 5;

    private StatusText() {}

    static List<String> of(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.get("message") == null ? List.of() : live(map);
        }
        return value.toString().isEmpty() ? List.of() : List.of(value.toString());
    }

    /** What the run said last in words; while it copies, a line for each table and index at work. */
    private static List<String> live(Map<?, ?> map) {
        List<String> lines = new ArrayList<>();
        Object overall = map.get("overall");
        lines.add((overall == null ? map.get("message") : overall) + age(map.get("secondsAgo")));
        if (map.get("running") instanceof List<?> tables) {
            for (Object each : tables) {
                if (each instanceof Map<?, ?> table) {
                    lines.add(table(table));
                }
            }
        }
        if (map.get("building") instanceof List<?> statements) {
            statements.forEach(statement -> lines.add("  " + statement));
        }
        return lines;
    }

    private static String table(Map<?, ?> table) {
        long done = number(table.get("done"));
        long total = number(table.get("total"));
        return String.format(
                Locale.ROOT,
                "  %-30s %3d %%  %s of %s",
                table.get("table"),
                total <= 0 ? 100 : 100 * done / total,
                Quantities.bytes(done),
                Quantities.bytes(total));
    }

    private static String age(@Nullable Object seconds) {
        long ago = number(seconds);
        return ago < STALE_SECONDS ? "" : " (" + ago + " s ago: the run may hang)";
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }
}
