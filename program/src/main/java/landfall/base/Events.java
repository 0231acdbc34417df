package landfall.base;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a command tells while it runs. The terminal view and {@code --json} are two listeners of the same events. Field
 * values are strings, numbers, booleans, lists or maps of these, never secrets.
 */
@FunctionalInterface
public interface Events {
    Events NONE = event -> {};

    void emit(Event event);

    /**
     * One event.
     *
     * @param name one of docs/events.md, e.g. {@code step}, {@code progress}, {@code lag}, {@code summary}
     */
    record Event(String name, Map<String, Object> fields) {
        public Event {
            fields = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }
    }

    /** A named step of the move began, ended or failed. */
    default void step(String step, String state, String message) {
        emit(new Event("step", fields("step", step, "state", state, "message", message)));
    }

    /** A line worth telling that belongs to no step. */
    default void note(String message) {
        emit(new Event("note", fields("message", message)));
    }

    /**
     * How far a step is.
     *
     * @param total 0 where it is not known
     * @param unit what is counted: {@code bytes}, {@code rows}, {@code files}
     */
    default void progress(String step, String subject, long done, long total, String unit) {
        emit(new Event(
                "progress", fields("step", step, "subject", subject, "done", done, "total", total, "unit", unit)));
    }

    /** Fields in the order given: name, value, name, value … */
    static Map<String, Object> fields(Object... namesAndValues) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i + 1 < namesAndValues.length; i += 2) {
            fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return fields;
    }
}
