package landfall.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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

/** Compares single tables and given rows. */
final class Verifier {
    private static final int KEYS_PER_QUERY = 5000;

    private Verifier() {}

    /** One table as a whole, in sessions that may not share it with others; adds a problem if the sides differ. */
    static long compare(Connection from, Connection to, TableScan scan, List<Problem> problems) throws SQLException {
        CompletableFuture<Map<Integer, TableScan.Sum>> one = both(() -> scan.read(from, ""));
        Map<Integer, TableScan.Sum> other = scan.read(to, "");
        Map<Integer, TableScan.Sum> expected = joined(one);
        if (!expected.equals(other)) {
            problems.add(new Narrowing(from, to, scan).problem(expected, other));
        }
        return expected.values().stream().mapToLong(TableScan.Sum::rows).sum();
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

    /** Only the given rows of a table, found by key. */
    static long compareKeys(
            Connection from,
            Connection to,
            Table table,
            RowProof proof,
            Set<List<@Nullable String>> keys,
            List<Problem> problems)
            throws SQLException {
        List<List<@Nullable String>> all = List.copyOf(keys);
        Map<String, String> expected = new TreeMap<>();
        Map<String, String> found = new TreeMap<>();
        for (int start = 0; start < all.size(); start += KEYS_PER_QUERY) {
            List<List<@Nullable String>> chunk = all.subList(start, Math.min(all.size(), start + KEYS_PER_QUERY));
            CompletableFuture<Map<String, String>> one = both(() -> hashesOf(from, table, proof, chunk));
            Map<String, String> other = hashesOf(to, table, proof, chunk);
            Map<String, String> sent = joined(one);
            sent.forEach((key, digest) -> {
                if (!digest.equals(other.get(key))) {
                    expected.put(key, digest);
                }
            });
            other.forEach((key, digest) -> {
                if (!digest.equals(sent.get(key))) {
                    found.put(key, digest);
                }
            });
        }
        Set<String> differing = new TreeSet<>(expected.keySet());
        differing.addAll(found.keySet());
        if (!differing.isEmpty()) {
            problems.add(Problem.error(
                    "Table " + table + " differs in " + differing.size() + " of the rows changed last",
                    "keys " + Narrowing.sentence(expected, found),
                    "Find who wrote on the receiving side, then run landfall verify."));
        }
        return all.size();
    }

    private static Map<String, String> hashesOf(
            Connection connection, Table table, RowProof proof, List<List<@Nullable String>> keys) throws SQLException {
        int width = table.key().size();
        Map<String, String> types =
                table.columns().stream().collect(Collectors.toMap(Table.Column::name, Table.Column::type));
        String sql = "select " + RowProof.keyText(table) + ", " + proof.digest() + " from only " + table.sql()
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
}
