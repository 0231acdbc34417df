package landfall.move;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import landfall.base.Events;
import landfall.base.Quantities;
import landfall.recipe.MoveFolder;
import tools.jackson.databind.json.JsonMapper;

/** Where a move stands, from its folder alone: {@code status} touches neither side (P2). */
public final class StatusReport {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private StatusReport() {}

    /** What the process that follows wrote last. */
    static Path liveFile(MoveFolder move) {
        return move.path().resolve(".live.json");
    }

    private static Path reachedFile(MoveFolder move) {
        return move.path().resolve(".reached");
    }

    /** Keeps by which way the target's database was last reached. */
    static void reached(MoveFolder move, String way) {
        move.write(reachedFile(move), way + "\n", false);
    }

    /** How old the figures of a run are: one that hangs must not look as if it went on. */
    private static Map<String, Object> aged(Map<String, Object> live, Clock clock) {
        if (live.get("at") instanceof String at) {
            long seconds = Math.max(
                    0, Duration.between(Instant.parse(at), clock.instant()).toSeconds());
            Map<String, Object> aged = new LinkedHashMap<>(live);
            aged.put("secondsAgo", seconds);
            return aged;
        }
        return live;
    }

    @SuppressWarnings("unchecked")
    public static Map<String, Object> read(MoveFolder move, Clock clock) {
        MoveJournal journal = MoveJournal.open(move.journalFile(), clock);
        MoveState state = journal.state();
        Optional<String> holder = MoveLock.holder(move);
        Map<String, Object> live = holder.isPresent() && Files.exists(liveFile(move))
                ? JSON.readValue(move.text(liveFile(move)), Map.class)
                : Map.of();
        String last = journal.lines().isEmpty()
                ? "nothing yet"
                : journal.lines().getLast().what() + " at "
                        + journal.lines().getLast().at();
        boolean plain = move.settings().databases().stream()
                .anyMatch(database -> database.choices().plain());
        // A plain move makes no slot on the source; once users are on Dokku it is followed like any other.
        boolean unfollowed = plain && (state == MoveState.COPYING || state == MoveState.FOLLOWING);
        return Events.fields(
                "move",
                move.settings().move(),
                "state",
                state.name().toLowerCase(Locale.ROOT),
                "meaning",
                unfollowed && state == MoveState.FOLLOWING
                        ? "a plain move: copied once, not followed; users are on the cluster"
                        : meaning(state),
                "running",
                holder.orElse("nobody"),
                "last",
                last,
                "target",
                Files.exists(reachedFile(move))
                        ? "reached by " + move.text(reachedFile(move)).strip()
                        : "not reached yet",
                "live",
                aged(live, clock),
                "warning",
                holder.isPresent() || unfollowed ? "" : warning(state, move),
                "next",
                unfollowed && state == MoveState.FOLLOWING ? "landfall cutover" : next(state, holder.isPresent()));
    }

    /** Nobody looks after the slot now: how much log it kept when somebody last did is the least that it keeps today. */
    @SuppressWarnings("unchecked")
    private static String warning(MoveState state, MoveFolder move) {
        String side = switch (state) {
            case FOLLOWING, COPYING -> "source";
            case SWITCHED -> "target";
            case PLANNED, APPLIED, SWITCHING, RETURNING, FINISHED, ABANDONED -> "";
        };
        if (side.isEmpty()) {
            return "";
        }
        String kept = "";
        if (Files.exists(liveFile(move))) {
            Map<String, Object> last = JSON.readValue(move.text(liveFile(move)), Map.class);
            if (last.get("retainedBytes") instanceof Number bytes && last.get("at") instanceof String at) {
                kept = ": " + Quantities.bytes(bytes.longValue()) + " at " + at + ", more since";
            }
        }
        return "nobody follows, and a slot keeps log on the " + side + "'s disk" + kept + "; `landfall sync` lets it go"
                + (state == MoveState.SWITCHED ? ", `landfall finish` removes it" : ", `landfall abandon` removes it");
    }

    private static String meaning(MoveState state) {
        return switch (state) {
            case PLANNED -> "files only; nothing was touched";
            case APPLIED -> "the Dokku side is built; users are on the cluster";
            case COPYING -> "the first copy has begun; users are on the cluster";
            case FOLLOWING -> "both sides hold the same; users are on the cluster";
            case SWITCHING -> "a cutover is under way, or was interrupted";
            case SWITCHED -> "users are on Dokku; the cluster's side follows";
            case RETURNING -> "a rollback is under way, or was interrupted";
            case FINISHED -> "users are on Dokku; nothing of the move is left";
            case ABANDONED -> "given up; the cluster's side is as it was found";
        };
    }

    private static String next(MoveState state, boolean running) {
        return switch (state) {
            case PLANNED, ABANDONED -> "landfall apply";
            case APPLIED, COPYING -> running ? "wait for the copy" : "landfall sync";
            case FOLLOWING ->
                running
                        ? "landfall verify, then landfall cutover"
                        : "landfall sync: nobody follows, and the slot keeps the source's log";
            case SWITCHING -> running ? "wait" : "landfall cutover";
            case SWITCHED ->
                running
                        ? "landfall finish, or landfall rollback"
                        : "landfall sync: nobody follows, and the slot keeps the target's log; or landfall finish";
            case RETURNING -> running ? "wait" : "landfall rollback";
            case FINISHED -> "nothing";
        };
    }
}
