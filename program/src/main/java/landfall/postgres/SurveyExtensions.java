package landfall.postgres;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import landfall.postgres.Survey.Verdict;

/** Extensions: there on the target's server, in which version, and what they keep that isn't theirs alone. */
final class SurveyExtensions {
    private record Installed(String name, String version) {}

    private SurveyExtensions() {}

    static void look(SurveyLook look) throws SQLException {
        Map<String, List<String>> available = new HashMap<>();
        Map<String, String> preferred = new HashMap<>();
        Sql.list(
                look.to(),
                "select v.name, v.version, e.default_version from pg_available_extension_versions v"
                        + " join pg_available_extensions e on e.name = v.name",
                row -> {
                    available
                            .computeIfAbsent(row.getString(1), name -> new ArrayList<>())
                            .add(row.getString(2));
                    return preferred.put(row.getString(1), row.getString(3)) == null;
                });
        List<Installed> installed = Sql.list(
                look.from(),
                "select extname, extversion from pg_extension where extname <> 'plpgsql' order by 1",
                row -> new Installed(row.getString(1), row.getString(2)));
        for (Installed one : installed) {
            List<String> versions = available.get(one.name());
            String subject = "extension " + one.name();
            if (versions == null) {
                look.add(
                        Verdict.BLOCKER,
                        subject,
                        "version " + one.version() + " is used; the target's server does not have it",
                        "DROP EXTENSION " + Sql.quoted(one.name())
                                + "; if nothing needs it, or create the service with an image that has it.");
            } else if (one.version().equals(preferred.get(one.name()))) {
                look.add(Verdict.HANDLED, subject, "it is created on the target in version " + one.version(), "");
            } else {
                look.add(
                        Verdict.DECISION,
                        subject,
                        "the source has version " + one.version() + ", the target makes " + preferred.get(one.name())
                                + (versions.contains(one.version()) ? ", though it has both" : ""),
                        "ALTER EXTENSION " + Sql.quoted(one.name()) + " UPDATE TO "
                                + Sql.literal(String.valueOf(preferred.get(one.name())))
                                + "; on the source, or accept the other version.");
            }
        }
        look.add(look.from(), "survey_extension_tables");
    }
}
