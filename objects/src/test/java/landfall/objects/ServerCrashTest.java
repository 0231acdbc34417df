package landfall.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Kills the server, or its whole process group, by SIGKILL under 32 clients of Amazon's SDK, again and again over the same
 * folder; what a client was told was stored is read back from the next server. More often: {@code LANDFALL_CRASH_RUNS=200
 * LANDFALL_SEED=1}.
 */
final class ServerCrashTest {
    private static final int CLIENTS = 32;
    private static final int KEYS = 6;
    private static final String BUCKET = "uploads";
    private static final String ABSENT = "-";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** What each key last was for sure: MD5 or {@link #ABSENT}. */
    private final Map<String, String> certain = new ConcurrentHashMap<>();
    /** What it may have become by a request that was never answered. */
    private final Map<String, String> begun = new ConcurrentHashMap<>();

    private int acknowledged;

    @Test
    void whatClientsWereToldIsStoredSurvivesSigkillOfTheServerAndOfItsProcessGroup() throws Exception {
        String runs = System.getenv("LANDFALL_CRASH_RUNS");
        String given = System.getenv("LANDFALL_SEED");
        long seed = given == null ? System.nanoTime() : Long.parseLong(given);
        int count = runs == null ? 2 : Integer.parseInt(runs);
        System.out.println("LANDFALL_SEED=" + seed + " LANDFALL_CRASH_RUNS=" + count);
        Random random = new Random(seed);
        for (int run = 0; run < count; run++) {
            boolean group = run % 2 == 0;
            try (Served served = Served.start(folder);
                    S3Client s3 = TestServer.client(served.uri, TestServer.KEY, TestServer.SECRET)) {
                if (run == 0) {
                    s3.createBucket(bucket -> bucket.bucket(BUCKET));
                }
                verify(s3, "run " + run + " of LANDFALL_SEED=" + seed);
                List<Thread> clients = new ArrayList<>();
                for (int i = 0; i < CLIENTS; i++) {
                    Random own = new Random(seed * 1_000 + run * 100L + i);
                    String prefix = "c" + i + "/";
                    clients.add(Thread.ofVirtual().start(() -> write(s3, prefix, own)));
                }
                Thread.sleep(100L + random.nextInt(1_500));
                served.kill(group);
                for (Thread client : clients) {
                    client.join();
                }
            }
        }
        try (Served served = Served.start(folder);
                S3Client s3 = TestServer.client(served.uri, TestServer.KEY, TestServer.SECRET)) {
            verify(s3, "after the last run of LANDFALL_SEED=" + seed);
        }
        System.out.println(acknowledged + " acknowledged requests over " + count + " kills");
        assertThat(acknowledged).isPositive();
    }

    private void write(S3Client s3, String prefix, Random random) {
        try {
            while (true) {
                String key = prefix + "k" + random.nextInt(KEYS);
                byte[] bytes =
                        new byte[random.nextInt(6) == 0 ? 70_000 + random.nextInt(300_000) : random.nextInt(9_000)];
                random.nextBytes(bytes);
                String becomes = random.nextInt(5) == 0 ? ABSENT : md5(bytes);
                begun.put(key, becomes);
                if (becomes.equals(ABSENT)) {
                    s3.deleteObject(object -> object.bucket(BUCKET).key(key));
                } else {
                    s3.putObject(object -> object.bucket(BUCKET).key(key), RequestBody.fromBytes(bytes));
                }
                begun.remove(key);
                certain.put(key, becomes);
                synchronized (this) {
                    acknowledged++;
                }
            }
        } catch (SdkException | UncheckedIOException killed) {
            assertThat(killed).isNotNull();
        }
    }

    private void verify(S3Client s3, String run) {
        Map<String, String> present = new HashMap<>();
        for (int i = 0; i < CLIENTS; i++) {
            for (int j = 0; j < KEYS; j++) {
                String key = "c" + i + "/k" + j;
                String found = read(s3, key);
                String wanted = certain.getOrDefault(key, ABSENT);
                assertThat(found).as(run + ": " + key).isIn(wanted, begun.getOrDefault(key, wanted));
                certain.put(key, found);
                if (!found.equals(ABSENT)) {
                    present.put(key, found);
                }
            }
        }
        begun.clear();
        assertThat(s3.listObjectsV2Paginator(list -> list.bucket(BUCKET)).contents().stream()
                        .map(S3Object::key))
                .as(run + ": listed")
                .containsExactlyInAnyOrderElementsOf(present.keySet());
    }

    private static String read(S3Client s3, String key) {
        try {
            return md5(s3.getObjectAsBytes(object -> object.bucket(BUCKET).key(key))
                    .asByteArrayUnsafe());
        } catch (NoSuchKeyException absent) {
            return ABSENT;
        }
    }

    private static String md5(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** {@code objects serve} below a shell, in a process group of their own. */
    private static final class Served implements AutoCloseable {
        private final Process shell;
        private final URI uri;

        private Served(Process shell, URI uri) {
            this.shell = shell;
            this.uri = uri;
        }

        static Served start(Path folder) throws IOException {
            ProcessBuilder builder = new ProcessBuilder(
                    "setsid",
                    "sh",
                    "-c",
                    "\"$@\" & wait",
                    "sh",
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx256m",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "landfall.objects.Main",
                    "serve");
            builder.environment()
                    .putAll(Map.of(
                            "OBJECTS_DATA",
                            folder.toString(),
                            "OBJECTS_LISTEN",
                            "127.0.0.1:0",
                            "OBJECTS_ACCESS_LOG",
                            "off",
                            "OBJECTS_ACCESS_KEY_ID",
                            TestServer.KEY,
                            "OBJECTS_SECRET_ACCESS_KEY",
                            TestServer.SECRET));
            Process shell = builder.redirectErrorStream(true).start();
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8));
            List<String> said = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                said.add(line);
                if (line.startsWith("objects: serving ")) {
                    Thread.ofVirtual().start(() -> lines.lines().forEach(more -> {}));
                    return new Served(shell, URI.create(line.substring(line.indexOf(" at ") + 4)));
                }
            }
            throw new IOException("the server did not start: " + said);
        }

        void kill(boolean group) throws IOException, InterruptedException {
            if (group) {
                Process kill = new ProcessBuilder("kill", "-9", "--", "-" + shell.pid())
                        .inheritIO()
                        .start();
                assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
                assertThat(kill.exitValue()).isZero();
            } else {
                List<ProcessHandle> below = shell.descendants().toList();
                assertThat(below).hasSize(1);
                below.forEach(ProcessHandle::destroyForcibly);
            }
            assertThat(shell.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }

        @Override
        public void close() {
            shell.descendants().forEach(ProcessHandle::destroyForcibly);
            shell.destroyForcibly();
        }
    }
}
