package landfall.recipe.task;

import java.util.Collection;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a task has a say in: items of one kind of one owner.
 *
 * @param names true for the names it means
 */
public record Claim(String owner, Item.Kind kind, Predicate<String> names) {
    static Claim of(String owner, Item.Kind kind, Collection<String> names) {
        return new Claim(owner, kind, Set.copyOf(names)::contains);
    }

    /** Where the task removes what it doesn't name. */
    static Claim all(String owner, Item.Kind kind) {
        return new Claim(owner, kind, name -> true);
    }

    boolean covers(Item item) {
        return owner.equals(item.owner()) && kind == item.kind() && names.test(item.name());
    }
}
