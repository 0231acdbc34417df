package landfall.report;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import landfall.base.Events;
import tools.jackson.databind.json.JsonMapper;

/** Events as JSON Lines: one object a line, its name under {@code event}, flushed at once (docs/events.md). */
public final class JsonEvents implements Events {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final PrintStream out;

    public JsonEvents(PrintStream out) {
        this.out = out;
    }

    @Override
    public void emit(Event event) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("event", event.name());
        line.putAll(event.fields());
        String text = JSON.writeValueAsString(line);
        synchronized (out) {
            out.println(text);
            out.flush();
        }
    }
}
