package landfall.move;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What many runs came to, as a section of docs/fault-runs.md: a row per fault and command, figures added up. */
final class FaultTable {
    private static final String HEAD = """
            # Fault runs

            A small move from beginning to end, met by one fault, while an app writes all the time: two writers that go
            where writes are taken, and one superuser on each side that tries for ever. The fault is a line between two of
            app, mover and servers (a TCP proxy loses it at an exact byte, holds, delays, throttles or refuses it), a
            mover killed with `kill -9` (at a step, at a line of its journal, at a byte), a server that crashes or a slot
            that it has lost. Then the same command is given again, or the opposite one. Where the move is given up, the
            source's catalogs are compared with what was found. CI makes a few runs; this page is written by

                LANDFALL_FAULT_RUNS=1000 LANDFALL_FAULT_SEED=1 LANDFALL_FAULT_TABLE=../docs/fault-runs.md \\
                    ./mvnw -pl program test -Dtest=FaultRunsTest

            *Lost* and *doubled* count acknowledged writes, *both* the times at which both sides took writes, *failed*
            writes that failed on a side that was open, *unsound* the runs in which anything at all did not hold. The
            longest wait is that of the app; behind `kill -9` it lasts until the command is given again, which here is at
            once, and a server that crashes has its own part in it.
            """;

    private FaultTable() {}

    static void append(Path file, long seed, List<FaultRun.Outcome> outcomes) {
        Map<String, List<FaultRun.Outcome>> rows = outcomes.stream()
                .filter(FaultRun.Outcome::struck)
                .collect(Collectors.groupingBy(FaultTable::label, TreeMap::new, Collectors.toList()));
        StringBuilder text = new StringBuilder();
        Duration took = outcomes.stream().map(FaultRun.Outcome::took).reduce(Duration.ZERO, Duration::plus);
        text.append(String.format(
                Locale.ROOT,
                "%n## %s: %,d runs, seeds %d to %d%n%n%d min, Java %s, %d processors. In %,d runs the fault's moment came;"
                        + " the others ended before it.%n%n",
                LocalDate.now(ZoneOffset.UTC),
                outcomes.size(),
                seed,
                seed + outcomes.size() - 1,
                took.toMinutes(),
                Runtime.version().feature(),
                Runtime.getRuntime().availableProcessors(),
                outcomes.stream().filter(FaultRun.Outcome::struck).count()));
        text.append("| fault | runs | commands given again | acknowledged | lost | doubled | both | failed | unsound |"
                + " longest wait, ms (median, worst) |\n");
        text.append("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        rows.forEach((label, of) -> text.append(row(label, of)));
        text.append(row(
                "never came",
                outcomes.stream().filter(outcome -> !outcome.struck()).toList()));
        text.append(row("**all**", outcomes));
        try {
            if (!Files.exists(file)) {
                Files.writeString(file, HEAD);
            }
            Files.writeString(file, text, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String label(FaultRun.Outcome outcome) {
        FaultPlan plan = outcome.plan();
        return plan.fault().word()
                + switch (plan.fault()) {
                    case NONE -> "";
                    case KILL -> " -9 of the mover, " + plan.faultedCommand();
                    case SESSION_CRASH, SERVER_CRASH, SLOT_LOST ->
                        ", " + (plan.line().side == Side.CLUSTER ? "source" : "target");
                    case RESET, END, HALF_OPEN, LATENCY, THROTTLE, REFUSED -> ", " + plan.line().word();
                };
    }

    private static String row(String label, List<FaultRun.Outcome> of) {
        if (of.isEmpty()) {
            return "";
        }
        List<Long> waits =
                of.stream().map(FaultRun.Outcome::waitMillis).sorted().toList();
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %d | %d | %d | %d | %d | %d | %d, %d |%n",
                label,
                of.size(),
                of.stream().mapToInt(FaultRun.Outcome::attempts).sum(),
                of.stream().mapToInt(FaultRun.Outcome::acknowledged).sum(),
                of.stream().mapToInt(FaultRun.Outcome::lost).sum(),
                of.stream().mapToInt(FaultRun.Outcome::doubled).sum(),
                of.stream().mapToInt(FaultRun.Outcome::bothSides).sum(),
                of.stream().mapToInt(FaultRun.Outcome::writerErrors).sum(),
                of.stream().filter(outcome -> !outcome.broken().isEmpty()).count(),
                waits.get(waits.size() / 2),
                waits.getLast());
    }
}
