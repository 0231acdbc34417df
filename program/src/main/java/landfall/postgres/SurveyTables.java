package landfall.postgres;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import landfall.base.Quantities;
import landfall.postgres.Survey.Verdict;
import org.jspecify.annotations.Nullable;

/** Tables: those that can't be followed as they are and what may be done with each, kinds that need a word, sizes. */
final class SurveyTables {
    /** What a copy behind the door is reckoned with: slow on purpose. */
    private static final long RECOPY_BYTES_PER_SECOND = 20L << 20;

    private SurveyTables() {}

    static void look(SurveyLook look) throws SQLException {
        for (Identities.Lacking table : Identities.lacking(look.from())) {
            identity(look, table);
        }
        look.add(look.from(), "survey_tables");
        SurveyRows.look(look);
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
}
