package landfall.move;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Limits;
import landfall.base.Problem;
import landfall.postgres.Direction;
import landfall.postgres.Follower;
import landfall.recipe.MoveFolder;
import org.jspecify.annotations.Nullable;

/** What the commands do with a move: each takes the move's lock, reaches both sides, does its part, lets go. */
public final class Moves {
    private final MoveFolder move;
    private final Supplier<Sides> open;
    private final Supplier<Sides> look;
    private final Events events;
    private final Clock clock;

    /** @param hostKey a host key's fingerprint to accept for this run, or null */
    public Moves(MoveFolder move, @Nullable String hostKey, Events events, Clock clock) {
        this(
                move,
                () -> ReachedSides.open(move, hostKey, events),
                () -> ReachedSides.look(move, hostKey, events),
                events,
                clock);
    }

    /**
     * @param open reaches both sides as a command needs them that works on the move
     * @param look reaches both sides without changing anything on them
     */
    Moves(MoveFolder move, Supplier<Sides> open, Supplier<Sides> look, Events events, Clock clock) {
        this.move = move;
        this.open = open;
        this.look = look;
        this.events = events;
        this.clock = clock;
    }

    /**
     * @param untilLag ends once this close behind; null: follows until stopped or asked to hand over
     * @param acceptsFindings whether the survey's findings to decide don't stop the copy
     * @param walBudget how many bytes of log a slot may keep; null: judged by the server's settings and its disk
     */
    public ExitCode sync(
            @Nullable Duration untilLag, boolean acceptsFindings, @Nullable Long walBudget, BooleanSupplier stop) {
        try (MoveLock lock = MoveLock.acquire(move, "sync", false, events);
                Sides sides = open.get()) {
            FollowLoop.End end =
                    new SyncRun(sides, journal(), lock, events, acceptsFindings, walBudget).run(untilLag, stop);
            return ended(end);
        }
    }

    /** Surveys both databases; moves and changes nothing. */
    public ExitCode survey() {
        try (Sides sides = look.get()) {
            return new SurveyReport(sides, events).tell();
        }
    }

    private ExitCode ended(FollowLoop.End end) {
        return switch (end) {
            case STOPPED -> {
                events.note("stopped; `landfall sync` goes on where this ended");
                yield ExitCode.INTERRUPTED;
            }
            case HANDED_OVER -> {
                events.note("handed over");
                yield ExitCode.DONE;
            }
            case CAUGHT_UP -> ExitCode.DONE;
        };
    }

    private MoveJournal journal() {
        return MoveJournal.open(move.journalFile(), clock);
    }

    /**
     * @param direction forward: cutover; backward: rollback
     * @param detach ends after the switch; nobody follows then until {@code sync} runs
     */
    public ExitCode switchOver(Direction direction, Duration doorMax, boolean detach, BooleanSupplier stop) {
        String command = direction == Direction.FORWARD ? "cutover" : "rollback";
        refuseUnless(direction, journal().state(), command);
        MoveState interrupted = direction == Direction.FORWARD ? MoveState.RETURNING : MoveState.SWITCHING;
        try (MoveLock lock = MoveLock.acquire(move, command, true, events);
                Sides sides = open.get()) {
            MoveJournal journal = journal();
            refuseUnless(direction, journal.state(), command);
            boolean plain = sides.isPlain();
            if (journal.state() == interrupted && plain && direction == Direction.BACKWARD) {
                new PlainRun(sides, journal, events, () -> false).recover();
            } else if (journal.state() == interrupted) {
                // The opposite switch broke off: it is taken back, which may be all that was asked for.
                new SwitchRun(sides, journal, events, direction.reversed(), doorMax).goBack();
            }
            if (plain && direction == Direction.FORWARD) {
                new PlainRun(sides, journal, events, stop).run();
            } else if (!plain || journal.state() != MoveState.FOLLOWING) {
                new SwitchRun(sides, journal, events, direction, doorMax).run();
            }
            if (detach) {
                events.note("nobody follows now: run `landfall sync` soon, or the log kept for it fills the disk");
                return ExitCode.DONE;
            }
            return ended(new SyncRun(sides, journal, lock, events, false, null).run(null, stop));
        }
    }

