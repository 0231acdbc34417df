package landfall.move;

import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import landfall.postgres.FaultProxy;

/**
 * What one seed asks for: which way the move goes, which of its commands is met by which fault and where, and who besides
 * the app writes without manners.
 */
record FaultPlan(
        long seed,
        Script script,
        int command,
        Fault fault,
        Line line,
        Moment moment,
        Rude rude,
        boolean indexed,
        boolean opposite) {
    /** The commands of a move, in order. */
    enum Script {
        ABANDON("sync", "abandon"),
        FINISH("sync", "cutover", "follow", "finish"),
        BACK("sync", "cutover", "follow", "rollback", "abandon"),
        FORTH("sync", "cutover", "follow", "rollback", "sync", "cutover", "finish");

        @SuppressWarnings("ImmutableEnumChecker") // made by List.of
        final List<String> commands;

        Script(String... commands) {
            this.commands = List.of(commands);
        }
    }

    /** What happens. */
    enum Fault {
        NONE,
        RESET,
        END,
        HALF_OPEN,
        LATENCY,
        THROTTLE,
        REFUSED,
        KILL,
        SESSION_CRASH,
        SERVER_CRASH,
        SLOT_LOST;

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** Where it happens: between whom. */
    enum Line {
        MOVER_SOURCE(Side.CLUSTER),
        MOVER_TARGET(Side.DOKKU),
        APP_SOURCE(Side.CLUSTER),
        APP_TARGET(Side.DOKKU);

        final Side side;

        Line(Side side) {
            this.side = side;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '–');
        }
    }

    /** When it happens. */
    sealed interface Moment {
        /** So many bytes after the command's start, exactly. */
        record Bytes(FaultProxy.Way way, long count) implements Moment {}

        /** When the mover says so; it goes on when the fault is there. */
        record Step(String name, String state) implements Moment {}

        /** Before or behind a line of the journal, the command's first being 0. */
        record Journal(int line, boolean written) implements Moment {}

        record Millis(int after) implements Moment {}
    }

    /** Who holds a transaction open when the door closes. */
    enum Rude {
        NOBODY,
        /** Commits while the fence is up, or is ended. */
        LATE_COMMIT,
        PREPARED
    }

    private static final List<String> SYNC_STEPS = List.of("survey", "copy", "follow");
    private static final List<String> SWITCH_STEPS =
            MoveScript.STEPS.subList(MoveScript.STEPS.indexOf(MoveScript.WARM), MoveScript.STEPS.size());
    /** Half of the faults strike where nothing is undone any more by leaving it as it is. */
    private static final List<String> CRITICAL_STEPS =
            MoveScript.STEPS.subList(MoveScript.STEPS.indexOf(MoveScript.DOOR), MoveScript.STEPS.size());

    private static <T> T one(Random random, List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private static List<Integer> switches(Script script) {
        return IntStream.range(0, script.commands.size())
                .filter(i -> List.of("cutover", "rollback").contains(script.commands.get(i)))
                .boxed()
                .toList();
    }

    static FaultPlan of(long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
        Script script = one(random, List.of(Script.values()));
        List<Integer> switches = switches(script);
        int command = !switches.isEmpty() && random.nextInt(3) > 0
                ? one(random, switches)
                : random.nextInt(script.commands.size());
        Fault fault = fault(random);
        if (fault == Fault.SLOT_LOST) {
            script = Script.ABANDON;
            command = 0;
        }
        boolean kill = fault == Fault.KILL;
        boolean server = fault == Fault.SERVER_CRASH || fault == Fault.SESSION_CRASH;
        Line line = fault == Fault.SLOT_LOST
                ? Line.MOVER_SOURCE
                : one(
                        random,
                        kill || server || random.nextInt(6) > 0
                                ? List.of(Line.MOVER_SOURCE, Line.MOVER_TARGET)
                                : List.of(Line.APP_SOURCE, Line.APP_TARGET));
        return new FaultPlan(
                seed,
                script,
                command,
                fault,
                line,
                fault == Fault.SLOT_LOST
                        ? new Moment.Step(MoveScript.FOLLOW, "begin")
                        : moment(random, script.commands.get(command), kill),
                random.nextInt(4) == 0 ? Rude.LATE_COMMIT : random.nextInt(16) == 0 ? Rude.PREPARED : Rude.NOBODY,
                random.nextBoolean(),
                random.nextInt(4) == 0);
    }

    private static Fault fault(Random random) {
        int dice = random.nextInt(100);
        return dice < 2
                ? Fault.NONE
                : dice < 20
                        ? Fault.RESET
                        : dice < 34
                                ? Fault.END
                                : dice < 48
                                        ? Fault.HALF_OPEN
                                        : dice < 53
                                                ? Fault.LATENCY
                                                : dice < 57
                                                        ? Fault.THROTTLE
                                                        : dice < 66
                                                                ? Fault.REFUSED
                                                                : dice < 90
                                                                        ? Fault.KILL
                                                                        : dice < 94
                                                                                ? Fault.SESSION_CRASH
                                                                                : dice < 98
                                                                                        ? Fault.SERVER_CRASH
                                                                                        : Fault.SLOT_LOST;
    }

    private static Moment moment(Random random, String command, boolean kill) {
        boolean switches = command.equals("cutover") || command.equals("rollback");
        int dice = random.nextInt(10);
        if (dice < 4 && !command.equals("follow") && !command.equals("abandon") && !command.equals("finish")) {
            List<String> steps = !switches ? SYNC_STEPS : random.nextBoolean() ? CRITICAL_STEPS : SWITCH_STEPS;
            String step = one(random, steps);
            return new Moment.Step(step, step.equals(MoveScript.FOLLOW) || random.nextBoolean() ? "begin" : "done");
        }
        if (kill && dice < 6) {
            return new Moment.Journal(random.nextInt(switches ? 4 : 2), random.nextBoolean());
        }
        if (dice < 9) {
            // From a greeting's first bytes to more than a whole command sends.
            return new Moment.Bytes(random.nextBoolean() ? FaultProxy.Way.TO_SERVER : FaultProxy.Way.FROM_SERVER, (long)
                    Math.exp(random.nextDouble() * Math.log(400_000)));
        }
        return new Moment.Millis(random.nextInt(1500));
    }

    String faultedCommand() {
        return script.commands.get(command);
    }

    @Override
    public String toString() {
        return "seed " + seed + ": " + String.join(" ", script.commands) + "; " + fault.word() + " of " + line.word()
                + " in " + faultedCommand() + " (" + command + ") at " + moment + "; rude: " + rude
                + (indexed ? "; tables by index" : "") + (opposite ? "; then the opposite" : "");
    }
}
