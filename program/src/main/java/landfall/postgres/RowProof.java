package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a row of a table becomes bytes and numbers that two servers can compare. Bytes and not values: an index or a hash
 * join takes 1.0 for 1.00, -0 for 0 and two spellings of a citext for the same; the proof must not.
 *
 * @param columns sorted by name, since the receiving side may list them in another order
 */
record RowProof(List<Column> columns, boolean portable) {
    /** Types whose order is the same on every server, texts by their bytes. */
    private static final List<String> ORDERED =
            List.of("int2", "int4", "int8", "numeric", "uuid", "date", "timestamp", "timestamptz", "bytea");

    private static final List<String> ORDERED_AS_TEXT = List.of("text", "varchar");

    /**
     * One column.
     *
     * @param form {@code hashed}, {@code collated}, {@code bytes}, {@code float} or {@code text}
     * @param type the base type's name in the catalogs if it is a built-in one
     * @param send the base type's function that makes it bytes
     */
    record Column(String name, String baseType, boolean domain, String form, String type, String send) {
        private String sql() {
            String value = "t." + Sql.quoted(name);
            return switch (form) {
                case "hashed", "collated", "bytes" -> domain ? value + "::" + baseType : value;
                case "float" -> "case when " + value + " = 'NaN' then 'NaN' else " + value + "::" + baseType + " end";
                default -> value + "::text";
            };
        }

        /** Something whose hash by the server is of every bit. */
        private String hashable() {
            return switch (form) {
                case "hashed" -> sql();
                case "bytes", "float" -> send + "(" + sql() + ")";
                default -> "(" + sql() + ") collate \"C\"";
            };
        }
    }

    /** The part of a key by which rows fall into ranges. */
    record Ranged(String sql, String type) {}

    RowProof {
        columns = List.copyOf(columns);
    }

    /**
     * All tables by name.
     *
     * @param portable whether both servers hash bytes alike, see {@link #hashesOf}
     */
    static Map<String, RowProof> all(Connection connection, boolean portable) throws SQLException {
        Map<String, List<Column>> columns = new LinkedHashMap<>();
        Sql.list(
                connection,
                Sql.file("proof_columns"),
                row -> columns.computeIfAbsent(
                                row.getString("schema_name") + "." + row.getString("table_name"),
                                name -> new ArrayList<>())
                        .add(new Column(
                                row.getString("column_name"),
                                row.getString("base_type"),
                                row.getBoolean("is_domain"),
                                row.getString("form"),
                                row.getString("type_name"),
                                row.getString("send"))));
        return columns.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> new RowProof(entry.getValue(), portable)));
    }

    /**
     * What a server makes of a few values; the hash is the same on machines of one byte order and of texts in one
     * encoding, and may change.
     */
    static String hashesOf(Connection connection) throws SQLException {
        return Sql.text(
                connection,
                "select getdatabaseencoding() || ' ' || string_agg(hash_record_extended(row(n > 3,"
                        + " convert_to(repeat('landfall', n), 'UTF8'), n::text::\"char\", n::int2, n, n::oid,"
                        + " date '2000-01-01' + n, md5(n::text)::uuid, repeat('landfall', n) collate \"C\"), n)::text"
                        + " || ' ' || hashint8extended(n, n)::text, ' ' order by n) from generate_series(0, 5) n");
    }

    /** The row's bytes. */
    String bytes() {
        return "record_send(row(" + columns.stream().map(Column::sql).collect(Collectors.joining(", ")) + "))";
    }

    /** A text of its own for every row, for the few that are compared one by one. */
    String digest() {
        return "md5(" + bytes() + ")";
    }

    /** What a subquery makes of a row, to be summed. */
    String hash() {
        return portable
                ? "hash_record_extended(row("
                        + columns.stream().map(Column::hashable).collect(Collectors.joining(", ")) + "), 0)"
                : bytes();
    }

    /** Count and two sums of 64 bits a row, of a subquery's column {@code h}; sums don't cancel as XOR does. */
    String sums() {
        return "count(*), coalesce(sum(" + summand(0) + "), 0)::text, coalesce(sum(" + summand(1) + "), 0)::text";
    }

    /**
     * A record's hash is the sum of its columns' hashes, times powers of 31: values that two rows have exchanged would not
     * show in a sum of it. Each half of it is therefore hashed again (whole, an int8 would be folded to 32 bits first).
     */
    private String summand(int half) {
        return portable
                ? half == 0 ? "hashint8extended(h & 4294967295, 0)" : "hashint8extended(h >> 32, 1)"
                : "('x' || substr(md5(h), " + (1 + 16 * half) + ", 16))::bit(64)::bigint";
    }

    /** The first column of the key, if its type is one of those that all servers order alike. */
    Optional<Ranged> ranged(Table table) {
        if (table.key().isEmpty()) {
            return Optional.empty();
        }
        String first = table.key().getFirst();
        return columns.stream()
                .filter(column -> column.name().equals(first))
                .flatMap(column -> {
                    String value = "t." + Sql.quoted(first);
                    if (ORDERED.contains(column.type())) {
                        return Stream.of(
                                new Ranged(column.domain() ? value + "::" + column.type() : value, column.type()));
                    }
                    return ORDERED_AS_TEXT.contains(column.type())
                            ? Stream.of(new Ranged(value + "::text collate \"C\"", "text"))
                            : Stream.empty();
                })
                .findFirst();
    }

    static String keyText(Table table) {
        return table.key().isEmpty()
                ? "''"
                : "row("
                        + table.key().stream()
                                .map(name -> "t." + Sql.quoted(name))
                                .collect(Collectors.joining(", ")) + ")::text";
    }
}
