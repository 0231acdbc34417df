package landfall.ledger;

import java.util.List;

/** How many leaves there are, how many a rule settled, and how many no rule knew. */
public record Coverage(long leaves, long settled, long unknown) {
    public static Coverage of(List<LedgerEntry> entries) {
        long unknown = entries.stream().filter(LedgerEntry::isUnknown).count();
        return new Coverage(entries.size(), entries.size() - unknown, unknown);
    }
}
