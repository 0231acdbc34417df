package landfall.apply;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.Problem;
import landfall.base.Problems;
import landfall.base.Secret;
import landfall.dokku.DokkuCommand;
import landfall.dokku.DokkuHost;
import landfall.dokku.DokkuResult;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;
import landfall.recipe.task.HostContents;

/**
 * Undoes on a host what Landfall created there, and nothing else. What there is, and who else uses it, is looked up
 * first; so a run after an interruption goes on where things stand.
 */
public final class Destroyer {
    private static final int WORKS_AT_ONCE = 3;
    private static final Duration SIZE_MAX = Duration.ofSeconds(30);
    private static final Pattern SIZE = Pattern.compile("(?m)^\\s*([0-9]+ (?:bytes|kB|MB|GB|TB))\\s*$");
    private static final String SIZE_QUERY =
            "SELECT pg_size_pretty(sum(pg_database_size(datname))) FROM pg_database WHERE NOT datistemplate;\n";

    private final DokkuHost host;
    private final Inventory inventory;
    private final Events events;
    private final ChangeLog changeLog;

    /**
     * What is going to be done.
     *
     * @param phases works of one phase may run at once; the next phase waits for them
     * @param gone made by Landfall and not there any more
     * @param doubtful there, but perhaps not made by Landfall: left alone
     * @param kept settings of apps that Landfall did not make: left as they are
     */
    public record Outline(List<List<Work>> phases, List<Made> gone, List<String> doubtful, List<String> kept) {
        public Outline {
            phases = List.copyOf(phases);
            gone = List.copyOf(gone);
            doubtful = List.copyOf(doubtful);
            kept = List.copyOf(kept);
        }

        /** One line each: what goes and what it holds. */
        public Map<String, String> losses() {
            Map<String, String> losses = new LinkedHashMap<>();
            phases.forEach(phase -> phase.forEach(work -> losses.put(work.name(), work.why())));
            return losses;
        }

        public List<String> commands() {
            return phases.stream()
                    .flatMap(List::stream)
                    .flatMap(work -> work.commands().stream())
                    .map(DokkuCommand::display)
                    .toList();
        }
    }

    public Destroyer(DokkuHost host, Inventory inventory, Events events, ChangeLog changeLog) {
        this.host = host;
        this.inventory = inventory;
        this.events = events;
        this.changeLog = changeLog;
    }

    /** @throws landfall.base.LandfallException (refused) naming everybody else who uses what would go */
    public Outline outline() {
        HostReading reading = new HostReading(host);
        reading.prefetch(reads());
        Preflight.checkVersion(reading);
        Set<String> others = new TreeSet<>(reading.apps());
        List<Made> gone = new ArrayList<>();
        List<Work> apps = new ArrayList<>();
        for (Made app : inventory.of(Made.APP)) {
            if (others.remove(app.subject())) {
                apps.add(work(
                        app,
                        "with its settings and containers",
                        List.of("app " + app.subject()),
                        "apps:destroy",
                        "--force",
                        app.subject()));
            } else {
                gone.add(app);
            }
        }
        reading.prefetch(readsOf(others));
        Problems problems = new Problems();
        List<Work> untied = new ArrayList<>();
        List<Work> services = services(reading, others, untied, gone, problems);
        List<Work> networks = networks(reading, others, gone, problems);
        List<Work> entries = entries(reading, others, untied, gone, problems);
        problems.stopOnErrors(ExitCode.REFUSED);
        gone.addAll(untiedBefore(reading, others));
        return new Outline(
                List.of(untied, apps, services, networks, entries), gone, doubtful(reading), kept(others, untied));
    }

    /** Does it; what is gone already is noted as such. */
    public int destroy(Outline outline) {
        outline.gone().forEach(thing -> changeLog.after(thing.undoing()));
        outline.phases().forEach(phase -> Lanes.run(phase, WORKS_AT_ONCE, this::run));
        return outline.losses().size();
    }

