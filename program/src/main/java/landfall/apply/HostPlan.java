package landfall.apply;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import landfall.base.ExitCode;
import landfall.base.Problem;
import landfall.base.Problems;
import landfall.dokku.DokkuCommand;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;
import landfall.recipe.task.Effect;
import landfall.recipe.task.Plan;
import landfall.recipe.task.Task;

/**
 * What must be done to a host, all of it from one reading. The tasks keep their order, but an app's nginx configuration
 * is written as seldom as can be and its containers are restarted once, at the end.
 *
 * <p>While an app that was never deployed gets its domains, ports and certificate, its proxy type is {@link #PAUSED}:
 * Dokku's nginx plugin leaves an app of another type alone (plugins/nginx-vhosts/post-domains-update), which spares the
 * host some seconds for each command. An apply that was cut off in between finds the mark and goes on.
 *
 * @param due names of the works that others count on: an apply that is cut off before them owes them still
 */
record HostPlan(List<Work> works, List<Task> inSync, Set<String> changedTasks, Set<String> due) {
    /** What {@code proxy:report} shows as the type of an app whose nginx configuration is not to be written for now. */
    static final String PAUSED = "paused-by-landfall";

    private record Change(Task task, Plan.Change plan) {
        boolean has(Effect effect) {
            return plan.effects().contains(effect);
        }

        /** Links set variables and may wait for a service to be made; nothing else needs them. */
        boolean isAboutVariables() {
            return Set.of("dokku_config", "dokku_service_link").contains(task.type());
        }

        /** Dokku starts the app with what it has then: everything else comes first. */
        boolean isDeploy() {
            return task.type().equals("dokku_git_from_image");
        }

        boolean isAbout(String app) {
            return task.touches().getFirst().equals("app " + app);
        }

        Work work() {
            return new Work(name(task), plan.why(), plan.commands(), task.touches());
        }
    }

    HostPlan {
        works = List.copyOf(works);
        inSync = List.copyOf(inSync);
        changedTasks = Set.copyOf(changedTasks);
        due = Set.copyOf(due);
    }

    int commands() {
        return works.stream().mapToInt(work -> work.commands().size()).sum();
    }

    static String name(Task task) {
        return task.type() + " " + task.subject();
    }

    /** All that {@link #of} is going to ask for. */
    static List<HostRead> reads(List<Task> tasks) {
        List<HostRead> reads = new ArrayList<>();
        tasks.forEach(task -> reads.addAll(task.reads()));
        apps(tasks).forEach(app -> reads.add(proxyType(app)));
        return reads;
    }

    private static HostRead proxyType(String app) {
        return HostRead.value("proxy", app, "--proxy-type");
    }

    /** Apps whose nginx configuration the recipe has a say in. */
    private static Set<String> apps(List<Task> tasks) {
        Set<String> apps = new LinkedHashSet<>();
        tasks.stream()
                .filter(task ->
                        Set.of("dokku_domains", "dokku_ports", "dokku_certs").contains(task.type()))
                .forEach(task -> apps.add(app(task)));
        return apps;
    }

    private static String app(Task task) {
        return task.touches().getFirst().substring("app ".length());
    }

    /** @throws landfall.base.LandfallException naming every task that can't be decided; nothing was changed */
    static HostPlan of(List<Task> tasks, HostReading host, ChangeLog log) {
        List<Change> changes = new ArrayList<>();
        List<Task> inSync = new ArrayList<>();
        List<Work> halfMade = new ArrayList<>();
        Problems problems = new Problems();
        for (Task task : tasks) {
            switch (task.plan(host)) {
                case Plan.InSync() -> {
                    inSync.add(task);
                    HalfMade.work(task, log).ifPresent(halfMade::add);
                }
                case Plan.Unknown(String reason) ->
                    problems.add(Problem.error(
                            name(task) + " cannot be decided",
                            reason,
                            "Look at it on the host, then run the same command again."));
                case Plan.Change change -> changes.add(new Change(task, change));
            }
        }
        problems.stopOnErrors(ExitCode.FAILED);
        Set<String> changed = new LinkedHashSet<>();
        changes.forEach(change -> changed.add(name(change.task())));
        List<Work> works = new ArrayList<>();
        Set<String> due = new LinkedHashSet<>();
        Set<String> apps = new LinkedHashSet<>();
        tasks.stream()
                .filter(task -> task.touches().getFirst().startsWith("app "))
                .forEach(task -> apps.add(app(task)));
        Set<String> managed = apps(tasks);
        List<String> networks = changes.stream()
                .map(change -> change.task().touches().getFirst())
                .filter(touched -> touched.startsWith("network "))
                .toList();
        for (String app : apps) {
            List<Change> own =
                    changes.stream().filter(change -> change.isAbout(app)).toList();
            boolean isPaused = managed.contains(app)
                    && host.text(proxyType(app)).orElse("").strip().equals(PAUSED);
            boolean restartIsDue = log.isOpen(restart(app)) && host.isDeployed(app);
            boolean proxyIsDue = log.isOpen(proxy(app));
            if (!own.isEmpty() || isPaused || proxyIsDue || restartIsDue) {
                new AppWorks(app, own, host, isPaused, proxyIsDue, restartIsDue).addTo(works, due, networks);
            }
        }
        List<Work> ordered = new ArrayList<>(halfMade);
        changes.stream()
                .filter(change -> !change.task().touches().getFirst().startsWith("app "))
                .forEach(change -> ordered.add(change.work()));
        ordered.addAll(works);
        return new HostPlan(ordered, inSync, changed, due);
    }

