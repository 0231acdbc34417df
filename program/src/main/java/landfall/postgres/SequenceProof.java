package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import landfall.base.Problem;

/**
 * The side that gives out values now must stand at or beyond the side that gave them out before; the other side is set at
 * the next switch. A cycling sequence has no beyond.
 */
final class SequenceProof {
    private record Position(String sequence, long value, boolean called, long increment, boolean cycles) {}

    private SequenceProof() {}

    static int run(Connection from, Connection to, List<Problem> problems) throws SQLException {
        Map<String, Position> now = read(from);
        read(to).forEach((name, before) -> {
            Position position = now.get(name);
            if (position != null && !position.cycles() && isBehind(position, before)) {
                problems.add(Problem.error(
                        "The sequence " + name + " stands behind the receiving side's",
                        "it would give out values that were given out before",
                        "setval() it beyond the other side's value on the sending side, then run landfall verify."));
            }
        });
        return now.size();
    }

    private static boolean isBehind(Position now, Position before) {
        if (!before.called()) {
            return false;
        }
        int order = Long.compare(now.value(), before.value());
        return now.increment() > 0
                ? order < 0 || (order == 0 && !now.called())
                : order > 0 || (order == 0 && !now.called());
    }

    private static Map<String, Position> read(Connection connection) throws SQLException {
        Map<String, Position> positions = new HashMap<>();
        Sql.list(connection, Sql.file("sequences"), row -> {
            Position position = new Position(
                    row.getString("sequence"),
                    row.getLong("last_value"),
                    row.getBoolean("is_called"),
                    row.getLong("increment"),
                    row.getBoolean("cycles"));
            return positions.put(position.sequence(), position) == null;
        });
        return positions;
    }
}
