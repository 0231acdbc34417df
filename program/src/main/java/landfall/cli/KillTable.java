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

    /** Appends the runs to a Markdown file. */
    void append(Path file, LocalDate day, String size) throws IOException {
        StringBuilder text = new StringBuilder();
        text.append("\n## ")
                .append(day)
                .append(": kill -9 during ")
                .append(command)
                .append(", ")
                .append(rows.size())
                .append(rows.size() == 1 ? " run" : " runs")
                .append(", --size ")
                .append(size)
                .append("\n\nJava ")
                .append(Runtime.version().feature())
                .append(", ")
                .append(Runtime.getRuntime().availableProcessors())
                .append(" processors.\n\n")
                .append("| seed | killed | acknowledged | lost | lost after rollback | accepted by both sides")
                .append(
                        " | failed requests | longest wait, ms |\n| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        rows.forEach(row -> text.append(row.markdown()).append('\n'));
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
