package landfall.apply;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import landfall.base.Problem;
import landfall.base.Problems;
import landfall.base.Quantities;
import landfall.dokku.HostVitals;
import landfall.recipe.task.Amounts;
import landfall.recipe.task.Task;

/** Holds what a recipe asks for against the machine that the host is. */
final class MachineCheck {
    /** Below this an image's layers hardly fit. */
    private static final long DISK_FREE_ENOUGH = 2L << 30;

    private static final long DISK_FULL = 1L << 20;

    /** Further apart, signatures and tokens with a time in them fail. */
    private static final Duration CLOCKS_APART_MAX = Duration.ofMinutes(1);

    private MachineCheck() {}

    /**
     * What would fail is a problem; what may go badly is a warning, and so is what the host didn't tell.
     *
     * @return warnings, a sentence each
     */
    static List<String> check(HostVitals vitals, List<Task> tasks, String host, Problems problems) {
        List<String> warnings = new ArrayList<>();
        List<Amounts.Amount> amounts = Amounts.of(tasks);
        processors(vitals, amounts, host, problems);
        memory(vitals, amounts, host, warnings);
        disk(vitals, host, problems, warnings);
        Duration ahead = vitals.clockAhead();
        if (ahead != null && ahead.abs().compareTo(CLOCKS_APART_MAX) > 0) {
            warnings.add("warning: the clock of " + host + " is " + Quantities.duration(ahead.abs())
                    + (ahead.isNegative() ? " behind" : " ahead of") + " this machine's. One of the two is wrong:"
                    + " sessions and signed links that end at a time end too early or too late.");
        }
        String architecture = vitals.architecture();
        if (architecture != null && !architecture.equals("x86_64") && !architecture.equals("amd64")) {
            warnings.add("warning: " + host + " is " + architecture
                    + ": an image that was built for x86_64 only doesn't run there"
                    + " (docker manifest inspect IMAGE tells for what it was built).");
        }
        List<String> untold = new ArrayList<>();
        if (architecture == null) {
            untold.add("architecture");
        }
        if (vitals.processors().isEmpty()) {
            untold.add("processors");
        }
        if (vitals.memory().isEmpty()) {
            untold.add("memory");
        }
        if (vitals.diskFree().isEmpty()) {
            untold.add("free disk space");
        }
        if (ahead == null) {
            untold.add("clock");
        }
        if (!untold.isEmpty()) {
            warnings.add("not checked, for `dokku report` didn't tell: " + String.join(", ", untold) + ".");
        }
        return warnings;
    }

    /** docker refuses to start a container with more processors than there are. */
    private static void processors(HostVitals vitals, List<Amounts.Amount> amounts, String host, Problems problems) {
        vitals.processors()
                .ifPresent(there -> amounts.stream()
                        .filter(amount -> amount.limit() && amount.processors().orElse(0) > there)
                        .forEach(amount -> problems.add(Problem.error(
                                amount.name() + " is limited to "
                                        + amount.processors().orElseThrow() + " processors",
                                host + " has " + there + ", and docker starts no container with more",
                                "Lower cpu in the recipe's dokku_resource_limit, or take a larger machine."))));
    }

    private static void memory(HostVitals vitals, List<Amounts.Amount> amounts, String host, List<String> warnings) {
        OptionalLong there = vitals.memory();
        if (there.isEmpty()) {
            return;
        }
        double reserved = amounts.stream()
                .filter(amount -> !amount.limit())
                .mapToDouble(amount -> amount.memory().orElse(0))
                .sum();
        if (reserved > there.getAsLong()) {
            warnings.add("warning: the recipe reserves " + Quantities.bytes((long) reserved) + " of memory, and " + host
                    + " has " + Quantities.bytes(there.getAsLong())
                    + ": under load the kernel ends processes. Lower the reservations or take a larger machine.");
        }
        amounts.stream()
                .filter(amount -> amount.limit() && amount.memory().orElse(0) > there.getAsLong())
                .forEach(amount -> warnings.add("warning: " + amount.name() + " may use "
                        + Quantities.bytes(amount.memory().orElseThrow()) + " of memory, more than " + host + " has ("
                        + Quantities.bytes(there.getAsLong()) + ")."));
    }

    private static void disk(HostVitals vitals, String host, Problems problems, List<String> warnings) {
        OptionalLong free = vitals.diskFree();
        if (free.isEmpty() || free.getAsLong() >= DISK_FREE_ENOUGH) {
            return;
        }
        if (free.getAsLong() < DISK_FULL) {
            problems.add(Problem.error(
                    "the disk of " + host + " is full",
                    "No space left on device: images, builds and databases can't be written",
                    "On the host: docker system prune, dokku cleanup, or a larger disk; then run the same command"
                            + " again."));
        } else {
            warnings.add("warning: " + host + " has " + Quantities.bytes(free.getAsLong())
                    + " free where docker keeps images: a build may not fit. `dokku cleanup` makes room.");
        }
    }
}
