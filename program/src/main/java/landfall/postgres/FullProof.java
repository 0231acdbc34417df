package landfall.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import landfall.base.Events;
import landfall.base.Problem;

/**
 * Compares everything at one point of the log: a temporary slot gives a snapshot of the sending side with its exact
 * position, and the follower stops just there for the moment a snapshot of the receiving side takes.
 */
final class FullProof {
    private static final int SLOT_SECONDS_MAX = 60;
    private static final Duration REACH_MAX = Duration.ofMinutes(5);
    /** How often all is read again because of tables that were truncated meanwhile. */
    private static final int READINGS_MAX = 5;

    /** How often it begins again because definitions could not be read beside a lock: about a minute. */
    private static final int WAITS_MAX = 100;

    private static final Set<String> GAVE_WAY = Set.of("40P01", "55P03");

    private final Database from;
    private final Database to;
    private final Naming naming;
    private final Follower follower;
    private final Events events;

    FullProof(Database from, Database to, Naming naming, Follower follower, Events events) {
        this.from = from;
        this.to = to;
        this.naming = naming;
        this.follower = follower;
        this.events = events;
    }

    VerifyReport run() {
        long start = System.nanoTime();
        int waits = 0;
        for (int reading = 1; ; ) {
            List<Table> emptied = new ArrayList<>();
            try {
                VerifyReport report = read(start, emptied);
                if (emptied.isEmpty() || reading == READINGS_MAX) {
                    return report;
                }
                reading++;
                events.note("compared again, since it was truncated meanwhile: " + emptied.getFirst());
            } catch (SQLException e) {
                if (!GAVE_WAY.contains(String.valueOf(e.getSQLState())) || ++waits == WAITS_MAX) {
                    throw Sql.failed("The two sides could not be compared", e);
                }
                events.note("begun again, since a table was locked: " + Failures.reason(e));
                Fence.pause();
            }
        }
    }

    private VerifyReport read(long start, List<Table> emptied) throws SQLException {
        try (Connection slot = from.replication("verify");
                Connection snapshot = to.connect("verify")) {
            String sending;
            String receiving;
            // Held from before the slot is made: the follower must not run past the slot's position.
            follower.holdAt(0);
            try {
                Exported exported = export(slot);
                follower.holdAt(exported.position());
                // A transaction behind the position shows the follower that it is there, on an idle database too.
                try (Connection mark = from.connect("verify")) {
                    Sql.text(mark, "select pg_logical_emit_message(true, 'landfall', 'verify')::text");
                }
                follower.awaitBarrier(REACH_MAX);
                receiving = snapshot(snapshot);
                sending = exported.snapshot();
                follower.startRecording();
            } finally {
                follower.release();
            }
            // What can't be followed is copied again behind the door, and compared there.
            return between(from, sending, to, receiving, Table::isFollowed, events, start, emptied);
        }
    }

    private record Exported(long position, String snapshot) {}

    private Exported export(Connection slot) throws SQLException {
        try (Statement statement = slot.createStatement()) {
            statement.setQueryTimeout(SLOT_SECONDS_MAX);
            try (ResultSet row = statement.executeQuery("CREATE_REPLICATION_SLOT "
                    + Sql.quoted("landfall_" + naming.moveId() + "_verify")
                    + " TEMPORARY LOGICAL pgoutput EXPORT_SNAPSHOT")) {
                row.next();
                return new Exported(
                        Lsn.parse(row.getString("consistent_point")), String.valueOf(row.getString("snapshot_name")));
            }
        }
    }

    /** Exports what the session sees from now on, for as long as it stays open. */
    static String snapshot(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        return Sql.text(connection, "select pg_export_snapshot()");
    }

    /** Two snapshots at one point of the log, of databases to which nobody writes. */
    static VerifyReport between(
            Database from,
            String sending,
            Database to,
            String receiving,
            Predicate<Table> compared,
            Events events,
            long start)
            throws SQLException {
        return between(from, sending, to, receiving, compared, events, start, new ArrayList<>());
    }

    /**
     * Compares two exported snapshots that stand at one point of the log.
     *
     * @param compared whose rows; definitions are compared of all
     * @param emptied is given the tables of which nothing can be said
     */
    private static VerifyReport between(
            Database from,
            String sending,
            Database to,
            String receiving,
            Predicate<Table> compared,
            Events events,
            long start,
            List<Table> emptied)
            throws SQLException {
        List<Problem> problems = new ArrayList<>();
        ProofSide here = new ProofSide(from, sending);
        ProofSide there = new ProofSide(to, receiving);
        try (Connection one = here.open();
                Connection other = there.open()) {
            here.waitBriefly(one, true);
            there.waitBriefly(other, true);
            int items = StructureProof.run(one, other, problems);
            RowProofs proofs = RowProofs.read(one, other);
            List<TableScan> scans = new ArrayList<>();
            for (Table table : Catalog.tables(one)) {
                if (!compared.test(table)) {
                    continue;
                }
                RowProof proof = proofs.of(table, problems);
                if (proof != null) {
                    scans.add(TableScan.whole(table, proof));
                }
            }
            List<Table> tables = Catalog.tables(other);
            here.waitBriefly(one, false);
            there.waitBriefly(other, false);
            ScanRun run = new ScanRun(scans, events);
            run.read(here, there, tables);
            // Only what differs is read again, by ranges of its key: sums by range cost a fifth more.
            List<TableScan> differing = new ArrayList<>();
            for (TableScan scan : run.differing()) {
                differing.add(TableScan.ranged(one, scan.table(), scan.proof()));
                here.letGo(one);
            }
            List<TableScan> ranged =
                    differing.stream().filter(scan -> !scan.bounds().isEmpty()).toList();
            ScanRun again = new ScanRun(ranged, events);
            if (!ranged.isEmpty()) {
                again.read(here, there, tables);
            }
            for (TableScan scan : differing) {
                problems.add(
                        again.differs(scan)
                                ? again.problem(one, other, scan)
                                : run.problem(one, other, TableScan.whole(scan.table(), scan.proof())));
                if (isEmptied(one, scan.table()) || isEmptied(other, scan.table())) {
                    emptied.add(scan.table());
                }
                here.letGo(one);
                there.letGo(other);
            }
            return new VerifyReport(
                    scans.size(),
                    run.rows(),
                    scans.stream().mapToLong(scan -> scan.table().bytes()).sum(),
                    items,
                    Duration.ofNanos(System.nanoTime() - start),
                    problems);
        }
    }

    /**
     * TRUNCATE isn't MVCC-safe: to an older snapshot the table looks empty. The catalog's row is the snapshot's, the
     * function tells the file of now.
     */
    private static boolean isEmptied(Connection connection, Table table) throws SQLException {
        return Sql.truth(
                connection,
                "select coalesce((select c.relfilenode <> pg_relation_filenode(c.oid) from pg_class c where c.oid = "
                        + Sql.literal(table.sql()) + "::regclass), true)");
    }
}
