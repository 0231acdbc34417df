package landfall.cli;

import java.util.Map;

/** One value of {@code status} on a terminal: what the follower said in words, if it said something. */
final class StatusText {
    private StatusText() {}

    static String of(Object value) {
        if (value instanceof Map<?, ?> map) {
            Object message = map.get("message");
            return message == null ? "-" : message.toString();
        }
        return value.toString();
    }
}
