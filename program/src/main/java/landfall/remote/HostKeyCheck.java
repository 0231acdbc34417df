package landfall.remote;

import java.io.IOException;
import java.net.SocketAddress;
import java.security.PublicKey;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import landfall.base.Problem;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.jspecify.annotations.Nullable;

/**
 * Checks the host's key against known_hosts. MINA's own check tells unknown and changed keys with the same words; here
 * they are two problems, and a changed key can't be overridden. Whether to trust an unknown key is asked between two
 * attempts, so that nobody has to answer before a timeout.
 */
final class HostKeyCheck implements ServerKeyVerifier {
    private final KnownHosts hosts;
    private final @Nullable String demandedFingerprint;
    private volatile @Nullable Problem refusal;
    private volatile @Nullable PublicKey unknown;
    private volatile @Nullable PublicKey accepted;
    private volatile @Nullable PublicKey toRemember;

    /** @param demandedFingerprint of a key that is accepted though it is not known */
    HostKeyCheck(KnownHosts hosts, @Nullable String demandedFingerprint) {
        this.hosts = hosts;
        this.demandedFingerprint = demandedFingerprint;
    }

    /** Key types on record, so that the server is asked for one that can be compared. */
    Set<String> knownTypes() {
        return hosts.keys().stream()
                .map(entry -> KeyUtils.getKeyType(entry.key()))
                .collect(Collectors.toSet());
    }

    @Nullable
    Problem refusal() {
        return refusal;
    }

    /** Asks about the unknown key that the last attempt met; empty if there was none or nobody can answer. */
    Optional<Boolean> asked(SshDialogue dialogue) {
        PublicKey key = unknown;
        if (key == null || demandedFingerprint != null) {
            return Optional.empty();
        }
        Optional<Boolean> answer = dialogue.confirmed("The authenticity of host '" + hosts.name()
                + "' can't be established.\n" + KeyUtils.getKeyType(key) + " key fingerprint is "
                + KeyUtils.getFingerPrint(key)
                + ".\nCompare it with what the host's owner says. Connect and remember this key (yes/no)? ");
        unknown = null;
        if (answer.orElse(false)) {
            accepted = key;
            refusal = null;
        }
        return answer;
    }

    /** Writes a newly accepted key to known_hosts. */
    void remember() {
        PublicKey key = toRemember;
        if (key == null) {
            return;
        }
        toRemember = null;
        try {
            hosts.remember(key);
        } catch (IOException e) {
            System.getLogger(HostKeyCheck.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "the key of " + hosts.name() + " could not be added to "
                                    + hosts.files().getFirst() + ": " + e.getMessage());
        }
    }

    @Override
    public boolean verifyServerKey(ClientSession session, SocketAddress address, PublicKey key) {
        String fingerprint = KeyUtils.getFingerPrint(key);
        for (KnownHosts.Known entry : hosts.keys()) {
            if (KeyUtils.compareKeys(entry.key(), key) && entry.revoked()) {
                refusal = Problem.error(
                        "the host key of " + hosts.name() + " is revoked (" + fingerprint + ")",
                        entry.file() + " line " + entry.line() + " marks it @revoked",
                        "Do not connect before you know why it was revoked.");
                return false;
            }
        }
        for (KnownHosts.Known entry : hosts.keys()) {
            if (KeyUtils.compareKeys(entry.key(), key)) {
                return true;
            }
        }
        PublicKey confirmed = accepted;
        if (confirmed != null && KeyUtils.compareKeys(confirmed, key)) {
            toRemember = key;
            return true;
        }
        if (hosts.keys().stream().anyMatch(entry -> !entry.revoked())) {
            refusal = changed(fingerprint);
            return false;
        }
        if (fingerprint.equals(demandedFingerprint)) {
            accepted = key;
            toRemember = key;
            return true;
        }
        unknown = key;
        refusal = unknown(fingerprint);
        return false;
    }

    private Problem changed(String fingerprint) {
        String recorded = hosts.keys().stream()
                .filter(entry -> !entry.revoked())
                .map(entry ->
                        KeyUtils.getFingerPrint(entry.key()) + " (" + entry.file() + " line " + entry.line() + ")")
                .distinct()
                .collect(Collectors.joining(", "));
        String remove = hosts.keys().stream()
                .filter(entry -> !entry.revoked())
                .map(entry -> "ssh-keygen -R '" + hosts.name() + "' -f " + entry.file())
                .distinct()
                .collect(Collectors.joining("; "));
        return Problem.error(
                "THE HOST KEY OF " + hosts.name() + " HAS CHANGED: it now shows " + fingerprint,
                "known_hosts has " + recorded + "; either the host was set up anew or somebody stands between",
                "Ask whoever runs the host. Only if they confirm the new key: " + remove + ", then connect again.");
    }

    private Problem unknown(String fingerprint) {
        String next = "Compare it with what the host's owner says (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub on"
                + " the host), then add --host-key " + fingerprint + ", which is remembered.";
        String why = demandedFingerprint == null
                ? hosts.files().getFirst() + " has no key for it, and there is no terminal to ask on"
                : "--host-key says " + demandedFingerprint + ", and "
                        + hosts.files().getFirst() + " has no key for it";
        return Problem.error("the host key of " + hosts.name() + " is not known: it shows " + fingerprint, why, next);
    }

    /** What is said when the person at the terminal did not want it. */
    Problem declined() {
        return Problem.error(
                "the host key of " + hosts.name() + " was not accepted",
                "nothing was sent",
                "Ask the host's owner for its fingerprint, then connect again.");
    }
}
