package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import landfall.base.Problem;
import org.jspecify.annotations.Nullable;

/** How each table's rows are proved, where both sides can prove them in the same way. */
record RowProofs(Map<String, RowProof> sending, Map<String, RowProof> receiving) {
    static RowProofs read(Connection from, Connection to) throws SQLException {
        boolean portable = RowProof.hashesOf(from).equals(RowProof.hashesOf(to));
        return new RowProofs(RowProof.all(from, portable), RowProof.all(to, portable));
    }

    /** A table or column missing on the other side is a difference, not a failure. */
    @Nullable RowProof of(Table table, List<Problem> problems) {
        RowProof one = sending.getOrDefault(table.toString(), new RowProof(List.of(), true));
        if (sending.containsKey(table.toString()) != receiving.containsKey(table.toString())
                || !one.columns().equals(receiving.getOrDefault(table.toString(), one).columns())) {
            problems.add(Problem.error(
                    "Table " + table + " can't be compared",
                    "it is not on both sides, or its columns are not the same",
                    "Make both sides equal, then run landfall verify."));
            return null;
        }
        return one;
    }
}
