package landfall.apply;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.dokku.Deployment;
import landfall.dokku.DokkuCommand;
import landfall.dokku.DokkuHost;
import landfall.dokku.DokkuResult;
import landfall.recipe.MoveFolder;
import landfall.recipe.MoveSettings;
import landfall.recipe.task.Plan;
import landfall.recipe.task.Task;

/**
 * Brings a Dokku host to what a move's recipe says. What the host has is looked up before every task, so that a run
 * after an interruption goes on where things stand.
 */
public final class Applier {
    private static final String DEPLOY_TASK = "dokku_git_from_image";

    private final MoveFolder move;
    private final MoveSettings settings;
    private final DokkuHost host;
    private final Events events;
    private final ChangeLog changeLog;

    /**
     * What an apply did.
     *
     * @param commands with {@code dryRun}: what would be sent, secrets masked
     * @param waiting apps that are deployed after their databases are copied
     */
    public record Outcome(int changed, int unchanged, List<String> commands, List<String> waiting) {
        public Outcome {
            commands = List.copyOf(commands);
            waiting = List.copyOf(waiting);
        }
    }

    public Applier(MoveFolder move, DokkuHost host, Events events, ChangeLog changeLog) {
        this.move = move;
        this.settings = move.settings();
        this.host = host;
        this.events = events;
        this.changeLog = changeLog;
    }

    /**
     * Checks the host, applies the recipe's tasks in their order, deploys the apps that wait for no database.
     *
     * @throws LandfallException telling the task that failed; everything before it stays done
     */
    public Outcome apply(boolean dryRun) {
        List<Task> tasks = RecipeFile.read(move.recipeFile(), move.secrets()).tasks();
        Preflight.check(host, servicePlugins(tasks));
        Set<String> waiting = settings.apps().stream()
                .filter(app -> !app.waitsFor().isEmpty())
                .map(MoveSettings.App::name)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> known = settings.apps().stream().map(MoveSettings.App::name).collect(Collectors.toSet());
        int changed = 0;
        int unchanged = 0;
        List<String> commands = new ArrayList<>();
        for (Task task : tasks) {
            // move.yaml says how its apps are deployed and when; others follow the recipe.
            boolean deployedBelow = task.type().equals(DEPLOY_TASK)
                    && known.contains(task.subject().split(" ", 2)[0]);
            if (deployedBelow) {
                continue;
            }
            if (applied(task, dryRun, commands)) {
                changed++;
            } else {
                unchanged++;
            }
        }
        for (MoveSettings.App app : settings.apps()) {
            if (app.waitsFor().isEmpty()) {
                if (dryRun) {
                    commands.add(deployCommand(app).display());
                } else if (deployApp(app.name()) == Deployment.DEPLOYED) {
                    changed++;
                } else {
                    unchanged++;
                }
            }
        }
        return new Outcome(changed, unchanged, commands, List.copyOf(waiting));
    }

    private static Set<String> servicePlugins(List<Task> tasks) {
        return tasks.stream()
                .filter(task -> task.type().equals("dokku_service_create"))
                .map(task -> task.subject().split(" ", 2)[0])
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private boolean applied(Task task, boolean dryRun, List<String> commands) {
        String name = task.type() + " " + task.subject();
        return switch (task.plan(host)) {
            case Plan.InSync() -> {
                events.step(name, "unchanged", "");
                yield false;
            }
            case Plan.Unknown(String reason) ->
                throw new LandfallException(
                        ExitCode.FAILED,
                        Problem.error(
                                name + " cannot be decided",
                                reason,
                                "Look at it on the host, then run the same command again."));
            case Plan.Change(String why, List<DokkuCommand> changes) -> {
                List<String> shown = changes.stream().map(DokkuCommand::display).toList();
                commands.addAll(shown);
                if (dryRun) {
                    events.step(name, "would change", why);
                } else {
                    run(name, why, changes, String.join("\n", shown));
                }
                yield true;
            }
        };
    }

    private void run(String name, String why, List<DokkuCommand> changes, String shown) {
        events.step(name, "begin", why);
        changeLog.before(name, shown);
        for (DokkuCommand command : changes) {
            DokkuResult result = host.run(command);
            if (!result.succeeded()) {
                events.step(name, "failed", "exit " + result.exit());
                throw DokkuHost.failed(command, result);
            }
        }
        changeLog.after(name);
        events.step(name, "changed", why);
    }

    private static DokkuCommand deployCommand(MoveSettings.App app) {
        String image = app.image();
        return app.folder() == null && image != null
                ? DokkuCommand.of("git:from-image", app.name(), image)
                : DokkuCommand.of("git-receive-pack", "'" + app.name() + "'");
    }

    /**
     * Deploys one app of the move, from its folder if it has one, else from its image.
     *
     * @throws LandfallException with what the container printed, if it doesn't come up
     */
    public Deployment deployApp(String name) {
        MoveSettings.App app = settings.app(name).orElseThrow(() -> noSuchApp(name));
        String folder = app.folder();
        String image = app.image();
        if (folder == null && image == null) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error("the app " + name + " has neither folder nor image", "", "Mend move.yaml."));
        }
        String step = "deploy " + name;
        String what = image != null && folder == null ? image : String.valueOf(folder);
        events.step(step, "begin", what);
        changeLog.before(step, deployCommand(app).display());
        Deployment deployment;
        try {
            deployment = folder != null
                    ? host.deployFolder(name, folderOf(folder), line -> told(step, line))
                    : host.deployImage(name, String.valueOf(image), line -> told(step, line));
        } catch (LandfallException e) {
            events.step(step, "failed", "");
            throw e;
        }
        changeLog.after(step);
        events.step(step, deployment == Deployment.DEPLOYED ? "changed" : "unchanged", what);
        return deployment;
    }

    private Path folderOf(String folder) {
        Path path = move.path().resolve(folder).normalize();
        if (!path.startsWith(move.path().normalize())) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            "the app folder " + folder + " is outside the move",
                            "only what lies in the move's folder is sent to the host",
                            "Mend move.yaml."));
        }
        return path;
    }

    private void told(String step, String line) {
        if (!line.isBlank()) {
            events.emit(new Events.Event("output", Events.fields("step", step, "line", line)));
        }
    }

    private static LandfallException noSuchApp(String name) {
        return new LandfallException(
                ExitCode.BAD_INPUT,
                Problem.error("the move has no app named " + name, "", "See the apps in move.yaml."));
    }
}
