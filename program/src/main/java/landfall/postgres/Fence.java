package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Closes a database for writes of everybody, superusers included, and marks the end of its log. Each part can be made
 * again: after a crash the fence is raised by the same call.
 */
public final class Fence {
    private static final Duration LOCK_TRY = Duration.ofMillis(200);
    private static final Duration IDLE_MAX = Duration.ofSeconds(5);
    private static final String PURPOSE = "fence";
    private static final Duration END_MAX = Duration.ofSeconds(10);

    private Fence() {}

    /**
     * Raises the fence and returns the marker that stands in the log behind the last write.
     *
     * @param revokeLogins whether every other role loses LOGIN, which takes a superuser; without it only the guards keep
     *     writers out
     * @param grace how long running transactions may go on before their sessions are ended
     */
    public static String raise(Database on, Naming naming, boolean revokeLogins, Duration grace) {
        try {
            Schema.create(on);
            try (Connection connection = on.connect(PURPOSE)) {
                // Cut off from its server it would keep writers waiting behind its locks.
                Sql.execute(connection, "set idle_in_transaction_session_timeout = '" + IDLE_MAX.toMillis() + "ms'");
                // Without a superuser the guards alone keep writers out: they bind everybody.
                boolean revoke = revokeLogins && SurveyRights.isSuperuser(connection);
                guard(connection, naming, revoke, grace);
                endSessions(connection, on, revoke);
                String marker = UUID.randomUUID().toString();
                connection.setAutoCommit(false);
                Sql.text(connection, "select pg_logical_emit_message(true, 'landfall', ?)::text", marker);
                Sql.execute(
                        connection,
                        "update landfall.fence set marker = " + Sql.literal(marker) + " where move = "
                                + Sql.literal(naming.moveId()));
                connection.commit();
                return marker;
            }
        } catch (SQLException e) {
            throw Sql.failed("The " + on + " could not be fenced", e);
        }
    }

    /** Guards, logins, read-only default and the record that lifts them are one transaction. */
    private static void guard(Connection connection, Naming naming, boolean revokeLogins, Duration grace)
            throws SQLException {
        List<Table> tables = Catalog.tables(connection);
        connection.setAutoCommit(false);
        long end = System.nanoTime() + grace.toNanos();
        while (true) {
            try {
                Sql.execute(connection, "set local lock_timeout = '" + LOCK_TRY.toMillis() + "ms'");
                Guard.create(connection, tables);
                break;
            } catch (SQLException e) {
                connection.rollback();
                if (!"55P03".equals(e.getSQLState()) && !"40P01".equals(e.getSQLState())) {
                    throw e;
                }
            }
            if (System.nanoTime() > end) {
                if (System.nanoTime() > end + END_MAX.toNanos()) {
                    throw stillWriting(connection);
                }
                // The grace is over: whoever still holds a lock on a user's table is ended.
                Sql.execute(connection, Sql.file("end_lock_holders"));
                connection.commit();
            }
        }
        Sql.execute(connection, record(naming, revokeLogins));
        connection.commit();
        connection.setAutoCommit(true);
    }

    private static String record(Naming naming, boolean revokeLogins) {
        return Sql.file("fence")
                .replace(":move", Sql.literal(naming.moveId()))
                .replace(":revoke", Boolean.toString(revokeLogins));
    }

    private static RuntimeException stillWriting(Connection connection) throws SQLException {
        List<String> prepared = Sql.strings(connection, "select gid from pg_prepared_xacts order by gid");
        return Sql.refused(
                "The fence could not be raised",
                prepared.isEmpty()
                        ? "a session keeps its lock on a table and does not end"
                        : "prepared transactions hold locks: " + String.join(", ", prepared),
                "Commit or roll back what holds the tables, then run the command again.");
    }

    /** Sessions from before the guards end; with logins revoked, all. */
    private static void endSessions(Connection connection, Database on, boolean revokeLogins) throws SQLException {
        long end = System.nanoTime() + END_MAX.toNanos();
        String others = Sql.file("other_sessions")
                + (revokeLogins
                        ? ""
                        : " and backend_start < " + Sql.literal(Sql.text(connection, "select clock_timestamp()::text"))
                                + "::timestamptz")
                // Only a superuser may end a superuser's session; the guards bind it all the same.
                + (SurveyRights.isSuperuser(connection)
                        ? ""
                        : " and usename not in (select rolname from pg_roles where rolsuper)");
        while (true) {
            List<String> left = Sql.strings(
                    connection,
                    "select s.pid || ' of ' || s.usename, pg_terminate_backend(s.pid) from (" + others + ") s");
            if (left.isEmpty()) {
                break;
            }
            if (System.nanoTime() > end) {
                throw Sql.refused(
                        "The fence of the " + on + " could not be raised",
                        "sessions do not end: " + String.join(", ", left),
                        "End them, then run the command again.");
            }
            pause();
        }
        refusePrepared(connection, on);
    }

