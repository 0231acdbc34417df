package landfall.objects.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import landfall.objects.store.StoreException.Reason;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random operations on the store and on a plain model of it, compared all along, with restarts in between. More of them:
 * {@code LANDFALL_MODEL_RUNS=500 LANDFALL_SEED=1}.
 */
final class StoreModelTest {
    private static final int STEPS = 250;
    private static final List<String> KEYS = List.of(
            "x",
            "x/y",
            "x/y/z",
            "x/",
            "x//",
            "a",
            "a/b",
            "a/b/c",
            "a/c",
            "a-b",
            "ä/ö",
            "../up",
            ".landfall/x",
            "\u0001",
            "n\0l",
            "photos/2024/1.jpg",
            "photos/2024/2.jpg",
            "photos/2025/1.jpg",
            "s".repeat(256),
            "z/".repeat(40) + "end",
            "\uffee",
            "💥");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @TestFactory
    List<DynamicTest> theStoreAgreesWithAPlainModel() {
        String runs = System.getenv("LANDFALL_MODEL_RUNS");
        String seed = System.getenv("LANDFALL_SEED");
        long first = seed == null ? System.nanoTime() : Long.parseLong(seed);
        List<DynamicTest> tests = new ArrayList<>();
        for (int i = 0; i < (runs == null ? 3 : Integer.parseInt(runs)); i++) {
            long each = first + i;
            tests.add(DynamicTest.dynamicTest(
                    "LANDFALL_SEED=" + each, () -> new Run(folder.resolve(Long.toString(each)), each).run()));
        }
        return tests;
    }

    /** One seeded run. */
    private static final class Run {
        private final Path folder;
        private final Random random;
        private final StoreModel model = new StoreModel();
        private FolderStore store;

        Run(Path folder, long seed) throws IOException {
            this.folder = folder;
            this.random = new Random(seed);
            this.store = FolderStore.open(folder, Clock.systemUTC());
        }

        void run() throws Exception {
            try {
                store.createBucket("b", "me", new LinkedHashMap<>());
                for (int step = 0; step < STEPS; step++) {
                    step();
                }
                compareAll();
                restart();
                compareAll();
                filesAreWhatWasStored();
            } finally {
                store.close();
            }
        }

        private void restart() throws IOException {
            store.close();
            store = FolderStore.open(folder, Clock.systemUTC());
        }

        private void step() throws Exception {
            switch (random.nextInt(100)) {
                case 0 -> restart();
                case 1, 2 -> changeVersioning();
                case 3, 4, 5 -> Thread.sleep(random.nextInt(150));
                case 6, 7, 8, 9, 10, 11, 12, 13 -> upload();
                case 14, 15, 16, 17, 18, 19 -> deleteVersion();
                case 20, 21, 22, 23 -> tag();
                case 24, 25, 26, 27, 28, 29 -> compareLists();
                default -> {
                    String key = KEYS.get(random.nextInt(KEYS.size()));
                    int what = random.nextInt(10);
                    if (what < 5) {
                        put(key);
                    } else if (what < 7) {
                        delete(key);
                    } else {
                        compare(key);
                    }
                }
            }
            assertThat(store.bucket("b").orElseThrow().objects()).isEqualTo(model.objects());
            assertThat(store.bucket("b").orElseThrow().bytes()).isEqualTo(model.bytes());
        }

        private byte[] bytes() {
            int size = switch (random.nextInt(12)) {
                case 0 -> 0;
                case 1 -> 65_536;
                case 2 -> 65_537;
                case 3, 4 -> 100_000 + random.nextInt(100_000);
                case 5 -> random.nextInt(4) == 0 ? 1_048_576 + random.nextInt(3) : 1 + random.nextInt(2_000_000);
                default -> random.nextInt(2_000);
            };
            return StoreCalls.random(size, random.nextLong());
        }

        private void put(String key) throws IOException {
            byte[] bytes = bytes();
            StoreModel.Version current = model.current(key);
            boolean exists = model.exists(key);
            Precondition condition = Precondition.NONE;
            Reason refusal = null;
            switch (random.nextInt(6)) {
                case 0 -> {
                    condition = new Precondition(null, "*", null, null);
                    refusal = exists ? Reason.PRECONDITION_FAILED : null;
                }
                case 1 -> {
                    condition = new Precondition("*", null, null, null);
                    refusal = exists ? null : Reason.NO_SUCH_KEY;
                }
                case 2 -> {
                    condition = new Precondition(current == null ? "none" : current.etag(), null, null, null);
                    refusal = exists ? null : Reason.NO_SUCH_KEY;
                }
                default -> {}
            }
            Precondition asked = condition;
            Meta meta = Meta.of("me").withTags(tags("t" + bytes.length));
            if (refusal == null) {
                ObjectVersion put = store.put("b", key, StoreCalls.incoming(store, bytes), meta, null, asked);
                assertThat(put.etag()).isEqualTo(StoreCalls.md5(bytes));
                assertThat(put.versionId().equals(StoreModel.NULL))
                        .isEqualTo(model.versioning != Bucket.Versioning.ENABLED);
                model.put(key, put.versionId(), bytes, put.etag(), "t" + bytes.length);
            } else {
                refused(refusal, () -> store.put("b", key, StoreCalls.incoming(store, bytes), meta, null, asked));
            }
        }

