package landfall.remote;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Origin;
import landfall.base.Problem;
import landfall.base.Secret;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.jspecify.annotations.Nullable;

/**
 * The private keys that are offered to the host, each with where it came from. A key under a passphrase waits: the agent
 * may have it, and another key may do.
 */
final class SshKeys {
    private static final List<String> USUAL_FILES = List.of("id_ed25519", "id_ecdsa", "id_rsa");
    private static final int TRIES = 3;

    private final List<KeyPair> pairs = new ArrayList<>();
    private final List<PublicKey> named = new ArrayList<>();
    private final List<String> described = new ArrayList<>();
    private final Deque<Path> locked = new ArrayDeque<>();

    private SshKeys() {}

    /**
     * @param identity the one file that was asked for, which then must be usable
     * @param configured files named by ~/.ssh/config for this host
     */
    static SshKeys load(@Nullable Path identity, List<Path> configured, boolean onlyConfigured, Path home) {
        SshKeys keys = new SshKeys();
        if (identity != null) {
            keys.add(identity, true);
            return keys;
        }
        configured.stream().filter(Files::isReadable).forEach(file -> keys.add(file, false));
        for (String name : USUAL_FILES) {
            Path file = home.resolve(".ssh").resolve(name);
            boolean wanted = !configured.contains(file) && !(onlyConfigured && !configured.isEmpty());
            if (wanted && Files.isReadable(file)) {
                keys.add(file, false);
            }
        }
        return keys;
    }

    List<KeyPair> pairs() {
        return pairs;
    }

    /** Public keys of all files, locked ones included: with IdentitiesOnly the agent may use no others. */
    List<PublicKey> named() {
        return named;
    }

    /** Files and fingerprints, for the message that none of them was taken. */
    List<String> described() {
        return described;
    }

    boolean isLocked() {
        return !locked.isEmpty();
    }

    /** Files that need a passphrase that nobody gave yet. */
    List<Path> locked() {
        return List.copyOf(locked);
    }

    /** Asks for the next locked key's passphrase; whether there is a key more now. */
    boolean unlock(SshDialogue dialogue) {
        while (!locked.isEmpty()) {
            Path file = locked.peek();
            for (int i = 0; i < TRIES; i++) {
                Optional<Secret> typed = dialogue.passphrase("Enter passphrase for key '" + file + "': ");
                if (typed.isEmpty()) {
                    return false;
                }
                if (opened(file, typed.get())) {
                    locked.remove();
                    return true;
                }
            }
            locked.remove();
            described.add(file + " (not usable: wrong passphrase, " + TRIES + " times)");
        }
        return false;
    }

    private boolean opened(Path file, Secret passphrase) {
        try {
            return read(file, FilePasswordProvider.of(passphrase.reveal()));
        } catch (IOException | GeneralSecurityException | RuntimeException wrong) {
            System.getLogger(SshKeys.class.getName()).log(System.Logger.Level.DEBUG, file + " did not open", wrong);
            return false;
        }
    }

    private boolean read(Path file, FilePasswordProvider passphrase) throws IOException, GeneralSecurityException {
        try (InputStream content = Files.newInputStream(file)) {
            Iterable<KeyPair> loaded = SecurityUtils.loadKeyPairIdentities(
                    null, NamedResource.ofName(file.toString()), content, passphrase);
            boolean any = false;
            if (loaded != null) {
                for (KeyPair pair : loaded) {
                    pairs.add(pair);
                    named.add(pair.getPublic());
                    described.add(file + " (" + KeyUtils.getFingerPrint(pair.getPublic()) + ")");
                    any = true;
                }
            }
            return any;
        }
    }

    private void add(Path file, boolean demanded) {
        try {
            if (SshKeyFile.isEncrypted(file)) {
                locked.add(file);
                publicHalf(file).ifPresent(named::add);
            } else if (!read(file, FilePasswordProvider.EMPTY)) {
                unusable(file, demanded, "it holds no private key that can be read", null);
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            if (e instanceof LandfallException known) {
                throw known;
            }
            String why = !Files.exists(file)
                    ? "there is no such file"
                    : !Files.isReadable(file) ? "you may not read it" : "it is not a private key that can be read";
            unusable(file, demanded, why, e);
        }
    }

    /** Beside the private key, as ssh-keygen writes it. */
    private static Optional<PublicKey> publicHalf(Path file) throws IOException, GeneralSecurityException {
        Path beside = file.resolveSibling(file.getFileName() + ".pub");
        if (!Files.isReadable(beside)) {
            return Optional.empty();
        }
        AuthorizedKeyEntry entry = AuthorizedKeyEntry.parseAuthorizedKeyEntry(
                Files.readString(beside, StandardCharsets.UTF_8).strip());
        return entry == null
                ? Optional.empty()
                : Optional.ofNullable(entry.resolvePublicKey(null, PublicKeyEntryResolver.IGNORING));
    }

    private void unusable(Path file, boolean demanded, String why, @Nullable Exception cause) {
        if (!demanded) {
            described.add(file + " (not usable: " + why + ")");
            return;
        }
        throw new LandfallException(
                ExitCode.BAD_INPUT,
                Problem.error(
                        Origin.file(file.toString()),
                        "cannot be used as an SSH key",
                        why,
                        "Give a private key file with --identity, or load yours into ssh-agent and leave --identity"
                                + " out."),
                cause);
    }
}
