package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import landfall.base.Secret;
import org.postgresql.util.PasswordUtil;

/** Landfall's own superuser on the source: the fence takes the right to log in from every other role. */
public final class MoverRole {
    public static final String NAME = "landfall_mover";

    /** Class 28, invalid authorization: no such role, another password, or none that may log in. */
    private static final String REFUSED_LOGIN = "28";

    private MoverRole() {}

    /**
     * The source as the role that a move works as: Landfall's own, made by the one that was found; or that one itself
     * where it is none and only has rights.
     *
     * @throws landfall.base.LandfallException if the server doesn't answer. It must not be taken for a role that isn't
     *     there: behind the fence the found role is not let in, and the user would be told of a trouble that is none.
     */
    public static Database of(Database asFound, Secret password) {
        Database mover = asFound.as(NAME, password);
        try (Connection probe = mover.connect("probe")) {
            Sql.text(probe, "select current_user");
            return mover;
        } catch (SQLException e) {
            if (!String.valueOf(e.getSQLState()).startsWith(REFUSED_LOGIN)) {
                throw Sql.failed("The " + asFound + " could not be reached", e);
            }
        }
        return create(asFound, password) ? mover : asFound;
    }

    /**
     * Makes the role or gives it this password. The server is sent a verifier, so no log can hold the password.
     *
     * @return false where the role found is no superuser and can't make one: the move then works as that role
     */
    public static boolean create(Database asFound, Secret password) {
        String attributes = " login superuser replication password "
                + Sql.literal(PasswordUtil.encodeScramSha256(password.reveal().toCharArray()));
        try (Connection connection = asFound.connect("role")) {
            if (!SurveyRights.isSuperuser(connection)) {
                return false;
            }
            boolean exists = Sql.truth(connection, "select exists (select from pg_roles where rolname = ?)", NAME);
            Sql.execute(connection, (exists ? "alter role " : "create role ") + NAME + attributes);
            return true;
        } catch (SQLException e) {
            throw Sql.failed("The " + asFound + " could not be opened as " + asFound.user(), e);
        }
    }

    /** Ends the role's sessions and removes it. */
    public static void drop(Database asSuperuser) {
        try (Connection connection = asSuperuser.connect("role")) {
            if (!SurveyRights.isSuperuser(connection)) {
                return;
            }
            Sql.execute(
                    connection,
                    "select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = " + Sql.literal(NAME)
                            + " and pid <> pg_backend_pid()");
            Sql.execute(connection, "drop role if exists " + NAME);
        } catch (SQLException e) {
            throw Sql.failed("The role " + NAME + " could not be removed from " + asSuperuser, e);
        }
    }
}
