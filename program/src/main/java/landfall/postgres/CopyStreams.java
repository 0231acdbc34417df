package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.base.TaskGroup;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;
import org.postgresql.copy.CopyOut;

/** Copies rows from server to server through this process, never spooled: two streams, the biggest first. */
final class CopyStreams {
    /** More streams than cores lose (measured: java-notes 4). */
    private static final int STREAMS = 2;
    /** 64 MB of pages; larger tables are copied in pieces of this size. */
    private static final long PART_BLOCKS = 8192;

    private static final int WRITE_BYTES = 64 << 10;

    /** @param lastBlock exclusive; -1 where the part is open to the end */
    private record Part(Table table, long firstBlock, long lastBlock) {}

    private final Database source;
    private final Database target;
    private final Naming naming;
    private final String snapshot;
    private final Events events;
    private final Map<Table, AtomicLong> bytesDone = new HashMap<>();
    private final AtomicLong allBytes = new AtomicLong();

    CopyStreams(Database source, Database target, Naming naming, String snapshot, Events events) {
        this.source = source;
        this.target = target;
        this.naming = naming;
        this.snapshot = snapshot;
        this.events = events;
    }

    /** A session that sees what the snapshot saw. */
    static Connection under(Database database, String snapshot) throws SQLException {
        Connection connection = database.connect("copy");
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        Sql.execute(connection, "set transaction snapshot " + Sql.literal(snapshot));
        return connection;
    }

    /** @return rows copied */
    long copy(List<Table> tables) throws SQLException {
        List<Part> parts = new ArrayList<>();
        List<Table> bySize = tables.stream()
                .sorted(Comparator.comparingLong(Table::bytes).reversed())
                .toList();
        for (Table table : bySize) {
            bytesDone.put(table, new AtomicLong());
            long first = 0;
            for (; table.blocks() - first > PART_BLOCKS; first += PART_BLOCKS) {
                parts.add(new Part(table, first, first + PART_BLOCKS));
            }
            parts.add(new Part(table, first, -1));
        }
        ConcurrentLinkedQueue<Part> left = new ConcurrentLinkedQueue<>(parts);
        AtomicLong rows = new AtomicLong();
        long total = tables.stream().mapToLong(Table::bytes).sum();
        together(STREAMS, () -> {
            try (Connection from = under(source, snapshot);
                    Connection to = target.connect("copy")) {
                to.setAutoCommit(false);
                for (Part part = left.poll(); part != null; part = left.poll()) {
                    rows.addAndGet(copy(from, to, part, total));
                }
            }
            return true;
        });
        return rows.get();
    }

    private long copy(Connection from, Connection to, Part part, long total) throws SQLException {
        Table table = part.table();
        boolean binary = table.copied().stream().allMatch(Table.Column::binary);
        String columns =
                table.copied().stream().map(column -> Sql.quoted(column.name())).collect(Collectors.joining(", "));
        String format = binary ? " (format binary)" : " (format text)";
        String range = part.firstBlock() == 0 && part.lastBlock() < 0
                ? ""
                : " where ctid >= '(" + part.firstBlock() + ",0)'"
                        + (part.lastBlock() < 0 ? "" : " and ctid < '(" + part.lastBlock() + ",0)'");
        CopyManager reading = from.unwrap(PGConnection.class).getCopyAPI();
        CopyManager writing = to.unwrap(PGConnection.class).getCopyAPI();
        CopyOut out = reading.copyOut(
                "copy (select " + columns + " from only " + table.sql() + range + ") to stdout" + format);
        long rows;
        try {
            // An empty column list is no syntax: such a table's rows have nothing but their number.
            String list = columns.isEmpty() ? "" : " (" + columns + ")";
            CopyIn in = writing.copyIn("copy " + table.sql() + list + " from stdin" + format);
            pass(out, in, table, total);
            rows = in.endCopy();
        } finally {
            if (out.isActive()) {
                out.cancelCopy();
            }
        }
        Sql.execute(
                to,
                "insert into landfall.part values (" + Sql.literal(naming.moveId()) + ", " + Sql.literal(snapshot)
                        + ", " + Sql.literal(table.schema()) + ", " + Sql.literal(table.name()) + ", "
                        + part.firstBlock() + ", " + rows + ")");
        to.commit();
        events.progress(SnapshotCopy.STEP, "all tables", allBytes.get(), total, "bytes");
        return rows;
    }

    /** Rows come one by one; written so they would cost a message each, so they are gathered. */
    private void pass(CopyOut out, CopyIn in, Table table, long total) throws SQLException {
        byte[] gathered = new byte[WRITE_BYTES];
        int length = 0;
        long told = 0;
        boolean complete = false;
        try {
            for (byte[] row = out.readFromCopy(); row != null; row = out.readFromCopy()) {
                if (length + row.length > gathered.length && length > 0) {
                    in.writeToCopy(gathered, 0, length);
                    told = count(table, length, told, total);
                    length = 0;
                }
                if (row.length > gathered.length) {
                    in.writeToCopy(row, 0, row.length);
                    told = count(table, row.length, told, total);
                } else {
                    System.arraycopy(row, 0, gathered, length, row.length);
                    length += row.length;
                }
            }
            if (length > 0) {
                in.writeToCopy(gathered, 0, length);
                count(table, length, 0, total);
            }
            complete = true;
        } finally {
            if (!complete && in.isActive()) {
                in.cancelCopy();
            }
        }
    }

    /** Tells the progress about twice a second. */
    private long count(Table table, int bytes, long told, long total) {
        AtomicLong of = bytesDone.get(table);
        long done = of == null ? 0 : of.addAndGet(bytes);
        long all = allBytes.addAndGet(bytes);
        long now = System.nanoTime();
        if (now - told < 500_000_000L) {
            return told;
        }
        events.progress(SnapshotCopy.STEP, table.toString(), done, table.bytes(), "bytes");
        events.progress(SnapshotCopy.STEP, "all tables", all, total, "bytes");
        return now;
    }

    /** Runs the same work on several threads; the first failure ends all. */
    static void together(int threads, Callable<Boolean> work) throws SQLException {
        try (TaskGroup group = TaskGroup.open(threads)) {
            for (int i = 0; i < threads; i++) {
                var _ = group.fork(work);
            }
            group.join();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case SQLException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                case null, default -> throw new IllegalStateException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LandfallException(
                    ExitCode.INTERRUPTED, Problem.error("Interrupted", "the program was asked to stop", ""));
        }
    }
}
