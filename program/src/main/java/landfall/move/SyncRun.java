package landfall.move;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import landfall.apply.Applier;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.base.Quantities;
import landfall.dokku.DokkuCommand;
import landfall.files.FolderSync;
import landfall.postgres.Direction;
import landfall.postgres.Follower;
import landfall.postgres.Identities;
import landfall.postgres.SnapshotCopy;
import landfall.postgres.WalGuard;
import landfall.recipe.MoveSettings;
import org.jspecify.annotations.Nullable;

/** {@code sync}: survey, snapshot copy, the apps that waited for it, files, and then following, whichever way. */
public final class SyncRun {
    /** States in which a plain move has nothing to follow; once users are on Dokku the way back is followed. */
    private static final Set<MoveState> PLAIN_STATES =
            Set.of(MoveState.APPLIED, MoveState.COPYING, MoveState.FOLLOWING);

    private final Sides sides;
    private final MoveJournal journal;
    private final MoveLock lock;
    private final Events events;
    private final boolean acceptsFindings;
    private final @Nullable Long walBudget;

    /**
     * @param acceptsFindings whether the user has said that findings to decide don't stop the copy
     * @param walBudget how many bytes of log a slot may keep; null: judged by the server's settings and its disk
     */
    SyncRun(
            Sides sides,
            MoveJournal journal,
            MoveLock lock,
            Events events,
            boolean acceptsFindings,
            @Nullable Long walBudget) {
        this.sides = sides;
        this.journal = journal;
        this.lock = lock;
        this.events = events;
        this.acceptsFindings = acceptsFindings;
        this.walBudget = walBudget;
    }

    /** @param untilLag ends once this close behind; null: follows until stopped or asked to hand over */
    FollowLoop.End run(@Nullable Duration untilLag, BooleanSupplier stop) {
        if (sides.isPlain() && PLAIN_STATES.contains(journal.state())) {
            return plain(stop);
        }
        Direction direction = switch (journal.state()) {
            case APPLIED, COPYING -> copy(stop);
            case FOLLOWING -> Direction.FORWARD;
            case SWITCHED -> Direction.BACKWARD;
            case PLANNED -> throw refused("nothing is applied yet", "Run `landfall apply` first.");
            case SWITCHING -> throw refused("a cutover was interrupted", "Run `landfall cutover` again.");
            case RETURNING -> throw refused("a rollback was interrupted", "Run `landfall rollback` again.");
            case FINISHED -> throw refused("the move is finished", "There is nothing left to follow.");
            case ABANDONED -> throw refused("the move was abandoned", "Run `landfall apply` to begin anew.");
        };
        Supplier<Follower> start = () ->
                Follower.start(sides.from(direction), sides.to(direction), direction, sides.naming(), Events.NONE);
        try (FilesLink files = FilesLink.open(sides, events);
                WalGuard guard = WalGuard.start(sides.from(direction), direction, sides.naming(), walBudget, events);
                Follower follower = start.get()) {
            if (journal.state() == MoveState.COPYING) {
                copyFiles(files);
                journal.advance(MoveState.COPYING, MoveState.FOLLOWING);
            }
            events.step("follow", "begin", "");
            return new FollowLoop(sides, events, lock, stop).run(follower, start, guard, files, direction, untilLag);
        }
    }

    /** Copies once, so that apps have what they wait for, and says how long the cutover will take. */
    private FollowLoop.End plain(BooleanSupplier stop) {
        if (journal.state() != MoveState.FOLLOWING) {
            new SurveyReport(sides, events).demand(acceptsFindings);
            if (journal.state() == MoveState.APPLIED) {
                journal.advance(MoveState.APPLIED, MoveState.COPYING);
            }
            new PlainRun(sides, journal, events, stop).prepare();
            deployWaitingApps();
        }
        try (FilesLink files = FilesLink.open(sides, events)) {
            copyFiles(files);
        }
        if (journal.state() == MoveState.COPYING) {
            journal.advance(MoveState.COPYING, MoveState.FOLLOWING);
        }
        events.note("this move is plain: nothing is followed; `landfall cutover` copies again while users are without"
                + " service");
        return FollowLoop.End.CAUGHT_UP;
    }

    private static LandfallException refused(String why, String nextStep) {
        return new LandfallException(ExitCode.REFUSED, Problem.error("cannot sync", why, nextStep));
    }

    /** Each part looks at what is already there: after a crash the same command goes on. */
    private Direction copy(BooleanSupplier stop) {
        survey();
        if (journal.state() == MoveState.APPLIED) {
            journal.advance(MoveState.APPLIED, MoveState.COPYING);
        }
        if (SnapshotCopy.isComplete(sides.database(Side.DOKKU), sides.naming())) {
            events.step("copy", "unchanged", "the snapshot copy is complete already");
        } else {
            events.step("copy", "begin", "");
            SnapshotCopy.Result result = copyGuarded(stop);
            events.step(
                    "copy",
                    "done",
                    Quantities.count(result.rows()) + " rows in " + result.tables() + " tables, "
                            + Quantities.bytes(result.bytes()) + ", schema by " + result.schemaBy());
        }
        deployWaitingApps();
        return Direction.FORWARD;
    }

    private SnapshotCopy.Result copyGuarded(BooleanSupplier stop) {
        try (WalGuard guard =
                WalGuard.start(sides.database(Side.CLUSTER), Direction.FORWARD, sides.naming(), walBudget, events)) {
            try {
                return new SnapshotCopy(
                                sides.database(Side.CLUSTER),
                                sides.database(Side.DOKKU),
                                sides.naming(),
                                sides.targetRole(),
                                sides.schemaTool(),
                                new CopyStatus(sides.move(), events),
                                () -> stop.getAsBoolean() || guard.isTripped())
                        .run();
            } catch (LandfallException e) {
                guard.throwIfTripped();
                throw e;
            }
        }
    }

    private void survey() {
        new SurveyReport(sides, events).demand(acceptsFindings);
        List<String> set = Identities.set(
                sides.database(Side.CLUSTER),
                SurveyReport.choices(sides.settings().databases().getFirst()));
        if (!set.isEmpty()) {
            events.note("replica identity set, until the move ends: " + String.join(", ", set));
        }
    }

    private void deployWaitingApps() {
        List<MoveSettings.App> waiting = sides.settings().apps().stream()
                .filter(app -> !app.waitsFor().isEmpty())
                .toList();
        if (waiting.isEmpty()) {
            return;
        }
        Applier applier = new Applier(sides.move(), sides.dokku(), events, journal);
        for (MoveSettings.App app : waiting) {
            if (!app.cronJobs().isEmpty()) {
                // Cron jobs run on exactly one side: here from the switch on.
                sides.dokku().demand(DokkuCommand.of("cron:set", app.name(), "maintenance", "true"));
            }
            applier.deployApp(app.name());
        }
    }

    private void copyFiles(FilesLink files) {
        if (files.isEmpty()) {
            return;
        }
        events.step("files", "begin", "");
        files.preflight();
        FolderSync.Pass pass = files.pass(Direction.FORWARD);
        events.step(
                "files",
                "done",
                Quantities.count(pass.copied()) + " of " + Quantities.count(pass.files()) + " files copied, "
                        + Quantities.bytes(pass.bytes()));
    }
}
