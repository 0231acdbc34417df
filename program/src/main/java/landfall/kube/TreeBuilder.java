package landfall.kube;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import landfall.base.Limits;
import org.jspecify.annotations.Nullable;

/**
 * Builds the tree of one document from its events, within the limits.
 *
 * <p>An alias takes the anchor's finished node: a bomb of aliases costs no memory, since its size is added up and not
 * built. Merges do as go-yaml 2 does: in the order of the file, so that what comes later wins.
 */
final class TreeBuilder {
    private final Deque<Frame> open = new ArrayDeque<>();
    private final Map<String, Built> anchors = new HashMap<>();
    private final BiConsumer<String, Integer> duplicateKeys;
    private @Nullable Node root;
    private long nodes;
    private boolean aliasesUsed;

    /** @param duplicateKeys told the key and the line of its later value */
    TreeBuilder(BiConsumer<String, Integer> duplicateKeys) {
        this.duplicateKeys = duplicateKeys;
    }

    /** A finished node, how many nodes it has when expanded, and how deep it is. */
    private record Built(Node node, long nodes, int height) {}

    /** A collection that is being read. */
    private static final class Frame {
        private final boolean isMap;
        private final int line;
        private final @Nullable String anchor;
        private final LinkedHashMap<String, Node> entries = new LinkedHashMap<>(4);
        private final List<Node> items = new ArrayList<>(0);
        private @Nullable Set<String> merged;
        private @Nullable String key;
        private boolean mergeNext;
        private long nodes = 1;
        private int height = 1;

        Frame(boolean isMap, int line, @Nullable String anchor) {
            this.isMap = isMap;
            this.line = line;
            this.anchor = anchor;
        }

        boolean awaitsKey() {
            return isMap && key == null && !mergeNext;
        }
    }

    void startMap(@Nullable String anchor, int line, int column) throws ParseFailure {
        start(new Frame(true, line, anchor), column);
    }

    void startList(@Nullable String anchor, int line, int column) throws ParseFailure {
        start(new Frame(false, line, anchor), column);
    }

    private void start(Frame frame, int column) throws ParseFailure {
        Frame parent = open.peek();
        if (parent != null && parent.awaitsKey()) {
            throw new ParseFailure(
                    frame.line,
                    column,
                    "a map or a list stands where a key was expected",
                    "keys of Kubernetes objects are text",
                    "If these braces belong to a template, render it first; if they are meant as text, quote them.");
        }
        refuseDeeperThan(open.size() + 1, frame.line, column);
        count(1, frame.line, column);
        open.push(frame);
    }

    void end() throws ParseFailure {
        Frame frame = open.pop();
        Node node =
                frame.isMap ? new Node.MapNode(frame.entries, frame.line) : new Node.ListNode(frame.items, frame.line);
        Built built = new Built(node, frame.nodes, frame.height);
        if (frame.anchor != null) {
            anchors.put(frame.anchor, built);
        }
        add(built, 0);
    }

    /** @param isMergeKey true for a plain {@code <<}, which is text anywhere but as a key */
    void scalar(Node.Scalar scalar, boolean isMergeKey, @Nullable String anchor, int column) throws ParseFailure {
        count(1, scalar.line(), column);
        if (anchor != null) {
            anchors.put(anchor, new Built(scalar, 1, 0));
        }
        Frame frame = open.peek();
        if (frame != null && frame.awaitsKey()) {
            if (isMergeKey) {
                frame.mergeNext = true;
            } else {
                frame.key = key(scalar, column);
            }
            return;
        }
        add(new Built(scalar, 1, 0), column);
    }

