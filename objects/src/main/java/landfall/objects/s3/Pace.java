package landfall.objects.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;

/**
 * How fast a client sends or takes a body. After the patience the average of the time spent waiting for it must reach the
 * least rate; an idle timeout alone would let a byte every minute hold a request's place for ever.
 */
public final class Pace {
    private final Limits limits;
    private long waited;
    private long bytes;

    /**
     * What slow clients may do.
     *
     * @param patienceSeconds for a request's header, and before the rate of a body counts
     * @param bytesPerSecondMin 0 for any
     * @param connectionsMax more aren't accepted until others close
     */
    public record Limits(int patienceSeconds, int bytesPerSecondMin, int connectionsMax) {}

    Pace(Limits limits) {
        this.limits = limits;
    }

    /** @throws S3Exception RequestTimeout if it has been too slow for too long */
    void took(long nanos, long moved) {
        waited += nanos;
        bytes += moved;
        double seconds = waited / (double) TimeUnit.SECONDS.toNanos(1);
        if (seconds > limits.patienceSeconds() && bytes < seconds * limits.bytesPerSecondMin()) {
            throw new S3Exception(S3Error.RequestTimeout);
        }
    }

    /** A body that is read no slower than the pace. */
    InputStream of(InputStream body) {
        return new FilterInputStream(body) {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                long began = System.nanoTime();
                int read = in.read(into, offset, length);
                if (read >= 0) {
                    took(System.nanoTime() - began, read);
                }
                return read;
            }

            @Override
            public long skip(long count) throws IOException {
                return Math.max(0, read(new byte[(int) Math.min(count, 64 << 10)]));
            }
        };
    }
}
