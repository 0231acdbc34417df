package landfall.translate.kinds;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import landfall.ledger.Disposition;

/**
 * What becomes of the fields of a kind. A line covers its field and everything below; a longer line goes before a
 * shorter one. Lines made by {@link #satisfied}, {@link #irrelevant}, {@link #lost} and {@link #open} settle what no
 * translator has settled; {@link #carried}, {@link #adapted} and {@link #varies} say what translators do.
 */
public final class FieldTable {
    private final Map<String, FieldRule> rules = new LinkedHashMap<>();

    /**
     * A translator carries it over.
     *
     * @param to where it goes, in words: {@code ps:scale}
     */
    public FieldTable carried(String path, String to) {
        return add(new FieldRule(path, List.of(Disposition.CARRIED), false, to, "", "", Map.of()));
    }

    /** A translator puts it in another form. */
    public FieldTable adapted(String path, String to) {
        return add(new FieldRule(path, List.of(Disposition.ADAPTED), false, to, "", "", Map.of()));
    }

    /** A translator decides by what it finds; the note says how. The usual disposition stands first. */
    public FieldTable varies(String path, String note, Disposition... usual) {
        return add(new FieldRule(path, List.of(usual), false, note, "", "", Map.of()));
    }

    /** Dokku or the host does it already. */
    public FieldTable satisfied(String path, String note) {
        return add(new FieldRule(path, List.of(Disposition.SATISFIED), true, note, "", "", Map.of()));
    }

    /** It has no meaning on one host. */
    public FieldTable irrelevant(String path, String note) {
        return add(new FieldRule(path, List.of(Disposition.IRRELEVANT), true, note, "", "", Map.of()));
    }

    /**
     * Irrelevant, unless a translator has a use for it.
     *
     * @param others what it gets then
     */
    public FieldTable unused(String path, String note, Disposition... others) {
        List<Disposition> usual = new ArrayList<>(List.of(Disposition.IRRELEVANT));
        usual.addAll(List.of(others));
        return add(new FieldRule(path, usual, true, note, "", "", Map.of()));
    }

    /**
     * Dokku can't do it; it comes onto the report's first screen.
     *
     * @param what a noun phrase: {@code sticky sessions}
     * @param advice what to do instead, as an order to the user
     */
    public FieldTable lost(String path, String what, String advice) {
        return add(new FieldRule(path, List.of(Disposition.LOST), true, what, advice, "", Map.of()));
    }

    /**
     * Somebody must decide, and leaving it out is the only answer Landfall can carry out.
     *
     * @param decision the id's beginning: {@code host-network} becomes {@code host-network-uro}
     * @param question in plain words; {@code %s} is the object's name
     */
    public FieldTable open(String path, String decision, String question) {
        return add(new FieldRule(path, List.of(Disposition.DECISION), true, question, "", decision, Map.of()));
    }

    /** For the line before: at this value there is nothing lost and nothing to decide. */
    public FieldTable except(String value, String note) {
        FieldRule last = rules.values().stream()
                .reduce((before, after) -> after)
                .orElseThrow(() -> new IllegalStateException("this is a bug: no line to except from"));
        Map<String, String> harmless = new LinkedHashMap<>(last.harmless());
        harmless.put(value, note);
        rules.put(
                last.path(),
                new FieldRule(
                        last.path(),
                        last.usual(),
                        last.isDefault(),
                        last.note(),
                        last.advice(),
                        last.decision(),
                        harmless));
        return this;
    }

    /** All lines of another table below a path. Lines added later under the same path replace them. */
    public FieldTable under(String prefix, FieldTable table) {
        table.rules.values().forEach(rule -> add(rule.under(prefix)));
        return this;
    }

    /** The table without these lines: a kind whose objects lack the fields. */
    FieldTable without(String... paths) {
        Set<String> missing = Set.of(paths);
        FieldTable rest = new FieldTable();
        rules.values().stream().filter(rule -> !missing.contains(rule.path())).forEach(rest::add);
        return rest;
    }

    /** These lines of the table alone. */
    FieldTable only(String... paths) {
        Set<String> wanted = Set.of(paths);
        FieldTable rest = new FieldTable();
        rules.values().stream().filter(rule -> wanted.contains(rule.path())).forEach(rest::add);
        return rest;
    }

    public List<FieldRule> rules() {
        return new ArrayList<>(rules.values());
    }

    private FieldTable add(FieldRule rule) {
        rules.put(rule.path(), rule);
        return this;
    }
}
