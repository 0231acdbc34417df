package landfall.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import landfall.sandbox.DemoRun;
import org.jspecify.annotations.Nullable;

/** The runs of {@code landfall demo --kill-at}: one line each, for the terminal and for docs/kill-runs.md. */
final class KillTable {
    private final String command;
    private final List<Row> rows = new ArrayList<>();

    KillTable(String command) {
        this.command = command;
    }

    /**
     * @param summary null if the run failed
     * @param failure why it failed
     */
    record Row(long seed, String killed, DemoRun.@Nullable Summary summary, String failure) {
        boolean sound() {
            return summary != null && summary.sound();
        }

        String text() {
            return summary == null
                    ? "seed " + seed + ": " + failure
                    : "seed " + seed + ": acknowledged " + summary.acknowledged() + ", lost " + summary.lost()
                            + ", after rollback " + summary.rollbackLost() + ", accepted by both "
                            + summary.acceptedByBoth() + ", failed requests " + summary.failedRequests()
                            + ", longest wait " + summary.longestWaitMs() + " ms";
        }

        private String markdown() {
            return summary == null
                    ? "| " + seed + " | " + killed + " | " + failure.replace("|", "\\|") + " | | | | | |"
                    : String.format(
                            Locale.ROOT,
                            "| %d | %s | %d | %d | %d | %d | %d | %d |",
                            seed,
                            killed,
                            summary.acknowledged(),
                            summary.lost(),
                            summary.rollbackLost(),
                            summary.acceptedByBoth(),
                            summary.failedRequests(),
                            summary.longestWaitMs());
        }
    }

    void add(Row row) {
        rows.add(row);
    }

    List<String> lines() {
        return rows.stream().map(Row::text).toList();
    }

    /** Begins a table in a Markdown file. */
    void open(Path file, LocalDate day, String size, int runs) throws IOException {
        write(
                file,
                "\n## " + day + ": kill -9 during " + command + ", " + runs + (runs == 1 ? " run" : " runs")
                        + ", --size "
                        + size + "\n\nJava " + Runtime.version().feature() + ", "
                        + Runtime.getRuntime().availableProcessors() + " processors.\n\n"
                        + "| seed | killed | acknowledged | lost | lost after rollback | accepted by both sides"
                        + " | failed requests | longest wait, ms |\n"
                        + "| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    }

    /** Appends the newest run. */
    void appendLast(Path file) throws IOException {
        write(file, rows.getLast().markdown() + "\n");
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
