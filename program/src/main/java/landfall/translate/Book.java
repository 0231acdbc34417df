package landfall.translate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import landfall.kube.FieldPath;
import landfall.kube.KubeObject;
import landfall.kube.Node;
import landfall.ledger.Disposition;
import landfall.ledger.Ledger;

/**
 * What the rules said about each leaf while they ran. One ConfigMap key may go to three apps: the places are gathered
 * here and the graver disposition wins, then all is handed to the ledger at once.
 */
final class Book {
    private final Map<KubeObject, Map<FieldPath, Line>> lines = new LinkedHashMap<>();

    /** Settles a leaf, or every leaf below. */
    void settle(KubeObject object, FieldPath path, Node node, Disposition disposition, List<String> to, Reason reason) {
        forEachLeaf(path, node, leaf -> leaf(object, leaf, disposition, to, reason));
    }

    /** Takes back what was said of a leaf, or of every leaf below: nobody could know this field. */
    void forget(KubeObject object, FieldPath path, Node node) {
        Map<FieldPath, Line> ofObject = lines.get(object);
        if (ofObject != null) {
            forEachLeaf(path, node, ofObject::remove);
        }
    }

    /** Takes back everything that was said of an object. */
    void forget(KubeObject object) {
        lines.remove(object);
    }

    private static void forEachLeaf(FieldPath path, Node node, Consumer<FieldPath> leaves) {
        switch (node) {
            case Node.MapNode map
            when !map.entries().isEmpty() ->
                map.entries().forEach((key, child) -> forEachLeaf(path.key(key), child, leaves));
            case Node.ListNode list
            when !list.items().isEmpty() -> {
                for (int i = 0; i < list.items().size(); i++) {
                    forEachLeaf(path.index(i), list.items().get(i), leaves);
                }
            }
            case Node.MapNode ignored -> leaves.accept(path);
            case Node.ListNode ignored -> leaves.accept(path);
            case Node.Scalar ignored -> leaves.accept(path);
        }
    }

    private void leaf(KubeObject object, FieldPath path, Disposition disposition, List<String> to, Reason reason) {
        Map<FieldPath, Line> ofObject = lines.computeIfAbsent(object, ignored -> new LinkedHashMap<>());
        Line line = ofObject.get(path);
        if (line == null) {
            ofObject.put(path, new Line(disposition, new LinkedHashSet<>(to), reason));
            return;
        }
        line.to.addAll(to);
        if (gravity(disposition) > gravity(line.disposition)) {
            line.disposition = disposition;
            line.reason = reason;
        }
    }

    /** What the user must act on stands before what happened by itself. */
    private static int gravity(Disposition disposition) {
        return switch (disposition) {
            case IRRELEVANT -> 0;
            case SATISFIED -> 1;
            case CARRIED -> 2;
            case ADAPTED -> 3;
            case LOST -> 4;
            case DECISION -> 5;
        };
    }

    boolean isSettled(KubeObject object, FieldPath path) {
        return lines.getOrDefault(object, Map.of()).containsKey(path);
    }

    void handOver(Ledger ledger) {
        lines.forEach((object, ofObject) -> ofObject.forEach((path, line) -> ledger.settle(
                object, path, line.disposition, new ArrayList<>(line.to), line.reason.rule(), line.reason.note())));
    }

    /** The rule that decided, and why, in words for the user. */
    record Reason(String rule, String note) {}

    private static final class Line {
        private Disposition disposition;
        private final Set<String> to;
        private Reason reason;

        Line(Disposition disposition, Set<String> to, Reason reason) {
            this.disposition = disposition;
            this.to = to;
            this.reason = reason;
        }
    }
}
