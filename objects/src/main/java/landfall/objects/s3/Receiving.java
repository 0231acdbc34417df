package landfall.objects.s3;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import landfall.objects.store.Bucket;
import landfall.objects.store.Content;
import landfall.objects.store.Incoming;
import landfall.objects.store.Precondition;
import landfall.objects.store.Store;
import org.jspecify.annotations.Nullable;

/** Moving bytes between requests and the store. */
final class Receiving {
    /** The largest object of one PUT: "Amazon S3 multipart upload limits". */
    static final long PUT_MAX = 5L << 30;

    private static final int BUFFER = 128 << 10;

    private Receiving() {}

    /** Reads a body to its end into the store's hands; whatever fails, nothing of it stays. */
    static Incoming receive(Store store, Call call, Payload payload) throws IOException {
        long announced = call.announced();
        if (announced < 0 && call.header("transfer-encoding") == null) {
            throw new S3Exception(S3Error.MissingContentLength);
        }
        if (announced > PUT_MAX) {
            throw new S3Exception(S3Error.EntityTooLarge)
                    .with("ProposedSize", Long.toString(announced))
                    .with("MaxSizeAllowed", Long.toString(PUT_MAX));
        }
        return receive(store, payload, announced);
    }

    static Incoming receive(Store store, InputStream in, long announced) throws IOException {
        Incoming incoming = store.receive(announced);
        boolean whole = false;
        try {
            byte[] buffer = new byte[announced >= 0 && announced < BUFFER ? (int) Math.max(announced, 1) : BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                incoming.write(ByteBuffer.wrap(buffer, 0, read));
                if (incoming.size() > PUT_MAX) {
                    throw new S3Exception(S3Error.EntityTooLarge);
                }
            }
            whole = true;
            return incoming;
        } finally {
            if (!whole) {
                incoming.close();
            }
        }
    }

    /** Copies a range of a stored object into the store's hands, and computes the checksum asked for. */
    static Incoming copy(Store store, Content from, long offset, long length, @Nullable Checksum checksum)
            throws IOException {
        Incoming incoming = store.receive(length);
        boolean whole = false;
        try {
            for (long at = offset; at < offset + length; ) {
                ByteBuffer bytes = from.read(at, offset + length - at);
                at += bytes.remaining();
                if (checksum != null) {
                    byte[] copy = new byte[bytes.remaining()];
                    bytes.duplicate().get(copy);
                    checksum.update(copy, 0, copy.length);
                }
                incoming.write(bytes);
            }
            whole = true;
            return incoming;
        } finally {
            if (!whole) {
                incoming.close();
            }
        }
    }

    /** Writes a range of an object as the rest of the answer. */
    static void send(Call call, Content content, long offset, long length) throws IOException {
        if (length == 0) {
            call.write(true, ByteBuffer.allocate(0));
            return;
        }
        for (long at = offset; at < offset + length; ) {
            ByteBuffer bytes = content.read(at, offset + length - at);
            at += bytes.remaining();
            call.write(at >= offset + length, bytes);
        }
    }

    /** The conditions of a write. */
    static Precondition precondition(Call call) {
        String match = call.header("if-match");
        String noneMatch = call.header("if-none-match");
        return new Precondition(
                match == null ? null : Headers.unquoted(match),
                noneMatch == null ? null : Headers.unquoted(noneMatch),
                null,
                null);
    }

    /** The bucket of a call. @throws S3Exception NoSuchBucket */
    static Bucket bucket(Store store, Call call) {
        return store.bucket(call.bucket())
                .orElseThrow(() -> new S3Exception(S3Error.NoSuchBucket).with("BucketName", call.bucket()));
    }

    static boolean versioned(Store store, String bucket) {
        return store.bucket(bucket).map(Bucket::versioning).orElse(Bucket.Versioning.OFF) != Bucket.Versioning.OFF;
    }

    static boolean enabled(Store store, String bucket) {
        return store.bucket(bucket).map(Bucket::versioning).orElse(Bucket.Versioning.OFF) == Bucket.Versioning.ENABLED;
    }
}
