package landfall.remote;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * With what a host is reached and recognised.
 *
 * @param identity private key file; null: the agent and the usual files of ~/.ssh
 * @param knownHosts file; null: those of ~/.ssh/config, or ~/.ssh/known_hosts
 * @param acceptedFingerprint {@code SHA256:…} of a host key accepted, and remembered, though known_hosts has none
 */
public record SshOptions(
        @Nullable Path identity,
        @Nullable Path knownHosts,
        @Nullable String acceptedFingerprint,
        SshEnvironment environment) {
    public SshOptions(@Nullable Path identity, @Nullable Path knownHosts, @Nullable String acceptedFingerprint) {
        this(identity, knownHosts, acceptedFingerprint, SshEnvironment.ofProcess());
    }
}
