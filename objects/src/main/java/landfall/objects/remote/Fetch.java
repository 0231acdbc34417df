package landfall.objects.remote;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import landfall.objects.store.Incoming;
import landfall.objects.store.Meta;
import landfall.objects.store.ObjectVersion;
import landfall.objects.store.Store;
import landfall.objects.store.StoreException;
import org.jspecify.annotations.Nullable;

/**
 * One object on its way from the old store: a thread of its own brings it, compares it and stores it, whoever waits; many
 * may wait, and read what has come so far.
 */
final class Fetch {
    private static final System.Logger LOG = System.getLogger(Fetch.class.getName());
    private static final int BUFFER = 128 << 10;
    /** A line that broke is taken up again where it broke, so often. */
    private static final int RESUMES_MAX = 3;

    /** Stores what was fetched, unless the key was deleted or written here meanwhile: then it answers false. */
    interface Commit {
        boolean store(ObjectVersion version, Incoming bytes) throws IOException;
    }

    private enum State {
        BEGUN,
        ARRIVING,
        STORED,
        OVERTAKEN,
        ABSENT,
        FAILED
    }

    private final String bucket;
    private final String key;
    private final RemoteBucket origin;
    private final Store store;
    private final Commit commit;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private State state = State.BEGUN;
    private @Nullable ObjectVersion version;
    private @Nullable StoreException failure;
    private @Nullable FileChannel reader;
    private int readers = 1;
    private long written;

    Fetch(String bucket, String key, RemoteBucket origin, Store store, Commit commit) {
        this.bucket = bucket;
        this.key = key;
        this.origin = origin;
        this.store = store;
        this.commit = commit;
    }

    /** Tells those who wait that it won't be brought. */
    void refuse(StoreException why) {
        fail(why);
        release();
    }

    /** It isn't needed: the key is here. */
    void spare() {
        become(State.OVERTAKEN);
        release();
    }