    private void run(Work work) {
        events.step(work.name(), "begin", "");
        changeLog.before(work.name(), work.shown());
        for (DokkuCommand command : work.commands()) {
            DokkuResult result = host.run(command);
            if (!result.succeeded()) {
                events.step(work.name(), "failed", "exit " + result.exit());
                throw DokkuHost.failed(command, result);
            }
        }
        changeLog.after(work.name());
        events.step(work.name(), "changed", "");
    }

    private List<HostRead> reads() {
        List<HostRead> reads = new ArrayList<>();
        for (Made service : inventory.of(Made.SERVICE)) {
            reads.add(HostContents.links(plugin(service), name(service)));
        }
        inventory.doubtful().stream()
                .filter(thing -> thing.type().equals(Made.SERVICE))
                .forEach(service -> reads.add(HostContents.links(plugin(service), name(service))));
        reads.add(HostContents.networks());
        reads.add(HostContents.entries());
        return reads;
    }

    private List<HostRead> readsOf(Set<String> others) {
        List<HostRead> reads = new ArrayList<>();
        for (String app : others) {
            if (!inventory.of(Made.ENTRY).isEmpty() || !inventory.of(Made.MOUNT).isEmpty()) {
                reads.add(HostContents.mounts(app));
            }
            if (!inventory.of(Made.NETWORK).isEmpty()) {
                reads.add(HostContents.network(app));
            }
        }
        return reads;
    }

    private List<Work> services(
            HostReading reading, Set<String> others, List<Work> untied, List<Made> gone, Problems problems) {
        List<Work> works = new ArrayList<>();
        for (Made service : inventory.of(Made.SERVICE)) {
            if (!HostContents.serviceExists(reading, plugin(service), name(service))) {
                gone.add(service);
                continue;
            }
            for (String app : HostContents.links(reading, plugin(service), name(service))) {
                Made link = new Made(Made.LINK, app + " to " + service.subject());
                if (others.contains(app) && inventory.made().contains(link)) {
                    untied.add(work(
                            link,
                            app + " loses the service's variable and is restarted",
                            List.of("app " + app),
                            plugin(service) + ":unlink",
                            name(service),
                            app));
                } else if (others.contains(app)) {
                    problems.add(used(service.subject(), app, "is linked to it, and Landfall did not link it"));
                }
            }
            works.add(work(
                    service,
                    "its data dies: " + size(service),
                    List.of(service.subject()),
                    plugin(service) + ":destroy",
                    name(service),
                    "--force"));
        }
        return works;
    }

    private List<Work> networks(HostReading reading, Set<String> others, List<Made> gone, Problems problems) {
        List<Work> works = new ArrayList<>();
        for (Made network : inventory.of(Made.NETWORK)) {
            if (!HostContents.networks(reading).contains(network.subject())) {
                gone.add(network);
                continue;
            }
            for (String app : others) {
                if (HostContents.networks(reading, app).contains(network.subject())) {
                    problems.add(used("network " + network.subject(), app, "joins it"));
                }
            }
            works.add(work(
                    network,
                    "",
                    List.of("network " + network.subject()),
                    "--force",
                    "network:destroy",
                    network.subject()));
        }
        return works;
    }

    private List<Work> entries(
            HostReading reading, Set<String> others, List<Work> untied, List<Made> gone, Problems problems) {
        List<Work> works = new ArrayList<>();
        for (Made entry : inventory.of(Made.ENTRY)) {
            String folder = HostContents.entries(reading).get(entry.subject());
            if (folder == null) {
                gone.add(entry);
                continue;
            }
            for (String app : others) {
                HostContents.mounts(reading, app).forEach((path, mounted) -> {
                    Made mount = new Made(Made.MOUNT, app + " " + path);
                    if (mounted.equals(entry.subject()) && inventory.made().contains(mount)) {
                        untied.add(work(
                                mount,
                                app + " has it no more from its next deploy on",
                                List.of("app " + app),
                                "storage:unmount",
                                app,
                                entry.subject(),
                                "--container-dir",
                                path));
                    } else if (mounted.equals(entry.subject())) {
                        problems.add(used("storage entry " + entry.subject(), app, "mounts it at " + path));
                    }
                });
            }
            works.add(work(
                    entry,
                    "its files stay on the host in " + folder + ", which Dokku does not delete",
                    List.of("storage " + entry.subject()),
                    "storage:destroy",
                    entry.subject(),
                    "--force"));
        }
        return works;
    }

