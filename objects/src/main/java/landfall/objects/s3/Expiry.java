package landfall.objects.s3;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import landfall.objects.store.Bucket;
import landfall.objects.store.Listing;
import landfall.objects.store.ObjectVersion;
import landfall.objects.store.Precondition;
import landfall.objects.store.Store;
import landfall.objects.store.StoreException;
import landfall.objects.store.Upload;
import org.jspecify.annotations.Nullable;

/** Carries the lifecycle rules out: goes through buckets that have some, page by page, every hour. */
public final class Expiry implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Expiry.class.getName());
    private static final int PAGE = 1_000;

    private final Store store;
    private final Clock clock;
    private final Duration day;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;

    /** {@code day}: how long a day of a rule is; less than a real one for trying rules out only. */
    public Expiry(Store store, Clock clock, Duration day) {
        this.store = store;
        this.clock = clock;
        this.day = day;
        this.thread = Thread.ofPlatform().daemon().name("expiry").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        long pause = Math.min(TimeUnit.HOURS.toMillis(1), Math.max(200, day.toMillis() / 4));
        try {
            while (!stopped.await(pause, TimeUnit.MILLISECONDS)) {
                round();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** One look at every bucket. */
    public void round() {
        for (Bucket bucket : store.buckets()) {
            try {
                Lifecycle lifecycle = Lifecycle.of(bucket);
                if (lifecycle != null) {
                    expire(bucket, lifecycle);
                    abort(bucket, lifecycle);
                }
            } catch (StoreException | S3Exception failed) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "Lifecycle rules of " + bucket.name() + " weren't carried out",
                        failed);
            }
        }
    }

    private void expire(Bucket bucket, Lifecycle lifecycle) {
        @Nullable String after = null;
        @Nullable String afterVersion = null;
        @Nullable ObjectVersion newer = null;
        int noncurrent = 0;
        while (stopped.getCount() > 0) {
            Listing page = store.listVersions(bucket.name(), new Listing.Request("", "", after, afterVersion, PAGE));
            for (Listing.Item item : page.items()) {
                if (item instanceof Listing.Entry(ObjectVersion version)) {
                    boolean sameKey = newer != null && newer.key().equals(version.key());
                    noncurrent = version.latest() ? 0 : noncurrent + 1;
                    judge(bucket, lifecycle, version, sameKey ? newer : null, noncurrent);
                    newer = version;
                }
            }
            if (!page.truncated()) {
                return;
            }
            after = page.nextMarker();
            afterVersion = page.nextVersion();
        }
    }

    private void judge(
            Bucket bucket, Lifecycle lifecycle, ObjectVersion version, @Nullable ObjectVersion newer, int noncurrent) {
        Instant now = clock.instant();
        for (Lifecycle.Rule rule : lifecycle.rules()) {
            if (!rule.fits(version)) {
                continue;
            }
            if (version.latest() && version.deleteMarker()) {
                if (expiredMarker(rule, version, now) && alone(bucket, version)) {
                    remove(bucket, version, version.versionId());
                    return;
                }
            } else if (version.latest()) {
                Instant due = rule.due(version, day);
                if (due != null && !now.isBefore(due)) {
                    remove(bucket, version, null);
                    return;
                }
            } else if (newer != null && rule.noncurrentDays() > 0 && noncurrent > rule.newerNoncurrent()) {
                if (!now.isBefore(Lifecycle.after(newer.modified(), rule.noncurrentDays(), day))) {
                    remove(bucket, version, version.versionId());
                    return;
                }
            }
        }
    }

    private boolean expiredMarker(Lifecycle.Rule rule, ObjectVersion marker, Instant now) {
        Instant due = rule.due(marker, day);
        return rule.expiredMarkers() || (due != null && !now.isBefore(due));
    }

    private boolean alone(Bucket bucket, ObjectVersion marker) {
        List<Listing.Item> versions = store.listVersions(
                        bucket.name(), new Listing.Request(marker.key(), "", null, null, 2))
                .items();
        return versions.stream()
                .noneMatch(item -> item instanceof Listing.Entry(ObjectVersion version)
                        && version.key().equals(marker.key())
                        && version.sequence() != marker.sequence());
    }

    /** Only if it is still the version that was judged. */
    private void remove(Bucket bucket, ObjectVersion version, @Nullable String id) {
        try {
            Precondition same = id == null && !version.deleteMarker()
                    ? new Precondition(
                            version.etag(),
                            null,
                            version.size(),
                            version.modified().getEpochSecond())
                    : Precondition.NONE;
            store.delete(bucket.name(), version.key(), id, same);
        } catch (StoreException changed) {
            if (changed.reason() != StoreException.Reason.PRECONDITION_FAILED
                    && changed.reason() != StoreException.Reason.NO_SUCH_KEY) {
                throw changed;
            }
        }
    }

    private void abort(Bucket bucket, Lifecycle lifecycle) {
        Instant now = clock.instant();
        String key = "";
        String id = "";
        while (stopped.getCount() > 0) {
            List<Upload> page = store.uploads(bucket.name(), "", key, id, PAGE);
            for (Upload upload : page) {
                key = upload.key();
                id = upload.id();
                boolean due = lifecycle.rules().stream()
                        .anyMatch(rule -> rule.enabled()
                                && rule.abortDays() > 0
                                && upload.key().startsWith(rule.prefix())
                                && !now.isBefore(Lifecycle.after(upload.initiated(), rule.abortDays(), day)));
                if (due) {
                    store.abortUpload(upload);
                }
            }
            if (page.size() < PAGE) {
                return;
            }
        }
    }

    @Override
    public void close() {
        stopped.countDown();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(30));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
