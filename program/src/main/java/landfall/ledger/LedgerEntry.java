package landfall.ledger;

import java.util.List;
import landfall.kube.FieldPath;

/**
 * What became of one leaf. It holds no value of a manifest.
 *
 * @param object the object's id
 * @param path from the document's root
 * @param to the places in the move folder or on the target it went to; none if it goes nowhere
 * @param rule the rule that decided, {@code unknown} if there was none
 */
public record LedgerEntry(
        String object,
        String file,
        int document,
        int line,
        FieldPath path,
        Disposition disposition,
        List<String> to,
        String rule,
        String note) {
    /** The rule of a leaf that no rule knew. */
    public static final String UNKNOWN = "unknown";

    public LedgerEntry {
        to = List.copyOf(to);
    }

    public boolean isUnknown() {
        return rule.equals(UNKNOWN);
    }
}
