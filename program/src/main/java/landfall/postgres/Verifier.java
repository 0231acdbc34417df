package landfall.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import landfall.base.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Compares the rows of two databases by counts and checksums that the servers compute. A checksum is the pair of sums of
 * both halves of each row's md5: order does not matter, and equal damage done twice does not cancel as under XOR.
 */
final class Verifier {
    private static final int DIFFERING_KEYS_NAMED = 5;
    private static final int KEYS_PER_QUERY = 5000;

    record Sum(long rows, String high, String low) {}

    private Verifier() {}

    private static String rowHash(Table table) {
        // The receiving side may list columns in another order: names are sorted, so that both sides agree.
        return "md5(row("
                + table.columns().stream()
                        .map(Table.Column::name)
                        .sorted()
                        .map(name -> "t." + Sql.quoted(name))
                        .collect(Collectors.joining(", "))
                + ")::text)";
    }

    private static String sums() {
        return "count(*), coalesce(sum(('x' || substr(h, 1, 16))::bit(64)::bigint::numeric), 0)::text,"
                + " coalesce(sum(('x' || substr(h, 17, 16))::bit(64)::bigint::numeric), 0)::text";
    }

    private static Sum readSum(ResultSet row, int first) throws SQLException {
        return new Sum(
                row.getLong(first), String.valueOf(row.getString(first + 1)), String.valueOf(row.getString(first + 2)));
    }

    /** One table under the sessions' snapshots; returns its rows, adds a problem if the sides differ. */
    static long compare(Connection from, Connection to, Table table, List<Problem> problems) throws SQLException {
        String sql =
                "select " + sums() + " from (select " + rowHash(table) + " as h from only " + table.sql() + " t) s";
        CompletableFuture<Sum> one = both(() -> first(from, sql));
        Sum other = first(to, sql);
        Sum expected = joined(one);
        if (!expected.equals(other)) {
            problems.add(differs(table, expected, other, differingKeys(from, to, table)));
        }
        return expected.rows();
    }

    private static Sum first(Connection connection, String sql) throws SQLException {
        return Sql.first(connection, sql, row -> readSum(row, 1)).orElseThrow();
    }

