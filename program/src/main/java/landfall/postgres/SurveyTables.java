package landfall.postgres;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import landfall.base.Quantities;
import landfall.postgres.Survey.Verdict;
import org.jspecify.annotations.Nullable;

/** Tables: those that can't be followed as they are and what may be done with each, kinds that need a word, sizes. */
final class SurveyTables {
    /** A row goes through memory as a whole, more than once, and the program has 256 MB. */
    private static final long ROW_BYTES_MAX = 64L << 20;

    /** What a copy behind the door is reckoned with: slow on purpose. */
    private static final long RECOPY_BYTES_PER_SECOND = 20L << 20;

    private SurveyTables() {}

    static void look(SurveyLook look) throws SQLException {
        for (Identities.Lacking table : Identities.lacking(look.from())) {
            identity(look, table);
        }
        look.add(look.from(), "survey_tables");
        wideRows(look);
        List<Table> tables = look.tables();
        look.add(
                Verdict.OK,
                "tables",
                tables.size() + " tables, "
                        + Quantities.bytes(
                                tables.stream().mapToLong(Table::bytes).sum()),
                "");
    }

    private static void identity(SurveyLook look, Identities.Lacking table) {
        String subject = (table.unlogged() ? "unlogged table " : "table ") + table.named();
        String cost = Quantities.bytes(table.bytes()) + ", about "
                + Math.max(1, table.bytes() / RECOPY_BYTES_PER_SECOND) + " s while users wait";
        if (look.choices().plain()) {
            look.add(Verdict.HANDLED, subject, "a plain move copies it like any other", "");
            return;
        }
        Optional<Choices.Identity> chosen = look.choices().identity(table.named());
        if (chosen.isPresent() && chosen.get() == Choices.Identity.INDEX && table.index() != null) {
            look.add(
                    Verdict.HANDLED,
                    subject,
                    "it is followed by its unique index " + table.index()
                            + ", as you chose; set back when the move ends",
                    "");
        } else if (chosen.isPresent()) {
            look.add(Verdict.HANDLED, subject, "not published; copied again behind the door: " + cost, "");
        } else {
            look.add(
                    Verdict.DECISION,
                    subject,
                    why(table) + "; accepted, it is not published but copied again behind the" + " door: " + cost,
                    fix(table));
        }
    }

    private static String why(Identities.Lacking table) {
        return table.unlogged()
                ? "its changes are not in the log"
                : table.deferrable()
                        ? "its primary key is deferrable and can't name rows to follow: published, the app's UPDATE and"
                                + " DELETE would fail"
                        : "it has no replica identity that names a row: published, the app's UPDATE and DELETE would fail";
    }

    private static String fix(Identities.Lacking table) {
        String name = table.named().sql();
        if (table.unlogged()) {
            return "ALTER TABLE " + name + " SET LOGGED;";
        }
        @Nullable String index = table.index();
        return index == null
                ? "ALTER TABLE " + name + " ADD PRIMARY KEY (…); or `landfall sync --replica-identity recopy`."
                : "ALTER TABLE " + name + " REPLICA IDENTITY USING INDEX " + Sql.quoted(index)
                        + "; or let Landfall do it while the move lasts: `landfall sync --replica-identity index`.";
    }

    /** TOAST holds what is too wide for a page; how wide the widest is, its chunks tell without reading it. */
    private static void wideRows(SurveyLook look) throws SQLException {
        record Candidate(String table, String columns) {}
        List<Candidate> candidates = new ArrayList<>();
        for (Table table : Catalog.withRows(look.tables())) {
            if (table.bytes() > ROW_BYTES_MAX / 64) {
                candidates.add(new Candidate(
                        table.sql(),
                        table.columns().stream()
                                .map(column -> "coalesce(pg_column_size(t." + Sql.quoted(column.name()) + "), 0)")
                                .reduce("0", (a, b) -> a + " + " + b)));
            }
        }
        for (Candidate candidate : candidates) {
            long widest = Sql.number(
                    look.from(),
                    "select coalesce(max(" + candidate.columns() + "), 0) from only " + candidate.table() + " t");
            if (widest > ROW_BYTES_MAX) {
                look.add(
                        Verdict.DECISION,
                        "row of " + candidate.table(),
                        "the widest takes " + Quantities.bytes(widest)
                                + " stored, more when unpacked: each goes through" + " memory as a whole",
                        "Give Landfall a larger heap (JAVA_TOOL_OPTIONS=-Xmx2g), or keep such values elsewhere.");
            }
        }
    }
}
