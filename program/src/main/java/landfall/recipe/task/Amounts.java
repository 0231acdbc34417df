package landfall.recipe.task;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** What a recipe's tasks ask of a machine. */
public final class Amounts {
    private Amounts() {}

    /**
     * What one task says of one process type's containers.
     *
     * @param name the task, for people
     * @param limit else a reservation
     * @param memory bytes
     */
    public record Amount(String name, boolean limit, OptionalDouble processors, OptionalLong memory) {}

    public static List<Amount> of(List<Task> tasks) {
        return tasks.stream()
                .flatMap(task -> switch (task) {
                    case ResourceLimitTask limit -> java.util.stream.Stream.of(amount(task, true, limit.resources()));
                    case ResourceReserveTask reserve ->
                        java.util.stream.Stream.of(amount(task, false, reserve.resources()));
                    default -> java.util.stream.Stream.empty();
                })
                .toList();
    }

    private static Amount amount(Task task, boolean limit, Map<String, String> resources) {
        String processors = resources.get("cpu");
        String memory = resources.get("memory");
        return new Amount(
                task.subject(),
                limit,
                processors == null ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(processors)),
                memory == null ? OptionalLong.empty() : OptionalLong.of(bytes(memory)));
    }

    /** Dokku takes a number without a unit for megabytes (its documentation, "Resource Management"). */
    static long bytes(String memory) {
        char last = memory.toLowerCase(Locale.ROOT).charAt(memory.length() - 1);
        int shift = switch (last) {
            case 'b' -> 0;
            case 'k' -> 10;
            case 'g' -> 30;
            default -> 20;
        };
        String digits = Character.isDigit(last) ? memory : memory.substring(0, memory.length() - 1);
        return digits.length() > 12 ? Long.MAX_VALUE : Math.multiplyExact(Long.parseLong(digits), 1L << shift);
    }
}
