package landfall.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.base.TaskGroup;

/**
 * Compares everything at one point of the log: a temporary slot gives a snapshot of the sending side with its exact
 * position, and the follower stops just there for the moment a snapshot of the receiving side takes.
 */
final class FullProof {
    private static final int STREAMS = 2;
    private static final int SLOT_SECONDS_MAX = 60;
    private static final Duration REACH_MAX = Duration.ofMinutes(5);

    private final Database from;
    private final Database to;
    private final Naming naming;
    private final Follower follower;

    FullProof(Database from, Database to, Naming naming, Follower follower) {
        this.from = from;
        this.to = to;
        this.naming = naming;
        this.follower = follower;
    }

    VerifyReport run() {
        long start = System.nanoTime();
        List<Problem> problems = Collections.synchronizedList(new ArrayList<>());
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
                snapshot.setAutoCommit(false);
                snapshot.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                receiving = Sql.text(snapshot, "select pg_export_snapshot()");
                sending = exported.snapshot();
                follower.startRecording();
            } finally {
                follower.release();
            }
            return compare(sending, receiving, problems, start);
        } catch (SQLException e) {
            throw Sql.failed("The two sides could not be compared", e);
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

    private VerifyReport compare(String sending, String receiving, List<Problem> problems, long start)
            throws SQLException {
        AtomicLong rows = new AtomicLong();
        List<Table> tables;
        try (Connection one = under(from, sending);
                Connection other = under(to, receiving)) {
            Verifier.compareStructure(one, other, problems);
            // What can't be followed is copied again behind the door, and compared there.
            tables = Catalog.tables(one).stream()
                    .filter(Table::isFollowed)
                    .sorted(Comparator.comparingLong(Table::bytes).reversed())
                    .toList();
        }
        ConcurrentLinkedQueue<Table> left = new ConcurrentLinkedQueue<>(tables);
        try (TaskGroup group = TaskGroup.open(STREAMS)) {
            for (int i = 0; i < STREAMS; i++) {
                var _ = group.fork(() -> {
                    try (Connection one = under(from, sending);
                            Connection other = under(to, receiving)) {
                        for (Table table = left.poll(); table != null; table = left.poll()) {
                            rows.addAndGet(tryCompare(one, other, table, problems));
                        }
                    }
                    return true;
                });
            }
            group.join();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LandfallException(
                    landfall.base.ExitCode.INTERRUPTED, Problem.error("Interrupted", "asked to stop", ""));
        }
        long bytes = tables.stream().mapToLong(Table::bytes).sum();
        return new VerifyReport(
                tables.size(), rows.get(), bytes, Duration.ofNanos(System.nanoTime() - start), problems);
    }

    /** A table or column missing on the other side is a difference, reported with the structure, not a failure. */
    private static long tryCompare(Connection one, Connection other, Table table, List<Problem> problems)
            throws SQLException {
        if (!Catalog.hasColumns(other, table)) {
            problems.add(Problem.error(
                    "Table " + table + " can't be compared",
                    "it or one of its columns is missing on the receiving side",
                    "Make both sides equal, then run landfall verify."));
            return 0;
        }
        return Verifier.compare(one, other, table, problems);
    }

    private static Connection under(Database database, String snapshot) throws SQLException {
        Connection connection = database.connect("verify");
        Catalog.useOperators(connection);
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        Sql.execute(connection, "set transaction snapshot " + Sql.literal(snapshot));
        return connection;
    }
}
