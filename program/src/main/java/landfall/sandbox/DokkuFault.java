package landfall.sandbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * One way in which the emulated host misbehaves. Commands are counted from 1 from the moment the fault is given, over
 * all connections; {@code dokku shell} is one, and each of its lines another. A fault that names a command, a
 * byte, a deploy or a number of clients happens once; the others last until others are given.
 */
public sealed interface DokkuFault {
    /** When, of a command, something happens to it. */
    enum Moment {
        /** It has not run. */
        BEFORE,
        /**
         * As it writes: what it had done by then stays done, and it dies, as a program does whose output goes nowhere. A
         * command that writes nothing runs to its end and nobody hears of it.
         */
        DURING,
        /** It has run and answered, but its exit status is not sent. */
        AFTER
    }

    /** Every command takes this much longer. */
    record Slow(Duration perCommand) implements DokkuFault {}

    /** The next clients are hung up on before a word is said. */
    record RefuseConnections(int clients) implements DokkuFault {}

    /** The next keys offered are not accepted, the right one included. */
    record RefuseKeys(int keys) implements DokkuFault {}

    /** @param write of the command's writes the one that fails, from 1; only for {@link Moment#DURING} */
    record Drop(int command, Moment moment, int write) implements DokkuFault {
        public Drop(int command, Moment moment) {
            this(command, moment, 1);
        }
    }

    /** The connection ends after this many bytes of the commands' output. */
    record DropOutput(long bytes) implements DokkuFault {}

    /** The connection ends after this many bytes of the commands' input, which ends there for the command. */
    record DropInput(long bytes) implements DokkuFault {}

    /** All processes and connections end; the port is closed for a while; then all is as the disk has it. */
    record Reboot(int command, Moment moment, Duration down) implements DokkuFault {}

    /** From this command on nothing can be written to the host's disk. */
    record DiskFull(int command) implements DokkuFault {}

    /** Somebody else is deploying this app, and does not finish. */
    record DeployLock(String app) implements DokkuFault {}

    /** The containers of this deploy fail their checks; deploys are counted like commands. */
    record FailChecks(int deploy) implements DokkuFault {}

    /** This answer in JSON is cut in half though the command succeeds; answers in JSON are counted like commands. */
    record TruncateJson(int answer) implements DokkuFault {}

    /** The host is of another version. */
    record Version(String version) implements DokkuFault {}

    /** A plugin that is usually there is not. */
    record WithoutPlugin(String plugin) implements DokkuFault {}

    /**
     * Reads {@code drop=7}, {@code drop=7:during:2}, {@code drop-output=4096}, {@code drop-input=100},
     * {@code reboot=5:after}, {@code slow=20}, {@code refuse-connections=2}, {@code refuse-keys=1}, {@code disk-full=9},
     * {@code deploy-lock=web}, {@code fail-checks=1}, {@code truncate-json=2}, {@code version=0.29.0},
     * {@code without=postgres}, {@code seed=42} and {@code seed=42:60}, separated by commas.
     *
     * @throws IllegalArgumentException naming the word that is none of these
     */
    static List<DokkuFault> parse(String text) {
        List<DokkuFault> faults = new ArrayList<>();
        for (String word : text.split(",")) {
            if (!word.isBlank()) {
                faults.add(one(word.strip()));
            }
        }
        return List.copyOf(faults);
    }

    private static DokkuFault one(String word) {
        String[] pair = word.split("=", 2);
        String[] values = pair.length < 2 ? new String[] {""} : pair[1].split(":");
        try {
            return switch (pair[0]) {
                case "slow" -> new Slow(Duration.ofMillis(Long.parseLong(values[0])));
                case "refuse-connections" -> new RefuseConnections(Integer.parseInt(values[0]));
                case "refuse-keys" -> new RefuseKeys(Integer.parseInt(values[0]));
                case "drop" ->
                    new Drop(
                            Integer.parseInt(values[0]),
                            moment(values),
                            values.length > 2 ? Integer.parseInt(values[2]) : 1);
                case "drop-output" -> new DropOutput(Long.parseLong(values[0]));
                case "drop-input" -> new DropInput(Long.parseLong(values[0]));
                case "reboot" -> new Reboot(Integer.parseInt(values[0]), moment(values), Duration.ofMillis(500));
                case "disk-full" -> new DiskFull(Integer.parseInt(values[0]));
                case "deploy-lock" -> new DeployLock(values[0]);
                case "fail-checks" -> new FailChecks(Integer.parseInt(values[0]));
                case "truncate-json" -> new TruncateJson(Integer.parseInt(values[0]));
                case "version" -> new Version(values[0]);
                case "without" -> new WithoutPlugin(values[0]);
                case "seed" -> drawn(Long.parseLong(values[0]), values.length > 1 ? Integer.parseInt(values[1]) : 40);
                default -> throw new IllegalArgumentException("no such misbehaviour: " + word);
            };
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a number in the misbehaviour " + word, e);
        }
    }

    private static Moment moment(String[] values) {
        return values.length > 1 ? Moment.valueOf(values[1].toUpperCase(Locale.ROOT)) : Moment.BEFORE;
    }

    /** One of the faults after which the same work can be done again and must end the same; always the same by its seed. */
    static DokkuFault drawn(long seed, int commandsMax) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
        int command = 1 + random.nextInt(Math.max(1, commandsMax));
        Moment moment = Moment.values()[random.nextInt(3)];
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3, 4 -> new Drop(command, moment, 1 + random.nextInt(4));
            case 5 -> new DropOutput(1 + random.nextInt(commandsMax * 60));
            case 6 -> new DropInput(1 + random.nextInt(400));
            case 7 -> new Reboot(command, moment, Duration.ofMillis(200));
            case 8 -> new TruncateJson(1 + random.nextInt(3));
            default -> new DiskFull(command);
        };
    }
}
