package landfall.report;

import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import landfall.base.Events;
import landfall.base.Quantities;

/**
 * Events as text. On a terminal the line of what is going on is rewritten in place; in a pipe a line is written every two
 * seconds at most, and nothing is ever rewritten.
 */
public final class TerminalEvents implements Events {
    private final PrintStream out;
    private final Style style;
    private final boolean rewrites;
    private final LongSupplier nanoTime;
    private final IntSupplier columns;
    private final Map<String, Long> started = new HashMap<>();
    private long lastLive;
    private boolean liveShown;

    /** @param columns how wide the terminal is now; asked only where lines are rewritten */
    public TerminalEvents(PrintStream out, Style style, boolean rewrites, LongSupplier nanoTime, IntSupplier columns) {
        this.columns = columns;
        this.out = out;
        this.style = style;
        this.rewrites = rewrites;
        this.nanoTime = nanoTime;
        this.lastLive = nanoTime.getAsLong();
    }

    @Override
    public synchronized void emit(Event event) {
        Map<String, Object> fields = event.fields();
        switch (event.name()) {
            case "step" -> step(fields);
            case "progress" -> progress(fields);
            case "lag" -> live(lag(fields));
            case "command" -> line("\n" + style.bold("$ " + text(fields, "message")));
            case "output" -> live("  … " + text(fields, "line").strip(), true);
            case "note" -> line("  " + text(fields, "message"));
            case "problem" -> line(style.bad("  ! ") + text(fields, "message"));
            case "table" -> table(fields);
            case "summary" -> {
                if (fields.containsKey("text")) {
                    line("\n" + text(fields, "text"));
                } else if (fields.containsKey("message")) {
                    line("  " + text(fields, "message"));
                }
            }
            default -> {
                if (fields.containsKey("message")) {
                    line("  " + text(fields, "message"));
                }
            }
        }
    }

    private void step(Map<String, Object> fields) {
        String step = text(fields, "step");
        String message = text(fields, "message");
        switch (text(fields, "state")) {
            case "begin" -> {
                started.put(step, nanoTime.getAsLong());
                live("  … " + step + (message.isEmpty() ? "" : ": " + message), true);
            }
            case "done" -> line(style.good("  ✓ ") + pad(step) + message + took(step));
            case "changed" -> line(style.good("  ✓ ") + step + (message.isEmpty() ? "" : ": " + message) + took(step));
            case "unchanged" -> line(style.dim("  = " + step + (message.isEmpty() ? "" : ": " + message)));
            case "would change" -> line(style.warn("  ~ ") + step + (message.isEmpty() ? "" : ": " + message));
            case "running" -> live("  … " + step + ": " + message, true);
            case "failed" -> line(style.bad("  ✗ ") + pad(step) + message + took(step));
            default -> line("  - " + pad(step) + message);
        }
    }

    private static String pad(String step) {
        return String.format(java.util.Locale.ROOT, "%-14s ", step);
    }

    private String took(String step) {
        Long start = started.remove(step);
        if (start == null) {
            return "";
        }
        return style.dim("  " + Quantities.duration(Duration.ofNanos(nanoTime.getAsLong() - start)));
    }

    private void progress(Map<String, Object> fields) {
        String step = text(fields, "step");
        if (fields.containsKey("message")) {
            // Whoever tells it knows better than a division of what is done by the time.
            live("  … " + step + " " + text(fields, "message"));
            return;
        }
        long done = number(fields, "done");
        long total = number(fields, "total");
        String unit = text(fields, "unit");
        StringBuilder text = new StringBuilder("  … " + step + " " + text(fields, "subject") + " ");
        text.append(Quantities.amount(done, unit));
        Long start = started.get(step);
        double seconds = start == null ? 0 : (nanoTime.getAsLong() - start) / 1e9;
        if (total > 0) {
            text.append(" of ")
                    .append(Quantities.amount(total, unit))
                    .append(" (")
                    .append(100 * done / total)
                    .append(" %)");
        }
        if (seconds > 1 && done > 0) {
            double rate = done / seconds;
            text.append(", ").append(Quantities.amount((long) rate, unit)).append("/s");
            if (total > done) {
                text.append(", ")
                        .append(Quantities.duration(Duration.ofMillis((long) ((total - done) / rate * 1_000))))
                        .append(" left");
            }
        }
        live(text.toString());
    }

    private static String lag(Map<String, Object> fields) {
        return "  … " + text(fields, "message");
    }

    private void table(Map<String, Object> fields) {
        if (fields.get("rows") instanceof List<?> rows) {
            rows.forEach(row -> line("  " + row));
        }
    }

    private void line(String text) {
        if (liveShown) {
            out.print("\r\u001b[K");
            liveShown = false;
        }
        out.println(text);
        out.flush();
    }

    private void live(String text) {
        live(text, false);
    }

    private void live(String text, boolean now) {
        long time = nanoTime.getAsLong();
        long pause = rewrites ? 100_000_000L : 2_000_000_000L;
        if (rewrites && (now || time - lastLive >= pause)) {
            lastLive = time;
            out.print("\r\u001b[K" + style.dim(fitting(text)));
            out.flush();
            liveShown = true;
        } else if (!rewrites && !now && time - lastLive >= pause) {
            lastLive = time;
            out.println(text);
            out.flush();
        }
    }

    /** A line that is longer than the terminal is wide would wrap, and what is rewritten then is its last part alone. */
    private String fitting(String text) {
        int room = Math.max(1, columns.getAsInt() - 1);
        int length = text.codePointCount(0, text.length());
        return length <= room ? text : text.substring(0, text.offsetByCodePoints(0, room - 1)) + "…";
    }

    private static String text(Map<String, Object> fields, String name) {
        Object value = fields.get(name);
        return value == null ? "" : value.toString();
    }

    private static long number(Map<String, Object> fields, String name) {
        return fields.get(name) instanceof Number number ? number.longValue() : 0;
    }
}
