package landfall.objects.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process with 32 writers by SIGKILL at a random moment, again and again over the same folder, and reads back
 * everything that was acknowledged. More often: {@code LANDFALL_CRASH_RUNS=200 LANDFALL_SEED=1}.
 */
final class CrashTest {
    private static final String ABSENT = "-";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** What each key last was for sure, by bucket and key; MD5 or {@link #ABSENT}. */
    private final Map<String, String> certain = new TreeMap<>();
    /** What it may have become by what wasn't acknowledged. */
    private final Map<String, String> begun = new HashMap<>();
    /** All versions acknowledged in the versioned bucket: key and id to MD5. */
    private final Map<String, String> versions = new TreeMap<>();

    private int acknowledged;

    @Test
    void whatWasAcknowledgedSurvivesSigkillUnder32Writers() throws Exception {
        String runs = System.getenv("LANDFALL_CRASH_RUNS");
        String given = System.getenv("LANDFALL_SEED");
        long seed = given == null ? System.nanoTime() : Long.parseLong(given);
        int count = runs == null ? 3 : Integer.parseInt(runs);
        System.out.println("LANDFALL_SEED=" + seed + " LANDFALL_CRASH_RUNS=" + count);
        Random random = new Random(seed);
        for (int run = 0; run < count; run++) {
            runAndKill(seed + run, random);
            verify("run " + run + " of LANDFALL_SEED=" + seed);
        }
        System.out.println(acknowledged + " acknowledged changes over " + count + " kills");
        assertThat(acknowledged).isPositive();
    }

    private void runAndKill(long seed, Random random) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashWriter.class.getName(),
                        folder.toString(),
                        Long.toString(seed))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            boolean whileStarting = random.nextInt(10) == 0;
            if (whileStarting) {
                Thread.sleep(150 + random.nextInt(500));
            } else {
                String first = lines.readLine();
                assertThat(first).isEqualTo("READY");
            }
            long until =
                    System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(whileStarting ? 0 : 20 + random.nextInt(1_500));
            Thread killer = Thread.ofVirtual().start(() -> {
                try {
                    Thread.sleep(Math.max(0, (until - System.nanoTime()) / 1_000_000));
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
                // By its handle: Process.destroyForcibly would also throw away what it has told.
                process.toHandle().destroyForcibly();
            });
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                note(line);
            }
            killer.join();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private void note(String line) {
        String[] words = line.split(" ");
        if (words[0].equals("READY")) {
            return;
        }
        assertThat(words[0]).as(line).isIn("BEGIN", "DONE");
        String name = words[3] + " " + words[4];
        if (words[0].equals("BEGIN")) {
            begun.put(name, words[5]);
        } else {
            begun.remove(name);
            certain.put(name, words[5]);
            acknowledged++;
            if (words[3].equals("versioned")) {
                versions.put(words[4] + " " + words[6], words[5]);
            }
        }
    }

    private void verify(String run) throws Exception {
        try (FolderStore store = FolderStore.open(folder, Clock.systemUTC())) {
            Set<String> names = new HashSet<>(certain.keySet());
            names.addAll(begun.keySet());
            for (String name : names) {
                String[] words = name.split(" ");
                String found = read(store, words[0], words[1], null);
                String wanted = certain.getOrDefault(name, ABSENT);
                String possible = begun.getOrDefault(name, wanted);
                assertThat(found).as(run + ": " + name).isIn(wanted, possible);
                certain.put(name, found);
            }
            begun.clear();
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
