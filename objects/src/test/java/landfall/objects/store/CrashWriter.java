package landfall.objects.store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;

/**
 * The process that {@link CrashTest} kills: writers that tell what they are about to do and what was acknowledged, a line
 * each.
 */
final class CrashWriter {
    static final int WRITERS = 32;
    private static final int KEYS = 6;

    private CrashWriter() {}

    /** {@code folder seed} */
    public static void main(String[] arguments) throws Exception {
        long seed = Long.parseLong(arguments[1]);
        FolderStore store = FolderStore.open(Path.of(arguments[0]), Clock.systemUTC());
        for (String bucket : List.of("plain", "versioned")) {
            if (store.bucket(bucket).isEmpty()) {
                store.createBucket(bucket, "me", new LinkedHashMap<>());
            }
        }
        store.updateBucket("versioned", bucket -> StoreCalls.with(bucket, Bucket.Versioning.ENABLED));
        tell("READY");
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            int writer = i;
            threads.add(Thread.ofVirtual().start(() -> write(store, writer, new Random(seed * 1_000 + writer))));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void tell(String line) {
        // One write of the whole line: whatever is killed, no line comes in halves.
        System.out.print(line + "\n");
        System.out.flush();
    }

    private static void write(FolderStore store, int writer, Random random) {
        try {
            for (int i = 0; ; i++) {
                step(store, writer, random, i);
            }
        } catch (IOException | RuntimeException failed) {
            tell("FAILED " + failed);
        }
    }

    private static void step(FolderStore store, int writer, Random random, int step) throws IOException {
        String bucket = random.nextInt(3) == 0 ? "versioned" : "plain";
        // Some keys are below others, so that files and folders stand in each other's way.
        String key = "w" + writer + "/k" + random.nextInt(KEYS) + (random.nextInt(4) == 0 ? "/below" : "");
        String name = writer + " " + step + " " + bucket + " " + key + " ";
        if (random.nextInt(5) == 0) {
            tell("BEGIN " + name + "-");
            Store.Deleted deleted = store.delete(bucket, key, null, Precondition.NONE);
            tell("DONE " + name + "- " + deleted.versionId());
            return;
        }
        int size = switch (random.nextInt(8)) {
            case 0 -> 66_000 + random.nextInt(200_000);
            case 1 -> random.nextInt(30) == 0 ? 2_500_000 : 70_000;
            default -> random.nextInt(9_000);
        };
        byte[] bytes = StoreCalls.random(size, random.nextLong());
        tell("BEGIN " + name + StoreCalls.md5(bytes));
        ObjectVersion version;
        if (random.nextInt(10) == 0) {
            Upload upload = store.createUpload(bucket, key, Meta.of("me"), null, null);
            int half = size / 2;
            store.putPart(
                    upload, 1, StoreCalls.incoming(store, java.util.Arrays.copyOf(bytes, half)), new LinkedHashMap<>());
            store.putPart(
                    upload,
                    2,
                    StoreCalls.incoming(store, java.util.Arrays.copyOfRange(bytes, half, size)),
                    new LinkedHashMap<>());
            version = store.completeUpload(upload, List.of(1, 2), "e-2", Meta.of("me"), Precondition.NONE);
        } else {
            version = StoreCalls.put(store, bucket, key, bytes);
        }
        tell("DONE " + name + StoreCalls.md5(bytes) + " " + version.versionId());
    }
}
