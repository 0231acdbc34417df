package landfall.remote;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Origin;
import landfall.base.Problem;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.jspecify.annotations.Nullable;

/** The private keys that are offered to the host, each with where it came from. */
final class SshKeys {
    private static final List<String> USUAL_FILES = List.of("id_ed25519", "id_ecdsa", "id_rsa");

    private final List<KeyPair> pairs = new ArrayList<>();
    private final List<String> described = new ArrayList<>();

    private SshKeys() {}

    /** @param configured files named by ~/.ssh/config for this host */
    static SshKeys load(@Nullable Path identity, List<Path> configured, Path home) {
        SshKeys keys = new SshKeys();
        if (identity != null) {
            keys.add(identity, true);
            return keys;
        }
        configured.stream().filter(Files::isReadable).forEach(file -> keys.add(file, false));
        for (String name : USUAL_FILES) {
            Path file = home.resolve(".ssh").resolve(name);
            if (Files.isReadable(file) && !configured.contains(file)) {
                keys.add(file, false);
            }
        }
        return keys;
    }

    List<KeyPair> pairs() {
        return pairs;
    }

    /** Files and fingerprints, for the message that none of them was taken. */
    List<String> described() {
        return described;
    }

    private void add(Path file, boolean demanded) {
        try (InputStream content = Files.newInputStream(file)) {
            Iterable<KeyPair> loaded = SecurityUtils.loadKeyPairIdentities(
                    null, NamedResource.ofName(file.toString()), content, FilePasswordProvider.EMPTY);
            boolean any = false;
            if (loaded != null) {
                for (KeyPair pair : loaded) {
                    pairs.add(pair);
                    described.add(file + " (" + KeyUtils.getFingerPrint(pair.getPublic()) + ")");
                    any = true;
                }
            }
            if (!any) {
                unusable(file, demanded, "it holds no private key that can be read", null);
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            String why = Files.exists(file)
                    ? "it is protected by a passphrase, not readable, or not a private key"
                    : "there is no such file";
            unusable(file, demanded, why, e);
        }
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
                        "Give a private key file without a passphrase with --identity, or load yours into ssh-agent and"
                                + " leave --identity out."),
                cause);
    }
}
