package landfall.move;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.files.FolderSync;
import landfall.postgres.Database;
import landfall.postgres.Direction;
import landfall.postgres.Fence;
import landfall.postgres.Follower;
import landfall.postgres.MaterializedViews;
import landfall.postgres.OpenReport;
import landfall.postgres.Readiness;
import landfall.postgres.ReplicationSlots;
import landfall.postgres.Switches;
import landfall.postgres.TimedDatabase;
import landfall.postgres.VerifyReport;

/**
 * The cutover, and the rollback, which is the same with the sides exchanged. DESIGN.md in this package tells why the
 * steps stand in this order and what each undoes.
 */
final class SwitchRun {
    private static final Duration CATCH_UP_MAX = Duration.ofMinutes(2);
    private static final Duration FENCE_GRACE = Duration.ofMillis(500);
    private static final Duration QUIET = Duration.ofMillis(200);

    private final Sides sides;
    private final MoveJournal journal;
    private final Events events;
    private final Direction direction;
    private final Duration doorMax;
    private final Traffic traffic;
    private long doorClosedAt;
    private boolean opening;

    SwitchRun(Sides sides, MoveJournal journal, Events events, Direction direction, Duration doorMax) {
        this.sides = sides;
        this.journal = journal;
        this.events = events;
        this.direction = direction;
        this.doorMax = doorMax;
        this.traffic = new Traffic(sides, journal);
    }

    private MoveState before() {
        return direction == Direction.FORWARD ? MoveState.FOLLOWING : MoveState.SWITCHED;
    }

    private MoveState during() {
        return direction == Direction.FORWARD ? MoveState.SWITCHING : MoveState.RETURNING;
    }

    private MoveState after() {
        return direction == Direction.FORWARD ? MoveState.SWITCHED : MoveState.FOLLOWING;
    }

    /** Brings the move to the other side, whatever an earlier run of this left behind. */
    void run() {
        MoveState started = journal.state();
        if (started == during()) {
            decideByWhatIsSeen();
        }
        if (journal.state() == before()) {
            switchOver();
        } else if (started == after()) {
            told(Events.fields("before", true));
        }
        settle();
    }

    /** Observed, not recorded: the switch's record is written by the very transaction that opens the door. */
    private boolean wasOpened() {
        Optional<String> marker = lastMarker();
        return marker.isPresent()
                && Switches.last(sides.to(direction), sides.naming())
                        .filter(last ->
                                last.direction() == direction && last.marker().equals(marker.get()))
                        .isPresent();
    }

    private Optional<String> lastMarker() {
        return journal.last("fenced").map(line -> String.valueOf(line.data().get("marker")));
    }

    /** Gives up an interrupted switch of this direction: users go on where they were before it, unless it had opened. */
    void goBack() {
        if (journal.state() == during()) {
            decideByWhatIsSeen();
        }
        if (journal.state() == after()) {
            settle();
        }
    }

    /** A run ended between door and open: what it closed is opened again, unless the door was open already. */
    private void decideByWhatIsSeen() {
        events.step("recover", "begin", "a run ended between door and open");
        if (!wasOpened()) {
            // Starting a follower ends the dead run's session: what is seen after that cannot change any more.
            follower().close();
        }
        if (wasOpened()) {
            finishOpened();
        } else {
            undo(() -> {});
        }
        events.step("recover", "done", "");
    }

    private void finishOpened() {
        events.note("the door was opened before the last run ended: finishing that switch");
        journal.advance(during(), after());
        told(Events.fields("resumed", true));
    }

    private void told(Map<String, Object> figures) {
        Map<String, Object> fields = Events.fields("direction", direction.name().toLowerCase(Locale.ROOT));
        fields.putAll(figures);
        fields.put(
                "message",
                "switched: users are on " + (direction == Direction.FORWARD ? "Dokku" : "the cluster")
                        + (figures.containsKey("longestLockMs")
                                ? "; they waited at the door for at most " + figures.get("longestLockMs") + " ms"
                                : ""));
        events.emit(new Events.Event("switch", fields));
    }

    private Follower follower() {
        return Follower.start(sides.from(direction), sides.to(direction), direction, sides.naming(), Events.NONE);
    }

    private void switchOver() {
        RuntimeException broken = null;
        try (FilesLink files = FilesLink.open(sides, events);
                Follower follower = follower()) {
            try {
                prepare(follower, files);
            } catch (RuntimeException e) {
                undoPreparation(e);
                throw e;
            }
            journal.advance(before(), during());
            try {
                OpenReport report = throughTheDoor(follower, files);
                journal.record("opened", Events.fields("marker", report.marker(), "changes", report.changes()));
                journal.advance(during(), after());
                told(Events.fields(
                        "longestLockMs", report.closed().toMillis(),
                        "changes", report.changes(),
                        "sequences", report.sequences()));
            } catch (RuntimeException e) {
                // While it is not known whether `open` committed, nothing may be opened on the side that was closed.
                if (!opening) {
                    undoAfter(e, follower);
                    throw e;
                }
                closed(follower);
                broken = e;
            }
        }
        if (broken != null) {
            Persistence.insist("what became of the switch", events, () -> {
                if (journal.state() == during()) {
                    decideByWhatIsSeen();
                }
            });
            if (journal.state() != after()) {
                throw broken;
            }
        }
    }

