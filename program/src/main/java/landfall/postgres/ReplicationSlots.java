package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** Publications and logical replication slots, by the move's names. */
public final class ReplicationSlots {
    private static final Duration OLDER_TRANSACTIONS_MAX = Duration.ofSeconds(60);

    private ReplicationSlots() {}

    /**
     * Makes ready that changes of {@code on} can be followed into {@code other}: publication, then every older
     * transaction has ended, then the slot. What is there already stays, so it can be called again.
     */
    public static void prepare(Database on, Database other, Direction direction, Naming naming) {
        try (Connection connection = on.connect("slot");
                Connection receiver = other.connect("slot")) {
            createOrigin(receiver, naming.origin(direction));
            if (exists(connection, naming.slot(direction))) {
                return;
            }
            publish(connection, direction, naming);
            awaitOlderTransactions(connection, on);
            Sql.text(
                    connection,
                    "select lsn::text from pg_create_logical_replication_slot(?, 'pgoutput')",
                    naming.slot(direction));
        } catch (SQLException e) {
            throw Sql.failed("The slot " + naming.slot(direction) + " could not be made in the " + on, e);
        }
    }

    static void createOrigin(Connection receiver, String origin) throws SQLException {
        Sql.execute(
                receiver,
                "select pg_replication_origin_create(" + Sql.literal(origin)
                        + ") where not exists (select from pg_replication_origin where roname = "
                        + Sql.literal(origin) + ")");
    }

    /** Publishes every table that can be followed; made anew, so that no table is missed and none altered while followed. */
    static void publish(Connection connection, Direction direction, Naming naming) throws SQLException {
        // Publishing a table without identity would make the app's own UPDATE and DELETE fail: it is copied again
        // instead.
        List<Table> tables = Catalog.withRows(Catalog.tables(connection)).stream()
                .filter(Table::isFollowed)
                .toList();
        String name = Sql.quoted(naming.publication(direction));
        Sql.execute(connection, "drop publication if exists " + name);
        // FOR TABLE without a list is no syntax: a database without tables has an empty publication.
        Sql.execute(
                connection,
                "create publication " + name + (tables.isEmpty() ? "" : " for table " + Catalog.only(tables)));
    }

    /**
     * Changes of a transaction that wrote before the publication was made can be lost, so each must have ended before
     * slot and snapshot are made.
     */
    static void awaitOlderTransactions(Connection connection, Database on) throws SQLException {
        long threshold = Sql.number(connection, "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint");
        long end = System.nanoTime() + OLDER_TRANSACTIONS_MAX.toNanos();
        while (Sql.number(connection, "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint") < threshold) {
            if (System.nanoTime() > end) {
                List<String> older = Sql.list(
                        connection,
                        Sql.file("older"),
                        row -> "pid " + row.getInt("pid") + " of " + row.getString("role_name") + " ("
                                + row.getString("application") + ", since " + row.getString("xact_start") + ")",
                        threshold);
                throw Sql.refused(
                        "A transaction in the " + on + " has been open for too long",
                        String.join("; ", older) + " did not end within " + OLDER_TRANSACTIONS_MAX.toSeconds() + " s",
                        "Wait for it or end it with pg_terminate_backend, then run the command again.");
            }
            Fence.pause();
        }
    }

    /** @return bytes of log that the slot keeps; refused if it can't be followed any more */
    static long requireUsable(Connection connection, Database on, String slot) throws SQLException {
        record State(long retained, boolean lost, boolean idle) {}
        State state = Sql.first(
                        connection,
                        "select coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint as retained,"
                                + " coalesce(wal_status = 'lost', false) as lost,"
                                // a column of 17
                                + " coalesce(to_jsonb(s) ->> 'invalidation_reason' = 'idle_timeout', false) as idle"
                                + " from pg_replication_slots s where slot_name = ?",
                        row -> new State(row.getLong("retained"), row.getBoolean("lost"), row.getBoolean("idle")),
                        slot)
                .orElseThrow(() -> Sql.refused(
                        "The slot " + slot + " is gone from the " + on,
                        "somebody dropped it, or its server lost it",
                        "Changes are missing: begin anew with landfall abandon, then landfall sync."));
        if (state.idle()) {
            throw Sql.refused(
                    "The slot " + slot + " of the " + on + " is lost",
                    "nobody followed it for longer than idle_replication_slot_timeout ("
                            + Sql.text(connection, "show idle_replication_slot_timeout") + ")",
                    "Changes are missing: ALTER SYSTEM SET idle_replication_slot_timeout = 0; SELECT pg_reload_conf();"
                            + " then begin anew with landfall abandon and landfall sync.");
        }
        if (state.lost()) {
            throw Sql.refused(
                    "The slot " + slot + " of the " + on + " is lost",
                    "more log was written than max_slot_wal_keep_size ("
                            + Sql.text(connection, "show max_slot_wal_keep_size")
                            + ") lets a slot keep, so its server removed changes that were not followed yet",
                    "Changes are missing: raise max_slot_wal_keep_size (ALTER SYSTEM SET, then SELECT pg_reload_conf())"
                            + " as far as the disk allows, then begin anew with landfall abandon and landfall sync.");
        }
        return state.retained();
    }

    public static boolean exists(Database on, Direction direction, Naming naming) {
        try (Connection connection = on.connect("slot")) {
            return exists(connection, naming.slot(direction));
        } catch (SQLException e) {
            throw Sql.failed("The slots of the " + on + " could not be read", e);
        }
    }

    private static boolean exists(Connection connection, String slot) throws SQLException {
        return Sql.truth(connection, "select exists (select from pg_replication_slots where slot_name = ?)", slot);
    }

    /** Removes slot and publication of this direction, ending our own follower's session if it still holds the slot. */
    public static void drop(Database on, Direction direction, Naming naming) {
        try (Connection connection = on.connect("slot")) {
            drop(connection, direction, naming);
        } catch (SQLException e) {
            throw Sql.failed(
                    "The slot " + naming.slot(direction) + " is left in the " + on + " and keeps its log from being"
                            + " removed",
                    e);
        }
    }

    static void drop(Connection connection, Direction direction, Naming naming) throws SQLException {
        String slot = Sql.literal(naming.slot(direction));
        Sql.execute(
                connection,
                "select pg_terminate_backend(active_pid, 5000) from pg_replication_slots"
                        + " where active_pid is not null and slot_name = " + slot);
        Sql.execute(
                connection,
                "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = " + slot);
        Sql.execute(connection, "drop publication if exists " + Sql.quoted(naming.publication(direction)));
    }

    /** Bytes of log that the slot keeps from being removed; empty where there is no slot. */
    public static OptionalLong retainedBytes(Database on, Direction direction, Naming naming) {
        try (Connection connection = on.connect("slot")) {
            return Sql.first(
                            connection,
                            "select pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint"
                                    + " from pg_replication_slots where slot_name = ?",
                            row -> OptionalLong.of(row.getLong(1)),
                            naming.slot(direction))
                    .orElseGet(OptionalLong::empty);
        } catch (SQLException e) {
            throw Sql.failed("The slots of the " + on + " could not be read", e);
        }
    }
}
