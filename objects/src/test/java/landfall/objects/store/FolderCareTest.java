package landfall.objects.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rot is found, folders are adopted as they are, an index is made again from the files. */
final class FolderCareTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    FolderStore store;

    private final List<Map<String, Object>> told = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        store = FolderStore.open(folder, Clock.systemUTC());
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void eventually(Path path) throws InterruptedException {
        for (int i = 0; i < 400 && !Files.exists(path); i++) {
            Thread.sleep(50);
        }
        assertThat(path).exists();
    }

    private static void overwrite(Path file, long at, String bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(text(bytes)), at);
        }
    }

    private void scrub() throws IOException {
        told.clear();
        new FolderCare(store, Long.MAX_VALUE).scrub("", told::add);
    }

    private List<Map<String, Object>> damaged() {
        return told.stream().filter(line -> line.containsKey("damaged")).toList();
    }

    @Test
    void scrubTellsOfDamageMissingFilesAndFilesOfNobody() throws Exception {
        store.createBucket("b", "me", new LinkedHashMap<>());
        store.updateBucket("b", bucket -> StoreCalls.with(bucket, Bucket.Versioning.ENABLED));
        ObjectVersion old = StoreCalls.put(store, "b", "rotten/k", StoreCalls.random(3_000_000, 1));
        StoreCalls.put(store, "b", "rotten/k", StoreCalls.random(3_000_000, 2));
        StoreCalls.put(store, "b", "missing", StoreCalls.random(100_000, 3));
        StoreCalls.put(store, "b", "small", text("small"));
        StoreCalls.put(store, "b", "x//odd", text("odd"));
        store.delete("b", "gone", null, Precondition.NONE);
        eventually(folder.resolve("b/small"));
        scrub();
        assertThat(told).hasSize(1);
        assertThat(told.getFirst()).containsEntry("problems", 0L).containsEntry("objects", 5L);

        List<Path> versions = FolderStore.entries(folder.resolve("b/.landfall/versions"));
        assertThat(versions).hasSize(1);
        overwrite(versions.getFirst(), 2_500_000, "rot");
        overwrite(folder.resolve("b/rotten/k"), 1_100_000, "rot");
        overwrite(folder.resolve("b/small"), 0, "SM");
        Files.delete(folder.resolve("b/missing"));
        Files.writeString(folder.resolve("b/foreign.txt"), "nobody put me");
        scrub();
        assertThat(damaged())
                .extracting(line -> line.get("key"))
                .containsExactly("missing", "rotten/k", "rotten/k", "small");
        assertThat(damaged())
                .extracting(line -> String.valueOf(line.get("message")))
                .anySatisfy(message -> assertThat(message)
                        .contains("b/rotten/k")
                        .contains(old.versionId())
                        .contains("block 2"));
        assertThat(told)
                .anySatisfy(line -> assertThat(line)
                        .containsEntry(
                                "foreign", folder.resolve("b/foreign.txt").toString()));
        assertThat(told.getLast()).containsEntry("problems", 4L).containsEntry("foreign", 1L);
        for (String key : List.of("missing", "small")) {
            assertThatThrownBy(() -> store.open("b", key, null))
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            refused -> assertThat(refused.reason()).isEqualTo(StoreException.Reason.DAMAGED));
        }
        assertThatThrownBy(() -> StoreCalls.get(store, "b", "rotten/k", null)).isInstanceOf(StoreException.class);
    }

    @Test
    void anAdoptedFolderIsServedAsItIsAndItsRotFoundAfterTheFirstRead() throws Exception {
        Path bucket = Files.createDirectories(folder.resolve("photos/2024"));
        byte[] large = StoreCalls.random(2_000_000, 7);
        Files.write(bucket.resolve("1.jpg"), large);
        Files.writeString(bucket.resolve("ü notes.txt"), "hello");
        Files.writeString(folder.resolve("photos/index.html"), "");
        Files.createSymbolicLink(folder.resolve("photos/link"), Path.of("index.html"));
        var modified = Files.getLastModifiedTime(bucket.resolve("1.jpg"));

        new FolderCare(store).adopt("photos", told::add);
        assertThat(told.getLast()).containsEntry("adopted", 3L).containsEntry("left", 1L);
        assertThat(StoreCalls.list(store, "photos", "", "", 10))
                .containsExactly("2024/1.jpg", "2024/ü notes.txt", "index.html");
        ObjectVersion head = store.head("photos", "2024/1.jpg", null);
        assertThat(head.etag()).matches("[0-9a-f]{32}-1");
        assertThat(head.meta().headers()).containsEntry("content-type", "image/jpeg");
        assertThat(head.modified().toEpochMilli()).isEqualTo(modified.toMillis());
        assertThat(store.bucket("photos").orElseThrow().bytes()).isEqualTo(2_000_005);
        assertThat(StoreCalls.get(store, "photos", "2024/1.jpg", null)).isEqualTo(large);
        assertThat(Files.getLastModifiedTime(bucket.resolve("1.jpg"))).isEqualTo(modified);

        // Once read to the end its checksums are known.
        overwrite(bucket.resolve("1.jpg"), 1_500_000, "rot");
        assertThatThrownBy(() -> StoreCalls.get(store, "photos", "2024/1.jpg", null))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(StoreException.Reason.DAMAGED));

        // Again: only what is new.
        Files.writeString(bucket.resolve("3.txt"), "three");
        new FolderCare(store).adopt("photos", told::add);
        assertThat(told.getLast()).containsEntry("adopted", 1L).containsEntry("present", 3L);
        StoreCalls.put(store, "photos", "2024/3.txt", text("mine"));
        assertThat(StoreCalls.get(store, "photos", "2024/3.txt", null)).isEqualTo(text("mine"));
        store.delete("photos", "2024/ü notes.txt", null, Precondition.NONE);
        assertThat(bucket.resolve("ü notes.txt")).doesNotExist();
    }

    @Test
    void aFileOfNobodyInTheWayStaysWhatItIs() throws Exception {
        store.createBucket("b", "me", new LinkedHashMap<>());
        Files.writeString(folder.resolve("b/file"), "foreign");
        Files.createDirectories(folder.resolve("b/folder/sub"));
        Files.writeString(folder.resolve("b/folder/sub/file"), "foreign too");
        StoreCalls.put(store, "b", "file/below", StoreCalls.random(70_000, 1));
        StoreCalls.put(store, "b", "folder", StoreCalls.random(70_000, 2));
        StoreCalls.put(store, "b", "folder/sub", text("small"));
        for (int i = 0; i < 400 && odd() != 3; i++) {
            Thread.sleep(50);
        }
        assertThat(odd()).isEqualTo(3);
        store.close();
        open();
        assertThat(StoreCalls.get(store, "b", "file/below", null)).isEqualTo(StoreCalls.random(70_000, 1));
        assertThat(StoreCalls.get(store, "b", "folder", null)).isEqualTo(StoreCalls.random(70_000, 2));
        assertThat(StoreCalls.get(store, "b", "folder/sub", null)).isEqualTo(text("small"));
        for (String key : List.of("file/below", "folder", "folder/sub")) {
            store.delete("b", key, null, Precondition.NONE);
        }
        assertThat(folder.resolve("b/file")).hasContent("foreign");
        assertThat(folder.resolve("b/folder/sub/file")).hasContent("foreign too");
        assertThat(odd()).isZero();
    }

    private int odd() throws IOException {
        Path odd = folder.resolve("b/.landfall/odd");
        return Files.isDirectory(odd) ? FolderStore.entries(odd).size() : 0;
    }

    @Test
    void anIndexMadeFromTheFilesKnowsWhatTheOldOneKnew() throws Exception {
        LinkedHashMap<String, String> settings = new LinkedHashMap<>();
        settings.put("policy", "{}");
        store.createBucket("b", "owner-1", settings);
        StoreCalls.put(store, "b", "before", text("before versioning"));
        StoreCalls.put(store, "b", "adopted-later", text("0123456789"));
        store.updateBucket("b", bucket -> StoreCalls.with(bucket, Bucket.Versioning.ENABLED));
        LinkedHashMap<String, String> user = new LinkedHashMap<>();
        user.put("colour", "blau ü");
        Meta meta = Meta.of("me").withHeaders(Map.of("content-type", "image/png"), user);
        ObjectVersion first = store.put(
                "b", "k", StoreCalls.incoming(store, StoreCalls.random(90_000, 1)), meta, "etag-7", Precondition.NONE);
        StoreCalls.put(store, "b", "k", text("second"));
        StoreCalls.put(store, "b", "a//odd", text("odd"));
        StoreCalls.put(store, "b", "deleted", text("deleted"));
        store.delete("b", "deleted", null, Precondition.NONE);
        store.updateMeta("b", "before", null, old -> old.withAcl("public-read"));
        LinkedHashMap<String, String> huge = new LinkedHashMap<>();
        huge.put("much", "m".repeat(6_000));
        store.updateMeta("b", "k", null, old -> old.withHeaders(Map.of(), huge));
        List<String> versions = StoreCalls.listVersions(store, "b", "", "", 100);
        settled();
        store.close();
        Files.setAttribute(folder.resolve("b/adopted-later"), "user:landfall", ByteBuffer.wrap(text("not ours")));
        List<String> lines = new ArrayList<>();
        IndexRebuild.run(folder, Clock.systemUTC(), lines::add);
        open();

        assertThat(lines).contains("the bucket b has 4 objects, 2 older versions, 1 delete markers");
        List<String> now = StoreCalls.listVersions(store, "b", "", "", 100);
        assertThat(now.stream().filter(line -> !line.startsWith("deleted ")))
                .containsExactlyElementsOf(versions.stream()
                        .filter(line -> !line.startsWith("deleted "))
                        .toList());
        assertThat(now.stream().filter(line -> line.startsWith("deleted "))).hasSize(2);
        Bucket bucket = store.bucket("b").orElseThrow();
        assertThat(bucket.owner()).isEqualTo("owner-1");
        assertThat(bucket.versioning()).isEqualTo(Bucket.Versioning.ENABLED);
        assertThat(bucket.settings()).containsEntry("policy", "{}");
        assertThat(bucket.objects()).isEqualTo(6);
        ObjectVersion again = store.head("b", "k", first.versionId());
        assertThat(again.etag()).isEqualTo("etag-7");
        assertThat(again.meta()).isEqualTo(first.meta());
        assertThat(again.modified()).isEqualTo(first.modified());
        assertThat(StoreCalls.get(store, "b", "k", first.versionId())).isEqualTo(StoreCalls.random(90_000, 1));
        assertThat(StoreCalls.get(store, "b", "k", null)).isEqualTo(text("second"));
        assertThat(store.head("b", "k", null).meta().user()).isEqualTo(huge);
        assertThat(StoreCalls.get(store, "b", "a//odd", null)).isEqualTo(text("odd"));
        assertThat(store.head("b", "before", null).meta().acl()).isEqualTo("public-read");
        assertThat(store.head("b", "adopted-later", null).etag()).endsWith("-1");
        assertThat(store.head("b", "deleted", null).deleteMarker()).isTrue();
        // It goes on as any other store.
        ObjectVersion third = StoreCalls.put(store, "b", "k", text("third"));
        store.delete("b", "k", third.versionId(), Precondition.NONE);
        assertThat(StoreCalls.get(store, "b", "k", null)).isEqualTo(text("second"));
    }

    /** Waits until nothing is marked any more. */
    private void settled() throws InterruptedException {
        for (int i = 0; i < 400; i++) {
            boolean open = store.read(session -> {
                try (var rows = session.prepare("SELECT 1 FROM unsettled UNION ALL SELECT 1 FROM body LIMIT 1")
                        .executeQuery()) {
                    return rows.next();
                }
            });
            if (!open) {
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("the store doesn't settle");
    }

    @Test
    void twoServersDontShareAFolder() {
        assertThatThrownBy(() -> FolderStore.open(folder, Clock.systemUTC()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another server");
    }
}
