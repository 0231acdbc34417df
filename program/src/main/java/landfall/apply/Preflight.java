package landfall.apply;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import landfall.base.ExitCode;
import landfall.base.Problem;
import landfall.base.Problems;
import landfall.dokku.DokkuHost;
import landfall.dokku.DokkuJson;
import landfall.dokku.DokkuResult;
import landfall.dokku.DokkuVersion;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;
import landfall.dokku.HostVitals;
import landfall.recipe.task.Clashes;
import landfall.recipe.task.Task;

/**
 * What a host must have before anything is changed on it. Only what the plan needs is looked up, together: a plan that
 * changes nothing asks nothing more.
 */
final class Preflight {
    private static final HostRead NGINX = HostRead.lines("nginx:validate-config");
    private static final HostRead SCHEDULER = HostRead.ofHost("scheduler:report", "--global", "--format", "json");
    private static final HostRead PROXY = HostRead.ofHost("proxy:report", "--global", "--format", "json");

    private final HostReading reading;
    private final List<Task> tasks;
    private final HostPlan plan;
    private final Problems problems = new Problems();

    private Preflight(HostReading reading, List<Task> tasks, HostPlan plan) {
        this.reading = reading;
        this.tasks = tasks;
        this.plan = plan;
    }

    static void checkVersion(HostReading reading) {
        Problems problems = new Problems();
        DokkuHost host = reading.host();
        DokkuVersion version = reading.version();
        if (version.compareTo(DokkuVersion.OLDEST_SUPPORTED) < 0) {
            problems.add(Problem.error(
                    "Dokku " + version + " on " + host.connection().target() + " is too old",
                    "Landfall needs " + DokkuVersion.OLDEST_SUPPORTED + " or later (storage entries, reports as JSON)",
                    "The host's root updates it: apt-get update && apt-get install dokku."));
            // Older ones don't list their plugins as JSON either.
            problems.stopOnErrors(ExitCode.REFUSED);
        }
    }

    /**
     * @param servicePlugins plugins of services that are to be created
     * @return what is applied all the same, but ought to be known
     * @throws landfall.base.LandfallException (refused) with everything that stands in the way
     */
    static List<String> check(HostReading reading, List<Task> tasks, HostPlan plan, Set<String> servicePlugins) {
        Instant now = Instant.now();
        List<String> warnings = new ArrayList<>(tasks.stream()
                .filter(task -> !task.warning(now).isEmpty())
                .map(task -> "warning: " + HostPlan.name(task) + ": " + task.warning(now))
                .toList());
        if (plan.works().isEmpty()) {
            return warnings;
        }
        Preflight preflight = new Preflight(reading, tasks, plan);
        Set<String> apps = preflight.changedApps();
        boolean makesSomething =
                !reading.apps().containsAll(apps) || !Applier.newServices(plan).isEmpty();
        // Half a second of the host's time, beside the other questions; only what is new needs room.
        CompletableFuture<Optional<HostVitals>> vitals = makesSomething
                ? CompletableFuture.supplyAsync(
                        () -> Optional.of(reading.host().vitals()),
                        task -> Thread.ofVirtual().name("vitals").start(task))
                : CompletableFuture.completedFuture(Optional.empty());
        preflight.check(apps, servicePlugins);
        vitals.join()
                .ifPresent(told -> warnings.addAll(MachineCheck.check(
                        told, tasks, reading.host().connection().target().host(), preflight.problems)));
        preflight.problems.stopOnErrors(ExitCode.REFUSED);
        return warnings;
    }

    private void check(Set<String> apps, Set<String> servicePlugins) {
        Map<String, String> domains = changes("dokku_domains") ? Clashes.appOfDomain(tasks) : Map.of();
        Set<String> neighbours = domains.isEmpty() ? Set.of() : reading.apps();
        List<HostRead> reads = new ArrayList<>();
        boolean makesApps = !reading.apps().containsAll(apps);
        if (makesApps) {
            reads.addAll(List.of(SCHEDULER, PROXY));
        }
        apps.stream().filter(reading::appExists).forEach(app -> {
            reads.add(HostRead.report("scheduler", app));
            reads.add(HostRead.report("proxy", app));
        });
        neighbours.forEach(app -> reads.add(vhosts(app)));
        if (buildsProxy()) {
            reads.add(NGINX);
        }
        reading.prefetch(reads);
        plugins(servicePlugins);
        missingApps();
        if (makesApps) {
            kind("scheduler", "--global", json(SCHEDULER, "scheduler"), "selected", "docker-local");
            kind("proxy", "--global", json(PROXY, "proxy"), "type", "nginx");
        }
        apps.stream().filter(reading::appExists).forEach(app -> {
            kind("scheduler", app, reading.report("scheduler", app), "selected", "docker-local");
            kind("proxy", app, reading.report("proxy", app), "type", "nginx");
        });
        neighbours.forEach(app -> domainsOf(app, domains));
        if (buildsProxy()) {
            nginx();
        }
    }

