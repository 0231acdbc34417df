package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import landfall.base.Secret;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PasswordUtil;

/**
 * Carries roles to the target: the app's own, never as a superuser, and every other that owns something in the database
 * or has rights there; then ownership, grants, default privileges and settings. Row-level security means on the target
 * what it means on the source only if its tables belong to the same roles.
 */
final class Roles {
    /** @param item what ownership is checked by later; null for what isn't */
    private record Owner(String statement, @Nullable String item, String owner) {}

    private final Database source;
    private final Database target;
    private final TargetRole app;

    Roles(Database source, Database target, TargetRole app) {
        this.source = source;
        this.target = target;
        this.app = app;
    }

    /** Before the schema: the roles with their attributes and memberships. */
    void create() throws SQLException {
        try (Connection from = source.connect("roles");
                Connection to = target.connect("roles")) {
            boolean superuser = SurveyRights.isSuperuser(to);
            createApp(to, superuser);
            Map<String, List<String>> statements = new TreeMap<>();
            Map<String, String> verifiers = verifiers(from);
            record Line(String role, String statement) {}
            List<Line> lines = Sql.list(
                    from,
                    readers(to, "read_roles"),
                    row -> new Line(row.getString("role"), row.getString("statement")));
            for (Line line : lines) {
                if (!line.role().equals(app.name()) && !statements.containsKey(line.role())) {
                    statements.put(line.role(), createOther(to, line.role(), verifiers) ? List.of("made") : List.of());
                }
            }
            for (Line line : lines) {
                boolean attributes = line.statement().startsWith("alter role ");
                List<String> made = statements.get(line.role());
                // A role that was there before keeps its attributes; REPLICATION and BYPASSRLS are a superuser's to
                // give.
                boolean others = made != null && made.isEmpty();
                boolean rank = line.statement().endsWith("bypassrls");
                if (!(attributes && (others || (rank && !superuser)))) {
                    Sql.execute(to, line.statement());
                }
            }
        }
    }

    private void createApp(Connection to, boolean superuser) throws SQLException {
        boolean exists = Sql.truth(to, "select exists (select from pg_roles where rolname = ?)", app.name());
        if (exists && Sql.truth(to, "select rolname = current_user from pg_roles where rolname = ?", app.name())) {
            throw Sql.refused(
                    "The app's role on the target would be " + app.name(),
                    "that is the role Landfall works as",
                    "Name another role in move.yaml.");
        }
        Sql.execute(
                to,
                (exists ? "alter role " : "create role ") + Sql.quoted(app.name()) + " login "
                        + (superuser ? "nosuperuser noreplication nobypassrls " : "") + "password "
                        + Sql.literal(verifier(app.password())));
        if (!superuser) {
            // Only a member may give it objects.
            Sql.execute(to, "grant " + Sql.quoted(app.name()) + " to current_user");
        }
        Sql.execute(to, "alter database " + Sql.quoted(target.name()) + " owner to " + Sql.quoted(app.name()));
    }

    private static String verifier(Secret password) {
        return PasswordUtil.encodeScramSha256(password.reveal().toCharArray());
    }

    /** What the source keeps instead of passwords; only a superuser may read it, else other roles have none. */
    private static Map<String, String> verifiers(Connection from) throws SQLException {
        Map<String, String> verifiers = new TreeMap<>();
        if (SurveyRights.isSuperuser(from)) {
            Sql.list(
                    from,
                    "select rolname, rolpassword from pg_authid where rolpassword is not null and not rolsuper",
                    row -> verifiers.put(row.getString(1), row.getString(2)) == null);
        }
        return verifiers;
    }

    /** @return whether it was made; one that is there already is taken as it is */
    private static boolean createOther(Connection to, String role, Map<String, String> verifiers) throws SQLException {
        if (Sql.truth(to, "select exists (select from pg_roles where rolname = ?)", role)) {
            return false;
        }
        String verifier = verifiers.get(role);
        Sql.execute(
                to, "create role " + Sql.quoted(role) + (verifier == null ? "" : " password " + Sql.literal(verifier)));
        if (!SurveyRights.isSuperuser(to)) {
            Sql.execute(to, "grant " + Sql.quoted(role) + " to current_user");
        }
        return true;
    }

    /** Behind the schema: who owns what, who may do what, and what a session begins with. */
    void give() throws SQLException {
        try (Connection from = source.connect("roles");
                Connection to = target.connect("roles")) {
            Sql.execute(to, "delete from landfall.owner");
            for (Owner owner : Sql.list(
                    from,
                    readers(to, "read_owners"),
                    row -> new Owner(row.getString("statement"), row.getString("item"), row.getString("owner")))) {
                Sql.execute(to, onTarget(owner.statement()));
                if (owner.item() != null) {
                    Sql.execute(
                            to,
                            "insert into landfall.owner values (" + Sql.literal(owner.item()) + ", "
                                    + Sql.literal(owner.owner()) + ")");
                }
            }
            for (String statement : Sql.strings(from, readers(to, "read_grants"))) {
                Sql.execute(to, onTarget(statement));
            }
        }
    }

    private String onTarget(String statement) {
        return statement.replace(":database", Sql.quoted(target.name()));
    }

    /** What a server knows depends on its version, so the reader of the one is told of the other. */
    private String readers(Connection to, String file) throws SQLException {
        int major = to.getMetaData().getDatabaseMajorVersion();
        return (Sql.file("named_roles") + Sql.file(file))
                .replace(":former", Sql.literal(app.formerName()) + "::name")
                .replace(":app", Sql.literal(app.name()) + "::name")
                .replace(":maintain", Boolean.toString(major >= 17))
                .replace(":membership_options", optionsOfMembership(major));
    }

    private String optionsOfMembership(int targetMajor) throws SQLException {
        return Boolean.toString(targetMajor >= 16 && PgDump.majorVersion(source) >= 16);
    }
}