    /** Brings it; never throws: those who wait are told. */
    void run() {
        try {
            bring();
        } catch (StoreException refused) {
            fail(refused);
        } catch (IOException | RuntimeException failed) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}/{1} could not be brought from the old store: {2}",
                    bucket,
                    key,
                    failed.getMessage());
            fail(new StoreException(
                    StoreException.Reason.UNAVAILABLE,
                    "the object " + key + " isn't here yet and the old store doesn't give it: " + failed.getMessage(),
                    failed));
        } finally {
            release();
        }
    }

    private void bring() throws IOException {
        Optional<RemoteBucket.Arriving> found = origin.get(bucket, key);
        if (found.isEmpty()) {
            become(State.ABSENT);
            return;
        }
        try (RemoteBucket.Arriving arriving = found.get();
                Incoming incoming = store.receive(arriving.version().size())) {
            ObjectVersion told = arriving.version();
            String encryption = String.valueOf(arriving.answer().header("x-amz-server-side-encryption"));
            Comparison comparison = Comparison.of(origin, told, !encryption.startsWith("aws:kms"));
            arrives(told);
            receive(arriving.answer().body(), told, incoming, comparison);
            comparison.finish();
            incoming.modified(told.modified());
            boolean stored = commit.store(described(told, arriving.answer()), incoming);
            become(stored ? State.STORED : State.OVERTAKEN);
        }
    }

    private void receive(InputStream body, ObjectVersion told, Incoming incoming, Comparison comparison)
            throws IOException {
        byte[] buffer = new byte[(int) Math.max(1, Math.min(BUFFER, told.size()))];
        InputStream in = body;
        int resumes = 0;
        try {
            while (true) {
                int count;
                try {
                    count = in.read(buffer);
                } catch (IOException broken) {
                    if (resumes++ >= RESUMES_MAX
                            || incoming.size() == 0
                            || incoming.size() >= told.size()
                            || told.etag().isEmpty()) {
                        throw broken;
                    }
                    in.close();
                    in = origin.rest(key, told.etag(), incoming.size()).body();
                    continue;
                }
                if (count < 0) {
                    return;
                }
                comparison.update(buffer, count);
                incoming.write(ByteBuffer.wrap(buffer, 0, count));
                came(incoming);
            }
        } finally {
            in.close();
        }
    }

    /** With its tags, which are asked for one by one. */
    private ObjectVersion described(ObjectVersion told, RemoteS3.Answer answer) {
        String count = answer.header("x-amz-tagging-count");
        if (count == null || count.equals("0")) {
            return told;
        }
        try {
            Meta tagged = told.meta().withTags(origin.tags(key));
            return new ObjectVersion(
                    told.bucket(),
                    told.key(),
                    told.versionId(),
                    told.sequence(),
                    told.latest(),
                    told.deleteMarker(),
                    told.size(),
                    told.etag(),
                    told.modified(),
                    tagged);
        } catch (IOException untold) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}/{1} comes without its tags, which the old store doesn''t give: {2}",
                    bucket,
                    key,
                    untold.getMessage());
            return told;
        }
    }

    // What those who wait are told
    // ---------------------------------------------------------------------------------------------

    private void become(State next) {
        lock.lock();
        try {
            state = next;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void fail(StoreException why) {
        lock.lock();
        try {
            failure = why;
            state = State.FAILED;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void arrives(ObjectVersion told) {
        lock.lock();
        try {
            version = told;
            state = State.ARRIVING;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void came(Incoming incoming) throws IOException {
        lock.lock();
        try {
            if (reader == null) {
                reader = incoming.reader();
            }
            written = incoming.size();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until what it is is known; null if there is nothing. @throws StoreException if it can't be had */
    @Nullable
    ObjectVersion known() {
        lock.lock();
        try {
            while (state == State.BEGUN) {
                changed.awaitUninterruptibly();
            }
            return told();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it is stored; false if there is nothing. @throws StoreException if it can't be had */
    boolean stored() {
        lock.lock();
        try {
            while (state == State.BEGUN || state == State.ARRIVING) {
                changed.awaitUninterruptibly();
            }
            return told() != null;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable ObjectVersion told() {
        StoreException why = failure;
        if (why != null) {
            throw new StoreException(why.reason(), String.valueOf(why.getMessage()), why);
        }
        return version;
    }

    /**
     * Waits for bytes at {@code offset} and reads them. The last byte of all waits until the object was compared and stored:
     * nobody gets a whole object that turns out to be another.
     */
    void read(ByteBuffer into, long offset) throws IOException {
        FileChannel from;
        lock.lock();
        try {
            while (true) {
                told();
                boolean done = state == State.STORED || state == State.OVERTAKEN;
                long safe = done ? written : Math.min(written, size() - 1);
                if (offset < safe && reader != null) {
                    into.limit((int) Math.min(into.limit(), into.position() + safe - offset));
                    from = reader;
                    break;
                }
                if (done) {
                    throw new IOException("the fetched bytes of " + key + " are gone");
                }
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        for (long at = offset; into.hasRemaining(); ) {
            int count = from.read(into, at);
            if (count < 0) {
                throw new IOException("the fetched bytes of " + key + " end too early");
            }
            at += count;
        }
    }

    private long size() {
        ObjectVersion known = version;
        return known == null ? 0 : known.size();
    }

    /** Keeps the bytes readable until {@link #release}; false if the last reader has gone. */
    boolean hold() {
        lock.lock();
        try {
            if (readers == 0) {
                return false;
            }
            readers++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    void release() {
        lock.lock();
        try {
            readers--;
            if (readers == 0 && reader != null) {
                reader.close();
            }
        } catch (IOException unclosed) {
            LOG.log(System.Logger.Level.WARNING, "A fetched file couldn't be closed", unclosed);
        } finally {
            lock.unlock();
        }
    }
}
