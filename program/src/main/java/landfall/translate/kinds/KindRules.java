package landfall.translate.kinds;

import java.util.List;
import java.util.Set;

/**
 * What Landfall does with a kind.
 *
 * @param groups its API groups, the present one first; the core group is empty
 * @param becomes one sentence: what an object of the kind becomes on Dokku
 */
public record KindRules(List<String> groups, String kind, String becomes, FieldTable table) {
    public KindRules {
        groups = List.copyOf(groups);
    }

    static KindRules of(String group, String kind, String becomes, FieldTable table) {
        return new KindRules(List.of(group), kind, becomes, Objects.metadata().under("", table));
    }

    /** For kinds that were in another group once. */
    static KindRules of(Set<String> groups, String kind, String becomes, FieldTable table) {
        return new KindRules(
                groups.stream().sorted().toList(),
                kind,
                becomes,
                Objects.metadata().under("", table));
    }
}