    private static String proxy(String app) {
        return "proxy " + app;
    }

    private static String restart(String app) {
        return "restart " + app;
    }

    /** The changes of one app, in the order that costs the host least. */
    private static final class AppWorks {
        private final String app;
        private final List<Change> changes;
        private final List<Change> deploys;
        private final boolean isPaused;
        private final boolean isDeployed;
        private final boolean isPlain;
        private final boolean proxyIsDue;
        private final boolean restartIsDue;

        AppWorks(
                String app,
                List<Change> changes,
                HostReading host,
                boolean isPaused,
                boolean proxyIsDue,
                boolean restartIsDue) {
            this.app = app;
            this.deploys = changes.stream().filter(Change::isDeploy).toList();
            this.changes = Stream.concat(
                            changes.stream().filter(change -> !change.isAboutVariables() && !change.isDeploy()),
                            changes.stream().filter(Change::isAboutVariables))
                    .toList();
            this.isPaused = isPaused;
            this.proxyIsDue = proxyIsDue;
            this.restartIsDue = restartIsDue;
            this.isDeployed =
                    changes.stream().anyMatch(change -> !change.plan().effects().isEmpty())
                            && host.appExists(app)
                            && host.isDeployed(app);
            this.isPlain = count(Effect.BUILDS_PROXY) > 1
                    && (!host.appExists(app)
                            || host.text(proxyType(app)).orElse("").isBlank());
        }

        private long count(Effect effect) {
            return changes.stream().filter(change -> change.has(effect)).count();
        }

        /** @param networks that are still to be made, as works touch them: a container may join any */
        void addTo(List<Work> works, Set<String> due, List<String> networks) {
            boolean pauses = !isDeployed && !isPaused && isPlain;
            boolean pausedHere = false;
            boolean variables = false;
            if (isDeployed) {
                add(
                        works,
                        changes.stream()
                                .filter(change -> change.has(Effect.NEEDS_PROXY))
                                .toList());
            }
            for (Change change : changes) {
                if (isDeployed && change.has(Effect.NEEDS_PROXY)) {
                    continue;
                }
                if (change.isAboutVariables() && !variables) {
                    variables = true;
                    buildProxy(works, due, pausedHere);
                }
                if (pauses && !pausedHere && change.has(Effect.BUILDS_PROXY)) {
                    works.add(work("proxy " + app + " pauses", "several changes follow", "proxy:set", "type", PAUSED));
                    pausedHere = true;
                }
                works.add(change.work());
            }
            if (!variables) {
                buildProxy(works, due, pausedHere);
            }
            deploys.stream()
                    .map(Change::work)
                    .forEach(work -> works.add(new Work(
                            work.name(),
                            work.why(),
                            work.commands(),
                            Stream.concat(touches().stream(), networks.stream()).toList())));
            if (restartIsDue || (isDeployed && deploys.isEmpty() && count(Effect.NEEDS_RESTART) > 0)) {
                works.add(new Work(
                        restart(app),
                        count(Effect.NEEDS_RESTART) > 0 ? "its variables changed" : "an earlier run didn't get to it",
                        List.of(DokkuCommand.of("ps:restart", app)),
                        touches()));
                due.add(restart(app));
            }
        }

        private void buildProxy(List<Work> works, Set<String> due, boolean pausedHere) {
            if (pausedHere || isPaused) {
                due.add(proxy(app));
                works.add(new Work(
                        proxy(app),
                        "its nginx configuration is written once",
                        List.of(DokkuCommand.of("proxy:set", app, "type"), DokkuCommand.of("proxy:build-config", app)),
                        touches()));
            } else if (proxyIsDue || (isDeployed && count(Effect.NEEDS_PROXY) > 0 && count(Effect.BUILDS_PROXY) == 0)) {
                due.add(proxy(app));
                works.add(new Work(
                        proxy(app),
                        proxyIsDue ? "an earlier run didn't get to it" : "its nginx settings changed",
                        List.of(DokkuCommand.of("proxy:build-config", app)),
                        touches()));
            }
        }

        private static void add(List<Work> works, List<Change> changes) {
            changes.forEach(change -> works.add(change.work()));
        }

        private Work work(String name, String why, String command, String property, String value) {
            return new Work(name, why, List.of(DokkuCommand.of(command, app, property, value)), touches());
        }

        private List<String> touches() {
            return List.of("app " + app);
        }
    }
}
