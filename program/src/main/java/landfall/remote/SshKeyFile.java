package landfall.remote;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** Tells from a private key's file whether it needs a passphrase, without one. */
final class SshKeyFile {
    private static final String OPENSSH_BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----";
    private static final String OPENSSH_END = "-----END OPENSSH PRIVATE KEY-----";
    private static final byte[] MAGIC = "openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII);
    private static final int KEY_BYTES_MAX = 1 << 20;

    private SshKeyFile() {}

    static boolean isEncrypted(Path file) throws IOException {
        if (Files.size(file) > KEY_BYTES_MAX) {
            throw new IOException("it is too large for a key");
        }
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        int begin = text.indexOf(OPENSSH_BEGIN);
        int end = text.indexOf(OPENSSH_END);
        if (begin < 0 || end < begin) {
            // The older forms say it in words.
            return text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED");
        }
        byte[] blob = Base64.getMimeDecoder().decode(text.substring(begin + OPENSSH_BEGIN.length(), end));
        ByteBuffer content = ByteBuffer.wrap(blob);
        if (blob.length < MAGIC.length + 4) {
            throw new IOException("it ends early");
        }
        content.position(MAGIC.length);
        byte[] cipher = new byte[Math.clamp(content.getInt(), 0, content.remaining())];
        content.get(cipher);
        return !new String(cipher, StandardCharsets.US_ASCII).equals("none");
    }
}
