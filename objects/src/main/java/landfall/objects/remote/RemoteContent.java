package landfall.objects.remote;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import landfall.objects.store.Content;
import landfall.objects.store.ObjectVersion;
import org.jspecify.annotations.Nullable;

/** An object of another store, read from there; always the version that was opened, or an error. */
final class RemoteContent implements Content {
    private static final int BUFFER = 256 << 10;

    /** Opens the object's bytes from an offset to one before {@code end}. */
    interface Opener {
        InputStream open(ObjectVersion version, long offset, long end) throws IOException;
    }

    private final ObjectVersion version;
    private final Opener opener;
    private final byte[] buffer;
    private @Nullable InputStream in;
    private long at;
    private long end;

    RemoteContent(ObjectVersion version, Opener opener) {
        this.version = version;
        this.opener = opener;
        this.buffer = new byte[(int) Math.max(1, Math.min(BUFFER, version.size()))];
    }

    @Override
    public ObjectVersion version() {
        return version;
    }

    @Override
    public ByteBuffer read(long offset, long length) throws IOException {
        if (offset < 0 || offset >= version.size() || length < 1) {
            throw new IllegalArgumentException("no bytes at " + offset + " of " + version.size());
        }
        InputStream from = in;
        if (from == null || at != offset || end <= offset) {
            close();
            end = Math.min(version.size(), offset + length);
            from = opener.open(version, offset, end);
            in = from;
            at = offset;
        }
        int count = from.read(buffer, 0, (int) Math.min(buffer.length, Math.min(length, end - offset)));
        if (count < 0) {
            throw new IOException("the backend ended " + version.bucket() + "/" + version.key() + " after " + at
                    + " of " + version.size() + " bytes");
        }
        at += count;
        return ByteBuffer.wrap(buffer, 0, count).asReadOnlyBuffer();
    }

    @Override
    public void close() {
        InputStream open = in;
        in = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException unclosed) {
                System.getLogger(RemoteContent.class.getName())
                        .log(System.Logger.Level.WARNING, "An answer of the backend couldn't be closed", unclosed);
            }
        }
    }
}
