package landfall.move;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import landfall.base.Events;
import landfall.base.Problem;
import landfall.postgres.Direction;
import landfall.postgres.Follower;
import landfall.postgres.VerifyReport;

/** The whole proof: every row at one point of the log, and every file. */
final class Verification {
    private static final int FILE_ROUNDS = 2;

    private final Sides sides;
    private final Follower follower;
    private final FilesLink files;
    private final Direction direction;
    private final Events events;

    Verification(Sides sides, Follower follower, FilesLink files, Direction direction, Events events) {
        this.sides = sides;
        this.follower = follower;
        this.files = files;
        this.direction = direction;
        this.events = events;
    }

    /** @param problems every difference; names and keys, never values */
    record Result(int tables, long rows, long bytes, int items, double seconds, List<String> problems) {
        Map<String, Object> fields() {
            return Events.fields(
                    "equal", problems.isEmpty(),
                    "tables", tables,
                    "rows", rows,
                    "bytes", bytes,
                    "items", items,
                    "seconds", seconds,
                    "problems", problems);
        }
    }

    /**
     * A file written a moment ago may be on one side only. What a comparison finds is believed if another one finds it
     * again after a pass that would have mended it.
     */
    private List<Problem> files() {
        if (files.isEmpty()) {
            return List.of();
        }
        files.pass(direction);
        List<Problem> found = files.verify(direction);
        for (int round = 0; round < FILE_ROUNDS && !found.isEmpty(); round++) {
            files.pass(direction);
            List<Problem> again = files.verify(direction);
            found = found.stream().filter(again::contains).toList();
        }
        return found;
    }

    Result run() {
        events.step("verify", "begin", "comparing every row and every file");
        VerifyReport database = follower.verify(events);
        List<Problem> problems = new ArrayList<>(database.problems());
        problems.addAll(files());
        Result result = new Result(
                database.tables(),
                database.rows(),
                database.bytes(),
                database.items(),
                database.took().toMillis() / 1000.0,
                problems.stream().map(Problem::sentence).toList());
        events.step(
                "verify",
                problems.isEmpty() ? "done" : "failed",
                String.format(
                        java.util.Locale.ROOT,
                        "%,d rows in %d tables (%,d MB, %.1f s) and %d definitions, rights and settings of %s: %s",
                        database.rows(),
                        database.tables(),
                        database.bytes() >> 20,
                        database.took().toMillis() / 1000.0,
                        database.items(),
                        sides.settings().databases().getFirst().service(),
                        problems.isEmpty() ? "equal" : problems.size() + " differences"));
        return result;
    }
}