        private static SequencedMap<String, String> tags(String value) {
            SequencedMap<String, String> tags = new LinkedHashMap<>();
            tags.put("tag", value);
            return tags;
        }

        private interface Action {
            void run() throws Exception;
        }

        private static void refused(Reason reason, Action action) {
            assertThat(catchReason(action)).isEqualTo(reason);
        }

        private static @Nullable Reason catchReason(Action action) {
            try {
                action.run();
                return null;
            } catch (StoreException refused) {
                return refused.reason();
            } catch (Exception other) {
                throw new AssertionError("no refusal", other);
            }
        }

        private void delete(String key) {
            boolean exists = model.exists(key);
            Store.Deleted deleted = store.delete("b", key, null, Precondition.NONE);
            assertThat(deleted.existed()).isEqualTo(exists);
            if (model.versioning == Bucket.Versioning.OFF) {
                assertThat(deleted.versionId()).isNull();
                if (exists) {
                    model.remove(key, StoreModel.NULL);
                }
            } else {
                assertThat(deleted.deleteMarker()).isTrue();
                model.put(key, String.valueOf(deleted.versionId()), null, "", "");
            }
        }

        private void deleteVersion() {
            String key = KEYS.get(random.nextInt(KEYS.size()));
            List<StoreModel.Version> versions = model.keys.getOrDefault(key, List.of());
            if (versions.isEmpty() || random.nextInt(8) == 0) {
                assertThat(store.delete("b", key, "nosuchversion", Precondition.NONE)
                                .existed())
                        .isFalse();
                return;
            }
            StoreModel.Version version = versions.get(random.nextInt(versions.size()));
            Store.Deleted deleted = store.delete("b", key, version.id(), Precondition.NONE);
            assertThat(deleted).isEqualTo(new Store.Deleted(version.id(), version.marker(), true));
            model.remove(key, version.id());
        }

        private void tag() {
            String key = KEYS.get(random.nextInt(KEYS.size()));
            List<StoreModel.Version> versions = model.keys.getOrDefault(key, List.of());
            if (versions.isEmpty()) {
                refused(Reason.NO_SUCH_KEY, () -> store.updateMeta("b", key, null, meta -> meta));
                return;
            }
            int at = random.nextInt(versions.size());
            StoreModel.Version version = versions.get(at);
            String tag = "r" + random.nextInt();
            if (version.marker()) {
                refused(Reason.DELETE_MARKER, () -> store.updateMeta("b", key, version.id(), meta -> meta));
                return;
            }
            ObjectVersion changed = store.updateMeta("b", key, version.id(), meta -> meta.withTags(tags(tag)));
            assertThat(changed.meta().tags()).containsEntry("tag", tag);
            versions.set(at, version.tagged(tag));
        }

        private void upload() throws IOException {
            String key = KEYS.get(random.nextInt(KEYS.size()));
            Upload upload = store.createUpload("b", key, Meta.of("me"), null, null);
            java.io.ByteArrayOutputStream whole = new java.io.ByteArrayOutputStream();
            List<Integer> numbers = new ArrayList<>();
            int parts = 1 + random.nextInt(4);
            for (int number = 1; number <= parts; number++) {
                byte[] bytes = bytes();
                if (random.nextInt(4) == 0) {
                    store.putPart(upload, number, StoreCalls.incoming(store, bytes()), new LinkedHashMap<>());
                }
                store.putPart(upload, number, StoreCalls.incoming(store, bytes), new LinkedHashMap<>());
                if (parts == 1 || random.nextInt(5) > 0) {
                    numbers.add(number);
                    whole.writeBytes(bytes);
                }
            }
            if (random.nextInt(6) == 0) {
                restart();
            }
            assertThat(store.uploads("b", "", "", "", 1_000))
                    .extracting(Upload::id)
                    .containsExactly(upload.id());
            Precondition absent = new Precondition(null, "*", null, null);
            if (model.exists(key)) {
                List<Integer> all = numbers.isEmpty() ? List.of(1) : numbers;
                refused(
                        Reason.PRECONDITION_FAILED,
                        () -> store.completeUpload(upload, all, "e", Meta.of("me"), absent));
            }
            if (numbers.isEmpty() || random.nextInt(5) == 0) {
                store.abortUpload(upload);
                refused(Reason.NO_SUCH_UPLOAD, () -> store.upload("b", key, upload.id()));
                return;
            }
            ObjectVersion completed = store.completeUpload(
                    upload,
                    numbers,
                    "0".repeat(32) + "-" + numbers.size(),
                    Meta.of("me").withTags(tags("m")),
                    Precondition.NONE);
            model.put(key, completed.versionId(), whole.toByteArray(), completed.etag(), "m");
        }

