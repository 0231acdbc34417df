package landfall.remote;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import landfall.base.Limits;
import org.jspecify.annotations.Nullable;

/**
 * What the machine that Landfall runs on has for SSH.
 *
 * @param home whose {@code .ssh} is read
 * @param configs OpenSSH's configuration files, the user's first
 * @param agentSocket the running ssh-agent's, or null
 * @param dialogue whom to ask for a passphrase or about an unknown host
 * @param patience how long one step of connecting may take
 */
public record SshEnvironment(
        Path home, List<Path> configs, @Nullable Path agentSocket, SshDialogue dialogue, Duration patience) {
    public SshEnvironment {
        configs = List.copyOf(configs);
    }

    public static SshEnvironment ofProcess() {
        Path home = Path.of(System.getProperty("user.home"));
        String socket = System.getenv("SSH_AUTH_SOCK");
        return new SshEnvironment(
                home,
                List.of(home.resolve(".ssh").resolve("config"), Path.of("/etc/ssh/ssh_config")),
                socket == null || socket.isEmpty() ? null : Path.of(socket),
                SshDialogue.ofProcess(),
                Limits.SSH_CONNECT);
    }
}
