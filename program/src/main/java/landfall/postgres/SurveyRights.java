package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import landfall.postgres.Survey.Verdict;

/** What the role that Landfall works as may do, right by right; each missing one with the statement that gives it. */
final class SurveyRights {
    /** @param need what can't be done without it: {@code move}, {@code live}, {@code back} or {@code finish} */
    private record Right(String subject, String what, boolean has, String fix, String need) {}

    private SurveyRights() {}

    static void look(SurveyLook look) throws SQLException {
        side(look, look.from(), look.source());
        side(look, look.to(), look.target());
    }

    /** Whether the session's role is a superuser, whom no right can lack. */
    static boolean isSuperuser(Connection connection) throws SQLException {
        return Sql.truth(connection, "select rolsuper from pg_roles where rolname = current_user");
    }

    private static void side(SurveyLook look, Connection side, Database database) throws SQLException {
        String label = database.label();
        String role = label + " role " + database.user();
        if (isSuperuser(side)) {
            look.add(Verdict.OK, role, "a superuser", "");
            return;
        }
        List<Right> rights = Sql.list(
                side,
                Sql.file("rights").replace(":way", Sql.literal(label)),
                row -> new Right(
                        row.getString("subject"),
                        row.getString("what"),
                        row.getBoolean("has"),
                        row.getString("fix"),
                        row.getString("need")));
        boolean complete = true;
        for (Right right : rights) {
            if (!right.has()) {
                complete = false;
                look.add(
                        verdict(right.need(), look.choices().plain()),
                        role + ": " + right.subject(),
                        right.what() + consequence(right.need(), look.choices().plain()),
                        right.fix());
            }
        }
        if (complete) {
            look.add(Verdict.OK, role, "no superuser, and has every right the move needs", "");
        }
        if (label.equals("source")) {
            look.add(
                    Verdict.HANDLED,
                    role + ": LOGIN of others",
                    "only a superuser can take it from other roles while the fence is up: they may log in and read, and the"
                            + " guards refuse their writes",
                    "");
        }
    }

    private static Verdict verdict(String need, boolean plain) {
        return switch (need) {
            case "live" -> plain ? Verdict.HANDLED : Verdict.BLOCKER;
            case "back", "finish" -> Verdict.DECISION;
            default -> Verdict.BLOCKER;
        };
    }

    private static String consequence(String need, boolean plain) {
        return switch (need) {
            case "live" ->
                plain ? "; a plain move does without" : "; without it only a plain move is possible (--plain)";
            case "back" -> "; without it there is no way back after the switch";
            case "finish" -> "; without it writes there have to be kept out by hand";
            default -> "";
        };
    }
}
