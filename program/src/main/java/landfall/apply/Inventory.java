package landfall.apply;

import java.util.List;
import java.util.Set;

/**
 * What a journal says of one host.
 *
 * @param made what Landfall created there and hasn't destroyed
 * @param doubtful what it began to create: whether it is Landfall's isn't known
 * @param settings tasks that changed something else
 * @param elsewhere hosts on which things were made that aren't destroyed
 */
public record Inventory(Set<Made> made, Set<Made> doubtful, List<String> settings, Set<String> elsewhere) {
    public Inventory {
        made = Set.copyOf(made);
        doubtful = Set.copyOf(doubtful);
        settings = List.copyOf(settings);
        elsewhere = Set.copyOf(elsewhere);
    }

    List<Made> of(String type) {
        return made.stream()
                .filter(made -> made.type().equals(type))
                .sorted(java.util.Comparator.comparing(Made::subject))
                .toList();
    }
}
