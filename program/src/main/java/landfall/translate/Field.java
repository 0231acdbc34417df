package landfall.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import landfall.kube.FieldPath;
import landfall.kube.KubeObject;
import landfall.kube.Node;
import landfall.ledger.Disposition;
import org.jspecify.annotations.Nullable;

/**
 * A place of an object that a rule looks at. Reading it and saying what became of it go through the same cursor; a
 * place that is not there reads as empty and settles nothing. Settling a map or list settles every leaf below.
 */
record Field(
        Book book,
        KubeObject object,
        FieldPath path,
        @Nullable Node node) {

    static Field root(Book book, KubeObject object) {
        return new Field(book, object, FieldPath.ROOT, object.root());
    }

    Field at(String... keys) {
        Field field = this;
        for (String key : keys) {
            Node child = field.node instanceof Node.MapNode map ? map.entries().get(key) : null;
            field = new Field(book, object, field.path.key(key), child);
        }
        return field;
    }

    boolean exists() {
        return node != null;
    }

    List<Field> items() {
        List<Field> items = new ArrayList<>();
        if (node instanceof Node.ListNode list) {
            for (int i = 0; i < list.items().size(); i++) {
                items.add(new Field(book, object, path.index(i), list.items().get(i)));
            }
        }
        return items;
    }

    /** By key: the order of a map's keys means nothing, so that it may not show in a plan. */
    Map<String, Field> entries() {
        Map<String, Field> entries = new TreeMap<>();
        if (node instanceof Node.MapNode map) {
            map.entries().forEach((key, child) -> entries.put(key, new Field(book, object, path.key(key), child)));
        }
        return entries;
    }

    Optional<String> text() {
        return node == null ? Optional.empty() : node.text();
    }

    String text(String fallback) {
        return text().orElse(fallback);
    }

    boolean is(String wanted) {
        return text().filter(wanted::equals).isPresent();
    }

    /** A whole number, also one in quotes. */
    Optional<Integer> number() {
        return text().filter(text -> text.matches("-?[0-9]{1,9}")).map(Integer::valueOf);
    }

    List<String> texts() {
        return items().stream().map(item -> item.text("")).toList();
    }

    void carried(String rule, String to) {
        settle(Disposition.CARRIED, List.of(to), rule, "");
    }

    void carried(String rule, String to, String note) {
        settle(Disposition.CARRIED, List.of(to), rule, note);
    }

    void adapted(String rule, String to, String note) {
        settle(Disposition.ADAPTED, List.of(to), rule, note);
    }

    void satisfied(String rule, String note) {
        settle(Disposition.SATISFIED, List.of(), rule, note);
    }

    void irrelevant(String rule, String note) {
        settle(Disposition.IRRELEVANT, List.of(), rule, note);
    }

    void lost(String rule, String note) {
        settle(Disposition.LOST, List.of(), rule, note);
    }

    /** @param decision its id, as move.yaml has it */
    void decision(String rule, String decision, String note) {
        settle(Disposition.DECISION, List.of("move.yaml#decisions/" + decision), rule, note);
    }

    void settle(Disposition disposition, List<String> to, String rule, String note) {
        if (node != null) {
            book.settle(object, path, node, disposition, to, new Book.Reason(rule, note));
        }
    }

    /** {@code Deployment/uro spec.replicas}: how a message names it. */
    @Override
    public String toString() {
        return object.shortName() + " " + path;
    }
}
