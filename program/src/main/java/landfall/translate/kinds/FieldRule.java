package landfall.translate.kinds;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import landfall.ledger.Disposition;

/**
 * One line of a kind's table: what becomes of a field, and of what stands below it where no longer line says otherwise.
 *
 * @param path from the object's root, without list indexes: {@code spec.template.spec.containers[].image}; keys of free
 *     maps as {@code {}}
 * @param usual the dispositions it may get, the usual one first
 * @param isDefault true if the table itself settles it; else a translator does, and the line documents that
 * @param note in words for the user: why, or where it goes
 * @param advice for what is lost: what to do instead; for a decision: the question, in which {@code %s} is the object
 * @param decision for a decision: the beginning of its id, before the object's name
 * @param harmless values at which nothing is lost and nothing to decide, with the reason
 */
public record FieldRule(
        String path,
        List<Disposition> usual,
        boolean isDefault,
        String note,
        String advice,
        String decision,
        Map<String, String> harmless) {
    public FieldRule {
        usual = List.copyOf(usual);
        harmless = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(harmless));
    }

    /** Why nothing needs doing at this value. */
    public Optional<String> harmlessAt(String value) {
        return Optional.ofNullable(harmless.get(value));
    }

    FieldRule under(String prefix) {
        String joined = prefix.isEmpty() || path.isEmpty() ? prefix + path : prefix + "." + path;
        return new FieldRule(joined, usual, isDefault, note, advice, decision, harmless);
    }
}
