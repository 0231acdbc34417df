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
        int items = StructureProof.definitions(sender, applier.connection(), problems);
        RowProofs proofs = RowProofs.read(sender, applier.connection());
        for (Map.Entry<Table, Set<List<@Nullable String>>> entry :
                touched.keys().entrySet()) {
            RowProof proof = proofs.of(entry.getKey(), problems);
            if (proof != null) {
                rows += Verifier.compareKeys(
                        sender, applier.connection(), entry.getKey(), proof, entry.getValue(), problems);
            }
        }
        for (Table table : touched.wholeTables()) {
            RowProof proof = proofs.of(table, problems);
            if (proof != null) {
                rows += Verifier.compare(sender, applier.connection(), TableScan.whole(table, proof), problems);
            }
        }
        return new VerifyReport(
                touched.keys().size() + touched.wholeTables().size(),
                rows,
                0,
                items,
                Duration.ofNanos(System.nanoTime() - start),
                problems);
    }
}
