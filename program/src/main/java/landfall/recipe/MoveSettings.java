package landfall.recipe;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What move.yaml says: where both sides are, the user's answers, and what belongs together. Written by {@code plan},
 * edited by the user, read by every other command.
 *
 * @param move names slots, publications and origins: {@code [a-z][a-z0-9_]{0,30}}
 */
public record MoveSettings(
        String move,
        Kubernetes kubernetes,
        DokkuTarget target,
        Map<String, Decision> decisions,
        List<App> apps,
        List<Database> databases,
        List<Files> files) {

    public MoveSettings {
        decisions = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(decisions));
        apps = List.copyOf(apps);
        databases = List.copyOf(databases);
        files = List.copyOf(files);
    }

    /** @param kubeconfig file; null: KUBECONFIG or ~/.kube/config */
    public record Kubernetes(
            @Nullable String kubeconfig, @Nullable String context, String namespace) {}

    /**
     * @param host {@code dokku@host[:port]}; null until the user gives it
     * @param bridgeAddress address at which the cluster reaches the Dokku host; null: the host's own
     */
    public record DokkuTarget(
            @Nullable String host,
            @Nullable String identity,
            @Nullable String knownHosts,
            @Nullable String bridgeAddress) {}

    /**
     * A question with its options (name to consequence), in the order they are offered.
     *
     * @param fallback the default, where one is safe
     * @param answer the user's choice
     */
    public record Decision(
            String question,
            Map<String, String> options,
            @Nullable String fallback,
            @Nullable String answer) {
        public Decision {
            options = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(options));
        }

        public Optional<String> chosen() {
            return Optional.ofNullable(answer != null ? answer : fallback);
        }

        public boolean isOpen() {
            return chosen().isEmpty();
        }
    }

    /**
     * @param folder the app folder inside the move, or null where the image is deployed as it is
     * @param waitsFor services that must hold their data before the app is deployed
     * @param workloads {@code Kind/name} of what runs it today; scaled to zero at the switch if the app is bridged
     */
    public record App(
            String name,
            @Nullable String folder,
            @Nullable String image,
            List<String> waitsFor,
            List<String> workloads,
            List<String> cronJobs,
            List<Bridge> bridges) {
        public App {
            waitsFor = List.copyOf(waitsFor);
            workloads = List.copyOf(workloads);
            cronJobs = List.copyOf(cronJobs);
            bridges = List.copyOf(bridges);
        }
    }

    /**
     * A Service that sends its traffic to the Dokku host from the switch on.
     *
     * @param port the Service port's name, or its number where it has none
     * @param dokkuPort where nginx on the Dokku host answers for this app alone, whatever the Host header
     */
    public record Bridge(String service, String port, int dokkuPort) {}

    /**
     * @param role the app's own role on the target: owner, not superuser
     * @param password name of the role's password in secrets.yml
     */
    public record Database(String service, String database, String role, String password, DatabaseSource source) {}

    /** @param passwordSecret {@code secret/key} of the cluster, or {@code secrets.yml#name} */
    public record DatabaseSource(String workload, int port, String database, String user, String passwordSecret) {}

    /** A storage entry and where its files are today. */
    public record Files(String entry, String app, String path, FilesSource source) {}

    public record FilesSource(String claim, String workload, String container, String path) {}

    public Optional<App> app(String name) {
        return apps.stream().filter(app -> app.name().equals(name)).findFirst();
    }

    /** Ids of the decisions that nobody has answered and that have no default. */
    public List<String> openDecisions() {
        return decisions.entrySet().stream()
                .filter(entry -> entry.getValue().isOpen())
                .map(Map.Entry::getKey)
                .toList();
    }
}
