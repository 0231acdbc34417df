package landfall.move;

import java.util.Locale;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.dokku.DokkuCommand;
import landfall.postgres.CleanUp;
import landfall.postgres.Database;
import landfall.postgres.Fence;
import landfall.postgres.MoverRole;

/** {@code finish} ends the way back; {@code abandon} gives up before the switch. Both leave nothing of ours behind. */
final class Ending {
    private final Sides sides;
    private final MoveJournal journal;
    private final Events events;

    Ending(Sides sides, MoveJournal journal, Events events) {
        this.sides = sides;
        this.journal = journal;
        this.events = events;
    }

    void finish() {
        switch (journal.state()) {
            case SWITCHED -> removeAll(true);
            case FINISHED -> events.note("the move was finished before");
            case PLANNED, APPLIED, COPYING, FOLLOWING, SWITCHING, RETURNING, ABANDONED ->
                throw new LandfallException(
                        ExitCode.REFUSED,
                        Problem.error(
                                "cannot finish",
                                "the move is " + journal.state().name().toLowerCase(Locale.ROOT)
                                        + "; only a move that has switched to Dokku can be finished",
                                "See `landfall status`."));
        }
    }

    void abandon() {
        switch (journal.state()) {
            case APPLIED, COPYING, FOLLOWING -> removeAll(false);
            case PLANNED, ABANDONED -> events.note("there is nothing to undo");
            case SWITCHING, SWITCHED, RETURNING, FINISHED ->
                throw new LandfallException(
                        ExitCode.REFUSED,
                        Problem.error(
                                "cannot abandon",
                                "the move is " + journal.state().name().toLowerCase(Locale.ROOT),
                                "Go back with `landfall rollback` first."));
        }
    }

    /** @param switched users are on Dokku: the old database stays closed for writes */
    private void removeAll(boolean switched) {
        step(
                "files pods",
                () -> sides.settings().files().forEach(files -> sides.cluster().deletePod(FilesLink.podName(files))));
        if (!switched) {
            step("cron jobs", this::resumeCronJobs);
        }
        if (switched) {
            step("bridge", this::removeBridges);
            step("proxy", this::resetKeepalive);
        }
        Database found = sides.foundSource();
        step("target", () -> CleanUp.remove(sides.database(Side.DOKKU), sides.naming()));
        step("source", () -> {
            if (switched) {
                // Logins come back so that people can read what was; writes stay out.
                Fence.keepClosed(sides.database(Side.CLUSTER));
            }
            CleanUp.remove(sides.database(Side.CLUSTER), sides.naming());
            MoverRole.drop(found);
        });
        journal.advance(journal.state(), switched ? MoveState.FINISHED : MoveState.ABANDONED);
    }

    /** The Services have their selectors again; their pods stay at zero. */
    private void removeBridges() {
        sides.settings().apps().stream()
                .flatMap(app -> app.bridges().stream())
                .map(bridge -> bridge.service())
                .distinct()
                .forEach(service -> sides.cluster().restore(service));
    }

    private void resumeCronJobs() {
        sides.settings().apps().stream()
                .flatMap(app -> app.cronJobs().stream())
                .forEach(job -> sides.cluster().suspendCronJob(job.replaceFirst("^CronJob/", ""), false));
    }

    private void resetKeepalive() {
        for (var app : sides.settings().apps()) {
            if (!app.bridges().isEmpty()) {
                sides.dokku().demand(DokkuCommand.of("nginx:set", app.name(), "keepalive-timeout"));
                sides.dokku().demand(DokkuCommand.of("proxy:build-config", app.name()));
            }
        }
    }

    private void step(String name, Runnable part) {
        events.step(name, "begin", "");
        part.run();
        events.step(name, "done", "");
    }
}
