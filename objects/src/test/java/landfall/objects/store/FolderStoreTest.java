package landfall.objects.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the store promises, operation by operation, over real files. */
final class FolderStoreTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    FolderStore store;

    @BeforeEach
    void open() throws IOException {
        store = FolderStore.open(folder, Clock.systemUTC());
        store.createBucket("uploads", "me", new LinkedHashMap<>());
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void restart() throws IOException {
        store.close();
        store = FolderStore.open(folder, Clock.systemUTC());
    }

    private ObjectVersion put(String key, byte[] bytes) throws IOException {
        return put(key, bytes, Precondition.NONE);
    }

    private ObjectVersion put(String key, byte[] bytes, Precondition precondition) throws IOException {
        Incoming incoming = store.receive(bytes.length);
        for (int at = 0; at < bytes.length; at += 70_000) {
            incoming.write(ByteBuffer.wrap(bytes, at, Math.min(70_000, bytes.length - at)));
        }
        return store.put("uploads", key, incoming, Meta.of("me"), null, precondition);
    }

    private byte[] get(String key, @Nullable String version) throws IOException {
        try (Content content = store.open("uploads", key, version)) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            while (out.size() < content.version().size()) {
                ByteBuffer bytes = content.read(out.size(), Long.MAX_VALUE);
                byte[] copy = new byte[bytes.remaining()];
                bytes.get(copy);
                out.writeBytes(copy);
            }
            return out.toByteArray();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] random(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private List<String> keys() {
        List<String> keys = new ArrayList<>();
        for (Listing.Item item : store.list("uploads", new Listing.Request("", "", null, null, 1000))
                .items()) {
            keys.add(((Listing.Entry) item).version().key());
        }
        return keys;
    }

    private void becomesFile(Path path, byte[] bytes) throws Exception {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!(Files.exists(path) && java.util.Arrays.equals(Files.readAllBytes(path), bytes))) {
            assertThat(System.nanoTime()).as(path + " has become a plain file").isLessThan(end);
            Thread.sleep(20);
        }
    }

    @Test
    void smallAndLargeObjectsReadBackAtOnceAndAfterARestartAndArePlainFiles() throws Exception {
        byte[] large = random(3_500_000, 1);
        assertThat(put("a/small.txt", bytes("hello")).etag()).isEqualTo("5d41402abc4b2a76b9719d911017c592");
        put("a/large", large);
        put("empty", new byte[0]);
        assertThat(get("a/small.txt", null)).isEqualTo(bytes("hello"));
        assertThat(get("a/large", null)).isEqualTo(large);
        becomesFile(folder.resolve("uploads/a/small.txt"), bytes("hello"));
        becomesFile(folder.resolve("uploads/a/large"), large);
        becomesFile(folder.resolve("uploads/empty"), new byte[0]);
        restart();
        assertThat(get("a/small.txt", null)).isEqualTo(bytes("hello"));
        assertThat(get("a/large", null)).isEqualTo(large);
        assertThat(get("empty", null)).isEmpty();
        assertThat(keys()).containsExactly("a/large", "a/small.txt", "empty");
        assertThat(store.bucket("uploads").orElseThrow().bytes()).isEqualTo(3_500_005);
        assertThat(store.bucket("uploads").orElseThrow().objects()).isEqualTo(3);
    }

    @Test
    void overwritingAndDeletingLeaveNothingBehind() throws Exception {
        put("k", random(100_000, 1));
        put("k", bytes("short"));
        assertThat(get("k", null)).isEqualTo(bytes("short"));
        becomesFile(folder.resolve("uploads/k"), bytes("short"));
        put("k", random(200_000, 2));
        assertThat(get("k", null)).isEqualTo(random(200_000, 2));
        put("deep/er/key", bytes("x"));
        becomesFile(folder.resolve("uploads/deep/er/key"), bytes("x"));
        assertThat(store.delete("uploads", "deep/er/key", null, Precondition.NONE)
                        .existed())
                .isTrue();
        assertThat(store.delete("uploads", "k", null, Precondition.NONE).existed())
                .isTrue();
        assertThat(store.delete("uploads", "k", null, Precondition.NONE).existed())
                .isFalse();
        assertThat(keys()).isEmpty();
        assertThat(FolderStore.entries(folder.resolve("uploads"))).containsExactly(folder.resolve("uploads/.landfall"));
        assertThat(store.bucket("uploads").orElseThrow().bytes()).isZero();
        assertThatThrownBy(() -> get("k", null))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(StoreException.Reason.NO_SUCH_KEY));
    }

    @Test
    void keysThatNoPathCanExpressAreKeptExactly() throws Exception {
        List<String> odd = List.of(
                "x",
                "x/y",
                "x/y/z",
                "a//b",
                "/",
                "../../etc/passwd",
                "dir/",
                ".landfall/index.db",
                ".",
                "a/./b",
                "s".repeat(300),
                "u/ü💥 *?\"<>|\\",
                "nul\u0001",
                "t".repeat(1024));
        for (String key : odd) {
            put(key, bytes("of " + key));
        }
        Thread.sleep(1_500); // files are made meanwhile; both ways of reading must agree
        for (String key : odd) {
            assertThat(get(key, null)).as(key).isEqualTo(bytes("of " + key));
        }
        restart();
        for (String key : odd) {
            assertThat(get(key, null)).as(key).isEqualTo(bytes("of " + key));
        }
        assertThat(keys()).containsExactlyInAnyOrderElementsOf(odd);
        assertThat(folder.resolve("uploads/x")).hasContent("of x");
    }

    @Test
    void ofTwoWritersWithIfNoneMatchOneSucceeds() throws Exception {
        Precondition absent = new Precondition(null, "*", null, null);
        put("once", bytes("first"), absent);
        assertThatThrownBy(() -> put("once", bytes("second"), absent))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(StoreException.Reason.PRECONDITION_FAILED));
        assertThat(get("once", null)).isEqualTo(bytes("first"));
    }

    @Test
    void versionsAreKeptMarkedAndPromoted() throws Exception {
        put("k", bytes("before versioning"));
        store.updateBucket(
                "uploads",
                bucket -> new Bucket(
                        bucket.name(),
                        bucket.created(),
                        bucket.owner(),
                        Bucket.Versioning.ENABLED,
                        bucket.settings(),
                        0,
                        0,
                        null));
        ObjectVersion second = put("k", random(100_000, 5));
        ObjectVersion third = put("k", bytes("third"));
        Store.Deleted marker = store.delete("uploads", "k", null, Precondition.NONE);
        assertThat(marker.deleteMarker()).isTrue();
        assertThat(keys()).isEmpty();
        restart();
        assertThat(get("k", "null")).isEqualTo(bytes("before versioning"));
        assertThat(get("k", second.versionId())).isEqualTo(random(100_000, 5));
        assertThat(get("k", third.versionId())).isEqualTo(bytes("third"));
        assertThat(store.listVersions("uploads", new Listing.Request("", "", null, null, 1000))
                        .items())
                .hasSize(4);
        store.delete("uploads", "k", marker.versionId(), Precondition.NONE);
        store.delete("uploads", "k", third.versionId(), Precondition.NONE);
        assertThat(get("k", null)).isEqualTo(random(100_000, 5));
        becomesFile(folder.resolve("uploads/k"), random(100_000, 5));
        store.delete("uploads", "k", second.versionId(), Precondition.NONE);
        assertThat(get("k", null)).isEqualTo(bytes("before versioning"));
        store.delete("uploads", "k", "null", Precondition.NONE);
        assertThat(store.listVersions("uploads", new Listing.Request("", "", null, null, 1000))
                        .items())
                .isEmpty();
        store.deleteBucket("uploads");
        assertThat(folder.resolve("uploads")).doesNotExist();
    }

    @Test
    void partsBecomeOneObject() throws Exception {
        Upload upload = store.createUpload("uploads", "big", Meta.of("me"), null, null);
        for (int number = 1; number <= 3; number++) {
            Incoming incoming = store.receive(-1);
            incoming.write(ByteBuffer.wrap(random(1_500_000 + number, number)));
            store.putPart(upload, number, incoming, new LinkedHashMap<>());
        }
        restart();
        assertThat(store.parts(upload, 0, 10)).hasSize(3);
        store.completeUpload(upload, List.of(1, 3), "etag-2", Meta.of("me"), Precondition.NONE);
        byte[] all = get("big", null);
        assertThat(all).hasSize(3_000_004).startsWith(random(1_500_001, 1)).endsWith(random(1_500_003, 3));
        assertThatThrownBy(() -> store.upload("uploads", "big", upload.id())).isInstanceOf(StoreException.class);
        assertThat(folder.resolve(".landfall/incoming")).isEmptyDirectory();
    }

    @Test
    void aDelimiterSkipsWhatItStandsFor() throws Exception {
        for (int i = 0; i < 300; i++) {
            put("photos/%03d".formatted(i), bytes("x"));
        }
        put("a", bytes("x"));
        put("z", bytes("x"));
        Listing first = store.list("uploads", new Listing.Request("", "/", null, null, 2));
        assertThat(first.truncated()).isTrue();
        assertThat(first.nextMarker()).isEqualTo("photos/");
        Listing second = store.list("uploads", new Listing.Request("", "/", first.nextMarker(), null, 2));
        assertThat(second.truncated()).isFalse();
        assertThat(second.items()).hasSize(1);
        assertThat(store.list("uploads", new Listing.Request("photos/", "/", null, null, 1000))
                        .items())
                .hasSize(300);
    }

    @Test
    void damageIsNeverServed() throws Exception {
        put("k", random(2_500_000, 9));
        try (var file = java.nio.channels.FileChannel.open(
                folder.resolve("uploads/k"), java.nio.file.StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 1_500_000);
        }
        try (Content content = store.open("uploads", "k", null)) {
            assertThat(content.read(0, 10).remaining()).isEqualTo(10);
            assertThatThrownBy(() -> content.read(1_499_990, 5))
                    .isInstanceOfSatisfying(StoreException.class, damaged -> {
                        assertThat(damaged.reason()).isEqualTo(StoreException.Reason.DAMAGED);
                        assertThat(damaged).hasMessageContaining("uploads/k").hasMessageContaining("block 1");
                    });
        }
    }
}
