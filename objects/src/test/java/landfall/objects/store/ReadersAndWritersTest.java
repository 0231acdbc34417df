package landfall.objects.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** While keys are overwritten, deleted and promoted, a reader gets one version's bytes to the end, never a mixture. */
final class ReadersAndWritersTest {
    private static final int WRITES = 400;
    private static final int READERS = 6;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicInteger reads = new AtomicInteger();

    @ParameterizedTest
    @EnumSource(Bucket.Versioning.class)
    void aReaderNeverGetsAMixture(Bucket.Versioning versioning) throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        try (FolderStore store = FolderStore.open(folder, Clock.systemUTC())) {
            store.createBucket("b", "me", new LinkedHashMap<>());
            if (versioning != Bucket.Versioning.OFF) {
                store.updateBucket("b", bucket -> StoreCalls.with(bucket, versioning));
            }
            List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Random random = new Random(seed + i);
                writers.add(Thread.ofVirtual().start(() -> write(store, random)));
            }
            List<Thread> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                Random random = new Random(seed + 100 + i);
                readers.add(Thread.ofPlatform().start(() -> {
                    while (writers.stream().anyMatch(Thread::isAlive)) {
                        read(store, random);
                    }
                }));
            }
            for (Thread thread : writers) {
                thread.join();
            }
            for (Thread thread : readers) {
                thread.join();
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(reads.get()).isPositive();
    }

    private static String key(Random random) {
        return "k" + random.nextInt(3);
    }

    private void write(FolderStore store, Random random) {
        try {
            for (int i = 0; i < WRITES; i++) {
                String key = key(random);
                if (random.nextInt(5) == 0) {
                    store.delete("b", key, someVersion(store, key, random), Precondition.NONE);
                } else {
                    int size = random.nextBoolean() ? 70_000 : 1 + random.nextInt(3_000);
                    StoreCalls.put(store, "b", key, StoreCalls.random(size, random.nextLong()));
                }
            }
        } catch (IOException | RuntimeException failed) {
            wrong.add("write: " + failed);
        }
    }

    private static @Nullable String someVersion(FolderStore store, String key, Random random) {
        List<Listing.Item> items = store.listVersions("b", new Listing.Request(key, "", null, null, 5))
                .items();
        return items.isEmpty() || random.nextInt(3) == 0
                ? null
                : ((Listing.Entry) items.get(random.nextInt(items.size())))
                        .version()
                        .versionId();
    }

    private void read(FolderStore store, Random random) {
        String key = key(random);
        String version = random.nextBoolean() ? null : someVersion(store, key, random);
        try (Content content = store.open("b", key, version)) {
            byte[] bytes = StoreCalls.all(content);
            reads.incrementAndGet();
            if (!StoreCalls.md5(bytes).equals(content.version().etag())) {
                wrong.add("read " + key + " " + version + ": other bytes");
            }
        } catch (StoreException refused) {
            switch (refused.reason()) {
                case NO_SUCH_KEY, NO_SUCH_VERSION, DELETE_MARKER -> reads.incrementAndGet();
                default -> wrong.add("read " + key + " " + version + ": " + refused);
            }
        } catch (IOException failed) {
            wrong.add("read " + key + " " + version + ": " + failed);
        }
    }
}
