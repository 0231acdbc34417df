package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import landfall.base.Problem;
import org.jspecify.annotations.Nullable;

/** From sums that differ to the keys of rows that do, reading only the ranges of the key that differ. */
final class Narrowing {
    private static final int KEYS_NAMED = 5;
    private static final int RANGES_READ = 3;
    /** So many rows' keys are fetched at once. */
    private static final long ROWS_FETCHED = 2000;

    private final Connection from;
    private final Connection to;
    private final TableScan scan;

    Narrowing(Connection from, Connection to, TableScan scan) {
        this.from = from;
        this.to = to;
        this.scan = scan;
    }

    /** Keys by what is wrong with their rows. */
    private record Found(List<String> missing, List<String> extra, List<String> changed) {
        Found() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }

        int size() {
            return missing.size() + extra.size() + changed.size();
        }

        /** A row without a key can't be named, and the key of one that is there twice is on both sides. */
        void add(String key, @Nullable String one, @Nullable String other) {
            (one == null ? extra : other == null ? missing : changed).add(key);
        }

        String sentence() {
            return List.of(
                            part("only on the sending side", missing),
                            part("only on the receiving side", extra),
                            part("different", changed))
                    .stream()
                    .filter(part -> !part.isEmpty())
                    .collect(Collectors.joining("; "));
        }

        private static String part(String what, List<String> keys) {
            return keys.isEmpty() ? "" : what + ": " + String.join(" ", keys);
        }
    }

    Problem problem(Map<Integer, TableScan.Sum> one, Map<Integer, TableScan.Sum> other) throws SQLException {
        List<Integer> ranges = differing(one, other);
        Found found = new Found();
        if (!scan.table().key().isEmpty()) {
            for (int range : ranges.subList(0, Math.min(RANGES_READ, ranges.size()))) {
                if (found.size() < KEYS_NAMED) {
                    find(range, one.getOrDefault(range, TableScan.Sum.NONE).rows(), found);
                }
            }
        }
        long sent = rows(one);
        long received = rows(other);
        String counts = sent == received
                ? "both sides have " + sent + " rows, but not the same"
                : sent + " rows on the sending side, " + received + " on the receiving side";
        String where = scan.bounds().isEmpty()
                ? ""
                : "; " + ranges.size() + " of " + (scan.bounds().size() + 1) + " key ranges differ, the first is "
                        + scan.named(ranges.getFirst());
        return Problem.error(
                "Table " + scan.table() + " differs",
                counts + where + (found.size() == 0 ? "" : "; the first keys: " + found.sentence()),
                "Find who wrote on the receiving side, then copy again: landfall abandon, then landfall sync.");
    }

    static List<Integer> differing(Map<Integer, TableScan.Sum> one, Map<Integer, TableScan.Sum> other) {
        return both(one, other).stream()
                .filter(range -> !Objects.equals(one.get(range), other.get(range)))
                .toList();
    }

    private static long rows(Map<Integer, TableScan.Sum> sums) {
        return sums.values().stream().mapToLong(TableScan.Sum::rows).sum();
    }

    private static <K, V> Set<K> both(Map<K, V> one, Map<K, V> other) {
        Set<K> all = new TreeSet<>(one.keySet());
        all.addAll(other.keySet());
        return all;
    }

    /** In a big range first by the hash of the key, then only those rows whose hash differs. */
    private void find(int range, long rows, Found found) throws SQLException {
        int digits = 0;
        for (long left = rows; left > ROWS_FETCHED; left /= 16) {
            digits++;
        }
        if (digits == 0) {
            compare(scan.where(range), found);
            return;
        }
        String part = "substr(md5(" + RowProof.keyText(scan.table()) + "), 1, " + digits + ")";
        String sql = "select p, md5(string_agg(d, '' order by d)) from (select " + part + " as p, " + scan.proof().digest() + " as d from only "
                + scan.table().sql() + " t where " + scan.where(range) + ") s group by p";
        Map<String, String> one = pairs(from, sql);
        Map<String, String> other = pairs(to, sql);
        for (String name : both(one, other)) {
            if (found.size() < KEYS_NAMED && !Objects.equals(one.get(name), other.get(name))) {
                compare(scan.where(range) + " and " + part + " = " + Sql.literal(name), found);
            }
        }
    }

    private void compare(String where, Found found) throws SQLException {
        String sql = "select k, string_agg(d, ' ' order by d) from (select " + RowProof.keyText(scan.table()) + " as k, "
                + scan.proof().digest() + " as d from only " + scan.table().sql() + " t where " + where
                + ") s group by k";
        Map<String, String> one = pairs(from, sql);
        Map<String, String> other = pairs(to, sql);
        for (String key : both(one, other)) {
            if (found.size() < KEYS_NAMED && !Objects.equals(one.get(key), other.get(key))) {
                found.add(key, one.get(key), other.get(key));
            }
        }
    }

    private static Map<String, String> pairs(Connection on, String sql) throws SQLException {
        Map<String, String> pairs = new TreeMap<>();
        Sql.list(on, sql, row -> pairs.put(row.getString(1), row.getString(2)) == null);
        return pairs;
    }

    /** The same for rows that were read one by one. */
    static String sentence(Map<String, String> one, Map<String, String> other) {
        Found found = new Found();
        for (String key : both(one, other)) {
            if (found.size() < KEYS_NAMED && !Objects.equals(one.get(key), other.get(key))) {
                found.add(key, one.get(key), other.get(key));
            }
        }
        return found.sentence();
    }
}
