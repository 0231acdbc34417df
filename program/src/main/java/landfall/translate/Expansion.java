package landfall.translate;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code $(NAME)} as the kubelet expands it in values, commands and arguments: {@code $$} is a dollar sign, and a name
 * that nobody knows stays as it is written.
 */
final class Expansion {
    private Expansion() {}

    /** @param values name to value; null for a name that is not known */
    static String of(String text, Function<String, @Nullable String> values) {
        StringBuilder expanded = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            char letter = text.charAt(at);
            if (letter != '$' || at + 1 == text.length()) {
                expanded.append(letter);
                at++;
                continue;
            }
            char next = text.charAt(at + 1);
            int end = next == '(' ? text.indexOf(')', at) : -1;
            if (next == '$') {
                expanded.append('$');
                at += 2;
            } else if (end < 0) {
                expanded.append(letter);
                at++;
            } else {
                String value = values.apply(text.substring(at + 2, end));
                expanded.append(value == null ? text.substring(at, end + 1) : value);
                at = end + 1;
            }
        }
        return expanded.toString();
    }
}
