package landfall.postgres;

import java.sql.SQLException;
import landfall.postgres.Survey.Verdict;

/** Owners, grants, settings, and the role that the app has on the target. */
final class SurveyRoles {
    private SurveyRoles() {}

    static void look(SurveyLook look) throws SQLException {
        look.add(look.from(), "survey_roles", look.targetRole());
        target(look);
    }

    private static void target(SurveyLook look) throws SQLException {
        boolean ours = Sql.truth(look.to(), "select to_regclass('landfall.copy') is not null");
        var there = Catalog.tables(look.to());
        String label = look.target().label();
        if (!there.isEmpty() && !ours) {
            look.add(
                    Verdict.BLOCKER,
                    label + " database " + look.target().name(),
                    "it is not empty: " + there.size() + " tables, the first is " + there.getFirst(),
                    "Give the move an empty database.");
        }
        String role = look.targetRole();
        if (Sql.truth(look.to(), "select coalesce((select rolsuper from pg_roles where rolname = ?), false)", role)) {
            look.add(
                    Verdict.DECISION,
                    label + " role " + role,
                    "it is a superuser there and becomes an ordinary role",
                    "Name another role in move.yaml if something else needs it.");
        } else {
            look.add(Verdict.HANDLED, label + " role " + role, "made for the app, not a superuser", "");
        }
    }
}
