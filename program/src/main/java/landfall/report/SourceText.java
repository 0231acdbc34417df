package landfall.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import landfall.kube.FieldPath;
import landfall.kube.KubeObject;
import landfall.kube.Node;

/** An object as lines of YAML, drawn from its tree with its secrets hidden; leaves keep the numbers of their lines. */
public final class SourceText {
    private static final int BLOCK_LINES_MAX = 30;
    private static final int LINE_LENGTH_MAX = 400;

    /** Texts that YAML would take for something else. */
    private static final Pattern LOOKS_OTHER =
            Pattern.compile("(?i)[-+.0-9]+|true|false|yes|no|on|off|null|~|.*: .*|.* #.*|[*&!%@{\\[|>`].*");

    /** @param number where it stood in its file; 0 for a line that begins a map or a list */
    public record Line(int number, String text) {}

    private final String kind;
    private final Discretion discretion;
    private final List<Line> lines = new ArrayList<>();
    private final Map<FieldPath, Integer> lineOf = new HashMap<>();

    private SourceText(String kind, Discretion discretion) {
        this.kind = kind;
        this.discretion = discretion;
    }

    public static SourceText of(KubeObject object, Discretion discretion) {
        SourceText text = new SourceText(object.kind(), discretion);
        text.map(object.root(), FieldPath.ROOT, "", "", false);
        return text;
    }

    public List<Line> lines() {
        return List.copyOf(lines);
    }

    /** The index of the line on which a leaf begins; -1 if there is none. */
    public int indexOf(FieldPath leaf) {
        return lineOf.getOrDefault(leaf, -1);
    }

    /** Recursion is bounded: the reader refuses documents deeper than Limits.YAML_DEPTH_MAX. */
    private void map(Node.MapNode map, FieldPath path, String indent, String first, boolean isHidden) {
        String start = first;
        for (Map.Entry<String, Node> entry : map.entries().entrySet()) {
            String key = entry.getKey();
            Node node = entry.getValue();
            boolean hide = isHidden
                    || Discretion.isAlwaysHidden(kind, key)
                    || (kind.equals("ConfigMap") && path.length() == 1 && Discretion.isSensitive(key))
                    || (node instanceof Node.Scalar && discretion.isHidden(key, map.entries()));
            child(start + key(key) + ":", node, path.key(key), indent, hide);
            start = indent;
        }
    }

    private void child(String start, Node node, FieldPath path, String indent, boolean isHidden) {
        switch (node) {
            case Node.MapNode map
            when !map.entries().isEmpty() -> {
                lines.add(new Line(0, start));
                map(map, path, indent + "  ", indent + "  ", isHidden);
            }
            case Node.ListNode list
            when !list.items().isEmpty() -> {
                lines.add(new Line(0, start));
                list(list, path, indent, isHidden);
            }
            case Node.MapNode map -> leaf(start, map, path, indent, isHidden);
            case Node.ListNode list -> leaf(start, list, path, indent, isHidden);
            case Node.Scalar scalar -> leaf(start, scalar, path, indent, isHidden);
        }
    }

    private void list(Node.ListNode list, FieldPath path, String indent, boolean isHidden) {
        boolean isAfterFlag = false;
        for (int at = 0; at < list.items().size(); at++) {
            Node item = list.items().get(at);
            boolean hide = isHidden || isAfterFlag;
            if (item instanceof Node.MapNode map && !map.entries().isEmpty()) {
                map(map, path.index(at), indent + "  ", indent + "- ", hide);
            } else {
                child(indent + "-", item, path.index(at), indent + "  ", hide);
            }
            isAfterFlag = item instanceof Node.Scalar scalar && Discretion.isSecretFlag(scalar.raw());
        }
    }

    private void leaf(String start, Node node, FieldPath path, String indent, boolean isHidden) {
        lineOf.put(path, lines.size());
        String text = switch (node) {
            case Node.MapNode ignored -> "{}";
            case Node.ListNode ignored -> "[]";
            case Node.Scalar scalar -> scalar(scalar);
        };
        if (isHidden) {
            lines.add(new Line(node.line(), start + " " + Discretion.HIDDEN));
        } else if (text.strip().contains("\n")) {
            block(start, text, node.line(), indent + "  ");
        } else {
            lines.add(new Line(node.line(), shortened(discretion.line(start + " " + text.strip()))));
        }
    }

    private void block(String start, String text, int number, String indent) {
        lines.add(new Line(number, start + " |"));
        List<String> block = text.lines().toList();
        boolean isKey = false;
        for (String line : block.subList(0, Math.min(block.size(), BLOCK_LINES_MAX))) {
            // The lines of a private key bear no mark of their own.
            isKey = (isKey || line.contains("PRIVATE KEY")) && !line.contains("END ");
            lines.add(new Line(0, indent + (isKey ? Discretion.HIDDEN : shortened(discretion.line(line)))));
        }
        if (block.size() > BLOCK_LINES_MAX) {
            lines.add(new Line(0, indent + "(" + (block.size() - BLOCK_LINES_MAX) + " more lines)"));
        }
    }

    private static String scalar(Node.Scalar scalar) {
        if (scalar.value() == null) {
            return "null";
        }
        boolean looksOther = scalar.value() instanceof String text
                && !text.contains("\n")
                && (text.isEmpty() || LOOKS_OTHER.matcher(text).matches());
        return looksOther ? "\"" + scalar.raw() + "\"" : scalar.raw();
    }

    private static String key(String key) {
        return key.isEmpty() || key.contains(": ") || key.contains("\n") ? "\"" + key.replace("\n", "\\n") + "\"" : key;
    }

    private static String shortened(String line) {
        return line.length() <= LINE_LENGTH_MAX
                ? line
                : line.substring(0, LINE_LENGTH_MAX) + " (" + (line.length() - LINE_LENGTH_MAX) + " more characters)";
    }
}
