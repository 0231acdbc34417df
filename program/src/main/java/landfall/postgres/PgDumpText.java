package landfall.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes pg_dump's plain text apart at the headings that it writes before each entry. */
final class PgDumpText {
    /** Line breaks in a name are written as spaces (sanitize_line in dumputils.c), so a heading is one line. */
    private static final Pattern HEADING = Pattern.compile("^-- (?:Data for )?Name: (.*); Type: ([A-Z ]+); Schema: (.*); Owner: .*$");

    private static final Pattern RESTRICT = Pattern.compile("(?m)^\\\\restrict (\\S+)$");
    private static final String FRAME = "--";

    private PgDumpText() {}

    static List<SchemaEntry> entries(String dump) {
        List<SchemaEntry> entries = new ArrayList<>();
        StringBuilder sql = new StringBuilder();
        String type = "";
        String name = "";
        String before = "";
        for (String line : withoutMetaCommands(dump).split("\n", -1)) {
            Matcher heading = HEADING.matcher(line);
            // A function's body may hold a line like a heading, but hardly with pg_dump's frame above it.
            if (before.equals(FRAME) && heading.matches()) {
                add(entries, type, name, sql);
                type = heading.group(2);
                String schema = heading.group(3);
                name = (schema.equals("-") ? "" : schema + ".") + heading.group(1);
                sql.setLength(0);
            }
            sql.append(line).append('\n');
            before = line;
        }
        add(entries, type, name, sql);
        return entries;
    }

    private static void add(List<SchemaEntry> entries, String type, String name, StringBuilder sql) {
        if (!sql.toString().isBlank()) {
            entries.add(new SchemaEntry(type, name, sql.toString()));
        }
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
