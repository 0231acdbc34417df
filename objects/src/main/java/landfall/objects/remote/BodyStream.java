package landfall.objects.remote;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An answer's body as a stream that gives up on a line that has gone silent: the JDK's own waits for ever once the headers
 * are there. One list of buffers is asked for at a time.
 */
final class BodyStream extends InputStream implements HttpResponse.BodySubscriber<InputStream> {
    private final Duration silence;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Deque<ByteBuffer> buffers = new ArrayDeque<>();
    private Flow.@Nullable Subscription subscription;
    private boolean ended;

    private sealed interface Event {
        record Bytes(List<ByteBuffer> buffers) implements Event {}

        record End() implements Event {}

        record Broken(Throwable why) implements Event {}
    }

    /** {@code silence}: how long no byte may arrive. */
    BodyStream(Duration silence) {
        this.silence = silence;
    }

    @Override
    public CompletionStage<InputStream> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public synchronized void onSubscribe(Flow.Subscription given) {
        if (ended) {
            given.cancel();
            return;
        }
        subscription = given;
        given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
        events.add(new Event.Bytes(item));
    }

    @Override
    public void onError(Throwable why) {
        events.add(new Event.Broken(why));
    }

    @Override
    public void onComplete() {
        events.add(new Event.End());
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (true) {
            ByteBuffer first = buffers.peekFirst();
            if (first != null && first.hasRemaining()) {
                int count = Math.min(length, first.remaining());
                first.get(into, offset, count);
                return count;
            }
            if (first != null) {
                buffers.removeFirst();
            } else if (ended || !more()) {
                return -1;
            }
        }
    }

    /** Waits for the next buffers; false at the end. */
    private boolean more() throws IOException {
        Event event;
        try {
            event = events.poll(silence.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            close();
            throw new IOException("the reading was interrupted", stop);
        }
        return switch (event) {
            case null -> {
                close();
                throw new IOException("no byte came for " + silence.toSeconds() + " s");
            }
            case Event.Bytes(List<ByteBuffer> come) -> {
                buffers.addAll(come);
                askForMore();
                yield true;
            }
            case Event.End() -> {
                ended = true;
                yield false;
            }
            case Event.Broken(Throwable why) -> {
                ended = true;
                throw new IOException("the line broke: " + why.getMessage(), why);
            }
        };
    }

    private synchronized void askForMore() {
        if (subscription != null) {
            subscription.request(1);
        }
    }

    /** Drops what hasn't been read. */
    @Override
    public synchronized void close() {
        if (!ended) {
            ended = true;
            buffers.clear();
            if (subscription != null) {
                subscription.cancel();
            }
        }
    }
}
