package landfall.postgres;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import landfall.base.Events;
import landfall.base.Quantities;

/**
 * How far the copy is, told about twice a second. Progress is counted in the source's bytes on disk: what goes over the
 * line is larger or smaller, and its size isn't known before.
 */
final class CopyProgress {
    private static final long PAUSE_NANOS = 500_000_000L;

    /** What a stream is copying. */
    static final class Running {
        private final CopyPart part;
        private final AtomicLong sent = new AtomicLong();

        private Running(CopyPart part) {
            this.part = part;
        }

        private long done() {
            return Math.min(sent.get(), part.bytes());
        }
    }

    private final Events events;
    private final long totalBytes;
    private final int tables;
    private final long start = System.nanoTime();
    private final Map<String, AtomicLong> bytesDone = new ConcurrentHashMap<>();
    private final List<Running> running = new ArrayList<>();
    private final Map<String, Long> building = new LinkedHashMap<>();
    private final AtomicLong allDone = new AtomicLong();
    private final AtomicLong rows = new AtomicLong();
    private final AtomicInteger statementsDone = new AtomicInteger();
    private final int statements;
    private final AtomicLong nextTold = new AtomicLong(System.nanoTime());

    CopyProgress(List<Table> tables, int statements, Events events) {
        this.events = events;
        this.tables = tables.size();
        this.totalBytes = tables.stream().mapToLong(Table::bytes).sum();
        this.statements = statements;
    }

    int tables() {
        return tables;
    }

    long totalBytes() {
        return totalBytes;
    }

    Running begin(CopyPart part) {
        Running begun = new Running(part);
        synchronized (running) {
            running.add(begun);
        }
        return begun;
    }

    void count(Running of, int bytes) {
        of.sent.addAndGet(bytes);
        tellNowAndThen();
    }

    /** @param complete whether its rows are committed; else they count no more */
    void end(Running ended, boolean complete, long partRows) {
        synchronized (running) {
            running.remove(ended);
        }
        if (complete) {
            CopyPart part = ended.part;
            bytesDone
                    .computeIfAbsent(part.table().toString(), table -> new AtomicLong())
                    .addAndGet(part.bytes());
            allDone.addAndGet(part.bytes());
            rows.addAndGet(partRows);
            tellNowAndThen();
        }
    }

    void begin(PostStatement statement) {
        synchronized (building) {
            building.put(statement.what(), System.nanoTime());
        }
        events.step(SnapshotCopy.STEP, "running", "building " + built());
    }

    void end(PostStatement statement, boolean complete) {
        synchronized (building) {
            building.remove(statement.what());
        }
        if (complete) {
            events.progress(SnapshotCopy.STEP, "indexes", statementsDone.incrementAndGet(), statements, "indexes");
        }
        tellNowAndThen();
    }

    private String built() {
        synchronized (building) {
            return String.join(", ", building.keySet());
        }
    }

    private void tellNowAndThen() {
        long due = nextTold.get();
        long now = System.nanoTime();
        if (now - due >= 0 && nextTold.compareAndSet(due, now + PAUSE_NANOS)) {
            tell();
        }
    }

    /** Each table in progress, then all of them together with what is being built. */
    void tell() {
        Map<String, Long> now = new LinkedHashMap<>();
        Map<String, Long> of = new LinkedHashMap<>();
        long partial = 0;
        synchronized (running) {
            for (Running each : running) {
                String table = each.part.table().toString();
                long before = bytesDone.getOrDefault(table, new AtomicLong()).get();
                now.merge(table, now.containsKey(table) ? each.done() : before + each.done(), Long::sum);
                of.put(table, each.part.table().bytes());
                partial += each.done();
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        long done = allDone.get() + partial;
        now.forEach((table, bytes) ->
                events.progress(SnapshotCopy.STEP, table, bytes, of.getOrDefault(table, 0L), "bytes"));
        long rate = seconds > 0 ? (long) (done / seconds) : 0;
        long left = rate > 0 ? (totalBytes - done) / rate : -1;
        List<String> doing = new ArrayList<>();
        now.forEach((table, bytes) -> doing.add(table + " " + percent(bytes, of.getOrDefault(table, 0L))));
        String built = built();
        if (!built.isEmpty()) {
            doing.add("building " + built);
        }
        events.emit(new Events.Event(
                "progress",
                Events.fields(
                        "step",
                        SnapshotCopy.STEP,
                        "subject",
                        "all tables",
                        "done",
                        done,
                        "total",
                        totalBytes,
                        "unit",
                        "bytes",
                        "bytesPerSecond",
                        rate,
                        "secondsLeft",
                        left,
                        "tables",
                        tables,
                        "rows",
                        rows.get(),
                        "message",
                        Quantities.bytes(done) + " of " + Quantities.bytes(totalBytes) + " ("
                                + percent(done, totalBytes) + "), " + Quantities.bytes(rate) + "/s"
                                + (left > 0 ? ", " + left + " s left" : "")
                                + (doing.isEmpty() ? "" : ": " + String.join(", ", doing)))));
    }

    private static String percent(long done, long total) {
        return String.format(Locale.ROOT, "%d %%", total <= 0 ? 100 : 100 * done / total);
    }
}