    /** Ties to apps of others that an earlier run undid before it was cut off, or somebody else did. */
    private List<Made> untiedBefore(HostReading reading, Set<String> others) {
        List<Made> gone = new ArrayList<>();
        for (Made mount : inventory.of(Made.MOUNT)) {
            String[] words = mount.subject().split(" ", 2);
            if (others.contains(words[0])
                    && !HostContents.mounts(reading, words[0]).containsKey(words[1])) {
                gone.add(mount);
            }
        }
        for (Made link : inventory.of(Made.LINK)) {
            String[] words = link.subject().split(" to ", 2);
            Made service = new Made(Made.SERVICE, words[1]);
            if (others.contains(words[0])
                    && inventory.made().contains(service)
                    && !HostContents.links(reading, plugin(service), name(service))
                            .contains(words[0])) {
                gone.add(link);
            }
        }
        return gone;
    }

    private static Problem used(String what, String app, String how) {
        return Problem.error(
                what + " is used by " + app + ", which is not Landfall's",
                app + " " + how,
                "Free it on the host first, then run the same command again. Nothing was destroyed.");
    }

    /** What PostgreSQL says of itself; of other services Dokku tells nothing. */
    private String size(Made service) {
        if (!plugin(service).equals("postgres")) {
            return "how much it holds Dokku does not tell";
        }
        DokkuResult result = host.run(
                DokkuCommand.of("postgres:connect", name(service)).withInput(Secret.of(SIZE_QUERY)),
                SIZE_MAX,
                line -> {});
        Matcher size = SIZE.matcher(result.stdout());
        return result.succeeded() && size.find()
                ? size.group(1) + " of databases"
                : "how much it holds is not known, it does not answer ("
                        + result.tail().lines().findFirst().orElse("") + ")";
    }

    private List<String> doubtful(HostReading reading) {
        List<String> doubtful = new ArrayList<>();
        for (Made thing : inventory.doubtful()) {
            boolean there = switch (thing.type()) {
                case Made.APP -> reading.appExists(thing.subject());
                case Made.SERVICE -> HostContents.serviceExists(reading, plugin(thing), name(thing));
                case Made.NETWORK -> HostContents.networks(reading).contains(thing.subject());
                case Made.ENTRY -> HostContents.entries(reading).containsKey(thing.subject());
                default -> false;
            };
            if (there) {
                doubtful.add(thing.task());
            }
        }
        doubtful.sort(null);
        return doubtful;
    }

    private List<String> kept(Set<String> others, List<Work> untied) {
        Stream<String> ties = Stream.of(Made.LINK, Made.MOUNT)
                .flatMap(type -> inventory.of(type).stream())
                .filter(tie -> untied.stream().noneMatch(work -> work.name().equals(tie.undoing())))
                .map(Made::task);
        return Stream.concat(inventory.settings().stream(), ties)
                .filter(task -> others.contains(task.split(" ", 3)[1]))
                .toList();
    }

    private static Work work(Made thing, String why, List<String> touches, String... command) {
        return new Work(thing.undoing(), why, List.of(DokkuCommand.of(command)), touches);
    }

    private static String plugin(Made service) {
        return service.subject().split(" ", 2)[0];
    }

    private static String name(Made service) {
        return service.subject().split(" ", 2)[1];
    }
}