        private void changeVersioning() {
            Bucket.Versioning wanted = model.versioning == Bucket.Versioning.ENABLED
                    ? Bucket.Versioning.SUSPENDED
                    : Bucket.Versioning.ENABLED;
            store.updateBucket("b", bucket -> StoreCalls.with(bucket, wanted));
            model.versioning = wanted;
        }

        private void compare(String key) throws IOException {
            List<StoreModel.Version> versions = model.keys.getOrDefault(key, List.of());
            if (versions.isEmpty()) {
                refused(Reason.NO_SUCH_KEY, () -> store.head("b", key, null));
                refused(Reason.NO_SUCH_VERSION, () -> store.open("b", key, StoreModel.NULL));
                return;
            }
            for (StoreModel.Version version : versions) {
                byte[] bytes = version.bytes();
                ObjectVersion head = store.head("b", key, version.id());
                assertThat(head.deleteMarker()).isEqualTo(version.marker());
                assertThat(head.latest())
                        .isEqualTo(version.id().equals(versions.getFirst().id()));
                if (bytes == null) {
                    refused(Reason.DELETE_MARKER, () -> store.open("b", key, version.id()));
                } else {
                    assertThat(head.etag()).isEqualTo(version.etag());
                    assertThat(head.meta().tags()).containsEntry("tag", version.tag());
                    same(StoreCalls.get(store, "b", key, version.id()), bytes, key);
                }
            }
            byte[] current = versions.getFirst().bytes();
            if (current != null) {
                same(StoreCalls.get(store, "b", key, null), current, key);
            }
        }

        private static void same(byte[] found, byte[] wanted, String key) {
            assertThat(StoreCalls.md5(found)).as(key).isEqualTo(StoreCalls.md5(wanted));
        }

        private void compareLists() {
            String prefix = List.of("", "x", "x/", "a", "a/", "photos/", "photos/20", "ä", "none", "z/z/")
                    .get(random.nextInt(10));
            String delimiter = List.of("", "/", "/", "/y", "-").get(random.nextInt(5));
            int limit = 1 + random.nextInt(random.nextBoolean() ? 4 : 30);
            assertThat(StoreCalls.list(store, "b", prefix, delimiter, limit)).isEqualTo(model.list(prefix, delimiter));
            assertThat(StoreCalls.listVersions(store, "b", prefix, delimiter, limit))
                    .isEqualTo(model.listVersions(prefix, delimiter));
        }

        private void compareAll() throws IOException {
            for (String key : KEYS) {
                compare(key);
            }
            for (int i = 0; i < 10; i++) {
                compareLists();
            }
        }

        /** Within seconds each version is a plain file; nothing else is left in the bucket's folder or among the incoming. */
        private void filesAreWhatWasStored() throws Exception {
            List<String> wanted = new ArrayList<>();
            model.keys
                    .values()
                    .forEach(versions -> versions.forEach(version -> {
                        if (version.bytes() != null) {
                            wanted.add(StoreCalls.md5(version.bytes()));
                        }
                    }));
            wanted.sort(null);
            List<String> found = List.of();
            for (int i = 0; i < 400; i++) {
                found = digestsWithoutNotes();
                if (found.equals(wanted)
                        && StoreCalls.digests(folder.resolve(".landfall/incoming"))
                                .isEmpty()) {
                    return;
                }
                Thread.sleep(50);
            }
            assertThat(found).isEqualTo(wanted);
            assertThat(StoreCalls.digests(folder.resolve(".landfall/incoming"))).isEmpty();
        }

        private List<String> digestsWithoutNotes() throws IOException {
            try {
                return StoreCalls.objectDigests(folder.resolve("b"));
            } catch (IOException | java.io.UncheckedIOException moved) {
                return List.of(HexFormat.of().formatHex("moving".getBytes(StandardCharsets.UTF_8)));
            }
        }
    }
}
