package landfall.objects.remote;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.UUID;
import landfall.objects.s3.Signing;
import landfall.objects.store.Incoming;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on their way to another store: in memory while small, then in a file, since their SHA-256 must be known before
 * they are sent. Nothing here must survive a crash: who sent them has no answer yet.
 */
final class Spool implements Incoming {
    private static final int MEMORY_MAX = 64 << 10;

    private final Path path;
    private final MessageDigest md5 = Signing.digest("MD5");
    private final MessageDigest sha256 = Signing.digest("SHA-256");
    private @Nullable ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private @Nullable FileChannel channel;
    private byte @Nullable [] digest;
    private long size;

    /** {@code folder}: for the file. */
    Spool(Path folder) {
        this.path = folder.resolve(UUID.randomUUID().toString());
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        md5.update(bytes.duplicate());
        sha256.update(bytes.duplicate());
        size += bytes.remaining();
        ByteArrayOutputStream small = memory;
        if (small != null && size <= MEMORY_MAX) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            small.writeBytes(copy);
            return;
        }
        FileChannel out = channel;
        if (out == null) {
            out = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            channel = out;
        }
        if (small != null) {
            writeAll(out, ByteBuffer.wrap(small.toByteArray()));
            memory = null;
        }
        writeAll(out, bytes);
    }

    private static void writeAll(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    @Override
    public long size() {
        return size;
    }

    /** Not kept: the other store tells when it took the bytes. */
    @Override
    public void modified(Instant time) {}

    @Override
    public @Nullable FileChannel reader() throws IOException {
        return channel == null ? null : FileChannel.open(path, StandardOpenOption.READ);
    }

    @Override
    public byte[] md5() {
        byte[] known = digest;
        if (known == null) {
            known = md5.digest();
            digest = known;
        }
        return known.clone();
    }

    /** The bytes as a request's body, which may be sent more than once; ends the writing. */
    RemoteS3.Body body() throws IOException {
        String hash = Signing.hex(sha256.digest());
        ByteArrayOutputStream small = memory;
        if (small == null) {
            return new RemoteS3.Body(HttpRequest.BodyPublishers.ofFile(path), hash);
        }
        return new RemoteS3.Body(
                size == 0
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofByteArray(small.toByteArray()),
                hash);
    }

    @Override
    public void close() {
        try {
            FileChannel open = channel;
            if (open != null && open.isOpen()) {
                open.close();
                Files.deleteIfExists(path);
            }
        } catch (IOException undeleted) {
            // What lies here is removed at the next start.
            System.getLogger(Spool.class.getName())
                    .log(System.Logger.Level.WARNING, "Sent bytes couldn't be removed: " + path, undeleted);
        }
    }
}