    /** The list of plugins takes the host half a second: it is asked for only where one could be missing. */
    private void plugins(Set<String> servicePlugins) {
        Set<String> missing = new TreeSet<>(servicePlugins);
        missing.removeAll(missing.isEmpty() ? Set.of() : reading.host().plugins());
        for (String plugin : missing) {
            problems.add(Problem.error(
                    "the Dokku host has no " + plugin + " plugin",
                    "the recipe has a " + plugin + " service",
                    plugin.equals("objects")
                            ? "It is Landfall's own: objects/README.md tells how the host's root installs it."
                            : "The host's root installs it: dokku plugin:install https://github.com/dokku/dokku-"
                                    + plugin + ".git " + plugin + "."));
        }
    }

    private void missingApps() {
        Set<String> missing = Clashes.appsNotCreated(tasks);
        missing.removeAll(reading.apps());
        for (String app : missing) {
            problems.add(Problem.error(
                    "there is no app " + app + " on the host",
                    "tasks of the recipe are about it and none creates it",
                    "Add the task dokku_app: {app: " + app + "} before them, or mend the name."));
        }
    }

    /** @param app an app, or {@code --global} for those that are yet to be made */
    private void kind(String plugin, String app, Map<String, String> report, String property, String needed) {
        String now = report.getOrDefault("computed-" + property, "");
        if (now.isEmpty() || now.equals(needed) || now.equals(HostPlan.PAUSED)) {
            return;
        }
        problems.add(Problem.error(
                "the " + plugin + " of " + (app.equals("--global") ? "new apps" : app) + " on the host is " + now,
                "Landfall moves to apps whose " + plugin + " is " + needed,
                "If it may be changed: dokku " + plugin + ":set " + app + " " + property + " " + needed
                        + ", then run the same command again."));
    }

    private void domainsOf(String app, Map<String, String> wanted) {
        for (String domain : reading.text(vhosts(app)).orElse("").strip().split("\\s+")) {
            String here = wanted.get(domain);
            if (here != null && !here.equals(app)) {
                problems.add(Problem.error(
                        "the domain " + domain + " for " + here + " belongs to the app " + app + " on the host",
                        "nginx would answer with one of the two and not tell which",
                        "Take it away there (dokku domains:remove " + app + " " + domain
                                + ") or take it out of the recipe."));
            }
        }
    }

    /** One broken file of any app makes nginx refuse every new configuration. */
    private void nginx() {
        DokkuResult result = reading.answer(NGINX);
        String text = (result.stdout() + result.stderr()).strip();
        // An app of this recipe may be the broken one, and what follows may mend it.
        if (!result.succeeded() && changedApps().stream().noneMatch(app -> text.contains("/" + app + "/nginx.conf"))) {
            problems.add(Problem.error(
                    "nginx on the host does not take the configuration it has now",
                    text.replaceAll("\\s*\\n\\s*", "; "),
                    "Mend the file it names (dokku nginx:report APP shows the app's settings), try dokku"
                            + " nginx:validate-config, then run the same command again."));
        }
    }

    private Map<String, String> json(HostRead read, String plugin) {
        return reading.text(read)
                .map(text -> DokkuJson.strings(text, plugin + ":report"))
                .orElse(Map.of());
    }

    private static HostRead vhosts(String app) {
        return HostRead.value("domains", app, "--domains-app-vhosts");
    }

    private Set<String> changedApps() {
        Set<String> apps = new LinkedHashSet<>();
        plan.works().stream()
                .flatMap(work -> work.touches().stream())
                .filter(thing -> thing.startsWith("app "))
                .forEach(thing -> apps.add(thing.substring("app ".length())));
        return apps;
    }

    private boolean changes(String type) {
        return plan.changedTasks().stream().anyMatch(name -> name.startsWith(type + " "));
    }

    private boolean buildsProxy() {
        return Set.of("dokku_domains", "dokku_ports", "dokku_certs", "dokku_nginx_property", "dokku_proxy_toggle")
                .stream()
                .anyMatch(this::changes);
    }
}
