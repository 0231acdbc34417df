package landfall.ledger;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import landfall.kube.FieldPath;
import landfall.kube.KubeObject;
import landfall.kube.Node;
import landfall.kube.ReadResult;
import org.jspecify.annotations.Nullable;

/**
 * The account of every leaf of every object: open until a rule settles it, unknown if none does.
 *
 * <p>Paths in calls start at the object's own root; entries show them from the document's root. Not for several
 * threads.
 */
public final class Ledger {
    private final Map<KubeObject, Map<FieldPath, Slot>> slotsOf = new LinkedHashMap<>();

    private Ledger() {}

    /** One open entry for each leaf of these objects. */
    public static Ledger open(List<KubeObject> objects) {
        Ledger ledger = new Ledger();
        objects.forEach(ledger::add);
        return ledger;
    }

    /** One open entry for each leaf read; what belongs to a list itself and not to its items is settled at once. */
    public static Ledger open(ReadResult read) {
        Ledger ledger = open(read.objects());
        for (KubeObject envelope : read.envelopes()) {
            ledger.add(envelope);
            ledger.settle(
                    envelope,
                    FieldPath.ROOT,
                    Disposition.IRRELEVANT,
                    List.of(),
                    "List.envelope",
                    "wraps the objects of the list and says nothing about them");
        }
        return ledger;
    }

    private void add(KubeObject object) {
        Map<FieldPath, Slot> slots = new LinkedHashMap<>();
        walk(object.root(), FieldPath.ROOT, (path, leaf) -> slots.put(path, new Slot(leaf.line())));
        if (slotsOf.put(object, slots) != null) {
            throw new IllegalStateException("this is a bug: " + object + " was opened twice");
        }
    }

    /**
     * Settles a leaf, or all open leaves below a path that is none; what is settled already stays as it is.
     *
     * @param path from the object's root
     * @throws IllegalStateException if the object has no such path: a bug of the rule
     */
    public void settle(
            KubeObject object, FieldPath path, Disposition disposition, List<String> to, String rule, String note) {
        Settlement settlement = settlement(disposition, to, rule, note);
        forEachSlot(object, path, slot -> {
            if (slot.settlement == null) {
                slot.settlement = settlement;
            }
        });
    }

    /** Settles like {@link #settle}, also what was settled before. */
    public void resettle(
            KubeObject object, FieldPath path, Disposition disposition, List<String> to, String rule, String note) {
        Settlement settlement = settlement(disposition, to, rule, note);
        forEachSlot(object, path, slot -> slot.settlement = settlement);
    }

    /** The leaves of an object that no rule has settled yet, from the object's root. */
    public List<FieldPath> unsettled(KubeObject object) {
        List<FieldPath> open = new ArrayList<>();
        slots(object).forEach((path, slot) -> {
            if (slot.settlement == null) {
                open.add(path);
            }
        });
        return open;
    }

    /** Turns every leaf that is still open into an unknown decision. */
    public void closeUnknown() {
        Settlement unknown = new Settlement(
                Disposition.DECISION, List.of(), LedgerEntry.UNKNOWN, "no rule knows this field; it goes nowhere");
        for (Map<FieldPath, Slot> slots : slotsOf.values()) {
            for (Slot slot : slots.values()) {
                if (slot.settlement == null) {
                    slot.settlement = unknown;
                }
            }
        }
    }

    /** True while a leaf has no settlement, not even as unknown. */
    public boolean hasOpen() {
        return slotsOf.values().stream()
                .flatMap(slots -> slots.values().stream())
                .anyMatch(slot -> slot.settlement == null);
    }

    /** Every entry in the order the objects were opened; open leaves are not in it. */
    public List<LedgerEntry> entries() {
        List<LedgerEntry> entries = new ArrayList<>();
        forEachEntry(entries::add);
        return entries;
    }

    /** Hands every entry over in the order of {@link #entries()}, without building a list of them. */
    public void forEachEntry(Consumer<LedgerEntry> consumer) {
        forEachEntry((object, path, entry) -> consumer.accept(entry));
    }

