package landfall.move;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.base.Quantities;
import landfall.postgres.Direction;
import landfall.postgres.Fence;
import landfall.postgres.PlainMove;
import landfall.postgres.ReplicationSlots;
import landfall.postgres.SnapshotCopy;
import landfall.postgres.Switches;
import landfall.postgres.VerifyReport;

/**
 * The cutover of a plain move: old side ends, fence, copy, proof, open, route. Users are without service from the first
 * to the last of these; how long was forecast when `sync` copied everything once. Going back is {@link SwitchRun}'s: the
 * target's log can be followed.
 */
final class PlainRun {
    private static final Duration GONE_MAX = Duration.ofMinutes(2);
    private static final Duration FENCE_GRACE = Duration.ofMillis(500);

    private final Sides sides;
    private final MoveJournal journal;
    private final Events events;
    private final Traffic traffic;
    private final PlainMove database;
    private final BooleanSupplier stop;

    /** @param stop whether the user has asked to stop; heard up to the moment in which the target opens */
    PlainRun(Sides sides, MoveJournal journal, Events events, BooleanSupplier stop) {
        this.stop = stop;
        this.sides = sides;
        this.journal = journal;
        this.events = events;
        this.traffic = new Traffic(sides, journal);
        this.database = new PlainMove(
                sides.database(Side.CLUSTER),
                sides.database(Side.DOKKU),
                sides.naming(),
                sides.targetRole(),
                sides.schemaTool(),
                new CopyStatus(sides.move(), events),
                stop);
    }

    /** Tells how long users will be without service, and copies once, so that apps have what they wait for. */
    void prepare() {
        PlainMove.Forecast forecast = database.forecast();
        events.note(
                forecast.sampleBytes() == 0
                        ? "downtime forecast: a few seconds, there is little to copy"
                        : String.format(
                                Locale.ROOT,
                                "downtime forecast: about %d s for %s (a sample of %s took %.1f s), beside the time the old"
                                        + " pods take to end",
                                Math.max(1, forecast.downtime().toSeconds()),
                                Quantities.bytes(forecast.bytes()),
                                Quantities.bytes(forecast.sampleBytes()),
                                forecast.sampleTook().toMillis() / 1000.0));
        events.step(MoveScript.COPY, "begin", "");
        SnapshotCopy.Result result = database.copy();
        events.step(
                MoveScript.COPY,
                "done",
                String.format(
                        Locale.ROOT,
                        "%,d rows in %d tables in %.1f s; the cutover does this again behind the fence",
                        result.rows(),
                        result.tables(),
                        result.took().toMillis() / 1000.0));
    }

    /** Brings users to Dokku, whatever an earlier run of this left behind. */
    void run() {
        if (journal.state() == MoveState.SWITCHING) {
            recover();
        }
        if (journal.state() == MoveState.FOLLOWING) {
            switchOver();
        }
        traffic.setCron(Side.DOKKU, false);
    }

    /** Gives up an interrupted cutover, unless it had opened. */
    void recover() {
        events.step("recover", "begin", "a run ended between fence and open");
        Optional<String> marker =
                journal.last("fenced").map(line -> String.valueOf(line.data().get("marker")));
        boolean opened = marker.isPresent()
                && Switches.last(sides.database(Side.DOKKU), sides.naming())
                        .filter(last -> last.direction() == Direction.FORWARD
                                && last.marker().equals(marker.get()))
                        .isPresent();
        if (opened) {
            Instant fenced = Instant.parse(journal.last("fenced").orElseThrow().at());
            arrive(Events.fields(
                    "resumed",
                    true,
                    "downtimeMs",
                    Duration.between(fenced, Instant.now()).toMillis()));
        } else {
            undo();
        }
        events.step("recover", "done", "");
    }

