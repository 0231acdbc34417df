package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Set;
import landfall.base.LandfallException;
import org.postgresql.PGConnection;

/** Asks a server, over a connection of its own, what the process of one of our sessions does. */
final class SessionCheck {
    /** Of its own sessions; nobody asks after these: unlike others they may never be silent. */
    static final String PURPOSE = "session check";

    /** Wait events in which a process does nothing but wait for its client, or would answer it. */
    private static final Set<String> WAITS_FOR_CLIENT =
            Set.of("clientread", "clientwrite", "walsendermain", "walsenderwaitforwal", "walsenderwritedata");

    private static final int PROGRESS_SINCE = 14;

    /** What came out. */
    sealed interface Answer {
        /** Another statement than ours keeps it, or its own work does. */
        record Works() implements Answer {}

        /**
         * It waits for us.
         *
         * @param how the wait event
         * @param evidence is another as soon as anything of ours reaches it
         */
        record Waits(String how, String evidence) implements Answer {}

        /** There is no such process any more. */
        record Gone() implements Answer {}

        /** The server refuses to be asked, or there is something between it and us that hides its processes. */
        record Unknown(String why) implements Answer {}

        /** The server doesn't answer. */
        record Unreachable(String why) implements Answer {}
    }

    private final Database database;
    private final int pid;
    private final String applicationName;

    SessionCheck(Database database, int pid, String applicationName) {
        this.database = database;
        this.pid = pid;
        this.applicationName = applicationName;
    }

    String label() {
        return database.label();
    }

    int pid() {
        return pid;
    }

    Answer ask() {
        try (Connection connection = database.connect(PURPOSE)) {
            int own = connection.unwrap(PGConnection.class).getBackendPID();
            if (Sql.number(connection, "select pg_backend_pid()") != own) {
                return new Answer.Unknown("a pooler stands between");
            }
            return Sql.first(
                            connection,
                            Sql.file("session"),
                            row -> state(
                                    connection,
                                    String.valueOf(row.getString("wait_event")),
                                    String.valueOf(row.getString("evidence"))),
                            pid,
                            applicationName)
                    .orElseGet(Answer.Gone::new);
        } catch (SQLException e) {
            String why = Failures.reason(e);
            return Passing.isNobodyThere(e) ? new Answer.Unreachable(why) : new Answer.Unknown(why);
        } catch (LandfallException e) {
            return new Answer.Unreachable(e.problems().getFirst().sentence());
        }
    }

    private Answer state(Connection connection, String waitEvent, String evidence) throws SQLException {
        if (!WAITS_FOR_CLIENT.contains(waitEvent.toLowerCase(Locale.ROOT))) {
            return new Answer.Works();
        }
        // On a slow line what was sent minutes ago may be arriving still: a COPY counts it.
        String copied = connection.getMetaData().getDatabaseMajorVersion() < PROGRESS_SINCE
                ? ""
                : String.join(
                        " ",
                        Sql.strings(
                                connection,
                                "select bytes_processed from pg_catalog.pg_stat_progress_copy where pid = ?",
                                pid));
        return new Answer.Waits(waitEvent, evidence + " " + copied);
    }

    /** Its transaction holds locks, and its slot, until somebody tells it that nobody is there any more. */
    void end() {
        try (Connection connection = database.connect(PURPOSE)) {
            Sql.list(
                    connection,
                    "select pg_catalog.pg_terminate_backend(pid) from pg_catalog.pg_stat_activity"
                            + " where pid = ? and application_name = ?",
                    row -> row.getBoolean(1),
                    pid,
                    applicationName);
        } catch (SQLException | LandfallException e) {
            System.getLogger(SessionCheck.class.getName())
                    .log(System.Logger.Level.INFO, "process " + pid + " of the " + label() + " was not ended", e);
        }
    }
}
