package landfall.move;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

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

    /** One run as a line of a file, so that runs of many batches become one table. */
    private record Run(String label, String killedAt, boolean struck, List<Long> figures) {
        static final int SEED = 0;
        static final int AGAIN = 1;
        static final int ACKNOWLEDGED = 2;
        static final int LOST = 3;
        static final int DOUBLED = 4;
        static final int BOTH = 5;
        static final int FAILED = 6;
        static final int UNSOUND = 7;
        static final int WAIT = 8;
        static final int TOOK = 9;

        static Run of(FaultRun.Outcome outcome) {
            FaultPlan plan = outcome.plan();
            return new Run(
                    FaultTable.label(plan),
                    plan.fault() == FaultPlan.Fault.KILL ? moment(plan.moment()) : "",
                    outcome.struck(),
                    List.of(
                            plan.seed(),
                            (long) outcome.attempts(),
                            (long) outcome.acknowledged(),
                            (long) outcome.lost(),
                            (long) outcome.doubled(),
                            (long) outcome.bothSides(),
                            (long) outcome.writerErrors(),
                            outcome.broken().isEmpty() ? 0L : 1L,
                            outcome.waitMillis(),
                            outcome.took().toMillis()));
        }

        static Run parse(String line) {
            String[] cells = line.split("\t", -1);
            return new Run(
                    cells[0],
                    cells[1],
                    Boolean.parseBoolean(cells[2]),
                    Arrays.stream(cells[3].split(" ")).map(Long::parseLong).toList());
        }

        String line() {
            return label + "\t" + killedAt + "\t" + struck + "\t"
                    + figures.stream().map(String::valueOf).collect(Collectors.joining(" ")) + "\n";
        }

        private static String moment(FaultPlan.Moment moment) {
            return switch (moment) {
                case FaultPlan.Moment.Bytes _ -> "a random byte to or from a server";
                case FaultPlan.Moment.Step(String name, String state) -> "step `" + name + "` " + state;
                case FaultPlan.Moment.Journal(int line, boolean written) ->
                    "the command's journal line " + (line + 1) + (written ? ", written" : ", before it");
                case FaultPlan.Moment.Millis _ -> "a random moment";
            };
        }
    }

    private FaultTable() {}

    /** Keeps a run's line beside the others. */
    static void keep(Path runs, FaultRun.Outcome outcome) throws IOException {
        Files.writeString(runs, Run.of(outcome).line(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Writes the page of all runs that were kept. */
    static void write(Path page, Path runs) throws IOException {
        List<Run> all = Files.readAllLines(runs).stream().map(Run::parse).toList();
        StringBuilder text = new StringBuilder(HEAD);
        text.append(String.format(
                Locale.ROOT,
                "%n## %s: %,d runs%n%nSeeds %d to %d, %d min, Java %s, %d processors. In %,d runs the fault's moment came;"
                        + " the others ended before it.%n%n",
                LocalDate.now(ZoneOffset.UTC),
                all.size(),
                figures(all, Run.SEED).min().orElse(0),
                figures(all, Run.SEED).max().orElse(0),
                figures(all, Run.TOOK).sum() / 60_000,
                Runtime.version().feature(),
                Runtime.getRuntime().availableProcessors(),
                all.stream().filter(Run::struck).count()));
        text.append("| fault | runs | commands given again | acknowledged | lost | doubled | both | failed | unsound |"
                + " longest wait, ms: median, worst |\n");
        text.append("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        all.stream()
                .filter(Run::struck)
                .collect(Collectors.groupingBy(Run::label, TreeMap::new, Collectors.toList()))
                .forEach((label, of) -> text.append(row(label, of)));
        List<Run> never = all.stream().filter(run -> !run.struck()).toList();
        if (!never.isEmpty()) {
            text.append(row("never came", never));
        }
        text.append(row("**all**", all));
        text.append("\n| `kill -9` at | runs | lost | doubled | unsound |\n| --- | ---: | ---: | ---: | ---: |\n");
        all.stream()
                .filter(run -> run.struck() && !run.killedAt().isEmpty())
                .collect(Collectors.groupingBy(Run::killedAt, TreeMap::new, Collectors.toList()))
                .forEach((at, of) -> text.append(String.format(
                        Locale.ROOT,
                        "| %s | %d | %d | %d | %d |%n",
                        at,
                        of.size(),
                        figures(of, Run.LOST).sum(),
                        figures(of, Run.DOUBLED).sum(),
                        figures(of, Run.UNSOUND).sum())));
        Files.writeString(page, text);
    }

    private static LongStream figures(List<Run> runs, int figure) {
        return runs.stream().mapToLong(run -> run.figures().get(figure));
    }

    private static String label(FaultPlan plan) {
        return plan.fault().word()
                + switch (plan.fault()) {
                    case NONE -> "";
                    case KILL -> " -9 of the mover, " + plan.faultedCommand();
                    case SESSION_CRASH, SERVER_CRASH, SLOT_LOST ->
                        ", " + (plan.line().side == Side.CLUSTER ? "source" : "target");
                    case RESET, END, HALF_OPEN, LATENCY, THROTTLE, REFUSED ->
                        ", " + plan.line().word();
                };
    }

    private static String row(String label, List<Run> of) {
        long[] waits = figures(of, Run.WAIT).sorted().toArray();
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %,d | %d | %d | %d | %d | %d | %,d, %,d |%n",
                label,
                of.size(),
                figures(of, Run.AGAIN).sum(),
                figures(of, Run.ACKNOWLEDGED).sum(),
                figures(of, Run.LOST).sum(),
                figures(of, Run.DOUBLED).sum(),
                figures(of, Run.BOTH).sum(),
                figures(of, Run.FAILED).sum(),
                figures(of, Run.UNSOUND).sum(),
                waits[waits.length / 2],
                waits[waits.length - 1]);
    }
}
