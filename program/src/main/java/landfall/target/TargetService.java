package landfall.target;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import landfall.base.Secret;

/**
 * A datastore service of the Dokku host.
 *
 * @param type the plugin: {@code postgres}, {@code redis}
 * @param image where it isn't the plugin's own
 * @param configOptions given to the server; kept as one line, as the plugin takes it
 * @param customEnvironment variables of the server's container beside the plugin's own
 * @param sharedMemory as Docker's {@code --shm-size} takes it
 * @param password name of the service's own password in secrets.yml, where Landfall chooses it
 * @param rootPassword the same for the server's superuser
 */
public record TargetService(
        String type,
        String name,
        Optional<String> image,
        Optional<String> imageVersion,
        Optional<String> configOptions,
        Map<String, String> customEnvironment,
        OptionalInt memoryMegabytes,
        Optional<String> sharedMemory,
        Optional<String> password,
        Optional<String> rootPassword,
        Optional<DatabaseMove> move) {
    public TargetService {
        customEnvironment = Collections.unmodifiableMap(new TreeMap<>(customEnvironment));
    }

    /** The host name under which linked apps reach it. */
    public String host() {
        return "dokku-" + type + "-" + name;
    }

    /** The database the plugin makes in it. */
    public String database() {
        return name.replace('-', '_');
    }

    /**
     * How its data comes over.
     *
     * @param password name of the role's password in secrets.yml
     * @param sourcePasswordSecret {@code secret/key} in the cluster, or {@code secrets.yml#name} in the move
     * @param sourcePassword what is to stand there in secrets.yml
     */
    public record DatabaseMove(
            String role,
            String password,
            String workload,
            int port,
            String sourceDatabase,
            String sourceUser,
            String sourcePasswordSecret,
            Optional<Secret> sourcePassword) {}
}
