package landfall.remote;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Origin;
import landfall.base.Problem;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;

/**
 * The keys that known_hosts files have for one host: plain and hashed names, {@code [host]:port}, patterns,
 * {@code @revoked}. As OpenSSH does, a line that makes no sense is passed over.
 *
 * @param files read in this order; new keys go into the first
 */
record KnownHosts(String host, int port, List<Path> files, boolean hashed, List<Known> keys) {
    private static final int SALT_BYTES = 20;
    private static final String HASHED = "|1|";

    /** One key and where it is written. */
    record Known(PublicKey key, boolean revoked, Path file, int line) {}

    KnownHosts {
        files = List.copyOf(files);
        keys = List.copyOf(keys);
    }

    static KnownHosts read(String host, int port, List<Path> files, boolean hashed) {
        List<Known> keys = new ArrayList<>();
        for (Path file : files) {
            if (Files.isReadable(file)) {
                read(file, host, port, keys);
            }
        }
        return new KnownHosts(host, port, files, hashed, keys);
    }

    private static void read(Path file, String host, int port, List<Known> into) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            Origin.file(file.toString()),
                            "the known_hosts file cannot be read",
                            String.valueOf(e.getMessage()),
                            "Check it, or give another one with --known-hosts."),
                    e);
        }
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#") || line.startsWith("@cert-authority")) {
                continue;
            }
            boolean revoked = line.startsWith("@revoked");
            String[] parts = (revoked ? line.substring("@revoked".length()).strip() : line).split("[ \t]+", 2);
            try {
                if (parts.length == 2 && isNamed(parts[0], name(host, port))) {
                    PublicKey key = PublicKeyEntry.parsePublicKeyEntry(parts[1])
                            .resolvePublicKey(null, Map.of(), PublicKeyEntryResolver.IGNORING);
                    if (key != null) {
                        into.add(new Known(key, revoked, file, i + 1));
                    }
                }
            } catch (IOException | GeneralSecurityException | RuntimeException e) {
                System.getLogger(KnownHosts.class.getName())
                        .log(System.Logger.Level.DEBUG, file + ":" + (i + 1) + " is not a known host", e);
            }
        }
    }

    /** MINA's own comparison takes a pattern for one of port 22 only, so that a key revoked for * would pass. */
    private static boolean isNamed(String names, String name) throws IOException {
        if (!names.startsWith(HASHED)) {
            return SshConfig.matches(List.of(names.split(",")), name);
        }
        int bar = names.indexOf('|', HASHED.length());
        return bar > 0
                && hash(name, Base64.getDecoder().decode(names.substring(HASHED.length(), bar)))
                        .equals(names);
    }

    /** As a line has it. */
    String name() {
        return name(host, port);
    }

    private static String name(String host, int port) {
        return port == SshTarget.PORT_DEFAULT ? host : "[" + host + "]:" + port;
    }

    /** Appends a line; the folder and the file are made if need be, for the user alone. */
    Path remember(PublicKey key) throws IOException {
        Path file = files.getFirst();
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null && !Files.exists(folder)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        String before = Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
        if (!Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        String line = (before.isEmpty() || before.endsWith("\n") ? "" : "\n") + (hashed ? hash(name(), salt()) : name())
                + " " + PublicKeyEntry.toString(key) + "\n";
        Files.writeString(file, line, StandardCharsets.ISO_8859_1, StandardOpenOption.APPEND);
        return file;
    }

    private static byte[] salt() {
        byte[] salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        return salt;
    }

    private static String hash(String name, byte[] salt) throws IOException {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(salt, "HmacSHA1"));
            byte[] digest = mac.doFinal(name.getBytes(StandardCharsets.US_ASCII));
            return HASHED + Base64.getEncoder().encodeToString(salt) + "|"
                    + Base64.getEncoder().encodeToString(digest);
        } catch (GeneralSecurityException e) {
            throw new IOException("no HMAC-SHA1 to hash the host's name with", e);
        }
    }
}
