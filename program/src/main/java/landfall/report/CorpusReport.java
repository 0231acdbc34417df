package landfall.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** The table of {@code landfall corpus}: a line a set, and their sums. */
public final class CorpusReport {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<String> HEADINGS = List.of(
            "set", "objects", "leaves", "settled", "unknown", "of listed", "decisions", "lost", "exit", "seconds");

    private CorpusReport() {}

    /**
     * What a plan of one set came to.
     *
     * @param set the sub-folder's name
     * @param settled leaves with a disposition that a rule gave
     * @param unknown leaves that no rule knows
     * @param unknownListed those of them that belong to kinds Landfall has rules for
     * @param decisions the questions that the plan asks
     * @param lost what the report says can't be carried over
     * @param exit what {@code landfall plan --draft} ends with
     */
    public record Line(
            String set,
            int objects,
            long leaves,
            long settled,
            long unknown,
            long unknownListed,
            int decisions,
            int lost,
            int exit,
            double seconds) {
        /** A set that came to nothing: nothing in it could be read, or planning it failed. */
        public static Line failed(String set, int exit, double seconds) {
            return new Line(set, 0, 0, 0, 0, 0, 0, 0, exit, seconds);
        }
    }

    /** The line as JSON, with the keys that the issue names and no others. */
    public static String json(Line line) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("set", line.set());
        fields.put("objects", line.objects());
        fields.put("leaves", line.leaves());
        fields.put("settled", line.settled());
        fields.put("unknown", line.unknown());
        fields.put("decisions", line.decisions());
        fields.put("lost", line.lost());
        fields.put("exit", line.exit());
        fields.put("seconds", Math.round(line.seconds() * 1000) / 1000.0);
        return JSON.writeValueAsString(fields);
    }

    /** All lines under one heading. */
    public static String text(List<Line> lines, Style style) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADINGS);
        lines.forEach(line -> rows.add(cells(line)));
        rows.add(cells(sum(lines)));
        int[] widths = new int[HEADINGS.size()];
        rows.forEach(row -> {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        });
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < rows.size(); row++) {
            String shown = row(rows.get(row), widths);
            boolean isFrame = row == 0 || row == rows.size() - 1;
            boolean isBad = !isFrame && isBad(lines.get(row - 1));
            text.append(isFrame ? style.bold(shown) : isBad ? style.bad(shown) : shown)
                    .append('\n');
        }
        return text.toString();
    }

    private static boolean isBad(Line line) {
        return line.unknownListed() > 0 || (line.exit() != 0 && line.exit() != 3);
    }

    private static Line sum(List<Line> lines) {
        return new Line(
                lines.size() + (lines.size() == 1 ? " set" : " sets"),
                lines.stream().mapToInt(Line::objects).sum(),
                lines.stream().mapToLong(Line::leaves).sum(),
                lines.stream().mapToLong(Line::settled).sum(),
                lines.stream().mapToLong(Line::unknown).sum(),
                lines.stream().mapToLong(Line::unknownListed).sum(),
                lines.stream().mapToInt(Line::decisions).sum(),
                lines.stream().mapToInt(Line::lost).sum(),
                lines.stream().mapToInt(Line::exit).max().orElse(0),
                lines.stream().mapToDouble(Line::seconds).sum());
    }

    private static List<String> cells(Line line) {
        return List.of(
                line.set(),
                String.valueOf(line.objects()),
                String.valueOf(line.leaves()),
                percent(line),
                String.valueOf(line.unknown()),
                String.valueOf(line.unknownListed()),
                String.valueOf(line.decisions()),
                String.valueOf(line.lost()),
                String.valueOf(line.exit()),
                String.format(Locale.ROOT, "%.3f", line.seconds()));
    }

    /** Rounded down: 100 % is said only where nothing is left. */
    private static String percent(Line line) {
        if (line.leaves() == 0) {
            return "-";
        }
        double tenths = Math.floor(line.settled() * 1000.0 / line.leaves()) / 10;
        return String.format(Locale.ROOT, "%.1f %%", tenths);
    }

    private static String row(List<String> cells, int[] widths) {
        StringBuilder row = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String gap = " ".repeat(widths[column] - cells.get(column).length());
            row.append(column == 0 ? "" : "  ").append(column == 0 ? cells.get(column) + gap : gap + cells.get(column));
        }
        return row.toString();
    }
}
