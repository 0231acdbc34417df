package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import landfall.base.Quantities;
import landfall.postgres.Survey.Verdict;

/** Rows that are too wide: for PostgreSQL's own protocol, or for this process when one changes while it follows. */
final class SurveyRows {
    /** What a server can put into one message, and a proof hash at once. */
    private static final long MESSAGE_BYTES_MAX = (1L << 30) - 1;

    /** A row is made smaller than a page by compression up to this ratio (lz4's); a wider one has TOAST. */
    private static final int COMPRESSION_MAX = 255;

    private static final Duration LOOK_MAX = Duration.ofSeconds(20);
    private static final int NAMED_MAX = 3;

    /** @param bytes as COPY would send it, at least */
    record Wide(String key, long bytes) {}

    private SurveyRows() {}

    static void look(SurveyLook look) throws SQLException {
        long followed = followedBytesMax();
        for (Table table : Catalog.withRows(look.tables())) {
            long toast = Sql.number(
                    look.from(),
                    "select coalesce(pg_relation_size(nullif(reltoastrelid, 0)), 0) from pg_class where oid = "
                            + Sql.literal(table.sql()) + "::regclass");
            if (toast > Math.min(followed, MESSAGE_BYTES_MAX) / COMPRESSION_MAX) {
                table(look, table, followed);
            }
        }
    }

    /** A changed row is in memory as a whole, once as it came and in part as it goes. */
    private static long followedBytesMax() {
        return Runtime.getRuntime().maxMemory() / 4;
    }

    private static void table(SurveyLook look, Table table, long followed) throws SQLException {
        List<Wide> rows;
        try {
            Sql.execute(look.from(), "set statement_timeout = " + LOOK_MAX.toMillis());
            rows = widest(look.from(), table, Math.min(followed, MESSAGE_BYTES_MAX));
        } catch (SQLException e) {
            // 57014: canceled by the timeout
            if (!"57014".equals(e.getSQLState())) {
                throw e;
            }
            look.add(
                    Verdict.HANDLED,
                    "rows of " + table,
                    "it is too large to look at the width of each in " + LOOK_MAX.toSeconds()
                            + " s; one of more than 1 GB would stop the copy by name",
                    "");
            return;
        } finally {
            Sql.execute(look.from(), "set statement_timeout = 0");
        }
        for (Wide row : rows) {
            String subject = "row of " + table + (row.key().isEmpty() ? "" : " with key " + row.key());
            if (row.bytes() > MESSAGE_BYTES_MAX) {
                look.add(
                        Verdict.BLOCKER,
                        subject,
                        "it takes " + Quantities.bytes(row.bytes())
                                + " as it would be sent: PostgreSQL's limit for one row is 1 GB",
                        "Make it smaller: keep parts of it in rows of their own, or outside the database.");
            } else if (!look.choices().plain()) {
                look.add(
                        Verdict.DECISION,
                        subject,
                        "it takes " + Quantities.bytes(row.bytes())
                                + ": it is copied in pieces, but if it changes while it is followed it must fit in"
                                + " memory as a whole, and following ends where it doesn't",
                        "Give Landfall a heap of " + Quantities.bytes(4 * row.bytes()) + " (JAVA_TOOL_OPTIONS=-Xmx"
                                + (4 * row.bytes() / (1L << 20) + 1) + "m), or accept it if such rows don't change.");
            }
        }
    }

    /** The widest of those that are wider. */
    static List<Wide> widest(Connection connection, Table table, long bytes) throws SQLException {
        return Sql.list(
                connection,
                query(table, bytes),
                row -> new Wide(String.valueOf(row.getString("key")), row.getLong("bytes")));
    }

    /** Lengths stand beside the values: nothing is unpacked to know them, only the heap is read. */
    private static String query(Table table, long wider) {
        boolean binary = table.copied().stream().allMatch(Table.Column::binary);
        String width = table.copied().stream()
                .map(column -> "coalesce(" + width(column, binary) + ", 0)::bigint")
                .collect(Collectors.joining(" + "));
        return "select key, bytes from (select " + RowProof.keyText(table) + " as key, " + width
                + " as bytes from only " + table.sql() + " t) w where bytes > "
                + wider + " order by bytes desc limit " + NAMED_MAX;
    }

    private static String width(Table.Column column, boolean binary) {
        String value = "t." + Sql.quoted(column.name());
        if (column.type().equals("bytea")) {
            // As text each byte is two letters.
            return "octet_length(" + value + ")" + (binary ? "" : "::bigint * 2");
        }
        return column.type().equals("text") || column.type().startsWith("character")
                ? "octet_length(" + value + ")"
                // Packed, so it may be more.
                : "pg_column_size(" + value + ")";
    }
}