    private static void refuseUnless(Direction direction, MoveState state, String command) {
        List<MoveState> fitting = direction == Direction.FORWARD
                ? List.of(MoveState.FOLLOWING, MoveState.SWITCHING, MoveState.SWITCHED, MoveState.RETURNING)
                : List.of(MoveState.SWITCHED, MoveState.RETURNING, MoveState.FOLLOWING, MoveState.SWITCHING);
        if (!fitting.contains(state)) {
            throw new LandfallException(
                    ExitCode.REFUSED,
                    Problem.error(
                            command + " is refused",
                            "the move is " + state.name().toLowerCase(java.util.Locale.ROOT),
                            "See `landfall status`."));
        }
    }

    /** Proves that both sides hold the same; the process that follows does it, if there is one. */
    public ExitCode verify() {
        MoveState state = journal().state();
        if (state != MoveState.FOLLOWING && state != MoveState.SWITCHED) {
            throw new LandfallException(
                    ExitCode.REFUSED,
                    Problem.error(
                            "there is nothing to verify yet",
                            "the move is " + state.name().toLowerCase(java.util.Locale.ROOT),
                            "Run `landfall sync` first."));
        }
        if (state == MoveState.FOLLOWING
                && move.settings().databases().stream()
                        .anyMatch(database -> database.choices().plain())) {
            throw new LandfallException(
                    ExitCode.REFUSED,
                    Problem.error(
                            "there is nothing to verify yet",
                            "this move is plain: the source goes on without being followed",
                            "`landfall cutover` copies and verifies everything behind the fence."));
        }
        if (MoveLock.holder(move).isPresent()) {
            Optional<Map<String, Object>> answer = new VerifyRequest(move).ask(events);
            if (answer.isPresent()) {
                return judged(answer.get());
            }
        }
        Direction direction = state == MoveState.FOLLOWING ? Direction.FORWARD : Direction.BACKWARD;
        try (MoveLock _ = MoveLock.acquire(move, "verify", false, events);
                Sides sides = open.get();
                FilesLink files = FilesLink.open(sides, events);
                Follower follower = Follower.start(
                        sides.from(direction), sides.to(direction), direction, sides.naming(), Events.NONE)) {
            return judged(new Verification(sides, follower, files, direction, events)
                    .run()
                    .fields());
        }
    }

    private ExitCode judged(Map<String, Object> result) {
        boolean equal = Boolean.TRUE.equals(result.get("equal"));
        if (result.get("problems") instanceof List<?> problems) {
            problems.stream()
                    .limit(20)
                    .forEach(problem -> events.emit(
                            new Events.Event("problem", Events.fields("message", String.valueOf(problem)))));
        }
        events.emit(new Events.Event("verified", result));
        events.note(
                equal
                        ? result.get("rows") + " rows in " + result.get("tables")
                                + " tables are equal on both sides, and every file"
                        : "the two sides differ");
        return equal ? ExitCode.DONE : ExitCode.REFUSED;
    }

    public ExitCode finish() {
        try (MoveLock _ = MoveLock.acquire(move, "finish", true, events);
                Sides sides = open.get()) {
            new Ending(sides, journal(), events).finish();
        }
        return ExitCode.DONE;
    }

    public ExitCode abandon() {
        try (MoveLock _ = MoveLock.acquire(move, "abandon", true, events);
                Sides sides = open.get()) {
            MoveJournal journal = journal();
            if (journal.state() == MoveState.SWITCHING) {
                // Interrupted: users go back to where they were, unless it had opened.
                if (sides.isPlain()) {
                    new PlainRun(sides, journal, events, () -> false).recover();
                } else {
                    new SwitchRun(sides, journal, events, Direction.FORWARD, Limits.DOOR_MAX).goBack();
                }
            }
            new Ending(sides, journal, events).abandon();
        }
        return ExitCode.DONE;
    }

    public Map<String, Object> status() {
        return StatusReport.read(move, clock);
    }
}
