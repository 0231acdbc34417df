package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.base.Quantities;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a slot from filling its server's disk: when the log that it retains passes the budget the slot is dropped, which
 * costs a new copy and never the app a write. Looks on a thread of its own, through the copy as well as while following.
 */
public final class WalGuard implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofSeconds(2);
    /** How often the disk is looked at: it is the server's own shell that is asked. */
    private static final int DISK_EVERY = 30;

    private static final double SHARE_OF_SETTING = 0.8;
    private static final double SHARE_OF_DISK = 0.5;

    private final Database on;
    private final Direction direction;
    private final Naming naming;
    private final @Nullable Long given;
    private final Events events;
    private final AtomicReference<@Nullable LandfallException> tripped = new AtomicReference<>();
    private final Thread thread;
    private volatile boolean closed;

    private WalGuard(Database on, Direction direction, Naming naming, @Nullable Long given, Events events) {
        this.on = on;
        this.direction = direction;
        this.naming = naming;
        this.given = given;
        this.events = events;
        thread = Thread.ofVirtual().name("landfall log guard").start(this::run);
    }

    /** @param bytes the user's own budget; null: from the server's settings and its free disk */
    public static WalGuard start(Database on, Direction direction, Naming naming, @Nullable Long bytes, Events events) {
        return new WalGuard(on, direction, naming, bytes, events);
    }

    public boolean isTripped() {
        return tripped.get() != null;
    }

    /** Throws if the slot had to be dropped. */
    public void throwIfTripped() {
        LandfallException why = tripped.get();
        if (why != null) {
            throw why;
        }
    }

    private void run() {
        boolean told = false;
        while (!closed && tripped.get() == null) {
            try (Connection connection = on.connect("log guard")) {
                for (int round = 0; !closed && tripped.get() == null; round++) {
                    OptionalLong budget = round % DISK_EVERY == 0 ? budget(connection) : lastBudget;
                    lastBudget = budget;
                    if (!told) {
                        told = true;
                        tell(budget);
                    }
                    check(connection, budget);
                    Thread.sleep(PERIOD);
                }
            } catch (SQLException e) {
                // Who follows notices the same loss and says so; here it is only looked again.
                System.getLogger(WalGuard.class.getName())
                        .log(System.Logger.Level.DEBUG, "the retained log could not be read", e);
                pause();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private OptionalLong lastBudget = OptionalLong.empty();

    private void pause() {
        try {
            Thread.sleep(PERIOD);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        }
    }

    private void tell(OptionalLong budget) {
        events.note(
                budget.isPresent()
                        ? "the slot may keep " + Quantities.bytes(budget.getAsLong()) + " of log on the " + on
                                + "; beyond that it is dropped"
                        : "how much log the slot may keep on the " + on
                                + " is not known: max_slot_wal_keep_size is -1 and its free disk can't be read; look at"
                                + " its disk, or give --wal-budget");
    }

    private OptionalLong budget(Connection connection) throws SQLException {
        if (given != null) {
            return OptionalLong.of(given);
        }
        long setting = Sql.number(
                connection,
                "select case when s < 0 then -1 else s * 1048576 end from"
                        + " (select setting::bigint as s from pg_settings where name = 'max_slot_wal_keep_size') q");
        OptionalLong free = freeDisk(connection);
        long retained = retained(connection).orElse(0L);
        long least = Long.MAX_VALUE;
        if (setting >= 0) {
            least = (long) (setting * SHARE_OF_SETTING);
        }
        if (free.isPresent()) {
            least = Math.min(least, (long) ((free.getAsLong() + retained) * SHARE_OF_DISK));
        }
        return least == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(least);
    }

    /** Free space where the log lies, by the server's own df; empty where the role or the image can't. */
    static OptionalLong freeDisk(Connection connection) throws SQLException {
        // Rolled back, and with it the schema that a session's first temporary table makes and leaves.
        connection.setAutoCommit(false);
        try {
            Sql.execute(
                    connection,
                    "create temporary table landfall_disk (line text);"
                            + " copy pg_temp.landfall_disk from program 'df -Pk pg_wal/. | tail -n 1'");
            String free = Sql.text(
                    connection, "select (regexp_split_to_array(trim(line), '\\s+'))[4] from pg_temp.landfall_disk");
            return free.matches("\\d{1,15}") ? OptionalLong.of(Long.parseLong(free) * 1024) : OptionalLong.empty();
        } catch (SQLException e) {
            if (Passing.is(e)) {
                throw e;
            }
            System.getLogger(WalGuard.class.getName())
                    .log(System.Logger.Level.DEBUG, "the server's free disk could not be read", e);
            return OptionalLong.empty();
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private Optional<Long> retained(Connection connection) throws SQLException {
        return Sql.first(
                connection,
                "select coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint"
                        + " from pg_replication_slots where slot_name = ?",
                row -> row.getLong(1),
                naming.slot(direction));
    }

    private void check(Connection connection, OptionalLong budget) throws SQLException {
        Optional<Long> retained = retained(connection);
        if (budget.isEmpty() || retained.isEmpty() || retained.get() <= budget.getAsLong()) {
            return;
        }
        LandfallException why = new LandfallException(
                ExitCode.REFUSED,
                Problem.error(
                        String.format(
                                Locale.ROOT,
                                "Following was given up: its slot kept %s of log on the %s",
                                Quantities.bytes(retained.get()),
                                on),
                        "the budget is " + Quantities.bytes(budget.getAsLong())
                                + ", and a full disk would stop the app's own writes; the slot is dropped, nothing else"
                                + " of the " + on.label() + " was touched",
                        "Begin anew with landfall abandon, then landfall sync, when there is more room or less is"
                                + " written; --wal-budget BYTES sets another budget."));
        tripped.set(why);
        ReplicationSlots.drop(connection, direction, naming);
        events.note(why.problems().getFirst().sentence());
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
