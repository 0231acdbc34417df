package landfall.objects.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What {@link CrashWriter} told, over all its lives, and whether the folder still holds what it said was stored. */
final class Acknowledgements {
    private static final String ABSENT = "-";

    private final Path folder;
    /** What each key last was for sure, by bucket and key; MD5 or {@link #ABSENT}. */
    private final Map<String, String> certain = new TreeMap<>();
    /** What it may have become by what wasn't acknowledged before the end. */
    private final Map<String, Set<String>> begun = new HashMap<>();
    /** All versions acknowledged in the versioned bucket: key and id to MD5. */
    private final Map<String, String> versions = new TreeMap<>();

    private int acknowledged;
    private volatile boolean over;

    Acknowledgements(Path folder) {
        this.folder = folder;
    }

    /** How many changes were acknowledged so far. */
    int count() {
        return acknowledged;
    }

    /**
     * What is told from now on would have reached nobody: the power is about to go. (An fsync under way while ext4 is cut
     * off may say that all is well: jbd2_complete_transaction takes a transaction that was given up for one that was
     * committed.)
     */
    void powerGoes() {
        over = true;
    }

    /** A line of the writer's. */
    void note(String line) {
        String[] words = line.split(" ");
        if (words[0].equals("READY")) {
            return;
        }
        if (over && !words[0].equals("BEGIN") && !words[0].equals("DONE")) {
            // FAILED, or the last words of a JVM whose files are gone under it.
            return;
        }
        assertThat(words[0]).as(line).isIn("BEGIN", "DONE");
        String name = words[3] + " " + words[4];
        if (words[0].equals("BEGIN")) {
            begun.computeIfAbsent(name, key -> new HashSet<>()).add(words[5]);
        } else if (!over) {
            begun.remove(name);
            certain.put(name, words[5]);
            acknowledged++;
            if (words[3].equals("versioned")) {
                versions.put(words[4] + " " + words[6], words[5]);
            }
        }
    }

    /** Holds what is in the folder against what was told. */
    void verify(String run) throws Exception {
        try (FolderStore store = FolderStore.open(folder, Clock.systemUTC())) {
            Set<String> names = new HashSet<>(certain.keySet());
            names.addAll(begun.keySet());
            for (String name : names) {
                String[] words = name.split(" ");
                String found = read(store, words[0], words[1], null);
                String wanted = certain.getOrDefault(name, ABSENT);
                Set<String> possible = new HashSet<>(begun.getOrDefault(name, Set.of()));
                possible.add(wanted);
                assertThat(found).as(run + ": " + name).isIn(possible);
                certain.put(name, found);
            }
            begun.clear();
            over = false;
            for (Map.Entry<String, String> version : versions.entrySet()) {
                String[] words = version.getKey().split(" ");
                assertThat(read(store, "versioned", words[0], words[1]))
                        .as(run + ": version " + version.getKey())
                        .isEqualTo(version.getValue());
            }
            List<String> stored = new ArrayList<>(readAllListed(store, "plain"));
            stored.addAll(readAllListed(store, "versioned"));
            filesAre(stored, run);
            forgetMostVersions(store);
        }
    }

    private static String read(FolderStore store, String bucket, String key, @Nullable String version)
            throws IOException {
        try (Content content = store.open(bucket, key, version)) {
            return StoreCalls.md5(StoreCalls.all(content));
        } catch (StoreException refused) {
            assertThat(refused.reason())
                    .as(bucket + "/" + key + ": " + refused.getMessage())
                    .isIn(
                            StoreException.Reason.NO_SUCH_KEY,
                            StoreException.Reason.DELETE_MARKER,
                            StoreException.Reason.NO_SUCH_BUCKET);
            return ABSENT;
        }
    }

    /** Nothing partial is listed: everything listed can be read to its end. */
    private static List<String> readAllListed(FolderStore store, String bucket) throws IOException {
        List<String> digests = new ArrayList<>();
        if (store.bucket(bucket).isEmpty()) {
            return digests;
        }
        String after = null;
        String afterVersion = null;
        long objects = 0;
        long bytes = 0;
        Listing page;
        do {
            page = store.listVersions(bucket, new Listing.Request("", "", after, afterVersion, 1_000));
            for (Listing.Item item : page.items()) {
                ObjectVersion version = ((Listing.Entry) item).version();
                if (!version.deleteMarker()) {
                    digests.add(read(store, bucket, version.key(), version.versionId()));
                    objects++;
                    bytes += version.size();
                }
            }
            after = page.nextMarker();
            afterVersion = page.nextVersion();
        } while (page.truncated());
        Bucket counted = store.bucket(bucket).orElseThrow();
        assertThat(counted.objects()).isEqualTo(objects);
        assertThat(counted.bytes()).isEqualTo(bytes);
        return digests;
    }

    /** Soon all that is stored lies in plain files, and no file is left over. */
    private void filesAre(List<String> stored, String run) throws Exception {
        stored.sort(null);
        List<String> found = List.of();
        for (int i = 0; i < 600; i++) {
            found = files();
            if (found.equals(stored)) {
                return;
            }
            Thread.sleep(50);
        }
        assertThat(found).as(run + ": files").isEqualTo(stored);
    }

    private List<String> files() throws IOException {
        List<String> digests = new ArrayList<>();
        for (String bucket : List.of("plain", "versioned")) {
            Path path = folder.resolve(bucket);
            if (Files.isDirectory(path)) {
                try {
                    digests.addAll(StoreCalls.objectDigests(path));
                } catch (IOException | UncheckedIOException moved) {
                    return List.of("being moved");
                }
            }
        }
        digests.sort(null);
        return digests;
    }

    /** Keeps the versioned bucket small enough for hundreds of runs. */
    private void forgetMostVersions(FolderStore store) throws IOException {
        for (String version : List.copyOf(versions.keySet())) {
            String[] words = version.split(" ");
            if (versions.size() > 150) {
                store.delete("versioned", words[0], words[1], Precondition.NONE);
                versions.remove(version);
            }
        }
        for (Map.Entry<String, String> each : certain.entrySet()) {
            if (each.getKey().startsWith("versioned ")) {
                each.setValue(read(store, "versioned", each.getKey().split(" ")[1], null));
            }
        }
    }
}
