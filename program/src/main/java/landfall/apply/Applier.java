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
import landfall.dokku.DeployCircumstances;
import landfall.dokku.Deployment;
import landfall.dokku.DokkuCommand;
import landfall.dokku.DokkuHost;
import landfall.dokku.DokkuResult;
import landfall.dokku.HostReading;
import landfall.recipe.MoveFolder;
import landfall.recipe.MoveSettings;
import landfall.recipe.RegistryLogin;
import landfall.recipe.task.AppContents;
import landfall.recipe.task.Item;
import landfall.recipe.task.Task;

/**
 * Brings a Dokku host to what a move's recipe says. What the host has is looked up before every task, so that a run
 * after an interruption goes on where things stand.
 */
public final class Applier {
    private static final String DEPLOY_TASK = "dokku_git_from_image";

    /** Commands on different things at once: the host has work for its processors, and its users keep some. */
    private static final int WORKS_AT_ONCE = 3;

    private final MoveFolder move;
    private final MoveSettings settings;
    private final DokkuHost host;
    private final Events events;
    private final ChangeLog changeLog;
    private final Set<String> replaced;

    /**
     * What an apply did.
     *
     * @param commands with {@code dryRun}: what would be sent, secrets masked
     * @param roundTrips how often the host was waited for while it was read
     * @param executions commands run over SSH, without those of deploys
     * @param waiting apps that are deployed after their databases are copied
     * @param drift what the host has and the recipe doesn't say, as far as apply had to look: left alone
     */
    public record Outcome(
            int changed,
            int unchanged,
            List<String> commands,
            List<String> waiting,
            int roundTrips,
            int executions,
            List<Item> drift) {
        public Outcome {
            commands = List.copyOf(commands);
            waiting = List.copyOf(waiting);
            drift = List.copyOf(drift);
        }
    }

    public Applier(MoveFolder move, DokkuHost host, Events events, ChangeLog changeLog) {
        this(move, host, events, changeLog, Set.of());
    }

    /** @param replaced apps whose folder may replace what somebody pushed to them by hand */
    public Applier(MoveFolder move, DokkuHost host, Events events, ChangeLog changeLog, Set<String> replaced) {
        this.move = move;
        this.settings = move.settings();
        this.host = host;
        this.events = events;
        this.changeLog = changeLog;
        this.replaced = Set.copyOf(replaced);
    }

    /**
     * Checks the host, applies the recipe's tasks in their order, deploys the apps that wait for no database.
     *
     * @throws LandfallException telling the task that failed; everything before it stays done
     */
    public Outcome apply(boolean dryRun) {
        List<Task> tasks = tasks(move, settings);
        HostReading reading = new HostReading(host);
        reading.prefetch(HostPlan.reads(tasks));
        Preflight.checkVersion(reading);
        HostPlan plan = HostPlan.of(tasks, reading, changeLog);
        Preflight.check(reading, tasks, plan, newServices(plan)).forEach(events::note);
        List<Item> drift = AppContents.drift(tasks, reading);
        plan.inSync().forEach(task -> events.step(HostPlan.name(task), "unchanged", ""));
        List<String> commands = new ArrayList<>();
        plan.works().forEach(work -> work.commands().forEach(command -> commands.add(command.display())));
        Set<String> owed = new TreeSet<>(plan.changedTasks());
        plan.works().stream().map(Work::name).filter(changeLog::isOpen).forEach(owed::add);
        int changed = owed.size();
        if (dryRun) {
            plan.works().forEach(work -> events.step(work.name(), "would change", work.why()));
        } else {
            // Noted first: whoever is cut off before it finds that it is still due.
            plan.works().stream()
                    .filter(work -> plan.due().contains(work.name()))
                    .forEach(work -> changeLog.before(work.name(), work.shown()));
            Lanes.run(plan.works(), WORKS_AT_ONCE, this::run);
        }
        int unchanged = plan.inSync().size();
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
        return new Outcome(
                changed,
                unchanged,
                commands,
                waiting(settings),
                reading.roundTrips(),
                reading.executions() + plan.commands(),
                drift);
    }

