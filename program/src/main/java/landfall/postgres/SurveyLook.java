package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import landfall.postgres.Survey.Finding;
import landfall.postgres.Survey.Verdict;

/**
 * What the themes of the survey look at, and where they put what they find. Both sessions only read.
 *
 * @param tables the source's tables
 */
record SurveyLook(
        Database source,
        Database target,
        Connection from,
        Connection to,
        Naming naming,
        String targetRole,
        Choices choices,
        Survey.Disk disk,
        SchemaTool schemaTool,
        List<Table> tables,
        String theme,
        List<Finding> findings) {

    /** One part of the survey, in a file of its own. */
    @FunctionalInterface
    interface Theme {
        void look(SurveyLook look) throws SQLException;
    }

    /** One of the two, for what is asked of both. */
    record Side(Database database, Connection session, boolean isSource) {
        String label() {
            return database.label();
        }
    }

    List<Side> sides() {
        return List.of(new Side(source, from, true), new Side(target, to, false));
    }

    SurveyLook of(String otherTheme) {
        return new SurveyLook(
                source, target, from, to, naming, targetRole, choices, disk, schemaTool, tables, otherTheme, findings);
    }

    void add(Verdict verdict, String subject, String what, String fix) {
        findings.add(new Finding(verdict, theme, subject, what, fix));
    }

    /** A file of plain SQL that answers verdict, subject, what and fix; the app's role is its one parameter, if any. */
    void add(Connection on, String file, Object... parameters) throws SQLException {
        Sql.list(
                on,
                Sql.file(file),
                row -> {
                    add(
                            Verdict.valueOf(String.valueOf(row.getString("verdict"))),
                            String.valueOf(row.getString("subject")),
                            String.valueOf(row.getString("what")),
                            String.valueOf(row.getString("fix")));
                    return true;
                },
                parameters);
    }

    /** What stops a live move and not a plain one. */
    Verdict liveBlocker() {
        return choices.plain() ? Verdict.HANDLED : Verdict.BLOCKER;
    }
}
