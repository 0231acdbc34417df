package landfall.translate;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import landfall.target.TargetService;

/** A datastore service while the rules fill it in. */
final class ServiceDraft {
    final String type;
    final Field workload;
    final Field container;
    /** Apps that name it in their environment. */
    final Set<String> users = new LinkedHashSet<>();

    String name;
    Optional<String> image = Optional.empty();
    Optional<String> imageVersion = Optional.empty();
    Optional<String> configOptions = Optional.empty();
    OptionalInt memoryMegabytes = OptionalInt.empty();
    /** PostgreSQL: what is known of the source, and the role that apps log in with. */
    Optional<SourceDatabase> source = Optional.empty();

    Optional<String> role = Optional.empty();

    ServiceDraft(String type, Field workload, Field container) {
        this.type = type;
        this.workload = workload;
        this.container = container;
        this.name = workload.object().name();
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

    TargetService finish() {
        return new TargetService(
                type,
                name,
                image,
                imageVersion,
                configOptions,
                memoryMegabytes,
                source.map(from -> new TargetService.DatabaseMove(
                        role.orElse(from.user()),
                        passwordName(),
                        workload.object().shortName(),
                        from.port(),
                        from.database(),
                        from.user(),
                        from.passwordSecret())));
    }

    /** @param password kept to recognise it in the apps' environments, never written anywhere */
    record SourceDatabase(String user, String database, int port, String passwordSecret, String password) {
        @Override
        public String toString() {
            return "SourceDatabase[" + user + ", " + database + "]";
        }
    }
}
