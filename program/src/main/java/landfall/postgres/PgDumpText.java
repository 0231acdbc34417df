package landfall.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes pg_dump's plain text apart at the headings that it writes before each entry. */
final class PgDumpText {
    /** Line breaks in a name are written as spaces (sanitize_line in dumputils.c), so a heading is one line. */
    private static final Pattern HEADING =
            Pattern.compile("^-- (?:Data for )?Name: (.*); Type: ([A-Z ]+); Schema: (.*); Owner: .*$");

    private static final Pattern RESTRICT = Pattern.compile("(?m)^\\\\restrict (\\S+)$");
    private static final String FRAME = "--";

    private PgDumpText() {}

    /** Put together again the entries are the dump, whatever they were cut at. */
    static List<SchemaEntry> entries(String dump) {
        List<SchemaEntry> entries = new ArrayList<>();
        StringBuilder sql = new StringBuilder();
        String type = "";
        String name = "";
        String[] lines = withoutMetaCommands(dump).split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            Matcher heading = HEADING.matcher(lines[i]);
            if (isFramed(lines, i) && heading.matches()) {
                add(entries, type, name, sql);
                type = heading.group(2);
                String schema = heading.group(3);
                name = (schema.equals("-") ? "" : schema + ".") + heading.group(1);
                sql.setLength(0);
            }
            sql.append(lines[i]).append('\n');
        }
        add(entries, type, name, sql);
        return entries;
    }

    /** A function's body may hold a line like a heading, but hardly with all of pg_dump's frame around it. */
    private static boolean isFramed(String[] lines, int i) {
        return i > 1
                && i + 2 < lines.length
                && lines[i - 2].isEmpty()
                && lines[i - 1].equals(FRAME)
                && lines[i + 1].equals(FRAME)
                && lines[i + 2].isEmpty();
    }

    private static void add(List<SchemaEntry> entries, String type, String name, StringBuilder sql) {
        if (!sql.toString().isBlank()) {
            entries.add(new SchemaEntry(type, name, sql.toString()));
        }
    }

    /** Behind an entry's last statement stands the frame of the next heading, or the end of the dump. */
    static String withoutTail(String text) {
        int end = text.length();
        while (end > 0) {
            int line = text.lastIndexOf('\n', end - 2) + 1;
            String last = text.substring(line, end).strip();
            if (!last.isEmpty() && !last.startsWith("--")) {
                break;
            }
            end = line;
        }
        return text.substring(0, end);
    }

    /** Since 15.14 a plain dump is framed by psql's \restrict and \\unrestrict with one random word. */
    private static String withoutMetaCommands(String dump) {
        Matcher matcher = RESTRICT.matcher(dump);
        if (!matcher.find()) {
            return dump;
        }
        String word = Pattern.quote(matcher.group(1));
        return dump.replaceAll("(?m)^\\\\(un)?restrict " + word + "$", "");
    }
}
