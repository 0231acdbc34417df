package landfall.translate;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import landfall.base.Secret;
import landfall.target.TargetService;

/** A datastore service while the rules fill it in. */
final class ServiceDraft {
    final Datastore store;
    /** The plugin: {@code postgres}. */
    final String type;
    /** What runs it today: a workload, or the object an operator makes it of. */
    final Field workload;

    final Field container;
    /** What made it, where no workload of the manifests did. */
    Optional<Operator> operator = Optional.empty();
    /** Names under which an operator's Services answer; a workload's Services are found by their selectors. */
    final Set<String> operatorNames = new LinkedHashSet<>();
    /** Apps that name it in their environment. */
    final Set<String> users = new LinkedHashSet<>();

    /** Apps that are told its password. */
    final Set<String> toldPassword = new LinkedHashSet<>();

    String name;
    Optional<String> image = Optional.empty();
    Optional<String> imageVersion = Optional.empty();
    final List<String> configOptions = new ArrayList<>();
    final Map<String, String> customEnvironment = new TreeMap<>();
    OptionalInt memoryMegabytes = OptionalInt.empty();
    Optional<String> sharedMemory = Optional.empty();
    /** Who its clients are today. */
    Login login = Login.UNKNOWN;
    /** An app needs the password in another form than the plugin's link gives it. */
    boolean passwordIsNeeded;

    boolean rootPasswordIsNeeded;
    /** MinIO: buckets that the manifests name. */
    final Set<String> buckets = new TreeSet<>();
    /** PostgreSQL that Landfall can't reach to copy it. */
    boolean isByHand;
    /** PostgreSQL: what is known of the source, and the role that apps log in with. */
    Optional<SourceDatabase> source = Optional.empty();

    Optional<String> role = Optional.empty();

    ServiceDraft(Datastore store, Field workload, Field container) {
        this.store = store;
        this.type = store.plugin()
                .orElseThrow(() -> new IllegalStateException("this is a bug: no plugin for " + store.system()));
        this.workload = workload;
        this.container = container;
        this.name = workload.object().name().replace('.', '-');
    }

    /** Its clients log in as the plugin has it; false for PostgreSQL whose role and rows Landfall takes along. */
    boolean isFilledByHand() {
        return store != Datastore.POSTGRESQL || isByHand;
    }

    String host() {
        return "dokku-" + type + "-" + name;
    }

    String database() {
        return name.replace('-', '_').replace('.', '_');
    }

    /** The name in secrets.yml of the role's new password. */
    String passwordName() {
        return database() + "_password";
    }

    String rootPasswordName() {
        return database() + "_root_password";
    }

    /** {@code metadata} and {@code spec} of its pods. */
    Field template() {
        return Index.podTemplate(workload);
    }

    Field pod() {
        return template().at("spec");
    }

    TargetService finish() {
        return new TargetService(
                type,
                name,
                image,
                imageVersion,
                Optional.of(String.join(" ", configOptions)).filter(options -> !options.isEmpty()),
                customEnvironment,
                memoryMegabytes,
                sharedMemory,
                passwordIsNeeded ? Optional.of(passwordName()) : Optional.empty(),
                rootPasswordIsNeeded ? Optional.of(rootPasswordName()) : Optional.empty(),
                source.map(from -> new TargetService.DatabaseMove(
                        role.orElse(from.user()),
                        passwordName(),
                        workload.object().shortName(),
                        from.port(),
                        from.database(),
                        from.user(),
                        from.passwordSecret(),
                        from.ownPassword())));
    }

    /**
     * @param password kept to recognise it in the apps' environments, never written anywhere
     * @param ownPassword the password where it stands in no Secret of the cluster
     */
    record SourceDatabase(
            String user,
            String database,
            int port,
            String passwordSecret,
            String password,
            Optional<Secret> ownPassword) {
        @Override
        public String toString() {
            return "SourceDatabase[" + user + ", " + database + "]";
        }
    }

    /** How clients log in to the source, as far as its own environment says; passwords only to recognise them. */
    record Login(
            Optional<String> user,
            Optional<String> password,
            Optional<String> rootPassword,
            Optional<String> database) {
        static final Login UNKNOWN = new Login(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        @Override
        public String toString() {
            return "Login[" + user.orElse("") + ", " + database.orElse("") + "]";
        }
    }
}
