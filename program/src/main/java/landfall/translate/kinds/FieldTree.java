package landfall.translate.kinds;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A table as a tree, to walk beside an object. List items are one with their list; {@code {}} stands for any key. */
public final class FieldTree {
    private final Map<String, FieldTree> children = new HashMap<>();
    private @Nullable FieldRule rule;

    public static FieldTree of(FieldTable table) {
        FieldTree root = new FieldTree();
        for (FieldRule rule : table.rules()) {
            FieldTree at = root;
            for (String key : rule.path().replace("[]", "").replace("{}", ".{}").split("\\.", -1)) {
                at = at.children.computeIfAbsent(key, ignored -> new FieldTree());
            }
            at.rule = rule;
        }
        return root;
    }

    public @Nullable FieldTree below(String key) {
        FieldTree child = children.get(key);
        return child != null ? child : children.get("{}");
    }

    /** The line for exactly this place. */
    public @Nullable FieldRule rule() {
        return rule;
    }
}
