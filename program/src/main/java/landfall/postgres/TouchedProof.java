package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import landfall.base.Problem;
import org.jspecify.annotations.Nullable;

/** Compares by key the rows that changed since the last full proof, in the receiving session itself. */
final class TouchedProof {
    private TouchedProof() {}

    static VerifyReport run(Applier applier, Connection sender) throws SQLException {
        long start = System.nanoTime();
        List<Problem> problems = new ArrayList<>();
        Touched touched = applier.touched();
        long rows = 0;
        if (!touched.isRecording()) {
            problems.add(Problem.error(
                    "There is no full proof to build on",
                    "this follower has not verified everything since it started",
                    "Run a full verification first."));
        }
        Verifier.compareStructure(sender, applier.connection(), problems);
        for (Map.Entry<Table, Set<List<@Nullable String>>> entry :
                touched.keys().entrySet()) {
            rows += Verifier.compareKeys(sender, applier.connection(), entry.getKey(), entry.getValue(), problems);
        }
        for (Table table : touched.wholeTables()) {
            rows += Verifier.compare(sender, applier.connection(), table, problems);
        }
        return new VerifyReport(
                touched.keys().size() + touched.wholeTables().size(),
                rows,
                0,
                Duration.ofNanos(System.nanoTime() - start),
                problems);
    }
}