    /** Takes an entry with the object it is about and the path from that object's root. */
    @FunctionalInterface
    public interface Reader {
        void read(KubeObject object, FieldPath path, LedgerEntry entry);
    }

    /** Hands every entry over with its object, in the order of {@link #entries()}. */
    public void forEachEntry(Reader reader) {
        slotsOf.forEach((object, slots) -> slots.forEach((path, slot) -> {
            Settlement settlement = slot.settlement;
            if (settlement != null) {
                reader.read(
                        object,
                        path,
                        new LedgerEntry(
                                object.id(),
                                object.file(),
                                object.document(),
                                slot.line,
                                object.base().isRoot() ? path : object.base().then(path),
                                settlement.disposition,
                                settlement.to,
                                settlement.rule,
                                settlement.note));
            }
        }));
    }

    /** Counts; a leaf that is still open counts as unknown. */
    public Coverage coverage() {
        long leaves = 0;
        long settled = 0;
        for (Map<FieldPath, Slot> slots : slotsOf.values()) {
            leaves += slots.size();
            settled += slots.values().stream().filter(Slot::isKnown).count();
        }
        return new Coverage(leaves, settled, leaves - settled);
    }

    /** The entries an object and a path as people write them mean ({@link LedgerSearch}). */
    public List<LedgerEntry> find(String object, String path) {
        return LedgerSearch.find(entries(), object, path);
    }

    private void forEachSlot(KubeObject object, FieldPath path, Consumer<Slot> consumer) {
        Map<FieldPath, Slot> slots = slots(object);
        Slot leaf = slots.get(path);
        if (leaf != null) {
            consumer.accept(leaf);
            return;
        }
        Node node = object.root()
                .at(path)
                .orElseThrow(() -> new IllegalStateException("this is a bug: " + object + " has no field " + path));
        walk(node, path, (below, ignored) -> {
            Slot slot = slots.get(below);
            if (slot == null) {
                throw new IllegalStateException("this is a bug: " + object + " has no leaf " + below);
            }
            consumer.accept(slot);
        });
    }

    private Map<FieldPath, Slot> slots(KubeObject object) {
        Map<FieldPath, Slot> slots = slotsOf.get(object);
        if (slots == null) {
            throw new IllegalStateException("this is a bug: " + object + " is not in the ledger");
        }
        return slots;
    }

    /** Recursion is bounded: the reader refuses documents deeper than Limits.YAML_DEPTH_MAX. */
    private static void walk(Node node, FieldPath path, BiConsumer<FieldPath, Node> leaves) {
        switch (node) {
            case Node.MapNode map
            when !map.entries().isEmpty() -> map.entries().forEach((key, child) -> walk(child, path.key(key), leaves));
            case Node.ListNode list
            when !list.items().isEmpty() -> {
                for (int at = 0; at < list.items().size(); at++) {
                    walk(list.items().get(at), path.index(at), leaves);
                }
            }
            case Node.MapNode ignored -> leaves.accept(path, node);
            case Node.ListNode ignored -> leaves.accept(path, node);
            case Node.Scalar ignored -> leaves.accept(path, node);
        }
    }

    private static Settlement settlement(Disposition disposition, List<String> to, String rule, String note) {
        if (rule.isEmpty() || rule.equals(LedgerEntry.UNKNOWN)) {
            throw new IllegalArgumentException("this is a bug: a settlement without a rule's name");
        }
        return new Settlement(disposition, List.copyOf(to), rule, note);
    }

    private record Settlement(Disposition disposition, List<String> to, String rule, String note) {}

    /** What is known about one leaf. */
    private static final class Slot {
        private final int line;
        private @Nullable Settlement settlement;

        Slot(int line) {
            this.line = line;
        }

        boolean isKnown() {
            return settlement != null && !settlement.rule.equals(LedgerEntry.UNKNOWN);
        }
    }
}
