package landfall.target;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A question to the user.
 *
 * @param options name to consequence, in the order offered
 * @param fallback the default, only where it is safe
 * @param answer what the user chose
 * @param raisedBy {@code object path} of the fields that raise it
 */
public record Decision(
        String id,
        String question,
        Map<String, String> options,
        Optional<String> fallback,
        Optional<String> answer,
        List<String> raisedBy) {
    public Decision {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
        raisedBy = List.copyOf(raisedBy);
    }

    public Optional<String> chosen() {
        return answer.or(() -> fallback);
    }

    public boolean isOpen() {
        return chosen().isEmpty();
    }
}
