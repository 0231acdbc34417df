package landfall.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** An input read ahead by a thread of its own into a bounded buffer, so that reading can time out on any byte stream. */
final class PumpedInput extends InputStream {
    private final byte[] buffer = new byte[1 << 20];
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int start;
    private int count;
    private boolean ended;
    private @Nullable IOException failure;
    private volatile int timeoutMillis;

    PumpedInput(InputStream input) {
        Thread.ofVirtual().name("landfall replication input").start(() -> pump(input));
    }

    void setTimeout(int millis) {
        timeoutMillis = millis;
    }

    private void pump(InputStream input) {
        byte[] chunk = new byte[64 << 10];
        try {
            for (int n = input.read(chunk); n >= 0; n = input.read(chunk)) {
                put(chunk, n);
            }
            end(null);
        } catch (IOException e) {
            end(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(new IOException("interrupted"));
        }
    }

    private void put(byte[] chunk, int length) throws InterruptedException {
        lock.lock();
        try {
            while (buffer.length - count < length) {
                changed.await();
            }
            int at = (start + count) % buffer.length;
            int first = Math.min(length, buffer.length - at);
            System.arraycopy(chunk, 0, buffer, at, first);
            System.arraycopy(chunk, first, buffer, 0, length - first);
            count += length;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void end(@Nullable IOException cause) {
        lock.lock();
        try {
            ended = true;
            failure = cause;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int available() {
        lock.lock();
        try {
            // At the end one more read must happen, or nobody would notice it.
            return count == 0 && ended ? 1 : count;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        lock.lock();
        try {
            long left = timeoutMillis == 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
            while (count == 0 && !ended) {
                if (left <= 0) {
                    throw new SocketTimeoutException("nothing received");
                }
                left = changed.awaitNanos(left);
            }
            if (count == 0) {
                if (failure != null) {
                    throw new IOException("the connection was lost", failure);
                }
                return -1;
            }
            int taken = Math.min(Math.min(length, count), buffer.length - start);
            System.arraycopy(buffer, start, to, offset, taken);
            start = (start + taken) % buffer.length;
            count -= taken;
            changed.signalAll();
            return taken;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while reading", e);
        } finally {
            lock.unlock();
        }
    }
}