    /** Before anybody waits: what is prepared now would still be when the fence is to be raised. */
    public static void refusePrepared(Database on) {
        try (Connection connection = on.connect("prepared")) {
            refusePrepared(connection, on);
        } catch (SQLException e) {
            throw Sql.failed("The " + on + " could not be asked for prepared transactions", e);
        }
    }

    private static void refusePrepared(Connection connection, Database on) throws SQLException {
        List<String> prepared =
                Sql.strings(connection, "select gid from pg_prepared_xacts where database = current_database()");
        if (!prepared.isEmpty()) {
            throw Sql.refused(
                    "The fence of the " + on + " could not be raised",
                    "prepared transactions could still be committed: " + String.join(", ", prepared),
                    "COMMIT PREPARED or ROLLBACK PREPARED them, then run the command again.");
        }
    }

    static void pause() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new landfall.base.LandfallException(
                    landfall.base.ExitCode.INTERRUPTED,
                    landfall.base.Problem.error("Interrupted", "the program was asked to stop", ""));
        }
    }

    /** Takes everything back: writes are possible again. */
    public static void lift(Database on, Naming naming) {
        endBrokenOff(on);
        call(on, naming, "lift_fence");
    }

    /** A session that was raising a fence when its line went dead may still hold locks, or finish what it began. */
    private static void endBrokenOff(Database on) {
        try (Connection connection = on.connect("lift")) {
            Sql.execute(
                    connection,
                    "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database()"
                            + " and usename = current_user and pid <> pg_backend_pid() and application_name = "
                            + Sql.literal("landfall/" + PURPOSE));
        } catch (SQLException e) {
            throw Sql.failed("The fence of the " + on + " could not be changed", e);
        }
    }

    /** Before going back: everybody may log in and read, the guards stay until the door opens. */
    public static void allowReading(Database on, Naming naming) {
        call(on, naming, "allow_reading");
    }

    /**
     * After the way back has ended: transactions are read-only by default, so that nothing writes to the side that users
     * have left by accident; {@code ALTER DATABASE … RESET default_transaction_read_only} lifts it.
     */
    public static void keepClosed(Database on) {
        try (Connection connection = on.connect("keep closed")) {
            if (!Sql.truth(
                    connection,
                    "select pg_has_role(datdba, 'USAGE') from pg_database where datname = current_database()")) {
                // The survey has named the right, and that without it this is done by hand.
                System.getLogger(Fence.class.getName())
                        .log(System.Logger.Level.WARNING, "the " + on + " is not ours to be kept closed");
                return;
            }
            // Before the fence is lifted, and as what it goes back to: the side is at no instant open for writes.
            Sql.execute(connection, "update landfall.fence set old_read_only = 'on'");
            Sql.execute(
                    connection, "alter database " + Sql.quoted(on.name()) + " set default_transaction_read_only = on");
        } catch (SQLException e) {
            throw Sql.failed("The " + on + " could not be kept closed for writes", e);
        }
    }

    private static void call(Database on, Naming naming, String function) {
        try (Connection connection = on.connect("fence " + naming.moveId())) {
            if (Schema.exists(connection)) {
                Sql.execute(connection, "select landfall." + function + "()");
            }
        } catch (SQLException e) {
            throw Sql.failed("The fence of the " + on + " could not be changed", e);
        }
    }

    public static FenceState observe(Database on, Naming naming) {
        try (Connection connection = on.connect("fence " + naming.moveId())) {
            if (!Schema.exists(connection)) {
                return new FenceState(false, false, List.of(), Optional.empty());
            }
            boolean guarded = Guard.isInstalled(connection);
            return Sql.first(
                            connection,
                            "select roles, marker from landfall.fence where move = ?",
                            row -> new FenceState(
                                    guarded,
                                    true,
                                    Arrays.asList((String[]) row.getArray(1).getArray()),
                                    Optional.ofNullable(row.getString(2))),
                            naming.moveId())
                    .orElseGet(() -> new FenceState(guarded, false, List.of(), Optional.empty()));
        } catch (SQLException e) {
            throw Sql.failed("The fence of the " + on + " could not be read", e);
        }
    }
}
