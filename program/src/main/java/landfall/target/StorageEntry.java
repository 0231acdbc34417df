package landfall.target;

import java.util.Optional;

/**
 * A folder of the host that outlives deploys.
 *
 * @param owner as {@code storage:create --chown} takes it
 * @param source where its files are today; empty where nothing is copied
 */
public record StorageEntry(String name, String owner, Optional<Source> source) {
    /** A claim, and the app and container through which its files are read and written. */
    public record Source(String claim, String workload, String container, String path, String app, String appPath) {}
}
