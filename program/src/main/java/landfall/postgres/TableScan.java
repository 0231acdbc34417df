package landfall.postgres;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How one table is read for the proof. Rows fall into ranges of the key, whose sums both sides have in common however
 * their pages lie; each side reads its own pages in order, in parts that several sessions take side by side.
 *
 * @param bounds where ranges begin but the first, as the sending side's sample has them; empty for one range
 */
record TableScan(
        Table table, RowProof proof, Optional<RowProof.Ranged> ranged, List<String> bounds, String boundsArray) {
    private static final int RANGES = 64;
    private static final long RANGES_FROM_BYTES = 4L << 20;
    private static final long SAMPLED_BLOCKS = 400;

    /** Count and checksum of some rows. */
    record Sum(long rows, BigInteger first, BigInteger second) {
        static final Sum NONE = new Sum(0, BigInteger.ZERO, BigInteger.ZERO);

        Sum plus(Sum other) {
            return new Sum(rows + other.rows, first.add(other.first), second.add(other.second));
        }

        private static Sum read(ResultSet row, int column) throws SQLException {
            return new Sum(
                    row.getLong(column),
                    new BigInteger(String.valueOf(row.getString(column + 1))),
                    new BigInteger(String.valueOf(row.getString(column + 2))));
        }
    }

    TableScan {
        bounds = List.copyOf(bounds);
    }

    static TableScan whole(Table table, RowProof proof) {
        return new TableScan(table, proof, Optional.empty(), List.of(), "");
    }

    /** Ranges of about as many rows each, from a sample of the sending side's pages. */
    static TableScan ranged(Connection from, Table table, RowProof proof) throws SQLException {
        Optional<RowProof.Ranged> ranged = proof.ranged(table);
        if (ranged.isEmpty() || table.bytes() < RANGES_FROM_BYTES) {
            return whole(table, proof);
        }
        double percent = Math.min(100, 100.0 * SAMPLED_BLOCKS / Math.max(1, table.blocks()));
        String sample = "select a::text, a::text[] from (select percentile_disc((select array_agg(g / " + RANGES
                + ".0 order by g) from generate_series(1, " + (RANGES - 1) + ") g)) within group (order by "
                + ranged.get().sql() + ") as a from only " + table.sql() + " t tablesample system (" + percent
                + ")) s where a is not null";
        return Sql.first(
                        from,
                        sample,
                        row -> new TableScan(
                                table,
                                proof,
                                ranged,
                                Arrays.asList((String[]) row.getArray(2).getArray()),
                                String.valueOf(row.getString(1))))
                .orElseGet(() -> whole(table, proof));
    }

    /** Sums by range, of the rows on some of a side's pages. */
    Map<Integer, Sum> read(Connection on, String where) throws SQLException {
        // Without the offset the planner would fold both levels into one and hash each row twice.
        String sql = bounds.isEmpty()
                ? "select 0, " + proof.sums() + " from (select " + proof.hash() + " as h from only " + table.sql()
                        + " t " + where + " offset 0) s having count(*) > 0"
                : "select b, " + proof.sums() + " from (select width_bucket(" + key() + ", " + array() + ") as b, "
                        + proof.hash() + " as h from only " + table.sql() + " t " + where + " offset 0) s group by b";
        Map<Integer, Sum> sums = new TreeMap<>();
        Sql.list(on, sql, row -> sums.put(row.getInt(1), Sum.read(row, 2)) == null);
        return sums;
    }

    /** The condition of one range. */
    String where(int range) {
        if (bounds.isEmpty()) {
            return "true";
        }
        String from = range == 0 ? "true" : key() + " >= (" + array() + ")[" + range + "]";
        String until = range == bounds.size() ? "true" : key() + " < (" + array() + ")[" + (range + 1) + "]";
        return from + " and " + until;
    }

    /** For a message. */
    String named(int range) {
        if (bounds.isEmpty()) {
            return "";
        }
        String column = table.key().getFirst();
        return range == 0
                ? column + " below " + bounds.getFirst()
                : range == bounds.size()
                        ? column + " from " + bounds.getLast()
                        : column + " from " + bounds.get(range - 1) + " to below " + bounds.get(range);
    }

    private String key() {
        return ranged.orElseThrow().sql();
    }

    private String array() {
        return Sql.literal(boundsArray).strip() + "::" + ranged.orElseThrow().type() + "[]";
    }
}