    private void switchOver() {
        long start = System.nanoTime();
        try (FilesLink files = FilesLink.open(sides, events)) {
            for (var app : sides.settings().apps()) {
                if (!app.bridges().isEmpty() && !sides.dokku().isDeployed(app.name())) {
                    throw refused(app.name() + " is not deployed on Dokku");
                }
            }
            files.pass(Direction.FORWARD);
            journal.advance(MoveState.FOLLOWING, MoveState.SWITCHING);
            try {
                start = System.nanoTime();
                close();
                String marker = fence();
                step(MoveScript.COPY, () -> {
                    SnapshotCopy.Result result = database.copy();
                    return String.format(Locale.ROOT, "%,d rows in %d tables", result.rows(), result.tables());
                });
                step(
                        MoveScript.LAST_FILES,
                        () -> files.finalPass(Direction.FORWARD).copied() + " files");
                step(MoveScript.LAST_PROOF, this::prove);
                step(MoveScript.WAY_BACK, this::wayBack);
                step(MoveScript.OPEN, () -> database.open(marker) + " sequences");
            } catch (RuntimeException e) {
                // Whether it opened is one fact in one place: asked, not remembered.
                undoAfter(e);
                throw e;
            }
        }
        arrive(Events.fields("downtimeMs", (System.nanoTime() - start) / 1_000_000));
    }

    private void close() {
        step(MoveScript.SUSPEND, () -> {
            traffic.setCron(Side.CLUSTER, true);
            return "";
        });
        step(MoveScript.DRAIN, () -> {
            List<String> workloads = traffic.workloads();
            workloads.forEach(traffic::stop);
            for (String workload : workloads) {
                if (!sides.cluster().awaitGone(workload, GONE_MAX)) {
                    throw refused("the pods of " + workload + " did not end");
                }
            }
            return "";
        });
    }

    private String fence() {
        String[] marker = new String[1];
        step(MoveScript.FENCE, () -> {
            marker[0] = Fence.raise(sides.database(Side.CLUSTER), sides.naming(), true, FENCE_GRACE);
            journal.record("fenced", Map.of("marker", marker[0]));
            return "";
        });
        return marker[0];
    }

    private String prove() {
        VerifyReport report = database.verify();
        if (!report.isEqual()) {
            throw new LandfallException(ExitCode.REFUSED, report.problems());
        }
        return String.format(Locale.ROOT, "%,d rows in %d tables are equal", report.rows(), report.tables());
    }

    /** The target's log can be followed, so writes made there can go back. */
    private String wayBack() {
        ReplicationSlots.prepare(
                sides.database(Side.DOKKU), sides.database(Side.CLUSTER), Direction.BACKWARD, sides.naming());
        return "";
    }

    private void undoAfter(RuntimeException failure) {
        try {
            recover();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
            events.step("undo", "failed", "run the same command again");
        }
    }

    private void undo() {
        events.step("undo", "begin", "users go back to where they were");
        Fence.lift(sides.database(Side.CLUSTER), sides.naming());
        traffic.startWorkloads();
        traffic.route(Direction.BACKWARD);
        traffic.setCron(Side.CLUSTER, false);
        ReplicationSlots.drop(sides.database(Side.DOKKU), Direction.BACKWARD, sides.naming());
        journal.advance(MoveState.SWITCHING, MoveState.FOLLOWING);
        events.step("undo", "done", "users are where they were");
    }

    private void arrive(Map<String, Object> figures) {
        step(MoveScript.ROUTE, () -> {
            traffic.route(Direction.FORWARD);
            return "";
        });
        journal.advance(MoveState.SWITCHING, MoveState.SWITCHED);
        Map<String, Object> fields = Events.fields("direction", "forward");
        fields.putAll(figures);
        fields.put(
                "message",
                "switched: users are on Dokku"
                        + (figures.containsKey("downtimeMs")
                                ? "; they were without service for " + figures.get("downtimeMs") + " ms"
                                : ""));
        events.emit(new Events.Event("switch", fields));
    }

    private static LandfallException refused(String why) {
        return new LandfallException(
                ExitCode.REFUSED,
                Problem.error("the switch is refused", why, "Mend it and run this again; users are where they were."));
    }

    /** A part of a step. */
    @FunctionalInterface
    private interface Part {
        /** @return what to tell about it */
        String run();
    }

    private void step(String name, Part part) {
        if (stop.getAsBoolean() && journal.state() == MoveState.SWITCHING && !name.equals(MoveScript.ROUTE)) {
            throw new LandfallException(
                    ExitCode.INTERRUPTED, Problem.error("Interrupted", "the program was asked to stop", ""));
        }
        events.step(name, "begin", "");
        try {
            events.step(name, "done", part.run());
        } catch (RuntimeException e) {
            events.step(name, "failed", "");
            throw e;
        }
    }
}
