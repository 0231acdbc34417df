package landfall.postgres;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import landfall.base.Events;
import landfall.base.Quantities;
import org.jspecify.annotations.Nullable;

/**
 * How far the copy is, told about twice a second. Progress is counted in the source's bytes on disk: what goes over the
 * line is larger or smaller, and its size isn't known before.
 */
final class CopyProgress {
    private static final long PAUSE_NANOS = 500_000_000L;

    private static final long RATE_OVER_NANOS = 10_000_000_000L;

    private record Sample(long nanos, long bytes) {}

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
    private final Deque<Sample> samples = new ArrayDeque<>(List.of(new Sample(System.nanoTime(), 0)));
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
        events.step(SnapshotCopy.STEP, "running", "building " + statement.what());
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

    private List<String> built() {
        synchronized (building) {
            List<String> all = new ArrayList<>();
            long now = System.nanoTime();
            building.forEach((what, since) -> all.add("building " + what + " for "
                    + Quantities.duration(Duration.ofSeconds((now - since) / 1_000_000_000L))));
            return all;
        }
    }

    /** Tells it now and then also while no row moves, as when an index is built, until it is closed. */
    Ticker ticking() {
        return new Ticker();
    }

    final class Ticker implements AutoCloseable {
        private final Thread thread = Thread.ofVirtual()
                .name("landfall copy progress")
                .start(() -> {
                    try {
                        while (true) {
                            Thread.sleep(PAUSE_NANOS / 1_000_000);
                            tellNowAndThen();
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });

        @Override
        public void close() {
            thread.interrupt();
        }
    }

    private void tellNowAndThen() {
        long due = nextTold.get();
        long now = System.nanoTime();
        if (now - due >= 0 && nextTold.compareAndSet(due, now + PAUSE_NANOS)) {
            tell();
        }
    }

    /** All tables together with what is being built, then each table in progress. */
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
        long done = allDone.get() + partial;
        long rate = rate(done);
        long left = rate > 0 ? (totalBytes - done) / rate : -1;
        List<Map<String, Object>> each = new ArrayList<>();
        now.forEach((table, bytes) ->
                each.add(Events.fields("table", table, "done", bytes, "total", of.getOrDefault(table, 0L))));
        List<String> built = built();
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
                        "running",
                        each,
                        "building",
                        built,
                        "overall",
                        overall(done, rate, left),
                        "message",
                        message(done, rate, left, each, built))));
        now.forEach((table, bytes) ->
                events.progress(SnapshotCopy.STEP, table, bytes, of.getOrDefault(table, 0L), "bytes"));
    }

    private String message(long done, long rate, long left, List<Map<String, Object>> each, List<String> built) {
        List<String> doing = new ArrayList<>();
        for (Map<String, Object> table : each) {
            doing.add(table.get("table") + " " + percent(number(table.get("done")), number(table.get("total"))));
        }
        doing.addAll(built);
        return overall(done, rate, left) + (doing.isEmpty() ? "" : ": " + String.join(", ", doing));
    }

    private String overall(long done, long rate, long left) {
        boolean moving = done < totalBytes;
        return Quantities.bytes(done) + " of " + Quantities.bytes(totalBytes) + " (" + percent(done, totalBytes) + ")"
                + (moving && rate > 0 ? ", " + Quantities.bytes(rate) + "/s" : "")
                + (moving && left > 0 ? ", " + Quantities.duration(Duration.ofSeconds(left)) + " left" : "");
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    /** Over the last seconds: a copy that stands still must not look as if it went on. */
    private synchronized long rate(long done) {
        long now = System.nanoTime();
        samples.addLast(new Sample(now, done));
        while (samples.size() > 2 && now - samples.getFirst().nanos() > RATE_OVER_NANOS) {
            samples.removeFirst();
        }
        Sample first = samples.getFirst();
        double seconds = (now - first.nanos()) / 1e9;
        return seconds > 0 ? Math.max(0, (long) ((done - first.bytes()) / seconds)) : 0;
    }

    private static String percent(long done, long total) {
        return String.format(Locale.ROOT, "%d %%", total <= 0 ? 100 : 100 * done / total);
    }
}
