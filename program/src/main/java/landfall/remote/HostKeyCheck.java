package landfall.remote;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Origin;
import landfall.base.Problem;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.jspecify.annotations.Nullable;

/**
 * Checks the host's key against known_hosts. MINA's own check tells unknown and changed keys with the same words; here
 * they are two problems, and a changed key can't be overridden.
 */
final class HostKeyCheck implements ServerKeyVerifier {
    private final String host;
    private final int port;
    private final Path file;
    private final @Nullable String acceptedFingerprint;
    private final List<Known> known;
    private volatile @Nullable Problem refusal;

    private record Known(PublicKey key, boolean revoked) {}

    private HostKeyCheck(String host, int port, Path file, @Nullable String acceptedFingerprint, List<Known> known) {
        this.host = host;
        this.port = port;
        this.file = file;
        this.acceptedFingerprint = acceptedFingerprint;
        this.known = known;
    }

    static HostKeyCheck of(String host, int port, SshOptions options) {
        Path given = options.knownHosts();
        Path file = given != null ? given : Path.of(System.getProperty("user.home"), ".ssh", "known_hosts");
        if (given != null && !Files.isReadable(given)) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            Origin.file(given.toString()),
                            "the known_hosts file cannot be read",
                            Files.exists(given) ? "no permission" : "there is no such file",
                            "Check --known-hosts."));
        }
        return new HostKeyCheck(host, port, file, options.acceptedFingerprint(), read(file, host, port));
    }

    private static List<Known> read(Path file, String host, int port) {
        List<Known> found = new ArrayList<>();
        if (!Files.isReadable(file)) {
            return found;
        }
        try {
            for (KnownHostEntry entry : KnownHostEntry.readKnownHostEntries(file)) {
                boolean authority = "cert-authority".equals(entry.getMarker());
                if (!authority && entry.isHostMatch(host, port)) {
                    PublicKey key = entry.getKeyEntry().resolvePublicKey(null, PublicKeyEntryResolver.IGNORING);
                    if (key != null) {
                        found.add(new Known(key, "revoked".equals(entry.getMarker())));
                    }
                }
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            Origin.file(file.toString()),
                            "the known_hosts file cannot be understood",
                            String.valueOf(e.getMessage()),
                            "Mend the line, or give another file with --known-hosts."),
                    e);
        }
        return found;
    }

    /** Key types on record, so that the server is asked for one that can be compared. */
    Set<String> knownTypes() {
        return known.stream().map(entry -> KeyUtils.getKeyType(entry.key())).collect(Collectors.toSet());
    }

    @Nullable
    Problem refusal() {
        return refusal;
    }

    @Override
    public boolean verifyServerKey(ClientSession session, SocketAddress address, PublicKey key) {
        String fingerprint = KeyUtils.getFingerPrint(key);
        for (Known entry : known) {
            if (KeyUtils.compareKeys(entry.key(), key)) {
                if (entry.revoked()) {
                    refusal = Problem.error(
                            "the host key of " + host + " is revoked (" + fingerprint + ")",
                            file + " marks it @revoked",
                            "Do not connect before you know why it was revoked.");
                }
                return !entry.revoked();
            }
        }
        if (known.stream().anyMatch(entry -> !entry.revoked())) {
            refusal = changed(fingerprint);
            return false;
        }
        if (fingerprint.equals(acceptedFingerprint)) {
            return true;
        }
        refusal = unknown(fingerprint);
        return false;
    }

    private Problem changed(String fingerprint) {
        String recorded = known.stream()
                .map(entry -> KeyUtils.getFingerPrint(entry.key()))
                .distinct()
                .collect(Collectors.joining(", "));
        return Problem.error(
                "THE HOST KEY OF " + host + " HAS CHANGED: it now shows " + fingerprint,
                file + " has " + recorded + "; either the host was set up anew or somebody stands between",
                "Ask whoever runs the host. Only if they confirm the new key: ssh-keygen -R '" + pattern() + "' -f "
                        + file + ", then connect again.");
    }

    private Problem unknown(String fingerprint) {
        String next = "Compare it with what the host's owner says (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub on"
                + " the host), then add --host-key " + fingerprint + " or run: ssh-keyscan -p " + port + " " + host
                + " >> " + file;
        String why = acceptedFingerprint == null
                ? file + " has no key for it"
                : "--host-key says " + acceptedFingerprint + ", and " + file + " has no key for it";
        return Problem.error(
                "the host key of " + pattern() + " is not known: it shows " + fingerprint, why, next + ".");
    }

    private String pattern() {
        return port == 22 ? host : "[" + host + "]:" + port;
    }
}
