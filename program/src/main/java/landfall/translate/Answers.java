package landfall.translate;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The user's answers by decision id, from move.yaml and {@code --answer}. */
public record Answers(Map<String, String> byId) {
    public static final Answers NONE = new Answers(Map.of());

    public Answers {
        byId = java.util.Collections.unmodifiableMap(new TreeMap<>(byId));
    }

    Optional<String> to(String id) {
        return Optional.ofNullable(byId.get(id));
    }
}
