package landfall.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Boxes in columns with lines between them, as SVG; its colours are those of the page around it. */
final class Drawing {
    private static final int BOX_WIDTH = 138;
    private static final int BOX_HEIGHT = 38;
    private static final int COLUMN_GAP = 40;
    private static final int ROW_GAP = 10;
    private static final int TOP = 30;
    private static final int LABEL_LENGTH_MAX = 16;
    private static final int BELOW_LENGTH_MAX = 23;

    /** More boxes in a column than this are counted, not drawn. */
    static final int COLUMN_MAX = 60;

    /** Of more apps than this nobody could follow the lines, so none are looked for. */
    static final int CONNECTED_MAX = 400;

    private record Box(String id, int column, String label, String below, String look) {}

    private record Line(String from, String to) {}

    private final List<String> headings;
    private final Map<String, Box> boxes = new LinkedHashMap<>();
    private final Set<Line> lines = new LinkedHashSet<>();

    /** @param headings one a column, from the left */
    Drawing(List<String> headings) {
        this.headings = List.copyOf(headings);
    }

    /** @param look a class of the page's style: route, service, app, data */
    void box(String id, int column, String label, String below, String look) {
        boxes.putIfAbsent(id, new Box(id, column, label, below, look));
    }

    void line(String from, String to) {
        lines.add(new Line(from, to));
    }

    boolean has(String id) {
        return boxes.containsKey(id);
    }

    /** @param title read out in place of the picture */
    String svg(String title) {
        Map<Integer, List<Box>> columns = ordered();
        Map<String, int[]> places = new HashMap<>();
        int width = headings.size() * (BOX_WIDTH + COLUMN_GAP) - COLUMN_GAP + 26;
        int most = columns.values().stream()
                .mapToInt(column -> Math.min(column.size(), COLUMN_MAX + 1))
                .max()
                .orElse(0);
        int height = TOP + most * (BOX_HEIGHT + ROW_GAP) + 6;
        StringBuilder drawn = new StringBuilder();
        columns.forEach((column, found) -> {
            int x = 2 + column * (BOX_WIDTH + COLUMN_GAP);
            int y = TOP;
            for (Box box : found.subList(0, Math.min(found.size(), COLUMN_MAX))) {
                places.put(box.id(), new int[] {x, y});
                box(drawn, box, x, y);
                y += BOX_HEIGHT + ROW_GAP;
            }
            if (found.size() > COLUMN_MAX) {
                drawn.append(text("more", x + 10, y + 16, "and " + (found.size() - COLUMN_MAX) + " more"));
            }
        });
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"%s\">",
                width,
                height,
                width,
                height,
                Html.escape(title)));
        for (int at = 0; at < headings.size(); at++) {
            svg.append(text("head", 2 + at * (BOX_WIDTH + COLUMN_GAP), 16, headings.get(at)));
        }
        for (Line line : lines) {
            int[] from = places.get(line.from());
            int[] to = places.get(line.to());
            if (from != null && to != null && !line.from().equals(line.to())) {
                curve(svg, from, to);
            }
        }
        return svg.append(drawn).append("</svg>").toString();
    }

    /** Each column by the height of what leads to it, so that few lines cross; the same boxes, the same order. */
    private Map<Integer, List<Box>> ordered() {
        Map<Integer, List<Box>> columns = new LinkedHashMap<>();
        Map<String, Double> heights = new HashMap<>();
        Map<String, List<Line>> leading = lines.stream().collect(Collectors.groupingBy(Line::to));
        for (int column = 0; column < headings.size(); column++) {
            int current = column;
            Map<String, Double> wanted = new HashMap<>();
            for (Box box : boxes.values()) {
                if (box.column() == current) {
                    wanted.put(
                            box.id(),
                            leading.getOrDefault(box.id(), List.of()).stream()
                                    .filter(line -> heights.containsKey(line.from()))
                                    .mapToDouble(line -> Objects.requireNonNull(heights.get(line.from())))
                                    .average()
                                    .orElse(Double.MAX_VALUE));
                }
            }
            List<Box> found = new ArrayList<>(boxes.values().stream()
                    .filter(box -> box.column() == current)
                    .toList());
            found.sort(Comparator.<Box>comparingDouble(box -> wanted.getOrDefault(box.id(), 0.0))
                    .thenComparing(Box::label)
                    .thenComparing(Box::id));
            for (int row = 0; row < found.size(); row++) {
                heights.put(found.get(row).id(), (double) row);
            }
            columns.put(current, found);
        }
        return columns;
    }

    private static void box(StringBuilder svg, Box box, int x, int y) {
        svg.append(String.format(
                Locale.ROOT,
                "<g class=\"box %s\"><title>%s</title><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"7\"/>",
                box.look(),
                Html.escape(box.label() + (box.below().isEmpty() ? "" : ": " + box.below())),
                x,
                y,
                BOX_WIDTH,
                BOX_HEIGHT));
        boolean isSingle = box.below().isEmpty();
        svg.append(text("label", x + 10, y + (isSingle ? 23 : 16), ending(box.label(), LABEL_LENGTH_MAX)));
        if (!isSingle) {
            svg.append(text("below", x + 10, y + 30, shortened(box.below(), BELOW_LENGTH_MAX)));
        }
        svg.append("</g>");
    }

    private static void curve(StringBuilder svg, int[] from, int[] to) {
        int startX = from[0] + BOX_WIDTH;
        int startY = from[1] + BOX_HEIGHT / 2;
        boolean isSameColumn = from[0] == to[0];
        int endX = isSameColumn ? to[0] + BOX_WIDTH : to[0];
        int endY = to[1] + BOX_HEIGHT / 2;
        int bend = isSameColumn ? 24 : Math.max(20, (endX - startX) / 2);
        svg.append(String.format(
                Locale.ROOT,
                "<path class=\"line%s\" d=\"M%d %dC%d %d %d %d %d %d\"/>",
                isSameColumn ? " inner" : "",
                startX,
                startY,
                startX + bend,
                startY,
                isSameColumn ? endX + bend : endX - bend,
                endY,
                endX,
                endY));
    }

    private static String text(String look, int x, int y, String text) {
        return String.format(
                Locale.ROOT, "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>", look, x, y, Html.escape(text));
    }

    /** Names of one release begin alike: their ends tell them apart. */
    private static String ending(String text, int most) {
        return text.length() <= most ? text : "…" + text.substring(text.length() - most + 1);
    }

    private static String shortened(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }
}