    private static void closed(Follower follower) {
        try {
            follower.close();
        } catch (RuntimeException e) {
            System.getLogger(SwitchRun.class.getName())
                    .log(System.Logger.Level.WARNING, "the follower of a broken switch did not end well", e);
        }
    }

    private void undoAfter(RuntimeException failure, Follower follower) {
        events.step("undo", "begin", "the switch failed before it opened: everything goes back");
        try {
            Persistence.insist("going back", events, () -> undo(() -> closed(follower)));
            events.step("undo", "done", "users are where they were");
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
            events.step("undo", "failed", "run the same command again");
        }
        closed(follower);
    }

    /** Nothing is closed yet, but jobs are suspended, a slot is made, and before a rollback old pods run. */
    private void undoPreparation(RuntimeException failure) {
        try {
            suspendCron(false);
            ReplicationSlots.drop(sides.to(direction), direction.reversed(), sides.naming());
            if (direction == Direction.BACKWARD) {
                traffic.workloads().forEach(traffic::stop);
                Fence.raise(sides.to(direction), sides.naming(), true, FENCE_GRACE);
            }
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    // ---- before the door ----

    private void prepare(Follower follower, FilesLink files) {
        step(MoveScript.WARM, this::warm);
        step(MoveScript.WAY_BACK, () -> {
            if (sides.isPlain() && direction == Direction.BACKWARD) {
                // The source's log can't be followed: the next cutover copies again.
                return "none: this move is plain";
            }
            ReplicationSlots.prepare(sides.to(direction), sides.from(direction), direction.reversed(), sides.naming());
            return "";
        });
        step(MoveScript.CATCH_UP, () -> {
            files.pass(direction);
            if (!follower.awaitLag(Duration.ofSeconds(1), CATCH_UP_MAX)) {
                throw refused("following is still more than a second behind after " + CATCH_UP_MAX.toSeconds() + " s");
            }
            return "";
        });
        step(MoveScript.READY, () -> {
            Fence.refusePrepared(sides.from(direction));
            Readiness.Result ready = Readiness.prepare(sides.to(direction));
            if (!ready.problems().isEmpty()) {
                throw new LandfallException(ExitCode.REFUSED, ready.problems());
            }
            return ready.analyzed() == 0
                    ? ""
                    : "statistics of " + ready.analyzed() + " tables, " + ready.vacuumed() + " of them vacuumed";
        });
        step(MoveScript.PROOF, () -> {
            VerifyReport report = follower.verify(events);
            demandEqual(report);
            return String.format(Locale.ROOT, "%,d rows in %d tables are equal", report.rows(), report.tables());
        });
        step(MoveScript.REFRESH, () -> {
            int views = MaterializedViews.refresh(sides.to(direction));
            return views == 0 ? "" : views + " materialized views";
        });
        step(MoveScript.SUSPEND, () -> {
            suspendCron(true);
            return "";
        });
        files.pass(direction);
    }

    private String warm() {
        if (direction == Direction.FORWARD) {
            for (var app : sides.settings().apps()) {
                if (!app.bridges().isEmpty() && !sides.dokku().isDeployed(app.name())) {
                    throw refused(app.name() + " is not deployed on Dokku");
                }
            }
            return "";
        }
        // Their database takes no writes yet, but they can log in, start and answer their probes.
        Fence.allowReading(sides.from(direction.reversed()), sides.naming());
        traffic.startWorkloads();
        return "the old pods are ready";
    }

    private void demandEqual(VerifyReport report) {
        if (!report.isEqual()) {
            throw new LandfallException(ExitCode.REFUSED, report.problems());
        }
    }

    private static LandfallException refused(String why) {
        return new LandfallException(
                ExitCode.REFUSED,
                Problem.error("the switch is refused", why, "Nothing was changed; mend it and run this again."));
    }

    // ---- between door and open: every step is followed by a look at the clock, and doorMax undoes all ----

    private OpenReport throughTheDoor(Follower follower, FilesLink files) {
        step(MoveScript.DOOR, () -> {
            follower.closeDoor(doorMax);
            doorClosedAt = System.nanoTime();
            return "";
        });
        step(MoveScript.ROUTE, () -> {
            traffic.route(direction);
            remaining(MoveScript.ROUTE);
            return "";
        });
        step(MoveScript.DRAIN, () -> {
            drainOldSide();
            return "";
        });
        String marker = step(MoveScript.FENCE, () -> {
            return onClosingSide(MoveScript.FENCE, closing -> {
                String raised = Fence.raise(closing, sides.naming(), direction == Direction.FORWARD, FENCE_GRACE);
                journal.record("fenced", Map.of("marker", raised));
                return raised;
            });
        });
        step(MoveScript.LAST_CHANGES, () -> {
            inTime(MoveScript.LAST_CHANGES, left -> {
                follower.drainTo(marker, left);
                return "";
            });
            long rows = inTime(MoveScript.LAST_CHANGES, follower::recopy);
            return rows == 0
                    ? ""
                    : String.format(Locale.ROOT, "%,d rows of tables without identity copied again", rows);
        });
        step(MoveScript.LAST_FILES, () -> {
            FolderSync.Pass pass = files.finalPass(direction);
            remaining(MoveScript.LAST_FILES);
            return pass.copied() + " files";
        });
        step(MoveScript.LAST_PROOF, () -> {
            demandEqual(inTime(MoveScript.LAST_PROOF, follower::verifyTouched));
            return "";
        });
        events.step(MoveScript.OPEN, "begin", "");
        opening = true;
        OpenReport report = follower.open();
        events.step(MoveScript.OPEN, "done", "");
        return report;
    }

    private Duration remaining(String step) {
        long left = doorMax.toNanos() - (System.nanoTime() - doorClosedAt);
        if (left <= 0) {
            throw new LandfallException(
                    ExitCode.FAILED,
                    Problem.error(
                            "the door was closed for " + doorMax.toMillis() + " ms and the switch was still at `" + step
                                    + "`",
                            "users must not wait longer (--door-max)",
                            "Nothing is lost. Run it again at a quieter moment, or with a larger --door-max."));
        }
        return Duration.ofNanos(left);
    }

    /** Works on the closing side behind the door: its sessions are cut when the door has been closed for too long. */
    private String onClosingSide(String step, Function<Database, String> part) {
        return inTime(step, left -> {
            try (TimedDatabase closing = TimedDatabase.within(left, sides.from(direction))) {
                return part.apply(closing.database());
            }
        });
    }

    /** What fails because the door has been closed for too long says so; what ends too late fails. */
    private <T> T inTime(String step, Function<Duration, T> part) {
        T result;
        try {
            result = part.apply(remaining(step));
        } catch (RuntimeException e) {
            try {
                remaining(step);
            } catch (LandfallException late) {
                late.addSuppressed(e);
                throw late;
            }
            throw e;
        }
        remaining(step);
        return result;
    }

    /** No request is at work on the old side when this returns. */
    private void drainOldSide() {
        if (direction == Direction.FORWARD) {
            List<String> workloads = traffic.workloads();
            workloads.forEach(traffic::stop);
            for (String workload : workloads) {
                if (!sides.cluster().awaitGone(workload, remaining(MoveScript.DRAIN))) {
                    remaining(MoveScript.DRAIN);
                    throw new LandfallException(
                            ExitCode.FAILED,
                            Problem.error(
                                    "the pods of " + workload + " did not end",
                                    "they still had requests to finish",
                                    "Nothing is lost. Run it again at a quieter moment, or with a larger --door-max."));
                }
            }
        } else {
            // keepalive-timeout 0 on Dokku's nginx: no client keeps a connection there, only requests under way remain.
            onClosingSide(MoveScript.DRAIN, closing -> {
                QuietDatabase.await(closing, QUIET, remaining(MoveScript.DRAIN));
                return "";
            });
        }
    }

    /** Cron jobs of the side that closes; those of the side that opens begin after it has opened. */
    private void suspendCron(boolean suspended) {
        traffic.setCron(Side.from(direction), suspended);
    }

    // ---- back to where it was ----

    /**
     * In reverse order; each part may have been done or not, so each is made to be done twice.
     *
     * @param letGo ends the door's session: late, so that who waits at the door waits until the other side is open again
     */
    private void undo(Runnable letGo) {
        Fence.lift(sides.from(direction), sides.naming());
        if (direction == Direction.FORWARD) {
            traffic.startWorkloads();
            traffic.route(Direction.BACKWARD);
            letGo.run();
        } else {
            traffic.route(Direction.FORWARD);
            letGo.run();
            traffic.workloads().forEach(traffic::stop);
            Fence.raise(sides.to(direction), sides.naming(), true, FENCE_GRACE);
        }
        suspendCron(false);
        ReplicationSlots.drop(sides.to(direction), direction.reversed(), sides.naming());
        journal.advance(during(), before());
    }

    // ---- after it opened ----

    /** What may wait until users are served again; done again if a run ended before it. */
    private void settle() {
        step(MoveScript.SETTLE, () -> {
            ReplicationSlots.drop(sides.from(direction), direction, sides.naming());
            traffic.setCron(Side.to(direction), false);
            return "";
        });
    }

    /** A part of a step. */
    @FunctionalInterface
    private interface Part {
        /** @return what to tell about it */
        String run();
    }

    private String step(String name, Part part) {
        events.step(name, "begin", "");
        try {
            String message = part.run();
            events.step(name, "done", name.equals(MoveScript.FENCE) ? "" : message);
            return message;
        } catch (RuntimeException e) {
            events.step(name, "failed", "");
            throw e;
        }
    }
}
