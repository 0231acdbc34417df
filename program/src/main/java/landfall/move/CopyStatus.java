package landfall.move;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import landfall.base.Events;
import landfall.recipe.MoveFolder;
import tools.jackson.databind.json.JsonMapper;

/** Passes a copy's events on and keeps how far it is where {@code landfall status} of another terminal looks. */
final class CopyStatus implements Events {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final MoveFolder move;
    private final Events events;

    CopyStatus(MoveFolder move, Events events) {
        this.move = move;
        this.events = events;
    }

    @Override
    public void emit(Event event) {
        events.emit(event);
        // Told twice a second at most; other events pass by unseen.
        if (event.name().equals("progress") && event.fields().containsKey("message")) {
            Map<String, Object> live = new LinkedHashMap<>(event.fields());
            live.put("message", "copying " + event.fields().get("message"));
            live.put("overall", "copying " + event.fields().get("overall"));
            live.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
            synchronized (this) {
                move.write(StatusReport.liveFile(move), JSON.writeValueAsString(live) + "\n", false);
            }
        }
    }
}