    static <T> CompletableFuture<T> both(Sessions.Attempt<T> attempt) {
        CompletableFuture<T> future = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                future.complete(attempt.run());
            } catch (SQLException | RuntimeException e) {
                future.completeExceptionally(e);
            }
        });
        return future;
    }

    static <T> T joined(CompletableFuture<T> future) throws SQLException {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof SQLException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static Problem differs(Table table, Sum expected, Sum found, List<String> keys) {
        return Problem.error(
                "Table " + table + " differs",
                (expected.rows() == found.rows()
                                ? "both sides have " + found.rows() + " rows, but not the same"
                                : expected.rows() + " rows there, " + found.rows() + " here")
                        + (keys.isEmpty() ? "" : "; the first differing keys: " + String.join(" ", keys)),
                "Find who wrote on the receiving side, then copy again: landfall abandon, then landfall sync.");
    }

    private static String keyText(Table table) {
        return table.key().isEmpty()
                ? "''"
                : "row("
                        + table.key().stream()
                                .map(name -> "t." + Sql.quoted(name))
                                .collect(Collectors.joining(", ")) + ")::text";
    }

    /** Narrows the difference down by 256 buckets of keys, so that only a few hashes cross the wire. */
    private static List<String> differingKeys(Connection from, Connection to, Table table) throws SQLException {
        String bucket = "substr(md5(" + keyText(table) + "), 1, 2)";
        String sql = "select b, " + sums() + " from (select " + bucket + " as b, " + rowHash(table) + " as h from only "
                + table.sql() + " t) s group by b";
        Map<String, Sum> one = buckets(from, sql);
        Map<String, Sum> other = buckets(to, sql);
        Set<String> names = new TreeSet<>(one.keySet());
        names.addAll(other.keySet());
        List<String> keys = new ArrayList<>();
        for (String name : names) {
            if (keys.size() < DIFFERING_KEYS_NAMED && !java.util.Objects.equals(one.get(name), other.get(name))) {
                String rows = "select " + keyText(table) + ", " + rowHash(table) + " from only " + table.sql()
                        + " t where " + bucket + " = ?";
                keys.addAll(differing(hashes(from, rows, name), hashes(to, rows, name)));
            }
        }
        return keys.stream().limit(DIFFERING_KEYS_NAMED).toList();
    }

    private static Map<String, Sum> buckets(Connection connection, String sql) throws SQLException {
        Map<String, Sum> sums = new TreeMap<>();
        Sql.list(connection, sql, row -> sums.put(row.getString(1), readSum(row, 2)) == null);
        return sums;
    }

    private static Map<String, String> hashes(Connection connection, String sql, String bucket) throws SQLException {
        Map<String, String> hashes = new TreeMap<>();
        Sql.list(connection, sql, row -> hashes.put(row.getString(1), row.getString(2)) == null, bucket);
        return hashes;
    }

    private static List<String> differing(Map<String, String> one, Map<String, String> other) {
        Set<String> keys = new TreeSet<>(one.keySet());
        keys.addAll(other.keySet());
        return keys.stream()
                .filter(key -> !java.util.Objects.equals(one.get(key), other.get(key)))
                .toList();
    }

    /** Only the given rows of a table, found by key. */
    static long compareKeys(
            Connection from, Connection to, Table table, Set<List<@Nullable String>> keys, List<Problem> problems)
            throws SQLException {
        List<List<@Nullable String>> all = List.copyOf(keys);
        Set<String> differing = new HashSet<>();
        for (int start = 0; start < all.size(); start += KEYS_PER_QUERY) {
            List<List<@Nullable String>> chunk = all.subList(start, Math.min(all.size(), start + KEYS_PER_QUERY));
            CompletableFuture<Map<String, String>> one = both(() -> hashesOf(from, table, chunk));
            Map<String, String> other = hashesOf(to, table, chunk);
            differing.addAll(differing(joined(one), other));
        }
        if (!differing.isEmpty()) {
            problems.add(Problem.error(
                    "Table " + table + " differs in " + differing.size() + " of the rows changed last",
                    "keys: "
                            + differing.stream()
                                    .sorted()
                                    .limit(DIFFERING_KEYS_NAMED)
                                    .collect(Collectors.joining(" ")),
                    "The switch is undone; find who wrote on the receiving side, then run landfall verify."));
        }
        return all.size();
    }

    private static Map<String, String> hashesOf(Connection connection, Table table, List<List<@Nullable String>> keys)
            throws SQLException {
        int width = table.key().size();
        Map<String, String> types =
                table.columns().stream().collect(Collectors.toMap(Table.Column::name, Table.Column::type));
        String sql = "select " + keyText(table) + ", " + rowHash(table) + " from only " + table.sql()
                + " t join unnest("
                + IntStream.range(0, width).mapToObj(i -> "?::text[]").collect(Collectors.joining(", "))
                + ") as a (" + IntStream.range(0, width).mapToObj(i -> "c" + i).collect(Collectors.joining(", "))
                + ") on "
                + IntStream.range(0, width)
                        .mapToObj(i -> "t." + Sql.quoted(table.key().get(i)) + " = a.c" + i + "::"
                                + types.get(table.key().get(i)))
                        .collect(Collectors.joining(" and "));
        Map<String, String> hashes = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < width; i++) {
                @Nullable String[] values = new @Nullable String[keys.size()];
                for (int row = 0; row < values.length; row++) {
                    values[row] = keys.get(row).get(i);
                }
                statement.setArray(i + 1, connection.createArrayOf("text", values));
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    hashes.put(rows.getString(1), rows.getString(2));
                }
            }
        }
        return hashes;
    }

    /** Definitions of everything in both schemas, and the state of the receiving side's owners. */
    static void compareStructure(Connection from, Connection to, List<Problem> problems) throws SQLException {
        Map<String, String> one = Catalog.fingerprint(from);
        Map<String, String> other = Catalog.fingerprint(to);
        Set<String> items = new TreeSet<>(one.keySet());
        items.addAll(other.keySet());
        for (String item : items) {
            String expected = one.get(item);
            String found = other.get(item);
            if (!java.util.Objects.equals(expected, found)) {
                problems.add(Problem.error(
                        "The " + item + " differs",
                        expected == null
                                ? "it is on the receiving side only"
                                : found == null
                                        ? "it is not on the receiving side"
                                        : "its definitions are not the same",
                        "Make both sides equal, then run landfall verify."));
            }
        }
        for (Connection side : List.of(from, to)) {
            if (!Sql.truth(side, "select to_regclass('landfall.copy') is not null")) {
                continue;
            }
            Sql.strings(side, Sql.file("owners"))
                    .forEach(wrong -> problems.add(Problem.error(
                            wrong,
                            "everything in the target's database belongs to the app's role",
                            "ALTER its OWNER, then run landfall verify.")));
        }
    }
}
