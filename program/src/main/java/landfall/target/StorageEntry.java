package landfall.target;

import java.util.List;
import java.util.Optional;
import landfall.base.Secret;

/**
 * A folder of the host that outlives deploys.
 *
 * @param owner as {@code storage:create --chown} takes it
 * @param source where its files are today; empty where nothing is copied
 * @param files secret files that belong in it, whose content is in secrets.yml
 */
public record StorageEntry(String name, String owner, Optional<Source> source, List<HostFile> files) {
    public StorageEntry {
        files = List.copyOf(files);
    }

    public StorageEntry(String name, String owner, Optional<Source> source) {
        this(name, owner, source, List.of());
    }

    /**
     * A file of the host that is open to its owner only.
     *
     * @param path inside the entry
     * @param mode octal: {@code 0600}
     * @param secret the name of its content in secrets.yml
     * @param content empty where only the cluster or a store holds it
     * @param isBase64 true if the content is no text and stands in base64
     */
    public record HostFile(String path, String mode, String secret, Optional<Secret> content, boolean isBase64) {}

    /** A claim, and the app and container through which its files are read and written. */
    public record Source(String claim, String workload, String container, String path, String app, String appPath) {}
}
