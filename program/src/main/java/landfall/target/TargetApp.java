package landfall.target;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One app of the Dokku host: what runs, with what, reached how.
 *
 * @param environment in the order of names
 * @param waitsFor services that must hold their data before the app starts
 * @param processes how many of its main process run
 * @param workloads {@code Kind/name} of what runs it today
 */
public record TargetApp(
        String name,
        String image,
        Command command,
        Map<String, Value> environment,
        List<Port> ports,
        List<Mount> mounts,
        List<BakedFile> bakedFiles,
        List<Check> checks,
        List<CronTask> cron,
        int processes,
        Map<String, String> limits,
        Map<String, String> reservations,
        Map<String, String> processProperties,
        List<String> dockerOptions,
        Web web,
        List<String> networks,
        List<Link> links,
        List<String> waitsFor,
        List<String> workloads,
        List<String> cronJobs,
        List<Bridge> bridges,
        Formation formation) {

    public TargetApp {
        environment = ordered(environment);
        ports = List.copyOf(ports);
        mounts = List.copyOf(mounts);
        bakedFiles = List.copyOf(bakedFiles);
        checks = List.copyOf(checks);
        cron = List.copyOf(cron);
        limits = ordered(limits);
        reservations = ordered(reservations);
        processProperties = ordered(processProperties);
        dockerOptions = List.copyOf(dockerOptions);
        networks = List.copyOf(networks);
        links = List.copyOf(links);
        waitsFor = List.copyOf(waitsFor);
        workloads = List.copyOf(workloads);
        cronJobs = List.copyOf(cronJobs);
        bridges = List.copyOf(bridges);
    }

    private static <V> Map<String, V> ordered(Map<String, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    /** True if the image alone doesn't say everything, so that an app folder with a Dockerfile is deployed. */
    public boolean needsFolder() {
        return !command.isImageOwn()
                || !bakedFiles.isEmpty()
                || !checks.isEmpty()
                || !cron.isEmpty()
                || formation.hasProcfile()
                || !formation.predeploy().isEmpty()
                || web.template().isNeeded();
    }

    /** What replaces the image's own ENTRYPOINT, CMD, working directory and user; empty where the image's own hold. */
    public record Command(
            List<String> entrypoint, List<String> arguments, Optional<String> workingDirectory, Optional<String> user) {
        public Command {
            entrypoint = List.copyOf(entrypoint);
            arguments = List.copyOf(arguments);
        }

        public boolean isImageOwn() {
            return entrypoint.isEmpty() && arguments.isEmpty() && workingDirectory.isEmpty() && user.isEmpty();
        }
    }

    /** A kind of process beside the main one: its whole command, how many of it run, with what. */
    public record ProcessType(
            String name,
            List<String> command,
            int processes,
            Map<String, String> limits,
            Map<String, String> reservations,
            List<Check> checks) {
        public ProcessType {
            command = List.copyOf(command);
            limits = ordered(limits);
            reservations = ordered(reservations);
            checks = List.copyOf(checks);
        }
    }

    /**
     * Which kinds of process the app has, and what runs before they are deployed.
     *
     * @param main the process type that the app's own command, limits and checks are of: mostly {@code web}
     * @param predeploy commands in words, one after the other
     * @param stopsFirst true if a deploy ends the old containers before it starts the new ones
     */
    public record Formation(String main, List<ProcessType> others, List<List<String>> predeploy, boolean stopsFirst) {
        public Formation {
            others = List.copyOf(others);
            predeploy = predeploy.stream().map(List::copyOf).toList();
        }

        /** True if the image's one command doesn't say what runs. */
        public boolean hasProcfile() {
            return !others.isEmpty() || !main.equals("web");
        }
    }

    public record Port(String scheme, int host, int container) {}

    /** A storage entry at a path of the container. */
    public record Mount(String entry, String path, Optional<String> subpath, boolean readOnly) {}

    /** A file that becomes part of the image: absolute path in the container, content, octal mode ({@code 0644}). */
    public record BakedFile(String path, String text, String mode) {}

    /** A health check as app.json writes it; the map holds app.json's own keys. */
    public record Check(Map<String, Object> fields) {
        public Check {
            fields = ordered(fields);
        }
    }

    public record CronTask(String command, String schedule, String concurrency, boolean suspended) {}

    /**
     * How the app is reached.
     *
     * @param isInternal true if nginx must not lead to it: only apps of its networks reach it
     * @param published docker options for ports that go past nginx
     */
    public record Web(
            List<String> domains,
            Optional<Certificate> certificate,
            Map<String, String> nginx,
            ProxyTemplate template,
            boolean isInternal,
            List<String> published) {
        public Web {
            domains = List.copyOf(domains);
            nginx = ordered(nginx);
            published = List.copyOf(published);
        }
    }

    public record Link(String serviceType, String service) {}

    public record Bridge(String service, String port, int dokkuPort) {}
}
