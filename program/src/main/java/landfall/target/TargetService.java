package landfall.target;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A datastore service of the Dokku host.
 *
 * @param type the plugin: {@code postgres}, {@code redis}
 * @param image where it isn't the plugin's own
 * @param configOptions given to the server; kept as one line, as the plugin takes it
 */
public record TargetService(
        String type,
        String name,
        Optional<String> image,
        Optional<String> imageVersion,
        Optional<String> configOptions,
        OptionalInt memoryMegabytes,
        Optional<DatabaseMove> move) {

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
     * @param sourcePasswordSecret {@code secret/key}
     */
    public record DatabaseMove(
            String role,
            String password,
            String workload,
            int port,
            String sourceDatabase,
            String sourceUser,
            String sourcePasswordSecret) {}
}
