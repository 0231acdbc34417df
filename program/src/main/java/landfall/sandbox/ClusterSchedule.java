package landfall.sandbox;

import java.time.ZonedDateTime;
import java.util.Map;

/** Cron schedules of five numeric fields, and the usual names for some of them. */
final class ClusterSchedule {
    private static final Map<String, String> NAMES = Map.of(
            "@hourly", "0 * * * *",
            "@daily", "0 0 * * *",
            "@midnight", "0 0 * * *",
            "@weekly", "0 0 * * 0",
            "@monthly", "0 0 1 * *",
            "@yearly", "0 0 1 1 *",
            "@annually", "0 0 1 1 *");

    private ClusterSchedule() {}

    /** A schedule that can't be read never matches; {@link #valid} tells. */
    static boolean matches(String schedule, ZonedDateTime time) {
        String[] fields = fields(schedule);
        if (!valid(schedule)) {
            return false;
        }
        boolean day = in(fields[2], time.getDayOfMonth(), 1, 31);
        int weekday = time.getDayOfWeek().getValue() % 7;
        boolean week = in(fields[4], weekday, 0, 7) || (weekday == 0 && in(fields[4], 7, 0, 7));
        boolean bothGiven = !fields[2].startsWith("*") && !fields[4].startsWith("*");
        return in(fields[0], time.getMinute(), 0, 59)
                && in(fields[1], time.getHour(), 0, 23)
                && in(fields[3], time.getMonthValue(), 1, 12)
                // cron: where both days are given, one of them is enough
                && (bothGiven ? day || week : day && week);
    }

    static boolean valid(String schedule) {
        String[] fields = fields(schedule);
        if (fields.length != 5) {
            return false;
        }
        for (String field : fields) {
            if (!field.matches("(\\*|\\d+(-\\d+)?)(/\\d+)?(,(\\*|\\d+(-\\d+)?)(/\\d+)?)*")) {
                return false;
            }
        }
        return true;
    }

    private static String[] fields(String schedule) {
        return NAMES.getOrDefault(schedule.strip(), schedule.strip()).split("\\s+");
    }

    private static boolean in(String field, int value, int low, int high) {
        for (String part : field.split(",")) {
            String[] range = part.split("/");
            int step = range.length > 1 ? Math.max(1, Integer.parseInt(range[1])) : 1;
            int from = low;
            int to = high;
            if (!range[0].equals("*")) {
                String[] ends = range[0].split("-");
                from = Integer.parseInt(ends[0]);
                to = ends.length > 1 ? Integer.parseInt(ends[1]) : range.length > 1 ? high : from;
            }
            if (value >= from && value <= to && (value - from) % step == 0) {
                return true;
            }
        }
        return false;
    }
}
