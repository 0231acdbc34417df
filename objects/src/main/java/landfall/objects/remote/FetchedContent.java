package landfall.objects.remote;

import java.io.IOException;
import java.nio.ByteBuffer;
import landfall.objects.store.Content;
import landfall.objects.store.ObjectVersion;

/** An object that is still arriving, read as its bytes come. */
final class FetchedContent implements Content {
    private static final int BUFFER = 256 << 10;

    private final Fetch fetch;
    private final ObjectVersion version;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private boolean closed;

    /** {@code fetch}: held for this content, which releases it. */
    FetchedContent(Fetch fetch, ObjectVersion version) {
        this.fetch = fetch;
        this.version = version;
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
        buffer.clear().limit((int) Math.min(length, BUFFER));
        fetch.read(buffer, offset);
        return buffer.flip().asReadOnlyBuffer();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            fetch.release();
        }
    }
}
