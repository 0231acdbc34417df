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
     * @param admin {@code user@host[:port]} of an account that may forward ports; null: none
     */
    public record DokkuTarget(
            @Nullable String host,
            @Nullable String identity,
            @Nullable String knownHosts,
            @Nullable String bridgeAddress,
            @Nullable String admin) {
        /** Without an administrator's account. */
        public DokkuTarget(
                @Nullable String host,
                @Nullable String identity,
                @Nullable String knownHosts,
                @Nullable String bridgeAddress) {
            this(host, identity, knownHosts, bridgeAddress, null);
        }
    }

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
    public record Database(
            String service,
            String database,
            String role,
            String password,
            DatabaseSource source,
            DatabaseChoices choices) {
        /** With nothing chosen yet. */
        public Database(String service, String database, String role, String password, DatabaseSource source) {
            this(service, database, role, password, source, DatabaseChoices.NONE);
        }

        public Database choosing(DatabaseChoices others) {
            return new Database(service, database, role, password, source, others);
        }
    }

    /** @param passwordSecret {@code secret/key} of the cluster, or {@code secrets.yml#name} */
    public record DatabaseSource(String workload, int port, String database, String user, String passwordSecret) {}

    /**
     * What the user has chosen for a database; a new plan keeps it. URLs hold no password: it is in
     * {@link DatabaseSource#passwordSecret}, and for the target with the service.
     *
     * @param plain nothing is followed: fence, copy, verify, switch
     * @param identities tables without replica identity, or {@code *}, to {@code index} or {@code recopy}
     * @param sourceUrl {@code postgres://USER@HOST:PORT/NAME?sslmode=…} where no pod of the cluster is the source
     * @param targetUrl the same for a service that the user has exposed
     */
    public record DatabaseChoices(
            boolean plain,
            Map<String, String> identities,
            @Nullable String sourceUrl,
            @Nullable String targetUrl) {
        public static final DatabaseChoices NONE = new DatabaseChoices(false, Map.of(), null, null);

        public DatabaseChoices {
            identities = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(identities));
        }
    }

    /** A storage entry and where its files are today. */
    public record Files(String entry, String app, String path, FilesSource source) {}

    public record FilesSource(String claim, String workload, String container, String path) {}

    /** The same with other databases. */
    public MoveSettings with(List<Database> others) {
        return new MoveSettings(move, kubernetes, target, decisions, apps, others, files);
    }

    /** A new plan's settings with what the user chose for its databases before. */
    public MoveSettings keeping(MoveSettings before) {
        return with(databases.stream()
                .map(database -> before.databases().stream()
                        .filter(old -> old.service().equals(database.service()))
                        .findFirst()
                        .map(old -> database.choosing(old.choices()))
                        .orElse(database))
                .toList());
    }

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