    void alias(String name, int line, int column) throws ParseFailure {
        aliasesUsed = true;
        if (open.stream().anyMatch(frame -> name.equals(frame.anchor))) {
            throw new ParseFailure(
                    line,
                    column,
                    "the alias *" + name + " stands inside its own anchor",
                    "it would never end",
                    "Remove it.");
        }
        Built built = anchors.get(name);
        if (built == null) {
            throw new ParseFailure(
                    line,
                    column,
                    "the alias *" + name + " has no anchor &" + name + " before it",
                    "an alias repeats what an anchor named earlier in the same document",
                    "Quote it if the asterisk is meant as text.");
        }
        refuseDeeperThan(open.size() + built.height, line, column);
        count(built.nodes, line, column);
        Frame frame = open.peek();
        if (frame != null && frame.awaitsKey()) {
            if (!(built.node instanceof Node.Scalar scalar)) {
                throw new ParseFailure(
                        line,
                        column,
                        "the alias *" + name + " is used as a key",
                        "keys are text",
                        "Write the key out.");
            }
            frame.key = key(scalar, column);
            return;
        }
        add(built, column);
    }

    private static String key(Node.Scalar scalar, int column) throws ParseFailure {
        String key = YamlScalars.key(scalar);
        if (key == null) {
            throw new ParseFailure(
                    scalar.line(), column, "a key is null", "kubectl refuses it", "Name the key, or quote it.");
        }
        return key;
    }

    private void add(Built built, int column) throws ParseFailure {
        Frame frame = open.peek();
        if (frame == null) {
            root = built.node;
            return;
        }
        frame.nodes += built.nodes;
        frame.height = Math.max(frame.height, built.height + 1);
        if (!frame.isMap) {
            frame.items.add(built.node);
        } else if (frame.mergeNext) {
            frame.mergeNext = false;
            merge(frame, built.node, column);
        } else if (frame.key != null) {
            put(frame, frame.key, built.node);
            frame.key = null;
        }
    }

    private void put(Frame frame, String key, Node value) {
        boolean wasMerged = frame.merged != null && frame.merged.remove(key);
        if (frame.entries.put(key, value) != null && !wasMerged) {
            duplicateKeys.accept(key, value.line());
        }
    }

    /** Of a list of maps the first has precedence: it is merged last. */
    private static void merge(Frame frame, Node value, int column) throws ParseFailure {
        List<Node> maps = value instanceof Node.ListNode list ? list.items().reversed() : List.of(value);
        Set<String> merged = frame.merged == null ? new HashSet<>() : frame.merged;
        frame.merged = merged;
        for (Node node : maps) {
            if (!(node instanceof Node.MapNode map)) {
                throw new ParseFailure(
                        value.line(),
                        column,
                        "“<<” merges something that is not a map",
                        "a map or a list of maps was expected",
                        "Quote “<<” if it is meant as a key.");
            }
            frame.entries.putAll(map.entries());
            merged.addAll(map.entries().keySet());
        }
    }

    private static void refuseDeeperThan(int depth, int line, int column) throws ParseFailure {
        if (depth > Limits.YAML_DEPTH_MAX) {
            throw new ParseFailure(
                    line,
                    column,
                    "the document is nested deeper than " + Limits.YAML_DEPTH_MAX + " levels",
                    "no Kubernetes object is; reading on could exhaust the machine",
                    "Remove the file from what you give to landfall.");
        }
    }

    private void count(long more, int line, int column) throws ParseFailure {
        nodes += more;
        if (nodes > Limits.YAML_NODES_MAX) {
            String what = aliasesUsed
                    ? "the document's aliases expand to more than " + Limits.YAML_NODES_MAX + " nodes"
                    : "the document has more than " + Limits.YAML_NODES_MAX + " nodes";
            throw new ParseFailure(
                    line,
                    column,
                    what,
                    "no Kubernetes object is that large; reading on could exhaust the machine",
                    aliasesUsed
                            ? "Write the repeated parts out or remove the file."
                            : "Split it into several documents or remove the file.");
        }
    }

    /** The document's tree; null if there were no events. */
    @Nullable
    Node root() {
        return root;
    }
}
