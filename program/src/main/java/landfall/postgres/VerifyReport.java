package landfall.postgres;

import java.time.Duration;
import java.util.List;
import landfall.base.Problem;

/**
 * What a comparison of both sides found.
 *
 * @param bytes of the tables on the sending side
 * @param items definitions, rights and settings that were compared
 * @param problems empty if everything is equal; names and keys, never values
 */
public record VerifyReport(int tables, long rows, long bytes, int items, Duration took, List<Problem> problems) {
    public VerifyReport {
        problems = List.copyOf(problems);
    }

    public boolean isEqual() {
        return problems.isEmpty();
    }
}
