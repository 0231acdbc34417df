package landfall.apply;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import landfall.dokku.AppCommit;
import landfall.dokku.DokkuCommand;
import landfall.dokku.DokkuHost;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;
import landfall.recipe.MoveFolder;
import landfall.recipe.MoveSettings;
import landfall.recipe.task.AppContents;
import landfall.recipe.task.Item;
import landfall.recipe.task.Task;

/**
 * In what a host differs from a move's recipe: what an apply would change, planned as apply plans it, and what the host
 * has that the recipe doesn't say. Only reads.
 */
public final class HostDiff {
    /**
     * Something an apply would do.
     *
     * @param commands what it would send, secrets masked
     */
    public record Change(String name, String why, List<String> commands) {
        public Change {
            commands = List.copyOf(commands);
        }
    }

    /** @param waiting apps that sync deploys, once their databases are copied */
    public record Outcome(
            List<Change> changes,
            int unchanged,
            List<Item> drift,
            List<String> waiting,
            int roundTrips,
            int executions) {
        public Outcome {
            changes = List.copyOf(changes);
            drift = List.copyOf(drift);
            waiting = List.copyOf(waiting);
        }
    }

    private HostDiff() {}

    public static Outcome of(MoveFolder move, DokkuHost host, ChangeLog changeLog) {
        MoveSettings settings = move.settings();
        List<Task> tasks = Applier.tasks(move, settings);
        List<MoveSettings.App> deployed =
                settings.apps().stream().filter(app -> app.waitsFor().isEmpty()).toList();
        List<HostRead> reads = new ArrayList<>(HostPlan.reads(tasks));
        reads.addAll(AppContents.reads(tasks));
        deployed.forEach(app -> reads.addAll(deployReads(app.name())));
        HostReading reading = new HostReading(host);
        reading.prefetch(reads);
        Preflight.checkVersion(reading);
        HostPlan plan = HostPlan.of(tasks, reading, changeLog);
        List<Change> changes = new ArrayList<>();
        plan.works()
                .forEach(work -> changes.add(new Change(
                        work.name(),
                        work.why(),
                        work.commands().stream().map(DokkuCommand::display).toList())));
        int unchanged = plan.inSync().size();
        for (MoveSettings.App app : deployed) {
            Optional<String> why = deployReason(move, app, reading);
            if (why.isPresent()) {
                changes.add(new Change(
                        "deploy " + app.name(),
                        why.get(),
                        List.of(Applier.deployCommand(app).display())));
            } else {
                unchanged++;
            }
        }
        return new Outcome(
                changes,
                unchanged,
                AppContents.drift(tasks, reading),
                Applier.waiting(settings),
                reading.roundTrips(),
                reading.executions());
    }

    private static List<HostRead> deployReads(String app) {
        return List.of(HostRead.report("git", app), HostRead.deployed(app));
    }

    /** Empty if a deploy would change nothing. */
    private static Optional<String> deployReason(MoveFolder move, MoveSettings.App app, HostReading host) {
        if (!host.appExists(app.name()) || !host.isDeployed(app.name())) {
            return Optional.of("it is not deployed");
        }
        String folder = app.folder();
        String now = host.report("git", app.name()).getOrDefault(folder == null ? "source-image" : "sha", "");
        if (folder == null) {
            return now.equals(app.image()) ? Optional.empty() : Optional.of("it runs " + orNothing(now));
        }
        Path path = Applier.folderOf(move, folder);
        try (AppCommit commit = AppCommit.of(path)) {
            return commit.id().equals(now) ? Optional.empty() : Optional.of("its folder differs from what was pushed");
        }
    }

    private static String orNothing(String image) {
        return image.isEmpty() ? "no image" : image;
    }
}
