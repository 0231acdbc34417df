package landfall.postgres;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import landfall.postgres.Survey.Verdict;

/** The pair of versions: what one of the two servers knows and the other doesn't, and who reads the schema. */
final class SurveyVersions {
    /** Names of the server's own functions; what stands before a parenthesis in a definition may be one of them. */
    private static final String FUNCTIONS =
            "select distinct proname from pg_proc where pronamespace = 'pg_catalog'::regnamespace";

    private SurveyVersions() {}

    static void look(SurveyLook look) throws SQLException {
        int source = look.from().getMetaData().getDatabaseMajorVersion();
        int target = look.to().getMetaData().getDatabaseMajorVersion();
        if (target < source) {
            look.add(
                    Verdict.DECISION,
                    "versions",
                    "the target's PostgreSQL " + target + " is older than the source's " + source
                            + "; what is found that it doesn't know is named here, texts of functions aside",
                    "Create the service with image version " + source + " or newer, or accept it.");
            newer(look, target);
        } else {
            look.add(Verdict.OK, "versions", source + " to " + target, "");
        }
        settings(look);
        memberships(look);
        pgDump(look, source);
    }

    private static void newer(SurveyLook look, int target) throws SQLException {
        Set<String> missing = new HashSet<>(Sql.strings(look.from(), FUNCTIONS));
        Sql.strings(look.to(), FUNCTIONS).forEach(missing::remove);
        List<String> literals = new ArrayList<>();
        missing.stream().sorted().forEach(name -> literals.add(Sql.literal(name)));
        String sql = Sql.file("survey_newer")
                .replace(":missing", "array[" + String.join(", ", literals) + "]")
                .replace(":target", Integer.toString(target));
        Sql.list(look.from(), sql, row -> {
            look.add(
                    Verdict.valueOf(String.valueOf(row.getString("verdict"))),
                    String.valueOf(row.getString("subject")),
                    String.valueOf(row.getString("what")),
                    String.valueOf(row.getString("fix")));
            return true;
        });
    }

    /** Servers drop parameters too: force_parallel_mode went with 16, old_snapshot_threshold with 17. */
    private static void settings(SurveyLook look) throws SQLException {
        Set<String> known = new HashSet<>(Sql.strings(look.to(), "select lower(name) from pg_settings"));
        for (String setting : Sql.strings(
                look.from(),
                "select distinct lower(split_part(c, '=', 1)) from pg_db_role_setting s"
                        + " cross join lateral unnest(s.setconfig) c where s.setdatabase in (0, (select oid from"
                        + " pg_database where datname = current_database())) order by 1")) {
            // One with a dot is an extension's or the app's own, which any server takes.
            if (!setting.contains(".") && !known.contains(setting)) {
                look.add(
                        Verdict.BLOCKER,
                        "setting " + setting + " of the database or a role",
                        "the target's server has no such parameter",
                        "ALTER DATABASE " + Sql.quoted(look.source().name()) + " RESET " + setting
                                + "; (or ALTER ROLE … RESET).");
            }
        }
    }

    /** Roles of the server's own that came later: pg_maintain with 17, pg_checkpoint with 15. */
    private static void memberships(SurveyLook look) throws SQLException {
        Set<String> known = new HashSet<>(Sql.strings(look.to(), "select rolname from pg_roles"));
        for (String membership : Sql.strings(
                look.from(),
                "select distinct g.rolname || ' ' || quote_ident(m.rolname) from pg_auth_members a"
                        + " join pg_roles g on g.oid = a.roleid and g.rolname like 'pg\\_%'"
                        + " join pg_roles m on m.oid = a.member and m.rolname not like 'pg\\_%' order by 1")) {
            String[] names = membership.split(" ", 2);
            if (!known.contains(names[0])) {
                look.add(
                        Verdict.BLOCKER,
                        "membership of " + names[1] + " in " + names[0],
                        "the target's server has no such role",
                        "REVOKE " + names[0] + " FROM " + names[1] + ";");
            }
        }
    }

    private static void pgDump(SurveyLook look, int source) throws SQLException {
        if (SchemaReader.hasPgDump(look.source(), look.schemaTool())) {
            look.add(Verdict.OK, "pg_dump", "one new enough is in the source's pod or here", "");
            return;
        }
        look.add(
                Verdict.HANDLED,
                "pg_dump",
                "none of version " + source + " is here: a built-in reader takes the schema",
                "");
        for (String unknown : CatalogReader.unknown(look.from())) {
            look.add(
                    Verdict.BLOCKER,
                    unknown,
                    "no pg_dump of version " + source + " or newer is in the source's pod or here, and the built-in"
                            + " reader does not know this",
                    "Install pg_dump " + source + " (Debian: postgresql-client-" + source + ").");
        }
    }
}