    /** move.yaml says how its apps are deployed and when; others follow the recipe. */
    static List<Task> tasks(MoveFolder move, MoveSettings settings) {
        Set<String> known = settings.apps().stream().map(MoveSettings.App::name).collect(Collectors.toSet());
        return RecipeFile.read(move.recipeFile(), move.secrets()).tasks().stream()
                .filter(task -> !task.type().equals(DEPLOY_TASK)
                        || !known.contains(task.subject().split(" ", 2)[0]))
                .toList();
    }

    static List<String> waiting(MoveSettings settings) {
        return settings.apps().stream()
                .filter(app -> !app.waitsFor().isEmpty())
                .map(MoveSettings.App::name)
                .sorted()
                .toList();
    }

    static Set<String> newServices(HostPlan plan) {
        return plan.works().stream()
                .map(Work::name)
                .filter(name -> name.startsWith("dokku_service_create "))
                .map(name -> name.split(" ", 3)[1])
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void run(Work work) {
        events.step(work.name(), "begin", work.why());
        boolean wasOpen = changeLog.isOpen(work.name());
        changeLog.before(work.name(), work.shown());
        for (DokkuCommand command : work.commands()) {
            if (command.words().getFirst().equals("git:from-image")) {
                deployImage(work.name(), command.words().get(1), command.words().get(2), wasOpen);
                continue;
            }
            DokkuResult result = command.words().getFirst().equals("ps:restart")
                    ? host.restart(command.words().get(1))
                    : host.run(command);
            if (!result.succeeded()) {
                changeLog.failed(work.name());
                events.step(work.name(), "failed", "exit " + result.exit());
                throw DokkuHost.failed(command, result);
            }
        }
        changeLog.after(work.name());
        events.step(work.name(), "changed", work.why());
    }

    /** As the recipe says, with no word of it in move.yaml. */
    private void deployImage(String step, String app, String image, boolean wasOpen) {
        DeployCircumstances circumstances =
                new DeployCircumstances(wasOpen, replaced.contains(app), logins(app, List.of(image)));
        try {
            host.deployImage(app, image, circumstances, line -> told(step, line));
        } catch (LandfallException e) {
            events.step(step, "failed", "");
            throw e;
        }
    }

    static DokkuCommand deployCommand(MoveSettings.App app) {
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
        DeployCircumstances circumstances =
                new DeployCircumstances(changeLog.isOpen(step), replaced.contains(name), logins(app));
        changeLog.before(step, deployCommand(app).display());
        Deployment deployment;
        try {
            deployment = folder != null
                    ? host.deployFolder(name, folderOf(move, folder), circumstances, line -> told(step, line))
                    : host.deployImage(name, String.valueOf(image), circumstances, line -> told(step, line));
        } catch (LandfallException e) {
            events.step(step, "failed", "");
            throw e;
        }
        changeLog.after(step);
        events.step(step, deployment == Deployment.DEPLOYED ? "changed" : "unchanged", what);
        return deployment;
    }

    /** Logins of secrets.yml to the registries that the app's images come from. */
    private List<DokkuCommand> logins(MoveSettings.App app) {
        String folder = app.folder();
        String image = app.image();
        List<String> images = folder != null
                ? RegistryLogin.images(folderOf(move, folder).resolve("Dockerfile"))
                : image == null ? List.of() : List.of(image);
        return logins(app.name(), images);
    }

    private List<DokkuCommand> logins(String app, List<String> images) {
        return images.stream()
                .flatMap(reference -> RegistryLogin.of(reference, move.secrets()).stream())
                .distinct()
                .map(login -> DokkuHost.registryLogin(app, login.server(), login.user(), login.password()))
                .toList();
    }

    static Path folderOf(MoveFolder move, String folder) {
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
