package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.base.TaskGroup;

/** Reads all tables of both sides, the biggest first, each side by a few sessions, and keeps their sums. */
final class ScanRun {
    static final String STEP = "verify";
    private static final int STREAMS = 2;
    private static final long PART_BYTES = 64L << 20;

    /** Some pages of one table of one side; the last part of a table has no end. */
    private record Part(TableScan scan, String where, long bytes) {}

    private final List<TableScan> scans;
    private final Events events;
    private final Map<String, Map<Integer, TableScan.Sum>> sent = new HashMap<>();
    private final Map<String, Map<Integer, TableScan.Sum>> received = new HashMap<>();
    private final AtomicLong bytesRead = new AtomicLong();
    private long bytesTotal;

    ScanRun(List<TableScan> scans, Events events) {
        this.scans = scans;
        this.events = events;
    }

    /** @param there the tables as the receiving side has them, whose pages lie otherwise */
    void read(ProofSide from, ProofSide to, List<Table> there) throws SQLException {
        Map<String, Table> receiving = new HashMap<>();
        there.forEach(table -> receiving.put(table.toString(), table));
        ConcurrentLinkedQueue<Part> here = parts(Map.of());
        ConcurrentLinkedQueue<Part> other = parts(receiving);
        bytesTotal = java.util.stream.Stream.concat(here.stream(), other.stream())
                .mapToLong(Part::bytes)
                .sum();
        try (TaskGroup group = TaskGroup.open(2 * STREAMS)) {
            for (int i = 0; i < STREAMS; i++) {
                var _ = group.fork(() -> work(from, here, sent));
                var _ = group.fork(() -> work(to, other, received));
            }
            group.join();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LandfallException(ExitCode.INTERRUPTED, Problem.error("Interrupted", "asked to stop", ""));
        }
    }

    private ConcurrentLinkedQueue<Part> parts(Map<String, Table> as) {
        List<Part> parts = new ArrayList<>();
        for (TableScan scan : scans) {
            Table table = as.getOrDefault(scan.table().toString(), scan.table());
            long count = Math.max(1, Math.min(table.blocks(), table.bytes() / PART_BYTES));
            for (long i = 0; i < count; i++) {
                String from = "ctid >= '(" + i * table.blocks() / count + ",0)'";
                String until = " and ctid < '(" + (i + 1) * table.blocks() / count + ",0)'";
                parts.add(new Part(
                        scan,
                        count == 1 ? "" : "where t." + from + (i + 1 == count ? "" : until.replace("ctid", "t.ctid")),
                        table.bytes() / count));
            }
        }
        parts.sort(Comparator.comparingLong(Part::bytes).reversed());
        return new ConcurrentLinkedQueue<>(parts);
    }

    private boolean work(
            ProofSide side, ConcurrentLinkedQueue<Part> left, Map<String, Map<Integer, TableScan.Sum>> into)
            throws SQLException {
        try (Connection connection = side.open()) {
            for (Part part = left.poll(); part != null; part = left.poll()) {
                Map<Integer, TableScan.Sum> sums = part.scan().read(connection, part.where());
                side.letGo(connection);
                synchronized (into) {
                    Map<Integer, TableScan.Sum> all =
                            into.computeIfAbsent(part.scan().table().toString(), name -> new TreeMap<>());
                    sums.forEach((range, sum) -> all.merge(range, sum, TableScan.Sum::plus));
                }
                events.progress(
                        STEP, part.scan().table().toString(), bytesRead.addAndGet(part.bytes()), bytesTotal, "bytes");
            }
        }
        return true;
    }

    /** Those whose sums are not the same on both sides. */
    List<TableScan> differing() {
        return scans.stream().filter(this::differs).toList();
    }

    boolean differs(TableScan scan) {
        return !sums(sent, scan).equals(sums(received, scan));
    }

    /** What differs in one table; its differing rows are looked for in the given sessions. */
    Problem problem(Connection from, Connection to, TableScan scan) throws SQLException {
        return new Narrowing(from, to, scan).problem(sums(sent, scan), sums(received, scan));
    }

    private static Map<Integer, TableScan.Sum> sums(Map<String, Map<Integer, TableScan.Sum>> of, TableScan scan) {
        return of.getOrDefault(scan.table().toString(), Map.of());
    }

    long rows() {
        return sent.values().stream()
                .flatMap(sums -> sums.values().stream())
                .mapToLong(TableScan.Sum::rows)
                .sum();
    }
}
