package landfall.objects.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import landfall.objects.store.StoreException.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full disk refuses writes and loses nothing. Mounts a small tmpfs, which needs root; skipped elsewhere. */
final class FullDiskTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private boolean mounted;

    private static boolean runs(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    @BeforeEach
    void mount() throws Exception {
        mounted = runs("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder.toString());
        assumeTrue(mounted, "can't mount a small tmpfs here (that needs root): a full disk isn't tried");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(runs("umount", folder.toString())).isTrue();
        }
    }

    @Test
    void aFullDiskRefusesWritesLosesNothingAndTakesDeletes() throws Exception {
        Map<String, String> stored = new TreeMap<>();
        FolderStore store = FolderStore.open(folder, Clock.systemUTC());
        try {
            store.createBucket("b", "me", new LinkedHashMap<>());
            int refused = 0;
            for (int i = 0; refused < 20; i++) {
                byte[] bytes = StoreCalls.random(i % 2 == 0 ? 300_000 : 30_000, i);
                // Announced or not: without an announcement the disk itself has to refuse.
                try {
                    String key = "k" + i;
                    Incoming incoming = store.receive(-1);
                    try (incoming) {
                        incoming.write(java.nio.ByteBuffer.wrap(bytes));
                        store.put("b", key, incoming, Meta.of("me"), null, Precondition.NONE);
                    }
                    stored.put(key, StoreCalls.md5(bytes));
                } catch (StoreException full) {
                    assertThat(full.reason()).isEqualTo(Reason.DISK_FULL);
                    refused++;
                }
                assertThat(i).isLessThan(1_000);
            }
            assertThat(stored).hasSizeGreaterThan(40);
            compare(store, stored);
            store.close();
            store = FolderStore.open(folder, Clock.systemUTC());
            compare(store, stored);
            for (String key : stored.keySet().stream().limit(stored.size() / 2).toList()) {
                store.delete("b", key, null, Precondition.NONE);
                stored.remove(key);
            }
            byte[] again = StoreCalls.random(300_000, 99);
            StoreCalls.put(store, "b", "again", again);
            stored.put("again", StoreCalls.md5(again));
            compare(store, stored);
        } finally {
            store.close();
        }
    }

    /** Bytes that fill the disk in the middle of an object leave nothing of it. */
    @Test
    void anObjectLargerThanTheDiskLeavesNothing() throws Exception {
        try (FolderStore store = FolderStore.open(folder, Clock.systemUTC())) {
            store.createBucket("b", "me", new LinkedHashMap<>());
            Reason reason = null;
            try (Incoming incoming = store.receive(-1)) {
                byte[] bytes = StoreCalls.random(1 << 20, 1);
                for (int i = 0; i < 40; i++) {
                    incoming.write(java.nio.ByteBuffer.wrap(bytes));
                }
            } catch (StoreException full) {
                reason = full.reason();
            }
            assertThat(reason).isEqualTo(Reason.DISK_FULL);
            assertThat(FolderStore.entries(folder.resolve(".landfall/incoming")))
                    .isEmpty();
            StoreCalls.put(store, "b", "small", new byte[10]);
            assertThat(StoreCalls.list(store, "b", "", "", 10)).containsExactly("small");
        }
    }

    private static void compare(FolderStore store, Map<String, String> stored) throws IOException {
        assertThat(StoreCalls.list(store, "b", "", "", 1_000)).containsExactlyInAnyOrderElementsOf(stored.keySet());
        for (Map.Entry<String, String> each : stored.entrySet()) {
            assertThat(StoreCalls.md5(StoreCalls.get(store, "b", each.getKey(), null)))
                    .as(each.getKey())
                    .isEqualTo(each.getValue());
        }
    }
}
